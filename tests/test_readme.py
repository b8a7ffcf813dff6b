"""The README says what is so: its settings, commands, pages, files and first lines are compared with the code."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from django.urls import Resolver404, resolve

from studio import env
from studio.providers.kinds import KINDS
from tests.ops.studio_process import environment

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
UV_LINE = "pip install uv && uv run manage.py up"
VENV_LINE = (
    "python3 -m venv .venv && .venv/bin/pip install --require-hashes -r requirements.txt "
    "&& .venv/bin/python manage.py up"
)
DEPENDS = {"STUDIO_DATA_DIR", "STUDIO_EMAIL_FROM"}  # their defaults depend on the machine


def section(title: str) -> str:
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(title: str) -> list[list[str]]:
    """The cells of a section's first table, without its head."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def settings_listed() -> dict[str, tuple[str, str]]:
    return {row[0].strip("` "): (row[1], row[2]) for row in rows("Settings")}


def test_the_table_of_settings_is_the_code() -> None:
    read = {name for name in env.asked if not name.startswith(env.INTERNAL)}
    assert set(settings_listed()) == read


def test_the_defaults_of_settings_are_the_code() -> None:
    for name, (default, _meaning) in settings_listed().items():
        said = default.strip("`") if default.startswith("`") and default.endswith("`") else ""
        if name not in DEPENDS and env.asked[name]:
            assert said == env.asked[name], name


def test_settings_are_called_reserved_exactly_while_nothing_uses_them() -> None:
    source = "\n".join(path.read_text() for path in (ROOT / "studio").rglob("*.py") if path.name != "settings.py")

    for name, (_default, meaning) in settings_listed().items():
        vendor = name.partition("_")[0].lower()
        if vendor in ("apiframe", "aimlapi", "openai"):
            is_used = vendor in KINDS
        elif name.startswith("STUDIO_SYNC") or name == "STUDIO_METRICS_TOKEN":
            is_used = f"settings.{name.removeprefix('STUDIO_')}" in source
        else:
            is_used = True
        assert meaning.startswith("reserved") is not is_used, name


def commands_listed() -> dict[str, str]:
    lines = [row[0].strip("` ") for row in rows("Commands")]
    return {line.split()[1]: line for line in lines}


def test_every_command_of_the_studio_is_listed() -> None:
    ours = {name for name, app in get_commands().items() if str(app).startswith("studio.")}
    assert set(commands_listed()) == ours


@pytest.mark.parametrize("name", sorted(commands_listed()))
def test_a_listed_command_takes_what_is_listed(name: str) -> None:
    command = load_command_class(get_commands()[name], name)
    usage = command.create_parser("manage.py", name).format_help()
    words = re.findall(r"--[a-z-]+", commands_listed()[name])
    assert [word for word in words if word not in usage] == []


def test_commands_in_the_text_exist() -> None:
    known = get_commands()
    assert {name for name in re.findall(r"manage\.py ([a-z_]+)", README) if name not in known} == set()


def test_pages_in_the_text_exist() -> None:
    for path in set(re.findall(r"`(/[a-z0-9/._]+)`", README)) | {"/v2/images/generate"}:
        if not path.startswith("/etc") and path not in ("/v1", "/v2"):
            try:
                resolve(path)
            except Resolver404:
                pytest.fail(f"{path} is no page")


def test_files_in_the_text_exist() -> None:
    named = re.findall(r"`((?:studio|tests|\.ci|static|templates)(?:/[\w.-]+)+/?)`", README)
    assert len(named) > 8
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_floors_of_the_tour_are_the_apps() -> None:
    listed = {row[0].strip("`").partition("/")[2] for row in rows("The five-minute tour")}
    apps = {path.parent.name for path in (ROOT / "studio").glob("*/apps.py")}
    assert listed - apps == set()
    assert apps - listed <= {"webhooks"}  # holds nothing yet


def test_the_first_lines_are_there() -> None:
    assert f"    {UV_LINE}\n" in README
    assert "    pip install uv && uv run pytest\n" in README
    assert f"    {VENV_LINE}\n" in README


def test_the_pinned_set_is_enough_to_start(tmp_path: Path) -> None:
    """The line for externally managed machines, with uv in pip's place where there is one: it has a cache."""
    uv = os.environ.get("UV") or shutil.which("uv")
    if not uv:
        pytest.skip("there is no uv")
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    python = venv / "bin" / "python"
    install = [uv, "pip", "install", "-q", "--python", str(python), "--require-hashes", "-r", "requirements.txt"]
    subprocess.run(install, cwd=ROOT, check=True)
    check = [str(python), "manage.py", "check"]
    done = subprocess.run(check, cwd=ROOT, env=environment(tmp_path / "var"), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


PICTURES = re.findall(r"!\[([^]]*)\]\(([^)]+)\)", README)


def test_every_picture_is_shown_once_and_says_what_is_seen() -> None:
    shown = sorted(path for _words, path in PICTURES)
    assert shown == sorted(f"static/img/{path.name}" for path in (ROOT / "static/img").glob("readme-*.webp"))
    assert [words for words, _path in PICTURES if len(words.split()) < 5] == []


def test_the_pictures_are_light() -> None:
    sizes = [(ROOT / path).stat().st_size for _words, path in PICTURES]
    assert max(sizes) <= 120_000
    assert sum(sizes) <= 1_500_000
