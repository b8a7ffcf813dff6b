"""What webhooks do to jobs under way: the engine asks at once, and whatever they say, one order is paid once."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.db.backends.utils import CursorWrapper

from studio.jobs import flying, nudges
from studio.jobs.engine import Engine
from studio.jobs.models import Attempt, Image, Job
from studio.providers.apiframe import Apiframe
from studio.providers.base import Finished, Order, Running
from tests.fakes import webhooks
from tests.fakes.provider import FakeProvider
from tests.jobs.conftest import Ask, all_settled, ended, ledger_is_exact, orders_of, wait_for
from tests.proof import KEY

SOON = 30.0  # seconds; below a minute only a webhook can be the reason


@pytest.fixture
def told(studio: object, live_server: Any, settings: LazySettings) -> None:
    """The studio serves at an address that was set, and providers are given it."""
    settings.STUDIO_BASE_URL, settings.BASE_URL_WAS_SET = live_server.url, True


@pytest.fixture
def no_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    """By itself the engine asks once a minute."""
    monkeypatch.setattr(flying, "FIRST_LOOK", 60.0)
    monkeypatch.setattr(flying, "LOOK_EVERY", 60.0)


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many polls of each order were open at the same time, at most."""
    open_now: Counter[str] = Counter()
    most: Counter[str] = Counter()
    lock, poll = threading.Lock(), Apiframe.poll

    def watched(self: Apiframe, provider_job_id: str, order: Order) -> Running | Finished:
        with lock:
            open_now[provider_job_id] += 1
            most[provider_job_id] = max(most[provider_job_id], open_now[provider_job_id])
        try:
            return poll(self, provider_job_id, order)
        finally:
            with lock:
                open_now[provider_job_id] -= 1

    monkeypatch.setattr(Apiframe, "poll", watched)
    return most


def is_exact(fake: FakeProvider, *jobs: Job) -> None:
    """Each job completed with one picture, one order, one capture."""
    for job in jobs:
        assert ended(job) == ("COMPLETED", "")
        assert (Image.objects.filter(job=job).count(), orders_of(fake, job), job.paid) == (1, 1, 21)
    ledger_is_exact(*jobs)


@pytest.mark.parametrize("when", ["once", "early", "twice", "five", "backwards"])
def test_a_webhook_is_enough(
    told: None, no_polls: None, engine: Engine, fake: FakeProvider, ask: Ask, together: Counter[str], when: str
) -> None:
    fake.script(seconds=0.0 if when == "early" else 0.3)
    job = ask(f"[fake:webhook={when}]")
    wait_for(all_settled, seconds=SOON)
    is_exact(fake, job)
    assert set(together.values()) == {1}
    (order,) = fake.ledger.orders.values()
    wait_for(lambda: len(order.told) == {"once": 1, "five": 5}.get(when, 2))
    assert set(order.told) == {200}


@pytest.mark.parametrize("words", ["[fake:job=fail]", "[fake:job=nsfw]", "[fake:job=cancelled]"])
def test_a_webhook_of_a_failure_ends_the_job_too(
    told: None, no_polls: None, engine: Engine, fake: FakeProvider, ask: Ask, words: str
) -> None:
    fake.script(seconds=0.2)
    job = ask(words)
    wait_for(all_settled, seconds=SOON)
    assert ended(job)[0] == "FAILED"
    ledger_is_exact(job)


@pytest.mark.parametrize("when", ["none", "forged"])
def test_lost_webhooks_cost_nothing(told: None, engine: Engine, fake: FakeProvider, ask: Ask, when: str) -> None:
    fake.script(seconds=0.2)
    jobs = [ask(f"[fake:webhook={when}]") for _ in range(5)]
    wait_for(all_settled)
    is_exact(fake, *jobs)


@pytest.mark.parametrize("when", ["once", "early", "twice", "five", "backwards", "lies", "late"])
def test_webhooks_and_polls_in_any_order_are_one_picture(
    told: None,
    start: Callable[[], Engine],
    fake: FakeProvider,
    ask: Ask,
    together: Counter[str],
    monkeypatch: pytest.MonkeyPatch,
    when: str,
) -> None:
    monkeypatch.setattr(flying, "FIRST_LOOK", 0.02)
    monkeypatch.setattr(flying, "LOOK_EVERY", 0.02)
    fake.script(seconds=0.25)
    jobs = [ask(f"[fake:webhook={when}]") for _ in range(5)]
    start(), start()
    wait_for(all_settled)
    is_exact(fake, *jobs)
    assert set(together.values()) == {1}


def test_a_lie_completes_nothing(told: None, no_polls: None, engine: Engine, fake: FakeProvider, ask: Ask) -> None:
    """It says that the order failed, and that it is finished and where the picture is: neither is true."""
    job = ask("[fake:webhook=lies][fake:seconds=1]")
    wait_for(lambda: fake.ledger.requests["poll"] >= 1, seconds=SOON)
    assert ended(job)[0] == "PROCESSING"
    wait_for(all_settled, seconds=SOON)
    is_exact(fake, job)


