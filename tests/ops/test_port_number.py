"""`up --port` with what is no port."""

from pathlib import Path

import pytest

from tests.ops.studio_process import manage


@pytest.mark.parametrize("port", ["99999", "0", "-1", "http"])
def test_what_is_no_port_is_blamed_on_the_option(tmp_path: Path, port: str) -> None:
    ended = manage(tmp_path, "up", f"--port={port}")
    assert ended.returncode != 0
    assert "argument --port" in ended.stderr
    assert "STUDIO_LISTEN" not in ended.stderr
