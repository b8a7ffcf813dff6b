"""The test database as it was migrated, after a test that committed.

Django empties every table and has contents that come with a migration (types, permissions, the catalogue) made again
in Python, which costs more than most tests. Here the pages of the migrated database are copied over it instead.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from unittest import mock

from django.db import connection
from django.test import TransactionTestCase

PAUSE = 0.01
_LOCKED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
PATIENCE = 30.0  # seconds that somebody else may still be in the database


class _Patience:
    """Told of every step of a copy, of those that find the database locked, too."""

    def __init__(self) -> None:
        self.until = time.monotonic() + PATIENCE

    def __call__(self, status: int, _remaining: int, _total: int) -> None:
        if status in _LOCKED and time.monotonic() > self.until:
            raise TimeoutError("a test left somebody behind who holds the database")


@contextmanager
def copied_from(template: Path) -> Iterator[None]:
    """Tests that commit leave behind what is in the SQLite database `template`."""

    def fixture_teardown(_test: TransactionTestCase) -> None:
        connection.ensure_connection()
        with closing(connection.Database.connect(template)) as migrated:
            migrated.backup(connection.connection, sleep=PAUSE, progress=_Patience())

    with mock.patch.object(TransactionTestCase, "_fixture_teardown", fixture_teardown):
        yield
