"""Health: each broken dependency makes the studio unready, and nobody is told why."""

import sqlite3
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from studio.core import heartbeat
from studio.core.models import Lease
from studio.ops import health
from tests.ops.conftest import Start


@pytest.fixture
def _beating(db: None) -> None:
    heartbeat.beat("here:1")


def test_healthz_asks_no_database(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.usefixtures("_beating")
def test_a_whole_studio_has_no_problem() -> None:
    assert health.look() == []


@pytest.mark.django_db
def test_a_queue_that_never_beat_is_a_problem() -> None:
    assert health.look() == ["no sign of life from the queue"]


@pytest.mark.usefixtures("_beating")
def test_a_queue_that_stopped_beating_is_a_problem_within_15_seconds() -> None:
    assert heartbeat.FRESH + health.KEPT < 15
    Lease.objects.update(expires_at=timezone.now() + timedelta(seconds=60 - heartbeat.FRESH - 1))
    assert health.look() == ["no sign of life from the queue for 13 s"]


@pytest.mark.usefixtures("_beating")
def test_a_migration_that_is_not_applied_is_a_problem() -> None:
    MigrationRecorder(connection).record_unapplied("core", "0001_initial")
    assert health.look() == ["1 migrations are not applied"]


@pytest.fixture
def _read_only(db: None) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
        yield
        cursor.execute("PRAGMA query_only = OFF")


@pytest.mark.usefixtures("_beating", "_read_only")
@pytest.mark.skipif(connection.vendor != "sqlite", reason="says it in SQLite's words")
def test_a_database_that_takes_no_writes_is_a_problem() -> None:
    (problem,) = health.look()
    assert problem.startswith("the database does not work")


@pytest.mark.usefixtures("_beating")
def test_a_full_disk_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "DISK_FLOOR", 10**18)
    (problem,) = health.look()
    assert problem.endswith("MB are free in the data folder")


@pytest.mark.usefixtures("_beating")
def test_a_folder_that_takes_no_picture_is_a_problem(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    assert health.look() == []  # not made yet
    settings.MEDIA_ROOT.mkdir()
    assert health.look() == []
    assert list(settings.MEDIA_ROOT.iterdir()) == []
    settings.MEDIA_ROOT.rmdir()
    settings.MEDIA_ROOT.write_text("a file where the folder was")
    assert health.look() == ["no picture can be written to the folder media"]


def test_a_look_that_hangs_is_a_problem_and_hangs_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.1)
    release = threading.Event()
    monkeypatch.setattr(health, "look", lambda: [] if release.wait(5) else [])
    watch = health.Watch()
    assert watch.problems() == ["the database has not answered for 0 s"]
    assert watch.problems() == ["the database has not answered for 0 s"]
    assert caplog.messages == ["Not ready: the database has not answered for 0 s."]
    release.set()


def test_many_who_ask_cost_one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []
    monkeypatch.setattr(health, "look", lambda: looks.append(1) or [])
    watch = health.Watch()
    for _request in range(20):
        assert watch.problems() == []
    assert len(looks) == 1


def test_anonymous_learns_nothing_but_a_word(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health.watch, "problems", lambda: ["a secret"])
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable"})
    monkeypatch.setattr(health.watch, "problems", lambda: [])
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_a_running_studio_says_when_its_database_stops_taking_writes(start: Start, folder: Path) -> None:
    studio = start().ready()
    assert studio.wait_for_status("/readyz", 200, 10) < 10
    blocker = sqlite3.connect(folder / "studio.sqlite3", isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")
    try:
        assert studio.wait_for_status("/readyz", 503, 15) < 15
        assert studio.get("/healthz")[0] == 200
    finally:
        blocker.execute("ROLLBACK")
        blocker.close()
    studio.wait_for_status("/readyz", 200, 15)


def test_the_first_failure_after_a_good_start_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    found = [[], ["the database takes no writes"], []]
    monkeypatch.setattr(health, "KEPT", -1.0)
    monkeypatch.setattr(health, "look", lambda: found.pop(0))
    caplog.set_level("INFO")
    watch = health.Watch()
    for _time in range(3):
        watch.problems()
    said = [(line.levelname, line.getMessage()) for line in caplog.records]
    assert said == [("WARNING", "Not ready: the database takes no writes."), ("WARNING", "Ready again.")]


@pytest.mark.django_db
def test_a_start_alarms_nobody_and_what_breaks_later_is_said_once(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    found = [["no sign of life from the queue"], [], ["only 3 MB are free"], ["only 3 MB are free"], []]
    watch = health.Watch()
    monkeypatch.setattr(health, "watch", watch)
    monkeypatch.setattr(health, "KEPT", -1.0)
    monkeypatch.setattr(health, "look", lambda: found.pop(0))
    caplog.set_level("INFO")
    assert [client.get("/readyz").status_code for _time in range(5)] == [503, 200, 503, 503, 200]
    said = [(line.levelname, line.getMessage()) for line in caplog.records if line.name != "studio.core.middleware"]
    assert said == [
        ("INFO", "Not ready yet: no sign of life from the queue."),
        ("INFO", "Ready."),
        ("WARNING", "Not ready: only 3 MB are free."),
        ("WARNING", "Ready again."),
    ]
