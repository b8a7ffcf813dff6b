"""Where calls wait on this host: so many at once (STUDIO_SYNC_MAX_WAITING), and nobody keeps all others out for long.

Each place is one byte of a file in the data folder, locked by the process that waits, so that all processes count
together and a killed one takes no place with it. Behind the bytes stands whose each is, and who was turned away lately.
"""

import fcntl
import os
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from studio.api.openai_errors import Busy

SHARE = 4  # a person has one in so many of the places while somebody who has fewer was turned away
REMEMBERED = 30.0  # seconds that somebody turned away has to come again; they are told to after ten
_GUARD = 1 << 30  # the byte that is locked by whoever reads and writes all of it
_OWNERS, _OWNER = 1 << 20, struct.Struct("<q")  # where the owners of places stand, one after another
_AWAY, _TURNED, _MOST_AWAY = 1 << 16, struct.Struct("<qd"), 64  # who was turned away, and until when that counts


class Places:
    """The places of this host. A process's own locks do not keep it from itself, so it also remembers them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mine: set[int] = set()
        self._file: int | None = None
        self._path: Path | None = None

    def take(self, user_id: int, most: int) -> int:
        """The number of a place that is free. Raises Busy when there is none, or none more for this person."""
        with self._lock, self._guarded() as file:
            share = max(1, most // SHARE)
            away = self._turned_away(file)
            if away.keys() - {user_id} and self._count(file, user_id, most) >= share:
                raise Busy(share, is_of_person=True)
            number = next((each for each in range(most) if each not in self._mine and self._locked(each)), None)
            if number is None:
                if self._count(file, user_id, most) < share:
                    self._write_away(file, away | {user_id: time.time() + REMEMBERED})
                raise Busy(most)
            os.pwrite(file, _OWNER.pack(user_id), _OWNERS + number * _OWNER.size)
            if away.pop(user_id, None):
                self._write_away(file, away)
            self._mine.add(number)  # last: where a full disk refuses the writes, the place is the next caller's
            return number

    def leave(self, number: int) -> None:
        with self._lock:
            fcntl.lockf(self._opened(), fcntl.LOCK_UN, 1, number)
            self._mine.discard(number)

    @contextmanager
    def _guarded(self) -> Iterator[int]:
        file = self._opened()
        fcntl.lockf(file, fcntl.LOCK_EX, 1, _GUARD)
        try:
            yield file
        finally:
            fcntl.lockf(file, fcntl.LOCK_UN, 1, _GUARD)

    def _count(self, file: int, user_id: int, most: int) -> int:
        """How many places this person has."""
        owners = os.pread(file, most * _OWNER.size, _OWNERS)
        named = [
            n for n in range(len(owners) // _OWNER.size) if _OWNER.unpack_from(owners, n * _OWNER.size)[0] == user_id
        ]
        return sum(self._is_taken(number) for number in named)

    def _is_taken(self, number: int) -> bool:
        if number in self._mine:
            return True
        if not self._locked(number):
            return True
        fcntl.lockf(self._opened(), fcntl.LOCK_UN, 1, number)
        return False

    def _locked(self, number: int) -> bool:
        with suppress(OSError):  # somebody else's
            fcntl.lockf(self._opened(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
            return True
        return False

    def _turned_away(self, file: int) -> dict[int, float]:
        """Who wants a place and was not given one, until when."""
        kept, now = os.pread(file, _MOST_AWAY * _TURNED.size, _AWAY), time.time()
        rows = _TURNED.iter_unpack(kept[: len(kept) // _TURNED.size * _TURNED.size])
        return {user_id: until for user_id, until in rows if now < until <= now + REMEMBERED}

    def _write_away(self, file: int, away: dict[int, float]) -> None:
        newest = sorted(away.items(), key=lambda one: one[1])[-_MOST_AWAY:]
        rows = [_TURNED.pack(*one) for one in newest] + [bytes(_TURNED.size)] * (_MOST_AWAY - len(newest))
        os.pwrite(file, b"".join(rows), _AWAY)

    def _opened(self) -> int:
        path = settings.STUDIO_DATA_DIR / "waiting.lock"
        if self._file is None or self._path != path:
            if self._file is not None:
                os.close(self._file)
            self._file, self._path = os.open(path, os.O_RDWR | os.O_CREAT, 0o600), path
        return self._file