def test_a_storm_of_webhooks_is_followed_a_few_times(
    told: None, no_polls: None, engine: Engine, fake: FakeProvider, ask: Ask, together: Counter[str]
) -> None:
    job = ask("[fake:job=never][fake:webhook=none]")
    wait_for(lambda: fake.ledger.orders and Attempt.objects.get(job=job).provider_job_id != "")
    (order,) = fake.ledger.orders.values()
    progress = webhooks.message(order, fake.url, "progress")
    began, sent = time.monotonic(), 0
    while time.monotonic() < began + (1.5 if sent > 20 else 20):  # a busy machine takes longer for a storm
        assert webhooks.send(order.body["webhookUrl"], progress, KEY) == 200
        sent += 1
    assert sent > 20
    assert nudges.PROMPT <= order.polls <= nudges.PROMPT + 2
    assert set(together.values()) == {1}


def test_a_404_before_the_order_can_be_read_is_not_asked_to_death(
    told: None, engine: Engine, fake: FakeProvider, ask: Ask
) -> None:
    """Three times 404 make a job unknown; webhooks must not spend them within a moment."""
    job = ask("[fake:poll=404*2][fake:webhook=five]")
    wait_for(all_settled)
    is_exact(fake, job)


def test_an_unknown_job_is_completed_by_its_webhook(
    told: None, no_polls: None, engine: Engine, fake: FakeProvider, ask: Ask
) -> None:
    job = ask("[fake:poll=404*9][fake:webhook=none]")
    wait_for(lambda: fake.ledger.orders and Attempt.objects.get(job=job).provider_job_id != "")
    (order,) = fake.ledger.orders.values()
    for flight in list(engine.flights.values()):
        engine.record(flight, flying.lifecycle.mark_unknown, None, code="provider_error")
    wait_for(lambda: ended(job)[0] == "unknown")
    order.script.faults.clear()
    assert webhooks.send(order.body["webhookUrl"], webhooks.message(order, fake.url, "completed"), KEY) == 200
    wait_for(all_settled, seconds=SOON)
    wait_for(lambda: ended(job)[0] == "COMPLETED", seconds=SOON)
    is_exact(fake, job)


def test_an_order_whose_id_was_never_told_is_found_by_its_webhook(
    told: None, no_polls: None, engine: Engine, fake: FakeProvider, ask: Ask
) -> None:
    """What the webhook says of ids is not taken: the same order under its own key is answered with its id."""
    job = ask("[fake:submit=accept+reset*5][fake:webhook=none]")
    wait_for(lambda: ended(job)[0] == "unknown")
    assert Attempt.objects.get(job=job).provider_job_id == ""
    (order,) = fake.ledger.orders.values()
    about = webhooks.message(order, fake.url, "completed") | {"jobId": "another"}
    assert webhooks.send(order.body["webhookUrl"], about, KEY) == 200
    wait_for(lambda: ended(job)[0] == "COMPLETED", seconds=SOON)
    is_exact(fake, job)
    assert Attempt.objects.get(job=job).provider_job_id == order.id


def test_where_webhooks_come_the_engine_asks_rarely_and_often_again_when_they_stop(
    told: None, engine: Engine, fake: FakeProvider, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned: dict[str, list[float]] = {}
    plan = nudges.plan

    def noted(engine: Engine, flight: flying.Flight, seconds: float, *ask: Any, **more: Any) -> None:
        planned.setdefault(flight.job_id, []).append(seconds)
        plan(engine, flight, seconds, *ask, **more)

    def first_waits(*words: str, look: float) -> list[float]:
        """After how many seconds the engine means to ask for each of these jobs at first; all are over."""
        monkeypatch.setattr(flying, "pause", lambda age, usual: look)
        jobs = [ask(word) for word in words]
        wait_for(all_settled, seconds=SOON)
        return [planned[str(job.pk)][0] for job in jobs]

    monkeypatch.setattr(nudges, "plan", noted)
    fake.script(seconds=0.1)
    lost = "[fake:webhook=none]"
    assert first_waits(lost, look=0.6) == [0.6]
    assert first_waits("", look=60) == [60]
    assert first_waits(*[lost] * nudges.MOST_MISSED, look=0.6) == [0.6 * nudges.RARER] * nudges.MOST_MISSED
    assert first_waits(lost, look=0.6) == [0.6]


def test_nudges_are_looked_for_only_while_a_webhook_is_awaited(
    told: None,
    settings: LazySettings,
    engine: Engine,
    fake: FakeProvider,
    ask: Ask,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks: list[str] = []
    execute = CursorWrapper.execute

    def noted(self: CursorWrapper, sql: str, params: Any = None) -> Any:
        if sql.startswith("SELECT") and '"nudged_at" IS NOT NULL' in sql:
            looks.append(sql)
        return execute(self, sql, params)

    monkeypatch.setattr(CursorWrapper, "execute", noted)
    time.sleep(0.2)
    settings.BASE_URL_WAS_SET = False
    fake.script(seconds=0.3)
    ask()
    wait_for(all_settled)
    assert looks == []
    settings.BASE_URL_WAS_SET = True
    ask()
    wait_for(all_settled)
    assert len(looks) >= 1
