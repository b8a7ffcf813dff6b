"""Bodies of requests, read before anything else is done for them; nobody is waited for without end.

granian reads a body when it is asked to, for as long as that takes, and keeps a thread for it (its issue 728). Nor does
it say which connection a request came by, only from which address: who lets us wait too long loses all of the address's
connections, at once in a crowd, otherwise as soon as nothing of that address is at work.
"""

import io
import logging
import os
import socket
import stat
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol

from django.conf import settings

PATIENCE = 60.0  # seconds for a body of up to 1 MB, and for each piece of a larger one
CROWD = 24  # bodies that arrive at once in one process: fewer than the threads it has besides waiting calls
HURRY = 10.0  # seconds for each of a crowd, and for the last ones before a stop; a busy host needs a few itself
PIECE = 64 * 1024
_TICK = 1.0
_log = logging.getLogger(__name__)

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class _Source(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Caller:
    """Who asks, and whether their request is being worked on, not waited for."""

    def __init__(self, address: str) -> None:
        self.address, self.is_at_work = address, False


class Arrivals:
    """What one process is reading (since when, from which address), and for which addresses it is at work."""

    def __init__(self, hang_up: Callable[[str], None]) -> None:
        self._hang_up = hang_up
        self._lock = threading.Lock()
        self._awaited: dict[object, tuple[str, float]] = {}
        self._at_work: Counter[str] = Counter()
        self._is_ending = False

    def watched(self, application: Application) -> Application:
        """The same WSGI application, called when the body is there; a larger one than 1 MB it reads itself."""

        def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            caller = _Caller(environ["REMOTE_ADDR"])
            if _has_body(environ) and not self._take(environ, caller):
                start_response("400 Bad Request", [("Content-Length", "0"), ("Connection", "close")])
                return []
            caller.is_at_work = True
            self._count(caller, 1)
            try:
                return _Answer(application(environ, start_response), lambda: self._count(caller, -1))
            except BaseException:
                self._count(caller, -1)
                raise

        return answer

    def end(self) -> None:
        """From now on be as impatient as with a crowd: this process is to stop."""
        self._is_ending = True

    def watch(self) -> None:
        """Hang up on those who are overdue, for ever."""
        while True:
            time.sleep(_TICK)
            try:
                self.check(time.monotonic())
            except Exception:  # who is late stays until the next look; without this thread they would for ever
                _log.exception("Looking for late requests failed.")

    def check(self, now: float) -> None:
        """Hang up on those who are overdue at `now`, a time.monotonic()."""
        with self._lock:
            is_crowd = len(self._awaited) > CROWD
            patience = HURRY if is_crowd or self._is_ending else PATIENCE
            late = {address for address, since in self._awaited.values() if now - since > patience}
        for address in late:
            with self._lock:  # nothing of theirs begins meanwhile
                if is_crowd or not self._at_work[address]:
                    self._hang_up(address)

    def _take(self, environ: dict[str, Any], caller: _Caller) -> bool:
        """Whether the body came whole, or is so long that it is left to the application."""
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        announced = environ.get("CONTENT_LENGTH") or ""
        length = int(announced) if announced.isdecimal() else None
        source = _Arriving(environ["wsgi.input"], lambda: self._awaiting(caller))
        is_long = length is not None and length > most
        body = io.BufferedReader(source, PIECE if is_long else length or most)
        environ["wsgi.input"] = body
        return is_long or len(body.peek()) >= (length or 0)

    @contextmanager
    def _awaiting(self, caller: _Caller) -> Iterator[None]:
        """For a while the caller is waited for, also by what reads a long body piece by piece at its work."""
        mark = object()
        with self._lock:
            self._awaited[mark] = caller.address, time.monotonic()
        if caller.is_at_work:
            self._count(caller, -1)
        try:
            yield
        finally:
            if caller.is_at_work:
                self._count(caller, 1)
            with self._lock:
                del self._awaited[mark]

    def _count(self, caller: _Caller, by: int) -> None:
        with self._lock:
            self._at_work[caller.address] += by
            if not self._at_work[caller.address]:
                del self._at_work[caller.address]


class _Arriving(io.RawIOBase):
    """A body as it comes in; who reads from it is noted as waiting."""

    def __init__(self, source: _Source, awaiting: Callable[[], Any]) -> None:
        self._source, self._awaiting = source, awaiting

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        with self._awaiting():
            data = self._source.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class _Answer:
    """An answer that says when it was sent, or given up."""

    def __init__(self, parts: Iterable[bytes], when_closed: Callable[[], None]) -> None:
        self._parts, self._when_closed = parts, when_closed

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._parts)

    def close(self) -> None:
        try:
            if hasattr(self._parts, "close"):
                self._parts.close()
        finally:
            self._when_closed()


def _has_body(environ: dict[str, Any]) -> bool:
    return environ.get("CONTENT_LENGTH", "0") not in ("", "0") or "HTTP_TRANSFER_ENCODING" in environ


def hang_up_at(port: int) -> Callable[[str], None]:
    """A function that ends this process's connections between `port`, which we serve, and an address."""

    def hang_up(address: str) -> None:
        for entry in os.listdir("/dev/fd"):
            with suppress(OSError):  # not connected, or closed meanwhile
                # A file is never duplicated: to close any descriptor of one gives up the process's locks on it.
                if not stat.S_ISSOCK(os.fstat(int(entry)).st_mode):
                    continue
                with socket.socket(fileno=os.dup(int(entry))) as connection:
                    if _ends(connection) == (port, address):
                        connection.shutdown(socket.SHUT_RDWR)

    return hang_up


def _ends(connection: socket.socket) -> tuple[int, str] | None:
    """Our port and the other side's address; None for what is no connection of the internet."""
    if connection.family not in (socket.AF_INET, socket.AF_INET6):
        return None
    return connection.getsockname()[1], connection.getpeername()[0]
