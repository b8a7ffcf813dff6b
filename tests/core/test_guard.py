"""Somebody who is left behind in the test database is named, and the next test has one of its own."""

import shutil
from pathlib import Path

import pytest
from django.db import connection

from tests import anew


def test_who_holds_the_database_is_told_and_shut_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anew, "PATIENCE", 0.1)
    template, path = tmp_path / "template", tmp_path / "studio"
    with connection.Database.connect(str(template)) as made:
        made.execute("PRAGMA journal_mode=wal")
        made.execute("CREATE TABLE things (name TEXT)")
    made.close()
    shutil.copy(template, path)
    guard = anew.Guard(template, path)
    guard.look()
    held = connection.Database.connect(str(path), isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    with pytest.raises(TimeoutError, match="left somebody behind who writes"):
        guard.look()
    guard.look()
    free = connection.Database.connect(str(path), isolation_level=None)
    free.execute("INSERT INTO things VALUES ('a fox')")
    for each in (held, free, guard):
        each.close()
