"""The queue's cluster with a watch on it: one that takes no tasks any more ends itself, to be started anew.

SIGKILL of an idle django-q2 worker can leave the lock of the shared task queue held; then no task ever runs again and
nothing notices. So a task is sent through the queue every few seconds, and each task that begins leaves its time.
"""

import logging
import multiprocessing
import os
import signal
import socket
import time
from multiprocessing.sharedctypes import Synchronized
from types import FrameType
from typing import Any

from django.core.management import load_command_class
from django.db import Error, connections

from studio.core import heartbeat, lifeline
from studio.core.queue import enqueue, on_task_start
from studio.ops import processes

PULSE_EVERY = 10.0
STUCK_AFTER = 60.0  # seconds in which tasks were sent and none began
PULSE = "studio.core.heartbeat.beat"
log = logging.getLogger(__name__)


class Cluster:
    """django-q2's cluster as one foreground process that watches over it."""

    def __init__(self) -> None:
        self.stopping = False
        self.began: Synchronized[float] = multiprocessing.Value("d", time.monotonic())
        self.unanswered_since: float | None = None

    def run(self) -> int:
        """Work until SIGTERM or SIGINT; the exit code is 0 only then."""
        lifeline.arm()
        os.environ[heartbeat.CLUSTER] = f"{socket.gethostname()}:{os.getpid()}"
        processes.load_everything()
        on_task_start(self._note_task)
        command = load_command_class("django_q", "qcluster")
        processes.settle()
        command.handle()
        self._wrap_signals()
        code = self._watch()
        self._leave()
        return code

    def _note_task(self) -> None:
        self.began.value = time.monotonic()

    def _wrap_signals(self) -> None:
        """Leave the stopping to the watch: django-q2 waits in the handler itself.

        A signal in the middle of a pulse would then wait with the database locked, for workers who wait for that lock.
        """
        self._stop: Any = signal.getsignal(signal.SIGTERM)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._note_signal)

    def _note_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _watch(self) -> int:
        next_pulse = 0.0
        while multiprocessing.active_children():
            if self.stopping:
                self._stop(signal.SIGTERM, None)
                break
            now = time.monotonic()
            if now >= next_pulse:
                self._pulse(now)
                next_pulse = now + PULSE_EVERY
            if self._is_stuck(now):
                log.critical("No task has begun for %.0f s although some wait; ending the cluster.", STUCK_AFTER)
                os.killpg(os.getpgrp(), signal.SIGKILL) if os.getpgrp() == os.getpid() else _end_children()
                return 1
            time.sleep(0.2)
        return 0 if self.stopping else 1

    def _pulse(self, now: float) -> None:
        try:
            enqueue(PULSE)
        except Error as error:  # a database that is away for a while is no reason to begin anew
            log.warning("The queue cannot be reached: %s", " ".join(str(error).split()))
            self.unanswered_since = None
        else:
            if self.unanswered_since is None or self.began.value > self.unanswered_since:
                self.unanswered_since = now
        finally:
            connections.close_all()

    def _is_stuck(self, now: float) -> bool:
        sent = self.unanswered_since
        return sent is not None and self.began.value < sent and now - sent > STUCK_AFTER

    def _leave(self) -> None:
        try:
            heartbeat.forget(heartbeat.cluster())
        except Error as error:
            log.warning("The heartbeat stays behind: %s", " ".join(str(error).split()))


def _end_children() -> None:
    for child in multiprocessing.active_children():
        child.kill()  # its own children go down with it
