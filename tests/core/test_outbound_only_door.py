"""Only one module of the product speaks HTTP to others."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOOR = ROOT / "studio/core/outbound.py"
CLIENTS = ("requests", "requests_hardened", "urllib3", "httpx", "aiohttp", "pycurl", "http.client", "urllib.request")


def imports(path: Path) -> set[str]:
    """Every dotted name a file imports, `from a import b` as `a` and `a.b`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def clients(path: Path) -> set[str]:
    return {name for name in imports(path) for client in CLIENTS if f"{name}.".startswith(f"{client}.")}


def test_no_other_module_imports_an_http_client() -> None:
    sources = [*ROOT.glob("studio/**/*.py"), ROOT / "manage.py"]
    assert len(sources) > 10
    assert {str(path): clients(path) for path in sources if path != DOOR and clients(path)} == {}
    assert "requests" in clients(DOOR)


def test_search_finds_every_spelling(tmp_path: Path) -> None:
    for line in ("import requests.adapters as r", "from urllib import request", "import http.client", "import httpx"):
        (tmp_path / "leak.py").write_text(f"def f():\n    {line}\n")
        assert clients(tmp_path / "leak.py"), line
    (tmp_path / "fine.py").write_text(
        "import urllib.parse\nfrom http import HTTPStatus\nfrom studio.core import outbound\n"
    )
    assert clients(tmp_path / "fine.py") == set()
