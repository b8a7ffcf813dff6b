"""A studio that runs, and windows on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.window import Window, programs
from tests.ops.studio_process import StudioProcess

ADMIN_PASSWORD = "the first northern window"


@pytest.fixture(scope="module")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("browser")


@pytest.fixture(scope="module")
def studio(data_folder: Path) -> Iterator[StudioProcess]:
    """`up` on an empty data folder; the sandbox takes two seconds."""
    programs()
    process = StudioProcess(data_folder, STUDIO_SANDBOX_SECONDS="2").ready()
    yield process
    process.close()


@pytest.fixture
def window(studio: StudioProcess) -> Iterator[Window]:
    window = Window(f"http://127.0.0.1:{studio.port}")
    yield window
    window.listen()
    window.close()
    assert not window.complaints
