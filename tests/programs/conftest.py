"""A studio that runs, and a key to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import once
from tests.ops.studio_process import StudioProcess, manage

UNLIMITED = {"STUDIO_RATE_LIMIT": "10000/min", "STUDIO_PERSON_RATE_LIMIT": "10000/min"}


@pytest.fixture(scope="session")
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once.studio_folder(request.config, tmp_path_factory.mktemp("programs"))


@pytest.fixture(scope="session")
def studio(folder: Path) -> Iterator[StudioProcess]:
    """`up`; the sandbox takes no time, and the administrator has credits."""
    process = StudioProcess(folder, STUDIO_SANDBOX_SECONDS="0", STUDIO_OPENING_CREDITS="100000", **UNLIMITED).ready()
    yield process
    process.close()


@pytest.fixture(scope="session")
def base(studio: StudioProcess) -> str:
    return f"http://127.0.0.1:{studio.port}"


@pytest.fixture(scope="session")
def key(studio: StudioProcess, folder: Path) -> str:
    made = manage(folder, "create_api_key", "admin")
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()
