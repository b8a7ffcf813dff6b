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
from urllib.request import urlopen

import pytest
from PIL import Image

README = (Path(__file__).resolve().parent.parent.parent / "README.md").read_text()
CODE = re.compile(r'<code[^>]* data-run="(\w+)">(.*?)</code>', re.S)
MODELS = ["dall-e-3", "gpt-image-2", "flux-1.1-pro", "ideogram-v3-turbo"]


def run(language: str, text: str, folder: Path, **variables: str) -> str:
    """What a program prints; it must end well."""
    program = {"bash": shutil.which("bash"), "python": sys.executable, "node": shutil.which("node")}[language]
    if program is None or (language == "bash" and not shutil.which("curl")):
        if language in os.environ.get("STUDIO_TEST_REQUIRE", ""):
            pytest.fail(f"{language} is required (STUDIO_TEST_REQUIRE) and not on this machine.")
        pytest.skip(f"There is no {language} or curl on this machine.")
    if "openai" in text and language == "node":
        pytest.skip("OpenAI's library for JavaScript is not here.")
    name = {"bash": "sample.sh", "python": "sample.py", "node": "sample.mjs"}[language]
    (folder / name).write_text(text)
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), **variables}
    done = subprocess.run(
        [program, name], cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def page(base: str, query: str = "") -> list[tuple[str, str]]:
    """(language, text) of everything on the page that can be run."""
    with urlopen(f"{base}/docs/api/{query}") as answer:
        return [(language, unescape(text)) for language, text in CODE.findall(answer.read().decode())]


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


@pytest.mark.parametrize("model", MODELS)
def test_every_sample_of_the_page_runs(base, key, model, tmp_path):
    Image.new("RGB", (64, 64), "#3366cc").save(tmp_path / "picture.png")
    samples = page(base, f"?model={model}")
    assert {language for language, _text in samples} == {"bash", "python", "node"}
    job = ""
    for language, text in samples:
        if language == "node" and not shutil.which("node"):
            continue
        said = run(language, text, tmp_path, STUDIO_API_KEY=key, JOB_ID=job)
        if "/v2/images/generate" in text and language == "bash":
            job = json.loads(said)["jobId"]
            wait_for(base, key, job, tmp_path)
        elif language != "bash":
            assert re.search(rf"{base}/files/[0-9a-f-]+/", said), said
        elif "/cancel" in text:
            assert "error" in json.loads(said)  # it is over: the honest answer is a refusal
        else:
            assert "error" not in json.loads(said) or json.loads(said)["error"] is None, text
    assert job


def test_the_samples_of_the_readme_run(base, key, tmp_path):
    block = next(part for part in re.findall(r"(?:^    .*\n)+", README, re.M) if "/v2/images/generate" in part)
    commands = re.sub(r"^    ", "", block, flags=re.M).replace("http://127.0.0.1:8000", base)
    order, look = re.findall(r"^curl .*(?:\n .*)*", commands, re.M)
    job = json.loads(run("bash", order, tmp_path, STUDIO_API_KEY=key))["jobId"]
    assert json.loads(run("bash", look, tmp_path, STUDIO_API_KEY=key, JOB_ID=job))["id"] == job
    wait_for(base, key, job, tmp_path)
