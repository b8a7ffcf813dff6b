"""What the engine does when a provider is busy, away, slow, or says nothing: at most one order, never for ever."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from studio.core import outbound
from studio.credits.models import Entry
from studio.jobs import engine as engines
from studio.jobs import flying, lifecycle, sweep
from studio.jobs.engine import Engine
from studio.jobs.models import Attempt, Job
from studio.providers import circuit
from studio.providers.models import ProviderRow
from tests.fakes.provider import FakeProvider
from tests.fakes.script import Fault
from tests.jobs.conftest import Ask, all_settled, ended, ledger_is_exact, orders_of, wait_for


def test_429_puts_the_job_back_with_the_reason_until_it_may_ask_again(
    engine: Engine, fake: FakeProvider, ask: Ask
) -> None:
    job = ask("[fake:submit=429*1][fake:retry-after=2]")
    wait_for(lambda: ended(job)[0] == "QUEUED" and job.wait_reason == "rate_limited")
    assert 0.5 < (job.not_before - timezone.now()).total_seconds() <= 2
    refused_at = job.attempts.get().finished_at
    wait_for(lambda: ended(job)[0] == "COMPLETED")
    first, second = job.attempts.all()
    assert (first.outcome, second.outcome) == ("not_taken", "done")
    assert timedelta(seconds=1.9) <= second.created_at - refused_at <= timedelta(seconds=3)
    ledger_is_exact(job)


@pytest.mark.parametrize(("status", "code"), [("429", "rate_limited"), ("503", "provider_error")])
def test_a_wait_longer_than_ninety_seconds_is_a_failure_at_once(
    engine: Engine, fake: FakeProvider, ask: Ask, status: str, code: str
) -> None:
    job = ask(f"[fake:submit={status}][fake:retry-after=3600]")
    wait_for(all_settled)
    assert ended(job) == ("FAILED", code)
    assert fake.stats()["requests"]["submit"] == job.attempts.count() == 1
    ledger_is_exact(job)


def test_five_refusals_end_the_job(engine: Engine, fake: FakeProvider, ask: Ask) -> None:
    job = ask("[fake:submit=429]")
    wait_for(all_settled)
    assert ended(job) == ("FAILED", "rate_limited")
    assert fake.stats()["requests"]["submit"] == job.attempts.count() == 5


def test_the_tries_of_one_attempt_carry_one_key(engine: Engine, fake: FakeProvider, ask: Ask) -> None:
    job = ask("[fake:submit=accept+reset*3]")
    wait_for(all_settled)
    assert ended(job) == ("COMPLETED", "")
    (order,) = fake.stats()["each"]
    assert (order["submits"], order["key"]) == (4, job.attempts.get().idempotency_key)
    assert order["client_request_id"] == str(job.attempts.get().pk)


def test_a_provider_that_is_away_for_a_moment_costs_nothing(
    engine: Engine, fake: FakeProvider, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "BACKOFF", 0.5)
    fake.script(refuse=0.3)
    job = ask()
    wait_for(all_settled)
    assert ended(job)[0] == "COMPLETED"
    assert job.attempts.count() > orders_of(fake, job) == 1
    ledger_is_exact(job)


def test_after_a_restart_a_refusal_may_not_lead_to_a_second_order(
    start: Callable[[], Engine], fake: FakeProvider, ask: Ask
) -> None:
    """The first holder placed the order and died before it wrote so; then the provider is busy for a while."""
    job = ask()
    first = start()
    first.records.submit = lambda *_args: None  # type: ignore[method-assign]  # nothing it learns is written
    wait_for(lambda: orders_of(fake, job) == 1)
    first.stopping.set()
    assert first._clock
    first._clock.join()
    Job.objects.filter(pk=job.pk).update(lease_expires_at=timezone.now())
    fake.ledger.by_key[f"{job.pk}-1"].script.faults["submit"] = [Fault("429", 2)]
    start()
    wait_for(all_settled)
    assert ended(job) == ("COMPLETED", "")
    assert orders_of(fake, job) == job.attempts.count() == 1
    ledger_is_exact(job)


@pytest.fixture
def _two_seconds(settings: object) -> None:
    settings.JOB_DEADLINE = 2  # type: ignore[attr-defined]


@pytest.mark.usefixtures("_two_seconds")
def test_at_the_deadline_it_is_asked_once_more_and_a_late_picture_is_never_charged(
    engine: Engine, fake: FakeProvider, ask: Ask
) -> None:
    late, stuck = ask("[fake:seconds=3]"), ask("[fake:job=never]")
    mute = ask("[fake:poll=500]")
    wait_for(all_settled)
    assert ended(late) == ended(stuck) == ("FAILED", "too_slow")
    assert ended(mute) == ("unknown", "provider_error")
    assert late.error_params == {"seconds": 2}
    wait_for(lambda: all(order.share == 1 for order in fake.ledger.orders.values() if order.script.get("seconds")))
    time.sleep(0.15)
    assert ended(late) == ("FAILED", "too_slow")
    assert Entry.objects.of_kind(Entry.Kind.CAPTURE).count() == 0
    ledger_is_exact(late, stuck, mute)


def test_an_unknown_order_that_can_be_asked_for_is_settled_when_the_provider_knows(
    engine: Engine, fake: FakeProvider, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle, "LOOK_AGAIN", timedelta(seconds=0.3))
    job = ask("[fake:poll=404*3]")
    wait_for(lambda: ended(job)[0] == "unknown")
    ledger_is_exact(job)
    wait_for(lambda: ended(job)[0] == "COMPLETED")
    assert orders_of(fake, job) == 1
    ledger_is_exact(job)


def test_an_unknown_order_nobody_can_ask_for_is_never_placed_again(
    engine: Engine, fake: FakeProvider, ask: Ask
) -> None:
    job = ask("[fake:submit=accept+reset]")
    wait_for(lambda: ended(job)[0] == "unknown")
    asked = fake.stats()["requests"]["submit"]
    time.sleep(0.2)
    assert (fake.stats()["requests"]["submit"], orders_of(fake, job)) == (asked, 1)
    Job.objects.filter(pk=job.pk).update(unknown_at=timezone.now() - timedelta(hours=25))
    sweep.sweep(engine)
    assert ended(job) == ("FAILED", "never_known")
    assert Entry.objects.of_kind(Entry.Kind.UNCONFIRMED).get().change == -21
    ledger_is_exact(job)


def test_ten_jobs_without_an_answer_open_the_circuit_and_a_trial_closes_it(
    engine: Engine, fake: FakeProvider, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(circuit, "OPEN_FOR", timedelta(seconds=0.5))
    monkeypatch.setattr(engines, "BACKOFF", 0.1)
    fake.script(words="[fake:submit=503]")
    early = [ask() for _ in range(10)]
    row = ProviderRow.objects.filter(slug="apiframe")
    wait_for(lambda: row.get().opened_until is not None)
    asked = fake.stats()["requests"]["submit"]
    waiting = ask()
    wait_for(lambda: ended(waiting)[0] == "QUEUED" and waiting.wait_reason == sweep.UNWELL)
    assert waiting.attempts.count() == 0
    opened = row.get().opened_until
    wait_for(lambda: row.get().opened_until > opened)  # a trial failed: open again
    assert asked <= fake.stats()["requests"]["submit"]
    fake.script(words="")
    late = [ask() for _ in range(3)]
    wait_for(all_settled)
    assert row.get().opened_until is None
    assert {ended(job)[0] for job in late} == {"COMPLETED"}
    ledger_is_exact(*early, waiting, *late)


def test_no_transaction_is_open_and_no_call_thread_uses_the_database(
    engine: Engine, fake: FakeProvider, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    users, calls = set(), []
    connect, refuse = BaseDatabaseWrapper.connect, outbound._refuse_in_transaction

    def note_connect(self: BaseDatabaseWrapper) -> None:
        users.add(threading.current_thread().name.split("-")[0])
        connect(self)

    def note_call() -> None:
        calls.append(threading.current_thread().name)
        refuse()

    monkeypatch.setattr(BaseDatabaseWrapper, "connect", note_connect)
    monkeypatch.setattr(outbound, "_refuse_in_transaction", note_call)
    jobs = [ask(words) for words in ("", "[fake:submit=429*1]", "[fake:submit=reset*1]", "[fake:job=fail]")]
    wait_for(all_settled)
    assert "call" not in users
    assert len(calls) > 10
    assert all(name.startswith("call-") for name in calls)
    assert not Attempt.objects.filter(error_code="internal").exists()
    ledger_is_exact(*jobs)


def test_an_order_is_looked_at_often_while_it_is_usually_ready_and_rarely_before_and_after() -> None:
    usual = (15, 30)
    looks, age = [], 0.0
    while age < 15:
        looks.append(flying.pause(age, usual))
        age += looks[-1]
    assert looks[0] == flying.FIRST_LOOK
    assert len(looks) <= 9
    assert all(flying.pause(at, usual) == flying.LOOK_EVERY for at in (15, 20, 30, 45))
    assert flying.LOOK_EVERY < flying.pause(60, usual) < flying.pause(300, usual) == 5
    assert flying.pause(3, (2, 4)) == flying.LOOK_EVERY
