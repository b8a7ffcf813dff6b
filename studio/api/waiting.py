"""Calls that stay open until their job has ended: no database connection each, one thread that looks for all of them.

So many may wait on a host at once (STUDIO_SYNC_MAX_WAITING): each place is one byte of a file in the data folder,
locked by the process that waits, so that all processes count together and a killed one takes no place with it.
"""

import fcntl
import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import Error
from django.db.models import Q
from django.utils.translation import gettext as _

from studio.api.openai_errors import Busy
from studio.core.connections import release
from studio.core.errors import StudioError
from studio.jobs.models import Job

LOOK_EVERY = 0.25  # seconds
_log = logging.getLogger(__name__)


class Stopping(StudioError):
    """This server is being stopped: nobody may wait here any more."""

    code = "stopping"
    status = 503

    def __init__(self) -> None:
        super().__init__(_("The studio is being stopped. Try again in a moment."))


class _Places:
    """The places of this host. A process's own locks do not keep it from itself, so it also remembers them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mine: set[int] = set()
        self._file: BinaryIO | None = None
        self._path: Path | None = None

    def take(self, most: int) -> int | None:
        """The number of a place that is free; None when there is none."""
        with self._lock:
            for number in range(most):
                if number not in self._mine and self._locked(number):
                    self._mine.add(number)
                    return number
        return None

    def leave(self, number: int) -> None:
        with self._lock:
            fcntl.lockf(self._opened(), fcntl.LOCK_UN, 1, number)
            self._mine.discard(number)

    def _locked(self, number: int) -> bool:
        with suppress(OSError):  # somebody else's
            fcntl.lockf(self._opened(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
            return True
        return False

    def _opened(self) -> BinaryIO:
        path = settings.STUDIO_DATA_DIR / "waiting.lock"
        if self._file is None or self._path != path:
            self._file, self._path = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b"), path
        return self._file


class _Watcher:
    """Looks four times a second which of the jobs that are waited for have ended. Its thread ends with the last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[UUID, set[threading.Event]] = {}
        self._is_running = False
        self.stopping = threading.Event()

    def wait(self, job_id: UUID, seconds: float) -> None:
        """Until the job has ended, or its outcome is unknown, or the time is over. Raises Stopping."""
        event = threading.Event()
        with self._lock:
            if not self._is_running:
                threading.Thread(target=self._run, name="waiting calls", daemon=True).start()
                self._is_running = True
            self._waiting.setdefault(job_id, set()).add(event)
        try:
            if not self.stopping.is_set():
                event.wait(max(0.0, seconds))
        finally:
            with self._lock:
                self._waiting[job_id].discard(event)
                if not self._waiting[job_id]:
                    del self._waiting[job_id]
        if self.stopping.is_set():
            raise Stopping

    def stop(self) -> None:
        """Let everybody go."""
        self.stopping.set()
        with self._lock:
            self._wake(list(self._waiting))

    def _run(self) -> None:
        try:
            while not self.stopping.wait(LOOK_EVERY):
                with self._lock:
                    job_ids = list(self._waiting)
                    if not job_ids:
                        self._is_running = False
                        return
                self._look(job_ids)
        finally:
            release()

    def _look(self, job_ids: list[UUID]) -> None:
        over = ~Q(status__in=Job.ACTIVE) | Q(is_unknown=True)
        try:
            found = list(Job.objects.filter(over, pk__in=job_ids).values_list("pk", flat=True))
        except Exception as error:  # whatever it is, this thread goes on: without it nobody would ever be woken
            _log.warning("Could not look for jobs that calls wait for: %s", error)
            release()
            return
        with self._lock:
            self._wake(found)

    def _wake(self, job_ids: list[UUID]) -> None:
        for job_id in job_ids:
            for event in self._waiting.get(job_id, ()):
                event.set()


_places, _watcher = _Places(), _Watcher()


@contextmanager
def place() -> Iterator[None]:
    """A place to wait at. Raises Busy where all are taken, and Stopping."""
    if _watcher.stopping.is_set():
        raise Stopping
    number = _places.take(settings.SYNC_MAX_WAITING)
    if number is None:
        raise Busy(settings.SYNC_MAX_WAITING)
    try:
        yield
    finally:
        _places.leave(number)


def outcome(job: Job, *, until: float) -> Job:
    """The job as it is when it has ended or is unknown, or at the moment `until` (of the monotonic clock).

    Raises Stopping.
    """
    while not _is_over(job) and time.monotonic() < until:
        release()
        _watcher.wait(job.pk, until - time.monotonic())
        with suppress(Error):
            job = Job.objects.get(pk=job.pk)
            continue
        time.sleep(min(LOOK_EVERY, max(0.0, until - time.monotonic())))  # the database is away
    return job


def stop() -> None:
    """End all waiting, now and for good: this process is about to end."""
    _watcher.stop()


def _is_over(job: Job) -> bool:
    return not job.is_active or job.is_unknown
