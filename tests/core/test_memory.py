"""What is kept for a moment: the newest, and not for long."""

import pytest

from studio.core import memory
from studio.core.memory import MOST, SECONDS, Memory


def test_it_is_forgotten_after_its_time(monkeypatch: pytest.MonkeyPatch):
    now = [100.0]
    monkeypatch.setattr(memory.time, "monotonic", lambda: now[0])
    kept: Memory[str] = Memory()
    kept.keep("a", "first")
    now[0] += SECONDS - 1
    assert (kept.get("a"), kept.get("b")) == ("first", None)
    kept.keep("b", "second")
    now[0] += 1
    assert (kept.get("a"), kept.get("b")) == (None, "second")


def test_the_oldest_make_way():
    kept: Memory[int] = Memory()
    for number in range(MOST):
        kept.keep(number, number)
    kept.keep(0, 0)
    kept.keep("one more", -1)
    assert [kept.get(name) for name in (0, 1, 2, "one more")] == [0, None, 2, -1]
