"""Every version is pinned: pyproject.toml, requirements.txt and what is installed say the same."""

import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
DIRECT = [Requirement(line) for line in PROJECT["project"]["dependencies"]]
GROUPS = {name: [Requirement(line) for line in lines] for name, lines in PROJECT["dependency-groups"].items()}
CONSTRAINTS = [Requirement(line) for line in PROJECT["tool"]["uv"]["constraint-dependencies"]]
REQUIREMENTS = (ROOT / "requirements.txt").read_text()


def pin(requirement: Requirement) -> str:
    """The one version a requirement allows."""
    (specifier,) = requirement.specifier
    assert specifier.operator == "==", f"{requirement} is not pinned by =="
    assert not specifier.version.endswith("*")
    return specifier.version


def pins(*lists: list[Requirement]) -> dict[str, str]:
    return {canonicalize_name(requirement.name): pin(requirement) for one in lists for requirement in one}


def listed() -> dict[str, str]:
    """Name and version of every package of requirements.txt."""
    lines = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", REQUIREMENTS, re.M)
    return {canonicalize_name(name): version for name, version in lines}


def test_no_package_is_pinned_twice() -> None:
    direct, constrained = pins(DIRECT, *GROUPS.values()), pins(CONSTRAINTS)
    assert direct.keys() & constrained.keys() == set()


def test_requirements_hold_the_versions_of_pyproject() -> None:
    pinned = pins(DIRECT, *GROUPS.values(), CONSTRAINTS)
    differing = {name: (version, pinned.get(name)) for name, version in listed().items() if pinned.get(name) != version}
    assert differing == {}
    assert pins(DIRECT, GROUPS["dev"]).keys() <= listed().keys()


def test_requirements_name_hashes_and_no_address() -> None:
    packages = re.split(r"\n(?=[A-Za-z0-9])", REQUIREMENTS.strip())
    assert [package.split()[0] for package in packages if "--hash=sha256:" not in package] == []
    assert not re.search(r"https?:|--(extra-)?index-url|--find-links", REQUIREMENTS)
    assert not re.search(r"\[\[tool\.uv\.index\]\]|index-url", (ROOT / "pyproject.toml").read_text())


def test_what_is_installed_is_what_is_pinned() -> None:
    pinned = pins(DIRECT, *GROUPS.values(), CONSTRAINTS)
    wrong = {
        name: (installed, pinned.get(name))
        for name, installed in installed_below([*DIRECT, *GROUPS["dev"]]).items()
        if pinned.get(name) != installed
    }
    assert wrong == {}


def installed_below(roots: list[Requirement]) -> dict[str, str]:
    """Name and version of everything the requirements need on this machine, at any depth."""
    found: dict[str, str] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    todo = list(roots)
    while todo:
        requirement = todo.pop()
        key = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if key in seen or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        seen.add(key)
        found[key[0]] = metadata.version(key[0])
        for line in metadata.requires(key[0]) or []:
            needed = Requirement(line)
            extras = ["", *requirement.extras]
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in extras):
                needed.marker = None
                todo.append(needed)
    return found


def test_what_only_lints_and_benchmarks_need_is_not_installed_to_start() -> None:
    assert PROJECT["tool"]["uv"].get("default-groups", ["dev"]) == ["dev"]
    assert not pins(GROUPS["lint"]).keys() & listed().keys()


def test_the_lock_with_its_addresses_is_not_committed() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    tracked = subprocess.run(["git", "ls-files", "uv.lock"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert tracked.stdout == ""
    assert "uv.lock" in (ROOT / ".gitignore").read_text().split()


def test_this_python_is_one_the_project_supports() -> None:
    supported = Requirement(f"python {PROJECT['project']['requires-python']}").specifier
    assert supported.contains(".".join(map(str, sys.version_info[:3])))
