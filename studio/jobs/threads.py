"""Daemon threads for the engine: started when needed, never waited for by the interpreter."""

import logging
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import Any

from django.db import connection

log = logging.getLogger(__name__)
Work = tuple[Callable[..., None], tuple[Any, ...]]


def _end_transaction(function: Callable[..., None]) -> None:
    """A thread that waits for work with a transaction open would keep everybody from writing to SQLite, for ever."""
    raw = connection.connection
    if raw is None or not (connection.in_atomic_block or getattr(raw, "in_transaction", False)):
        return
    log.error("%s left a transaction open; it was taken back.", getattr(function, "__name__", function))
    connection.in_atomic_block = False  # else Django keeps the closed connection
    connection.close()


class Pool:
    """Up to `size` daemon threads that share one line of work; more work than threads waits its turn.

    `nice` above 0 leaves the processor to the rest of this process first, where the system can do that for one thread.
    """

    def __init__(self, name: str, size: int, *, nice: int = 0) -> None:
        self.name, self.size, self.nice = name, size, nice
        self._work: SimpleQueue[Work] = SimpleQueue()
        self._lock = threading.Lock()
        self._threads = 0
        self._unfinished = 0

    def submit(self, function: Callable[..., None], *args: Any) -> None:
        with self._lock:
            self._unfinished += 1
            start = self._unfinished > self._threads and self._threads < self.size
            if start:
                self._threads += 1
                number = self._threads
        self._work.put((function, args))
        if start:
            threading.Thread(target=self._run, name=f"{self.name}-{number}", daemon=True).start()

    @property
    def unfinished(self) -> int:
        """How much work is waiting or under way."""
        return self._unfinished

    def _run(self) -> None:
        if self.nice and sys.platform == "linux":  # elsewhere the number would stand for a process
            with suppress(OSError):
                thread = threading.get_native_id()
                os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + self.nice)
        while True:
            function, args = self._work.get()
            try:
                function(*args)
            except Exception:
                log.exception("%s: %s broke", self.name, getattr(function, "__name__", function))
            finally:
                _end_transaction(function)
                del function, args
                with self._lock:
                    self._unfinished -= 1
