"""A studio that runs, and windows on it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import once
from tests.browser.still import Still, fill, running
from tests.browser.window import Window, opened, programs
from tests.ops.studio_process import StudioProcess

ADMIN_PASSWORD = "the first northern window"


@pytest.fixture(scope="module")
def data_folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As a first start leaves it but for its administrator, whom the next start makes."""
    return once.studio_folder(request.config, tmp_path_factory.mktemp("browser"))


@pytest.fixture(scope="module")
def studio(data_folder: Path, request: pytest.FixtureRequest) -> Iterator[StudioProcess]:
    """`up`; the sandbox takes two seconds, or as long as the module's SANDBOX_SECONDS says."""
    programs()
    seconds = getattr(request.module, "SANDBOX_SECONDS", "2")
    process = StudioProcess(data_folder, STUDIO_SANDBOX_SECONDS=seconds).ready()
    yield process
    process.close()


@pytest.fixture(scope="module")
def _still(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Still]:
    """A studio with everything in it in which nothing happens, and one window on it; filled once for the whole run."""
    programs()

    def prepare(folder: Path) -> None:
        fill(once.studio_folder(request.config, folder))

    everything = once.once(request.config, "everything", prepare)
    folder = shutil.copytree(everything, tmp_path_factory.mktemp("still"), dirs_exist_ok=True)
    with running(folder) as made:
        yield made


@pytest.fixture
def still(_still: Still) -> Iterator[Still]:
    """That one; no test leaves complaints to the next."""
    yield _still
    _still.window.is_content()


@pytest.fixture
def window(studio: StudioProcess) -> Iterator[Window]:
    with opened(f"http://127.0.0.1:{studio.port}") as window:
        yield window
