"""A port that was free is taken by somebody else before the studio of a test has it."""

import socket
from pathlib import Path

import pytest

from tests.ops import studio_process
from tests.ops.studio_process import StudioProcess


def test_a_studio_of_a_test_moves_to_another_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        there = taken.getsockname()[1]
        ports = iter([there, studio_process.free_port()])
        monkeypatch.setattr(studio_process, "free_port", lambda: next(ports))
        studio = StudioProcess(tmp_path / "var").ready()
        try:
            assert studio.port != there
            assert studio.get("/healthz")[0] == 200
        finally:
            studio.close()
