"""Calls that stay open until their job has ended: no connection to the database each, one thread looks for all."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

from django.conf import settings
from django.db import Error
from django.db.models import Q
from django.utils.translation import gettext as _

from studio.api.places import Places
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


_places, _watcher = Places(), _Watcher()


@contextmanager
def place(user_id: int) -> Iterator[None]:
    """A place for a call of this person to wait at. Raises Busy where there is none for them, and Stopping."""
    if _watcher.stopping.is_set():
        raise Stopping
    number = _places.take(user_id, settings.SYNC_MAX_WAITING)
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
