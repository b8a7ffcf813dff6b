"""What is made once for all processes of a test run: migrated databases, and the data folder of a studio.

The first who needs it makes it while the others wait at a lock; everybody copies it.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ops.studio_process import ROOT, environment, manage


def run_folder(config: pytest.Config) -> Path:
    """The one folder of this test run that all its processes know."""
    base = Path(config._tmp_path_factory.getbasetemp())  # type: ignore[attr-defined]
    return base.parent if hasattr(config, "workerinput") else base


def once(config: pytest.Config, name: str, make: Callable[[Path], None]) -> Path:
    """The folder `name` of this test run, as `make` filled it for the first who asked."""
    folder = run_folder(config) / "once" / name
    folder.parent.mkdir(exist_ok=True)
    with (folder.parent / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            unfinished = folder.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            make(unfinished)
            unfinished.rename(folder)
    return folder


def studio_folder(config: pytest.Config, to: Path) -> Path:
    """A data folder in which all was done that `up` does before it makes the first administrator, copied to `to`."""
    return Path(shutil.copytree(once(config, "studio", _prepare), to, dirs_exist_ok=True))


def started_folder(config: pytest.Config, to: Path) -> Path:
    """The same with an administrator in it, as `up` leaves it."""

    def prepare(folder: Path) -> None:
        assert manage(studio_folder(config, folder), "prepare").returncode == 0

    return Path(shutil.copytree(once(config, "started", prepare), to, dirs_exist_ok=True))


def _prepare(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.once"], cwd=ROOT, env=environment(folder), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def main() -> None:
    """What `up` does on the data folder before it makes the first administrator."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
    import django

    django.setup()
    from studio.ops import first, prepare

    prepare.check_configuration()
    prepare.check_database()
    prepare.migrate()
    first.load_catalogue()
    prepare.collect_static()


if __name__ == "__main__":
    main()
