"""What a process read a moment ago, for a statement that fails where it is different by now."""

import time
from collections.abc import Hashable
from typing import Generic, TypeVar

MOST = 1000
SECONDS = 60.0  # far below the time in which PostgreSQL could name another version of a row alike

Kept = TypeVar("Kept")


class Memory(Generic[Kept]):
    """The newest `MOST` things, each for `SECONDS`. Nothing may be refused, shown or decided by it alone.

    What is kept is shared by threads, and is not to be changed.
    """

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[float, Kept]] = {}

    def keep(self, name: Hashable, thing: Kept) -> None:
        """Keep `thing` from now on in the place of what had the name."""
        self._kept.pop(name, None)
        self._kept[name] = time.monotonic() + SECONDS, thing
        while len(self._kept) > MOST:
            try:
                self._kept.pop(next(iter(self._kept)), None)
            except (StopIteration, RuntimeError):  # another thread does the same
                return

    def get(self, name: Hashable) -> Kept | None:
        """What is kept under the name; None where there is nothing, or it is too old."""
        until, thing = self._kept.get(name, (0.0, None))
        return thing if until > time.monotonic() else None
