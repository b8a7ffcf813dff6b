"""The readers of the environment: right values are read, wrong ones are named without showing a secret."""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from studio import env

NAME = "STUDIO_TEST_VALUE"


def test_a_value_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "value").write_text("from a file\n")
    name = "STUDIO_TEST_FROM_A_FILE"  # what a file held is remembered, so the name is this test's alone
    monkeypatch.setenv(f"{name}_FILE", str(tmp_path / "value"))
    assert env.text(name) == "from a file"


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "value").write_bytes(content)
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "value"))
    with pytest.raises(ImproperlyConfigured, match=f"{NAME}_FILE cannot be read"):
        env.text(NAME)


def test_blank_means_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "  ")
    assert env.integer(NAME, 7) == 7
    assert env.url(NAME, "http://localhost/") == "http://localhost"


Reader = Callable[[str], Any]
WRONG: list[tuple[Reader, str, str]] = [
    (lambda name: env.integer(name, 1), "many", "must be a whole number, not 'many'"),
    (lambda name: env.integer(name, 1, least=1, most=5), "6", "must be between 1 and 5, not 6"),
    (lambda name: env.number(name, 1, least=0, most=5), "nan", "must be between 0 and 5"),
    (lambda name: env.number(name, 1, least=0, most=5), "x", "must be a number"),
    (lambda name: env.choice(name, "a", ("a", "b")), "c", "must be one of a, b, not 'c'"),
    (env.url, "ftp://host", "must be an http or https address"),
    (env.url, "http://host:x", "must be an http or https address"),
    (env.url, "http://", "must be an http or https address"),
    (env.networks, "10.0.0.1/8", "must be networks such as"),
    (lambda name: env.rate(name, "1/s"), "0/min", "must be a rate such as 60/min"),
    (lambda name: env.rate(name, "1/s"), "5", "must be a rate such as 60/min"),
    (lambda name: env.time_zone(name, "UTC"), "Mars/North", "must be a time zone"),
    (lambda name: env.database(name, Path("x")), "mysql://me:hidden@host/name", "must begin with postgres://"),
    (lambda name: env.database(name, Path("x")), "postgres://me:hidden@host:port/name", "must be an address"),
    (env.email, "carrier-pigeon://me:hidden@host", "must be an address"),
]


@pytest.mark.parametrize(("read", "value", "words"), WRONG)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, read: Reader, value: str, words: str) -> None:
    monkeypatch.setenv(NAME, value)
    with pytest.raises(ImproperlyConfigured) as refused:
        read(NAME)
    assert str(refused.value).startswith(NAME)
    assert words in str(refused.value)
    assert "hidden" not in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None  # nor in a traceback


def test_right_values_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "90/hour")
    assert env.rate(NAME, "1/s") == (90, 3600)
    monkeypatch.setenv(NAME, "10.0.0.0/8, fd00::/8")
    assert [str(network) for network in env.networks(NAME)] == ["10.0.0.0/8", "fd00::/8"]
    monkeypatch.setenv(NAME, "postgres://me:p%40ss@db:5433/studio")
    found = env.database(NAME, Path("unused"))
    assert (found["PASSWORD"], found["HOST"], found["PORT"], found["NAME"]) == ("p@ss", "db", 5433, "studio")
    assert found["ENGINE"] == env.POSTGRES
    assert found["OPTIONS"]["pool"]["max_size"] == env.POOLED
    monkeypatch.setenv(NAME, "smtp+tls://me:word@mail:587")
    assert env.email(NAME)["EMAIL_USE_TLS"]


def test_sqlite_is_durable_and_takes_the_lock_at_once(tmp_path: Path) -> None:
    options = env.database(NAME, tmp_path / "studio.sqlite3")["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert options["timeout"] >= 10
    assert "journal_mode=WAL" in options["init_command"]
    assert "synchronous=FULL" in options["init_command"]


def test_a_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = env.secret(NAME, tmp_path / "secrets")
    assert len(first) >= 43
    assert env.secret(NAME, tmp_path / "secrets") == first
    (path,) = (tmp_path / "secrets").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700


def test_a_given_secret_is_written_nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(NAME, "a secret of the operator's own making")
    assert env.secret(NAME, tmp_path / "secrets") == os.environ[NAME]
    assert not (tmp_path / "secrets").exists()


def test_a_data_folder_that_is_made_is_its_owners_alone(tmp_path: Path) -> None:
    env.secret(NAME, tmp_path / "data" / "secrets")
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("query", "threshold"), [("", 2), ("?prepare_threshold=None", None), ("?prepare_threshold=5", 5)]
)
def test_a_pooler_can_be_spared_prepared_statements(
    monkeypatch: pytest.MonkeyPatch, query: str, threshold: int | None
) -> None:
    monkeypatch.setenv(NAME, f"postgres://studio:secret@host/name{query}")
    assert env.database(NAME, Path("unused"))["OPTIONS"]["prepare_threshold"] == threshold


def test_another_threshold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "postgres://studio:secret@host/name?prepare_threshold=often")
    with pytest.raises(ImproperlyConfigured, match="prepare_threshold must be a number or None, not 'often'"):
        env.database(NAME, Path("unused"))
