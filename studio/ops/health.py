"""Whether the studio can work: the database takes writes, its schema is ours, the queue lives, the disk has room."""

import logging
import os
import shutil
import threading
import time
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.db import Error, connection, connections, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from studio.core import heartbeat
from studio.core.models import Lease

DISK_FLOOR = 200 * 1024 * 1024  # bytes; below it a picture could be cut short
KEPT = 2.0  # seconds an answer serves everybody: whoever asks often must not write often
PATIENCE = 5.0  # seconds; a database that hangs is a database that is away
log = logging.getLogger(__name__)


class Watch:
    """Looks in a thread of its own, so that a hanging database hangs no request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._started = float("-inf")
        self._is_looking = False
        self._found: list[str] = []
        self._was_ready = False  # until then it is starting, which alarms nobody
        self._is_silent = False  # the database hangs, which was said

    def problems(self) -> list[str]:
        """What is wrong, in words for the log; at most KEPT seconds old, after at most PATIENCE seconds."""
        with self._lock:
            if not self._is_looking and time.monotonic() - self._started > KEPT:
                self._is_looking, self._started = True, time.monotonic()
                self._done.clear()
                threading.Thread(target=self._look, name="readyz", daemon=True).start()
            left = self._started + PATIENCE - time.monotonic()
        if not self._done.wait(max(left, 0)):
            silence = f"the database has not answered for {PATIENCE:.0f} s"
            with self._lock:
                is_new, self._is_silent = not self._is_silent, True
            if is_new:
                log.warning("Not ready: %s.", silence)
            return [silence]
        return self._found

    def _look(self) -> None:
        before = self._found
        try:
            self._found = look()
        except Exception:
            log.exception("Looking at the studio's health failed.")
            self._found = ["the check itself failed"]
        finally:
            if self._found != before or self._is_silent:
                self._say()
            self._was_ready |= not self._found
            self._is_silent = False
            connections.close_all()
            self._is_looking = False
            self._done.set()

    def _say(self) -> None:
        level = logging.WARNING if self._was_ready else logging.INFO
        if self._found:
            log.log(level, "Not ready%s: %s.", "" if self._was_ready else " yet", "; ".join(self._found))
        else:
            log.log(level, "Ready%s.", " again" if self._was_ready else "")


watch = Watch()


def look() -> list[str]:
    """What is wrong at this moment; empty when nothing is."""
    return [words for words in (_disk(), _database()) if words]


def _disk() -> str:
    try:
        free = shutil.disk_usage(settings.STUDIO_DATA_DIR).free
    except OSError as error:
        return f"the data folder cannot be read: {error.strerror}"
    if free < DISK_FLOOR:
        return f"only {free // 1024**2} MB are free in the data folder"
    return "" if _takes_files(settings.MEDIA_ROOT) else "no picture can be written to the folder media"


def _takes_files(folder: Path) -> bool:
    """A file, really written and removed: a network mount that has gone says otherwise only then."""
    try:
        with NamedTemporaryFile(dir=folder, prefix="draft-readyz-") as file:
            file.write(b"0")
            file.flush()
    except FileNotFoundError:
        return not folder.exists() and os.access(folder.parent, os.W_OK)  # the first picture makes it
    except OSError:
        return False
    return True


def _database() -> str:
    try:
        _write()
        if missing := _expected_migrations() - set(MigrationRecorder(connection).applied_migrations()):
            return f"{len(missing)} migrations are not applied"
        age = heartbeat.age_seconds()
    except Error as error:
        return f"the database does not work: {' '.join(str(error).split())}"
    if age is None or age > heartbeat.FRESH:
        return "no sign of life from the queue" + ("" if age is None else f" for {age:.0f} s")
    return ""


def _write() -> None:
    """One row, really written; gives up earlier than a request that waits its turn would."""
    connection.ensure_connection()
    with connection.cursor() as cursor:
        limit = int(PATIENCE * 1000) - 1000
        is_postgres = connection.vendor == "postgresql"
        cursor.execute(f"SET statement_timeout = {limit}" if is_postgres else f"PRAGMA busy_timeout = {limit}")
    with transaction.atomic():
        row = Lease(name="readyz", expires_at=timezone.now())
        Lease.objects.bulk_create([row], update_conflicts=True, unique_fields=["name"], update_fields=["expires_at"])


@cache
def _expected_migrations() -> set[tuple[str, str]]:
    found = MigrationLoader(None).disk_migrations
    return {key for key, migration in found.items() if not migration.replaces}
