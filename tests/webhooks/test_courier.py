"""From the order to the receiver, by a running engine."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.jobs import engine as engines
from studio.jobs import lifecycle, sweep, turns
from studio.jobs.engine import Engine
from studio.jobs.launch import launch
from studio.jobs.models import Job
from studio.webhooks.models import Delivery
from tests.core.peers import Peer, serving
from tests.webhooks.conftest import Ask, read


@pytest.fixture
def start(transactional_db: None, settings: Any, tmp_path: Path, monkeypatch: Any) -> Iterator[Callable[[], Engine]]:
    """Starts an engine that draws in the sandbox; it stops with the test."""
    settings.MEDIA_ROOT, settings.SANDBOX_SECONDS = tmp_path / "media", 0.5
    for name, seconds in {"CLAIM_EVERY": 0.05, "PROGRESS_EVERY": 0.1}.items():
        monkeypatch.setattr(engines, name, seconds)
    made: list[Engine] = []

    def run() -> Engine:
        made.append(Engine(launch=launch, sweep=sweep.Sweeper(), calls=16))
        made[-1].start()
        return made[-1]

    yield run
    for engine in made:
        engine.stop(seconds=2)


def wait_for(done: Callable[[], bool], *, seconds: float) -> float:
    began = time.monotonic()
    while not done():
        assert time.monotonic() < began + seconds, list(Delivery.objects.values())
        time.sleep(0.05)
    return time.monotonic() - began


def test_a_program_is_told_by_itself(
    start: Callable[[], Engine], ask: Ask, receiver: Peer, status: Callable[[Job], str | None]
) -> None:
    job = ask(receiver.url(), webhookEvents=["progress", "completed"])
    assert status(job) == "pending"
    engine = start()
    wait_for(Delivery.objects.filter(event="completed", status="delivered").exists, seconds=20)
    wait_for(lambda: not Delivery.objects.filter(status="pending").exists(), seconds=5)
    wait_for(lambda: not engine.copies.unfinished, seconds=10)
    assert status(job) == "delivered"
    told = [json.loads(read(request)[2]) for request in receiver.requests]
    (end,) = (body for body in told if body["event"] == "completed")
    assert len(end["result"]["images"]) == 1
    percents = [body["progress"] for body in told if body["event"] == "progress"]
    assert len(percents) == len(set(percents)) == len(told) - 1


def test_a_dead_endpoint_delays_no_other(start: Callable[[], Engine], ask: Ask, receiver: Peer) -> None:
    over = threading.Event()
    with serving(lambda _connection: over.wait(30) and None) as dead:
        for url in [*[dead.url()] * 8, receiver.url()]:
            ask(url, model="dall-e-2")
        while flights := turns.claim("a worker", room=16):  # the sandbox takes eight at once
            for flight in flights:
                lifecycle.fail(flight, code="bad_request")
        assert Delivery.objects.count() == 9
        engine = start()
        delivered = Delivery.objects.filter(status="delivered")
        assert wait_for(delivered.exists, seconds=10) < 5
        assert delivered.get().host.endswith(str(receiver.port))
        assert dead.connections == 4
        over.set()
        wait_for(lambda: dead.connections == 8 and not engine.records.unfinished, seconds=10)
        wait_for(lambda: Delivery.objects.filter(last_error__startswith="reset").count() >= 4, seconds=10)
