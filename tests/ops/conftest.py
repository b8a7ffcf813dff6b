"""Real studios to test against."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.ops.studio_process import StudioProcess

Start = Callable[..., StudioProcess]


@pytest.fixture(scope="session")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The data folder a first start leaves, and what that start printed."""
    folder = tmp_path_factory.mktemp("first") / "var"
    studio = StudioProcess(folder)
    try:
        studio.ready()
        assert studio.stop() == 0
        return folder, studio.output
    finally:
        studio.close()


@pytest.fixture
def folder(first_start: tuple[Path, str], tmp_path: Path) -> Path:
    """A data folder of this test's own, as a first start leaves it."""
    return Path(shutil.copytree(first_start[0], tmp_path / "var"))


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    """Starts studios on `folder` that are gone when the test ends."""
    started = []

    def run(**options: object) -> StudioProcess:
        started.append(StudioProcess(folder, **options))  # type: ignore[arg-type]
        return started[-1]

    yield run
    for studio in started:
        studio.close()
