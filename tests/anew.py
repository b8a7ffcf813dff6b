"""The test database as it was migrated, after a test that committed.

Django empties every table and has contents that come with a migration (types, permissions, the catalogue) made again
in Python, which costs more than most tests. Here the pages of the migrated database are copied over it instead.
"""

import shutil
import sqlite3
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
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


class Guard:
    """Sees that nobody holds the SQLite database when a test is over: the next would wait, and be blamed."""

    def __init__(self, template: Path, path: Path) -> None:
        self._template, self._path = template, path
        self._connection = self._connected()

    def _connected(self) -> Any:
        made = connection.Database.connect(str(self._path), timeout=PATIENCE)
        made.isolation_level = None
        return made

    def look(self) -> None:
        """Raises TimeoutError, with what every thread is doing, where somebody still writes after PATIENCE.

        The tests after that one have a database of their own.
        """
        if self._is_free():
            return
        frames = sys._current_frames()
        doing = [
            f"{thread.name}:\n{''.join(traceback.format_stack(frames[thread.ident]))}"
            for thread in threading.enumerate()
            if thread.ident in frames
        ]
        self.close()
        connection.close()
        for suffix in ("", "-wal", "-shm"):  # whoever holds the old file holds nothing of the new one
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        shutil.copy(self._template, self._path)
        self._connection = self._connected()
        raise TimeoutError("\n".join(["the test left somebody behind who writes", *doing]))

    def _is_free(self) -> bool:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.execute("ROLLBACK")
        except connection.Database.OperationalError:
            return False
        return True

    def close(self) -> None:
        self._connection.close()


@contextmanager
def copied_from(template: Path) -> Iterator[None]:
    """Tests that commit leave behind what is in the SQLite database `template`."""

    def fixture_teardown(_test: TransactionTestCase) -> None:
        connection.ensure_connection()
        with closing(connection.Database.connect(template)) as migrated:
            migrated.backup(connection.connection, sleep=PAUSE, progress=_Patience())

    with mock.patch.object(TransactionTestCase, "_fixture_teardown", fixture_teardown):
        yield
