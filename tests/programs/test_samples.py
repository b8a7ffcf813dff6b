"""Every command and program of the page about the API and of the README does what it says, on a running studio."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from html import unescape
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from PIL import Image

from tests.databases import REQUIRED
from tests.sdk.libraries import NODE

README = (Path(__file__).resolve().parent.parent.parent / "README.md").read_text()
CODE = re.compile(r'<code[^>]* data-run="(\w+)">(.*?)</code>', re.S)


def can_run_node(text: str) -> bool:
    """Whether Node, and OpenAI's library where it is used, are here; fails where they are required."""
    is_there = bool(shutil.which("node")) and ("openai" not in text or (NODE / "node_modules" / "openai").is_dir())
    assert is_there or "node" not in REQUIRED, "Node or OpenAI's library for it (tests/node) is not on this machine."
    return is_there


def run(language: str, text: str, folder: Path, **variables: str) -> str:
    """What a program prints; it must end well."""
    program = {"bash": shutil.which("bash"), "python": sys.executable, "node": shutil.which("node")}[language]
    if program is None or not shutil.which("curl"):
        pytest.skip(f"There is no {language} or curl on this machine.")
    name = {"bash": "sample.sh", "python": "sample.py", "node": "sample.mjs"}[language]
    (folder / name).write_text(text)
    if "openai" in text and language == "node" and not (folder / "node_modules").exists():
        (folder / "node_modules").symlink_to(NODE / "node_modules")
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPYCACHEPREFIX") if name in os.environ}
    environment = {**kept, "HOME": str(folder), **variables}
    done = subprocess.run(
        [program, name], cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def page(base: str, query: str = "") -> list[tuple[str, str]]:
    """(language, text) of everything on the page that can be run."""
    with urlopen(f"{base}/docs/api/{query}") as answer:
        return [(language, unescape(text)) for language, text in CODE.findall(answer.read().decode())]


def ordered(base: str, key: str) -> str:
    headers = {"X-API-Key": key, "Content-Type": "application/json"}
    asked = Request(f"{base}/v2/images/generate", b'{"model": "dall-e-3", "prompt": "a"}', headers)
    with urlopen(asked) as answer:
        return str(json.load(answer)["jobId"])


def wait_for(base: str, key: str, job: str, folder: Path) -> None:
    until = time.monotonic() + 30
    look = f'curl -s {base}/v2/jobs/$JOB_ID -H "X-API-Key: $STUDIO_API_KEY"'
    while True:
        found = json.loads(run("bash", look, folder, STUDIO_API_KEY=key, JOB_ID=job))
        if found["status"] == "COMPLETED":
            return
        assert found["status"] in ("QUEUED", "PROCESSING"), found
        assert time.monotonic() < until, found
        time.sleep(0.2)


@pytest.mark.parametrize(
    ("model", "dialect"), [("dall-e-3", "v2"), ("flux-1.1-pro", "v2"), ("dall-e-3", "v1"), ("gpt-image-2", "v1")]
)
def test_every_sample_of_the_page_runs(base, key, model, dialect, tmp_path):
    Image.new("RGB", (64, 64), "#3366cc").save(tmp_path / "picture.png")
    job = ordered(base, key)
    wait_for(base, key, job, tmp_path)
    samples = page(base, f"?model={model}&dialect={dialect}")
    assert {language for language, _text in samples} == {"bash", "python", "node"}
    for language, text in samples:
        if language == "node" and not can_run_node(text):
            continue
        said = run(language, text, tmp_path, STUDIO_API_KEY=key, JOB_ID=job)
        if "/images/generat" in text and language == "bash" and dialect == "v1":
            assert json.loads(said)["data"][0]["url"].startswith(f"{base}/files/")
        elif "/v2/images/generate" in text and language == "bash":
            job = json.loads(said)["jobId"]
            wait_for(base, key, job, tmp_path)
        elif language != "bash":
            assert re.search(rf"{base}/files/[0-9a-f-]+/", said), said
        elif "/cancel" in text:
            assert "error" in json.loads(said)  # it is over: the honest answer is a refusal
        else:
            assert "error" not in json.loads(said) or json.loads(said)["error"] is None, text


def test_the_samples_of_the_readme_run(base, key, tmp_path):
    block = next(part for part in re.findall(r"(?:^    .*\n)+", README, re.M) if "/v2/images/generate" in part)
    commands = re.sub(r"^    ", "", block, flags=re.M).replace("http://127.0.0.1:8000", base)
    order, look = re.findall(r"^curl .*(?:\n .*)*", commands, re.M)
    job = json.loads(run("bash", order, tmp_path, STUDIO_API_KEY=key))["jobId"]
    assert json.loads(run("bash", look, tmp_path, STUDIO_API_KEY=key, JOB_ID=job))["id"] == job
    wait_for(base, key, job, tmp_path)
