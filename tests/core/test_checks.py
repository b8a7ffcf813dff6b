"""System checks: each finds what it is there for, and is silent otherwise."""

from pathlib import Path

import pytest
from django.core import checks as django_checks
from django.test import override_settings
from pytest_django import Settings

from studio.core import checks
from tests.ops.studio_process import manage


def ids(messages: list[django_checks.CheckMessage]) -> list[str | None]:
    return [message.id for message in messages]


@pytest.mark.parametrize(
    ("version", "is_sound"),
    [
        ((3, 6, 23), True),
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
    ],
)
def test_the_sqlite_releases_that_corrupt_are_known(version: tuple[int, int, int], is_sound: bool) -> None:
    assert checks.is_sound_sqlite(version) is is_sound


def test_an_old_sqlite_is_a_loud_warning(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    settings.IS_SQLITE = True
    monkeypatch.setattr(checks.sqlite3, "sqlite_version_info", (3, 40, 1))
    assert ids(checks.sqlite_version()) == ["studio.W001"]
    settings.IS_SQLITE = False
    assert checks.sqlite_version() == []


def test_sqlite_on_a_network_filesystem_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    table = tmp_path / "mountinfo"
    table.write_text(
        "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
        f"2 1 0:30 / {tmp_path} rw shared:1 - nfs4 server:/share rw\n"
        f"3 2 8:2 / {tmp_path}/local rw - xfs /dev/sdb1 rw\n"
    )
    assert checks.filesystem_of(tmp_path / "deep" / "er", table) == "nfs4"
    assert checks.filesystem_of(tmp_path / "local" / "here", table) == "xfs"
    assert checks.filesystem_of(Path("/elsewhere"), table) == "ext4"
    assert checks.filesystem_of(tmp_path, tmp_path / "missing") == ""
    settings.IS_SQLITE = True
    assert checks.sqlite_on_a_local_disk() == []
    monkeypatch.setattr(checks, "filesystem_of", lambda _folder: "nfs4")
    assert ids(checks.sqlite_on_a_local_disk()) == ["studio.E001"]


def test_short_keys_are_refused(settings: Settings) -> None:
    assert checks.keys_are_long_enough() == []
    settings.ENCRYPTION_KEY = "short"
    assert ids(checks.keys_are_long_enough()) == ["studio.E002"]


@pytest.mark.parametrize(
    ("queue", "is_right"),
    [
        ({"workers": 2, "queue_limit": 2, "timeout": 6, "retry": 8}, False),  # 6 of 8 tasks ran twice
        ({"workers": 2, "queue_limit": 4, "timeout": 6, "retry": 24}, False),
        ({"workers": 2, "queue_limit": 4, "timeout": 6, "retry": 25}, True),  # 0 of 8
        ({"workers": 64, "queue_limit": 64, "timeout": 60, "retry": 181}, True),
    ],
)
def test_a_retry_that_runs_tasks_twice_is_refused(queue: dict[str, int], is_right: bool) -> None:
    with override_settings(Q_CLUSTER=queue):
        assert ids(checks.queue_waits_long_enough()) == ([] if is_right else ["studio.E003"])


def test_the_shipped_queue_settings_are_right() -> None:
    assert checks.queue_waits_long_enough() == []
    assert checks.queue_rows_are_ours() == []


def test_another_broker_is_refused(settings: Settings) -> None:
    settings.Q_CLUSTER = {"orm": "elsewhere"}
    assert ids(checks.queue_rows_are_ours()) == ["studio.E004"]


def test_a_misspelt_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_WORKER", "3")
    (message,) = checks.settings_are_known()
    assert message.id == "studio.W003"
    assert message.hint == "Did you mean STUDIO_WORKERS?"


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:8000", "https://studio.example"])
def test_check_deploy_finds_nothing_wrong_with_the_shipped_settings(tmp_path: Path, base_url: str) -> None:
    done = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", STUDIO_BASE_URL=base_url)
    assert done.returncode == 0, done.stderr


def test_check_deploy_warns_of_webhooks_that_reach_inside(tmp_path: Path) -> None:
    done = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", STUDIO_WEBHOOK_ALLOW="10.0.0.0/8")
    assert done.returncode == 1
    assert "studio.W002" in done.stderr
