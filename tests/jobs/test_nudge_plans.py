"""When one flight is asked for next, whatever webhooks, timers and threads do to the plan."""

import threading
import time
from collections.abc import Callable
from typing import Any

from studio.jobs import nudges


def test_no_nudge_is_lost_and_no_two_polls_are_open_at_once() -> None:
    """The plan of one flight under webhooks from one thread and polls from others: after each nudge a poll begins."""

    class Clock:
        def later(self, seconds: float, function: Callable[..., None], *args: Any) -> None:
            if seconds < 5:  # what is planned for later than that does not come
                timer = threading.Timer(min(seconds, 0.002), function, args)
                timer.daemon = True
                timer.start()

    class Flown:
        def __init__(self) -> None:
            self.asking = nudges.Asking()

    clock: Any = Clock()
    flight: Any = Flown()
    open_now, most, begun = 0, 0, 0
    lock = threading.Lock()

    def ask(engine: Any, flight: Any) -> None:
        nonlocal open_now, most, begun
        with lock:
            open_now, begun = open_now + 1, begun + 1
            most = max(most, open_now)
        time.sleep(0.0005)
        with lock:
            open_now -= 1
        if not over.is_set():
            nudges.plan(engine, flight, 60.0 if begun % 3 else 0.0, ask)

    over = threading.Event()
    nudges.plan(clock, flight, 0.0, ask)
    for _ in range(150):
        with lock:
            before = begun
        nudges._ring(clock, flight)
        limit = time.monotonic() + 5
        while begun == before:
            assert time.monotonic() < limit, "a nudge was lost"
            time.sleep(0.0002)
    over.set()
    assert most == 1


def test_a_plan_that_was_replaced_is_not_followed() -> None:
    timers: list[tuple[float, Callable[..., None], tuple[Any, ...]]] = []
    asked: list[float] = []

    class Clock:
        def later(self, seconds: float, function: Callable[..., None], *args: Any) -> None:
            timers.append((seconds, function, args))

    class Flown:
        asking = nudges.Asking()

    def ask(engine: Any, flight: Any) -> None:
        asked.append(0)
        if len(asked) == 1:  # the provider said: not before half a minute
            nudges.plan(engine, flight, 60.0, ask, at_least=30.0)

    clock: Any = Clock()
    flight: Any = Flown()
    nudges.plan(clock, flight, 1.0, ask)
    nudges._ring(clock, flight)
    early, at_once = timers
    assert at_once[0] == 0
    at_once[1](*at_once[2])
    early[1](*early[2])
    assert len(asked) == 1
    nudges._ring(clock, flight)
    assert 29 < timers[-1][0] <= 30
    for _seconds, function, args in timers[2:]:
        function(*args)
    assert len(asked) == 2
