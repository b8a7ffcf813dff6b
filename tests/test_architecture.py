"""The house's rules that can be read off its files."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
STUDIO = ROOT / "studio"
FLOORS = [
    {"ops"},
    {"api"},
    {"gallery", "showcase"},
    {"jobs"},
    {"providers", "webhooks"},
    {"credits"},
    {"accounts"},
    {"core"},
]
TOP_LEVEL = {"manage.py", "pyproject.toml", "requirements.txt", "README.md", "LICENSE"}
FOLDERS = {"studio", "templates", "static", "tests"}
MAX_LINES = 300


def files(*patterns: str) -> list[Path]:
    """What is committed, or about to be, of these patterns."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def imports(path: Path) -> set[str]:
    """The modules a file imports, wherever in it, but for what only the type checker sees."""
    found = set()
    tree = ast.parse(path.read_text())
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_imports_point_down_only() -> None:
    floor_of = {app: number for number, apps in enumerate(FLOORS) for app in apps}
    upward = [
        f"{name_of(path)} imports {module}"
        for path in files("studio/**/*.py")
        if (app := path.relative_to(STUDIO).parts[0]) in floor_of
        for module in imports(path)
        if module.startswith("studio.") and (other := module.split(".")[1]) in floor_of and other != app
        if floor_of[other] <= floor_of[app]
    ]
    assert upward == []


@pytest.mark.parametrize(
    ("libraries", "door"),
    [
        ({"requests", "urllib3"}, {"studio/core/outbound.py"}),
        ({"django_q"}, {"studio/core/queue.py"}),
    ],
)
def test_each_library_has_one_door(libraries: set[str], door: set[str]) -> None:
    users = {
        name_of(path)
        for path in files("studio/**/*.py")
        if {module.split(".")[0] for module in imports(path)} & libraries
    }
    assert users == door


def test_files_are_short() -> None:
    sources = files("*.py", "templates/**/*.html", "static/css/*.css")
    long = {name_of(path): count for path in sources if (count := len(path.read_text().splitlines())) > MAX_LINES}
    assert {name: count for name, count in long.items() if "/migrations/" not in name} == {}


def test_pages_load_nothing_from_elsewhere() -> None:
    """No CDN, no inline script or style: the content security policy would block it anyway."""
    outside = re.compile(r"""<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)\s*=\s*["']?(?:https?:)?//""", re.I)
    inline = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style\b|\sstyle\s*=|\son\w+\s*=\s*[\"']|javascript:", re.I)
    found = [
        f"{name_of(path)}: {match.group()}"
        for path in files("templates/**/*.html")
        if "templates/emails" not in name_of(path)
        for match in [*outside.finditer(path.read_text()), *inline.finditer(path.read_text())]
    ]
    found += [
        f"{name_of(path)}: {match.group()}"
        for path in files("static/**/*.css")
        for match in re.finditer(r"(?:@import|url\(\s*[\"']?(?:https?:)?//)[^;)]*", path.read_text())
    ]
    assert found == []


def test_the_top_level_is_what_was_agreed() -> None:
    tops = {path.relative_to(ROOT).parts[0] for path in files()}
    assert {top for top in tops if not top.startswith(".")} <= TOP_LEVEL | FOLDERS
    assert {"manage.py", "pyproject.toml", "requirements.txt", "LICENSE"} <= tops


def test_no_machine_is_named() -> None:
    """No home folder, no worktree, no index host: what is true on one machine alone does not belong here."""
    places = re.compile(r"/(?:home|Users|ro[o]t)/\w|/w[o]rk/|(?:p[y]pi|pyth[o]nhosted|npm[j]s)\.(?:org|com)", re.I)
    found = [
        f"{name_of(path)}:{number}: {line.strip()[:80]}"
        for path in files("*.py", "*.toml", "*.txt", "*.html", "*.css", "*.js", ".ci/*", ".gitignore")
        if path != Path(__file__).resolve()
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if places.search(line)
    ]
    assert found == []


def test_nothing_is_left_for_later() -> None:
    marks = re.compile(r"\b(?:TODO|FIXME|XXX|NotImplementedError)\b|assert True\b")
    found = [
        f"{name_of(path)}: {match.group()}"
        for path in files("*.py", "*.html", "*.css", "static/js/*.js")
        if path != Path(__file__).resolve() and "vendor" not in path.parts
        for match in marks.finditer(path.read_text())
    ]
    assert found == []


def test_only_djangos_own_signals_are_listened_to() -> None:
    ours = [name_of(path) for path in files("studio/**/*.py") if "django.dispatch.Signal" in imports(path)]
    assert ours == []
