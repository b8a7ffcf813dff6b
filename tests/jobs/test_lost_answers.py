"""Answers that get lost, from the database and from the provider, cost neither a picture nor a second order."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, OperationalError

from studio.jobs import acceptance, lifecycle, turns
from studio.jobs import engine as engines
from studio.jobs.engine import Engine
from studio.jobs.lifecycle import Flight, LostLease
from studio.jobs.pictures import path_of
from tests.fakes.provider import FakeProvider
from tests.fakes.script import Fault
from tests.jobs.conftest import Ask, all_settled, ended, ledger_is_exact, orders_of, wait_for


def test_a_commit_whose_answer_was_lost_keeps_the_paid_picture(
    engine: Engine, fake: FakeProvider, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    complete, tries = lifecycle.complete, []

    def committed_and_not_told(flight: Flight) -> None:
        complete(flight)
        tries.append(flight)
        raise OperationalError("the connection broke while it committed")

    monkeypatch.setattr(lifecycle, "complete", committed_and_not_told)
    job = ask()
    wait_for(lambda: ended(job)[0] == "COMPLETED" and not engine.flights and not engine.records.unfinished)
    image = job.images.get()
    assert path_of(image.pk, image.format).stat().st_size == image.size
    assert len(tries) == 1
    ledger_is_exact(job)


def test_a_refusal_after_an_error_may_not_lead_to_a_second_order(
    start: Callable[[], Engine], fake: FakeProvider, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gateway in between answered 504 although the order went through; the next answer is "too many requests"."""
    monkeypatch.setattr(engines, "BACKOFF", 0.5)
    job = ask("[fake:submit=accept+504*1]")
    start()
    wait_for(lambda: orders_of(fake, job) == 1)
    fake.ledger.by_key[f"{job.pk}-1"].script.faults["submit"] = [Fault("429", 1)]
    wait_for(all_settled)
    assert ended(job) == ("COMPLETED", "")
    assert orders_of(fake, job) == job.attempts.count() == 1
    ledger_is_exact(job)


def test_two_orders_told_one_id_at_the_same_moment_cannot_both_keep_it(ask: Ask) -> None:
    jobs = ask(), ask()
    first, second = turns.claim("somebody", room=2)
    acceptance.accepted(first, "the-same")
    with pytest.raises(IntegrityError):  # whatever was looked up before: the database decides
        lifecycle.accepted(second, "the-same")
    with pytest.raises(LostLease):
        acceptance.accepted(second, "the-same")
    states = {str(job.pk): ended(job)[0] for job in jobs}
    assert (states[first.job_id], states[second.job_id]) == ("PROCESSING", "unknown")
    assert [attempt.provider_job_id for job in jobs for attempt in job.attempts.all()].count("the-same") == 1
