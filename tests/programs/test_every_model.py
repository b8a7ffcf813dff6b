"""What the pages show of every model: each command orders, each program is one, those of a family make pictures."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from html import unescape
from pathlib import Path
from urllib.request import urlopen

import pytest

from studio.accounts.key_services import create_api_key
from studio.credits.models import Account
from studio.jobs.bodies import DIALECTS, V1
from studio.jobs.call_words import example_call
from studio.jobs.snippets import KEY, Snippet, snippets
from studio.providers.catalogue import ImageModel, models
from studio.showcase.pages import SHOWN_IN
from tests.programs.test_samples import CODE, can_run_node
from tests.sdk.libraries import NODE

SIDE_BY_SIDE = "await Promise.all(process.argv.slice(2).map((file) => import(file)));"
PARSE = """
import { readFileSync } from "node:fs";
import vm from "node:vm";
for (const file of process.argv.slice(2)) new vm.SourceTextModule(readFileSync(file, "utf8"), { identifier: file });
"""


def samples(base: str, of: Iterable[ImageModel]) -> dict[str, Snippet]:
    """Everything that is shown of these models, under names that can be those of files."""
    return {
        f"{re.sub('[^a-z0-9]+', '-', model.id)}-{dialect}-{each.id}": each
        for model in of
        for dialect in DIALECTS
        for each in snippets(example_call(dialect, model), base)
    }


def one_of_each_family() -> list[ImageModel]:
    return list({model.family: model for model in models()}.values())


def write(found: dict[str, Snippet], language: str, folder: Path, ending: str) -> list[str]:
    """The files of one language, written to `folder`."""
    files = {folder / f"{name}{ending}": each.text for name, each in found.items() if each.language == language}
    for path, text in files.items():
        path.write_text(text)
    return [str(path) for path in files]


def node(program: str, files: list[str], folder: Path, *options: str, **variables: str) -> str:
    """What Node prints; the program and the files it is given stand side by side."""
    (folder / "node_modules").symlink_to(NODE / "node_modules")
    (folder / "together.mjs").write_text(program)
    command = ["node", *options, "together.mjs", *files]
    done = subprocess.run(
        command, cwd=folder, env={**environment(), **variables}, capture_output=True, text=True, timeout=90
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def environment() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "PYTHONPYCACHEPREFIX") if name in os.environ}


def test_the_pages_of_the_models_show_what_is_run_here(base):
    for model in one_of_each_family():
        of_dialect = {dialect: snippets(example_call(dialect, model), base) for dialect in DIALECTS}
        wanted = [next(each for each in of_dialect[dialect] if each.id == name) for name, dialect in SHOWN_IN]
        with urlopen(f"{base}/models/{model.id}/") as answer:
            shown = [(language, unescape(text)) for language, text in CODE.findall(answer.read().decode())]
        assert shown == [(each.language, each.text) for each in wanted]


def words_of(commands: Iterable[str]) -> list[list[str]]:
    """What Bash gives to curl in each of these commands."""
    script = 'curl() { printf "%s\\0" "$#" "$@"; }\n' + "\n".join(commands)
    told = subprocess.run(["bash", "-c", script], env={KEY: "the key"}, capture_output=True, text=True, check=True)
    found = iter(told.stdout.split("\0")[:-1])
    return [[next(found) for _word in range(int(count))] for count in found]


def test_every_command_of_every_model_orders(client, alice, catalogue, settings, tmp_path):
    settings.STUDIO_DATA_DIR, settings.SYNC_WAIT = tmp_path, 0
    settings.RATE_LIMIT = settings.PERSON_RATE_LIMIT = (10**6, 60)
    Account.objects.filter(user=alice).update(balance=10**9)
    key = create_api_key(user=alice, name="script")[1]
    commands = {name: each for name, each in samples("", models()).items() if each.language == "bash"}
    assert len(commands) == len(DIALECTS) * len(models())
    called = words_of(each.text for each in commands.values())
    for name, (path, *options) in zip(commands, called, strict=True):
        assert options[:5] == ["-H", "X-API-Key: the key", "-H", "Content-Type: application/json", "-d"], name
        (body,) = options[5:]
        answer = client.post(path, body, content_type="application/json", headers={"X-API-Key": key})
        told = json.loads(answer.getvalue())
        if f"-{V1}-" in name:  # nobody draws here, and no call waits
            assert (answer.status_code, told["error"]["code"]) == (504, "still_running"), (name, told)
        else:
            assert (answer.status_code, told["status"]) == (202, "QUEUED"), (name, told)


def test_python_programs_of_every_family_make_pictures(base, key, tmp_path):
    files = write(samples(base, one_of_each_family()), "python", tmp_path, ".py")
    command = [sys.executable, "-m", "tests.programs.together", str(tmp_path)]
    done = subprocess.run(
        command, env={**environment(), "STUDIO_API_KEY": key}, capture_output=True, text=True, timeout=90
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert done.stdout.count(f"{base}/files/") >= len(files), done.stdout


def test_javascript_programs_of_every_family_make_pictures(base, key, tmp_path):
    if not can_run_node("openai"):
        pytest.skip("Node or OpenAI's library for it is not here.")
    files = write(samples(base, one_of_each_family()), "node", tmp_path, ".mjs")
    said = node(SIDE_BY_SIDE, files, tmp_path, STUDIO_API_KEY=key)
    assert said.count(f"{base}/files/") >= len(files), said


def test_programs_of_all_models_can_be_read(tmp_path):
    found = samples("https://studio.example.com", models())
    for name, each in found.items():
        if each.language == "python":
            compile(each.text, name, "exec")
    if not can_run_node("openai"):
        pytest.skip("Node is not here.")
    node(PARSE, write(found, "node", tmp_path, ".mjs"), tmp_path, "--experimental-vm-modules")
