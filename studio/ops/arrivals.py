"""Bodies of requests, read before anything else is done for them; nobody is waited for without end.

granian reads a body when it is asked to, for as long as that takes, and keeps a thread for it (its issue 728). Nor does
it say which connection a request came by, only from which address: who lets us wait too long loses all of the address's
connections, at once in a crowd, otherwise as soon as nothing of that address is at work.
"""

import io
import os
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol

from django.conf import settings

PATIENCE = 60.0  # seconds for a body of up to 1 MB, and for each piece of a larger one
CROWD = 64  # bodies that arrive at once in one process: a quarter of its threads
HURRY = 10.0  # seconds for each of a crowd, and for the last ones before a stop; a busy host needs a few itself
PIECE = 64 * 1024
_TICK = 1.0

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class _Source(Protocol):
    def read(self, size: int, /) -> bytes: ...


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
            address = environ["REMOTE_ADDR"]
            if _has_body(environ) and not self._take(environ, address):
                start_response("400 Bad Request", [("Content-Length", "0"), ("Connection", "close")])
                return []
            with self._lock:
                self._at_work[address] += 1
            try:
                return _Answer(application(environ, start_response), lambda: self._is_done(address))
            except BaseException:
                self._is_done(address)
                raise

        return answer

    def end(self) -> None:
        """From now on be as impatient as with a crowd: this process is to stop."""
        self._is_ending = True

    def watch(self) -> None:
        """Hang up on those who are overdue, for ever."""
        while True:
            time.sleep(_TICK)
            self.check(time.monotonic())

    def check(self, now: float) -> None:
        """Hang up on those who are overdue at `now`, a time.monotonic()."""
        with self._lock:
            is_crowd = len(self._awaited) > CROWD
            patience = HURRY if is_crowd or self._is_ending else PATIENCE
            late = {address for address, since in self._awaited.values() if now - since > patience}
            late = {address for address in late if is_crowd or not self._at_work[address]}
        for address in late:
            self._hang_up(address)

    def _take(self, environ: dict[str, Any], address: str) -> bool:
        """Whether the body came whole, or is so long that it is left to the application."""
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        announced = environ.get("CONTENT_LENGTH") or ""
        length = int(announced) if announced.isdecimal() else None
        source = _Arriving(environ["wsgi.input"], lambda: self._awaiting(address))
        is_long = length is not None and length > most
        body = io.BufferedReader(source, PIECE if is_long else length or most)
        environ["wsgi.input"] = body
        return is_long or len(body.peek()) >= (length or 0)

    @contextmanager
    def _awaiting(self, address: str) -> Iterator[None]:
        mark = object()
        with self._lock:
            self._awaited[mark] = address, time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                del self._awaited[mark]

    def _is_done(self, address: str) -> None:
        with self._lock:
            self._at_work[address] -= 1
            if not self._at_work[address]:
                del self._at_work[address]


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
            # What is no socket, not connected or closed meanwhile raises.
            with suppress(OSError), socket.socket(fileno=os.dup(int(entry))) as connection:
                if _ends(connection) == (port, address):
                    connection.shutdown(socket.SHUT_RDWR)

    return hang_up


def _ends(connection: socket.socket) -> tuple[int, str] | None:
    """Our port and the other side's address; None for what is no connection of the internet."""
    if connection.family not in (socket.AF_INET, socket.AF_INET6):
        return None
    return connection.getsockname()[1], connection.getpeername()[0]
