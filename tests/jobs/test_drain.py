"""What takes long keeps nobody's lease from being renewed."""

import threading
import time
from datetime import timedelta

import pytest

from studio.jobs import engine as engines
from studio.jobs import flying, lifecycle, sweep, turns
from studio.jobs.engine import Engine
from studio.providers.base import Finished
from tests.jobs.conftest import Ask, ended, ledger_is_exact, wait_for


class Slow:
    """A synchronous provider that cannot be asked again; its call is open until `answer` is set."""

    is_asynchronous = is_idempotent = can_cancel = False
    origin = None

    def __init__(self) -> None:
        self.answer = threading.Event()

    def submit(self, *_args: object) -> Finished:
        self.answer.wait(5)
        return Finished([])


def test_leases_are_renewed_while_a_stop_waits_for_an_open_call(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "RENEW_EVERY", 0.05)
    monkeypatch.setattr(lifecycle, "LEASE", timedelta(seconds=0.5))
    monkeypatch.setattr(turns, "LEASE", timedelta(seconds=0.5))
    job, slow = ask(), Slow()
    engine = Engine(launch=flying.start, sweep=sweep.Sweeper(), calls=4)
    (flight,) = turns.claim(engine.owner, room=1)
    flight.vendor = slow  # type: ignore[assignment]
    engine._take([flight])
    wait_for(lambda: flight.calling)
    stop = threading.Thread(target=engine.stop, kwargs={"seconds": 5})
    stop.start()
    until = time.monotonic() + 0.8
    while time.monotonic() < until:  # longer than a lease
        assert turns.resume("another", room=1) == []
        time.sleep(0.05)
    slow.answer.set()
    stop.join()
    assert ended(job) == ("FAILED", "no_pictures")  # what the call brought was heard of
    ledger_is_exact(job)


def test_the_clock_does_not_wait_for_the_tidying(engine: Engine, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    tidying, done = threading.Event(), threading.Event()

    def tidy() -> None:
        tidying.set()
        done.wait(5)

    monkeypatch.setattr(sweep, "tidy", tidy)
    sweep.Sweeper()(engine)
    assert tidying.wait(5)
    job = ask()
    wait_for(lambda: ended(job)[0] == "COMPLETED")
    done.set()
