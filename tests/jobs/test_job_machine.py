"""Whatever happens to jobs in whatever order: the money is exact, an end is an end, nothing is ordered twice."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from studio.core.errors import StudioError
from studio.credits import services as credits
from studio.jobs import lifecycle, services, sweep, turns, unknown
from studio.jobs.models import Job
from tests.jobs.machine import JobMachine

QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def run(examples: int, **options: Any) -> None:
    chosen = {"max_examples": examples, "stateful_step_count": 40, "deadline": None, "derandomize": True}
    chosen["phases"] = [Phase.generate]  # shrinking such a history takes minutes and says little more
    run_state_machine_as_test(
        JobMachine, settings=settings(**{**chosen, "suppress_health_check": QUIET, "database": None, **options})
    )


@pytest.mark.django_db
def test_nothing_breaks_the_rules() -> None:
    run(30)


def _without_fence(monkeypatch: pytest.MonkeyPatch) -> None:
    def take(flight: lifecycle.Flight, **changes: Any) -> None:
        Job.objects.filter(pk=flight.job_id, status="PROCESSING").update(**changes)

    monkeypatch.setattr(lifecycle, "take", take)


def _fail_without_release(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(flight: lifecycle.Flight, *, code: str, text: str = "", params: Any = None) -> None:
        lifecycle.take(flight, **lifecycle.ended("FAILED", code=code))

    monkeypatch.setattr(lifecycle, "fail", fail)


def _capture_the_whole_price(monkeypatch: pytest.MonkeyPatch) -> None:
    real = credits.capture

    def capture(*, key: str, amount: int, **marks: Any) -> Any:
        return real(key=key, amount=Job.objects.get(pk=key.split(":")[1]).price, **marks)

    monkeypatch.setattr(credits, "capture", capture)


def _cancel_what_was_ordered(monkeypatch: pytest.MonkeyPatch) -> None:
    def cancel(*, job: Job, user: Any) -> Job:
        if Job.objects.filter(pk=job.pk, status__in=Job.ACTIVE).update(**lifecycle.ended("CANCELLED")):
            credits.release(key=job.hold_key)
        return job

    monkeypatch.setattr(services, "cancel_job", cancel)


def _complete_for_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credits, "capture", lambda *, key, amount, **_marks: credits.release(key=key))


def _close_without_release(monkeypatch: pytest.MonkeyPatch) -> None:
    def close(job_id: str, *, code: str, reason: str = "", actor: Any = None) -> bool:
        return bool(Job.objects.filter(pk=job_id).update(**lifecycle.ended("FAILED", code=code)))

    monkeypatch.setattr(sweep, "close", close)


def _order_an_unknown_one_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def mark_unknown(flight: lifecycle.Flight, *, code: str, text: str = "") -> None:
        lifecycle.take(flight, status="QUEUED", lease_owner="", lease_expires_at=None)
        lifecycle._close_attempt(flight, "failed")

    monkeypatch.setattr(lifecycle, "mark_unknown", mark_unknown)


BUGS = [
    _without_fence,
    _fail_without_release,
    _capture_the_whole_price,
    _cancel_what_was_ordered,
    _complete_for_free,
    _close_without_release,
    _order_an_unknown_one_again,
]


@pytest.mark.django_db
@pytest.mark.parametrize("plant", BUGS, ids=lambda plant: plant.__name__.strip("_"))
def test_the_machine_finds_a_planted_bug(
    plant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    with pytest.raises((AssertionError, DatabaseError, StudioError, KeyError)):
        run(200)  # as many as it takes; most are found among the first sixty


def test_the_machine_knows_every_verb_of_the_engine() -> None:
    """A new verb of the life of a job has to become a rule of the machine (or be named here with its reason)."""
    verbs = {
        name
        for module in (lifecycle, turns, unknown)
        for name, value in vars(module).items()
        if getattr(value, "__module__", "") == module.__name__ and callable(value) and not name.startswith("_")
    }
    no_rule_of_their_own = {
        "Flight", "LostLease", "Waiting", "ended", "deadline_of_a_new_attempt", "take",  # no verbs
        "in_line", "is_complete", "why_not_asked", "why_nobody_asks", "vendor_of", "is_same_order",  # read only
        "copied", "doubted", "renew", "look_later",  # move no state and no money
        "not_ours", "ask", "name_order",  # nor do these
    }  # fmt: skip
    rules = {
        "claim", "resume", "accepted", "complete", "fail", "requeue", "refuse", "mark_unknown", "known_again",
        "found", "hand_back",
    }  # fmt: skip
    assert verbs - no_rule_of_their_own == rules
