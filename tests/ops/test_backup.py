"""Backup and restore: consistent, without secrets, into an empty installation with the same keys only."""

import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import databases
from tests.databases import Scratch

SECRETS = ("secret_key", "encryption_key")


@pytest.fixture
def filled(scratch: Scratch) -> tuple[Scratch, dict[str, str]]:
    (ids,) = scratch.run("tests.ops.busy_studio:fill")
    return scratch, ids


@pytest.fixture
def fresh(scratch: Scratch, _templates: dict[str, Scratch], tmp_path: Path) -> Iterator[Scratch]:
    """An empty installation on the same engine, with the keys of `scratch`."""
    folder = tmp_path / "fresh"
    folder.mkdir()
    with databases.copy_of(_templates[scratch.engine], folder) as made:
        yield made


def take_keys(old: Scratch, new: Scratch) -> None:
    shutil.copytree(old.folder / "secrets", new.folder / "secrets", dirs_exist_ok=True)


def back_up(studio: Scratch, folder: Path) -> str:
    return str(studio.run("tests.ops.busy_studio:back_up", str(folder))[0])


def bring_back(studio: Scratch, folder: Path) -> str:
    return str(studio.run("tests.ops.busy_studio:bring_back", str(folder))[0])


@pytest.fixture
def backup(filled: tuple[Scratch, dict[str, str]], tmp_path: Path) -> Path:
    assert back_up(filled[0], tmp_path / "backup") == ""
    return tmp_path / "backup"


def test_a_backup_comes_back_whole_and_orders_nothing_again(
    filled: tuple[Scratch, dict[str, str]], fresh: Scratch, backup: Path
) -> None:
    old, ids = filled
    take_keys(old, fresh)
    assert bring_back(fresh, backup) == ""
    (now,) = fresh.run("tests.ops.busy_studio:state")
    assert now["violations"] == []
    assert now["picture"] == "bytes of a picture"
    assert now["files"] == ["picture.png"]
    assert now["health"] == ["no sign of life from the queue"]
    jobs = now["jobs"]
    assert jobs[ids["queued"]][:3] == ["CANCELLED", False, ""]  # the old studio may have ordered it since
    assert jobs[ids["asked"]][:3] == ["PROCESSING", False, ""]  # is looked up by the provider's id
    assert jobs[ids["doubtful"]][:3] == ["PROCESSING", True, ""]
    assert jobs[ids["sandbox"]][:3] == ["QUEUED", False, ""]
    assert jobs[ids["sandbox"]][3] == "a sandbox lighthouse"
    fresh.run("tests.ops.busy_studio:submit_one_more")


def test_a_backup_holds_no_key_and_no_session(filled: tuple[Scratch, dict[str, str]], backup: Path) -> None:
    everything = b"".join(path.read_bytes() for path in backup.rglob("*") if path.is_file())
    for name in SECRETS:
        assert (filled[0].folder / "secrets" / name).read_bytes().strip() not in everything
    assert b"somebody-signed-in" not in everything
    assert b"a sandbox lighthouse" in everything
    manifest = json.loads((backup / "manifest.json").read_text())
    assert manifest["keys"].keys() == {"STUDIO_SECRET_KEY", "STUDIO_ENCRYPTION_KEY"}
    assert not backup.with_name("backup.partial").exists()


def test_another_key_is_refused_in_one_line(fresh: Scratch, backup: Path) -> None:
    done = fresh.manage("restore", str(backup))
    assert done.returncode == 1
    assert "not the key this backup was made with" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert fresh.rows("SELECT count(*) FROM accounts_user") == [(0,)]


def test_only_an_empty_installation_takes_a_backup(filled: tuple[Scratch, dict[str, str]], backup: Path) -> None:
    assert "not empty" in bring_back(filled[0], backup)


def test_a_damaged_backup_is_refused_and_changes_nothing(
    filled: tuple[Scratch, dict[str, str]], fresh: Scratch, backup: Path
) -> None:
    take_keys(filled[0], fresh)
    (backup / "media" / "aa" / "picture.png").write_bytes(b"other bytes")
    assert "damaged" in bring_back(fresh, backup)
    assert fresh.rows("SELECT count(*) FROM accounts_user") == [(0,)]
    assert not list(fresh.folder.rglob("picture.png"))


def test_a_folder_with_something_in_it_is_left_alone(filled: tuple[Scratch, dict[str, str]], tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("keep me")
    assert "not empty" in back_up(filled[0], tmp_path / "full")
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine"]


def test_a_backup_under_load_is_one_moment(
    filled: tuple[Scratch, dict[str, str]], fresh: Scratch, tmp_path: Path
) -> None:
    """Every job in the copy has its hold, and every account adds up, whatever was written meanwhile."""
    old = filled[0]
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            old.run("tests.ops.busy_studio:submit_one_more")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        done = old.manage("backup", str(tmp_path / "backup"))
        assert done.returncode == 0, done.stderr
    finally:
        stop.set()
        writer.join()
    take_keys(old, fresh)
    done = fresh.manage("restore", str(tmp_path / "backup"))
    assert done.returncode == 0, done.stderr
    assert "The ledger adds up" in done.stdout
