"""What is much the same check many times goes by turns, for the whole suite's time; STUDIO_TEST_EVERY=1 takes all."""

import os
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def turn(every: Sequence[T], number: int, of: int) -> list[T]:
    """The part of `every` whose turn it is at the `number`th of `of` places, which together take all of it."""
    return list(every) if os.environ.get("STUDIO_TEST_EVERY") else list(every[number::of])
