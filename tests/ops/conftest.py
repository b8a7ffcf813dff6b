"""Real studios to test against."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import once
from tests.ops.studio_process import StudioProcess

Start = Callable[..., StudioProcess]


@pytest.fixture
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A data folder of this test's own, as a first start leaves it."""
    return once.started_folder(request.config, tmp_path / "var")


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
