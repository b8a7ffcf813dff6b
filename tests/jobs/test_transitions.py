"""Every pair of states: what is not in the table is refused and changes nothing (CRA-11)."""

from collections.abc import Callable
from itertools import product

import pytest
from django.utils import timezone

from studio.accounts.models import User
from studio.credits.models import Account, Entry
from studio.jobs import lifecycle, sweep, turns, unknown
from studio.jobs.errors import NotCancellable
from studio.jobs.lifecycle import Flight, LostLease
from studio.jobs.models import Job
from studio.jobs.progress import write_progress
from studio.jobs.services import cancel_job, submit_job
from studio.providers.base import Finished

OWNER = "a test"
TABLE = {
    ("QUEUED", "PROCESSING"),
    ("QUEUED", "FAILED"),  # nobody could take it for a day
    ("QUEUED", "CANCELLED"),
    ("PROCESSING", "QUEUED"),
    ("PROCESSING", "COMPLETED"),
    ("PROCESSING", "FAILED"),
}
STATES = [str(state) for state in Job.Status]


def finish(flight: Flight) -> None:
    flight.finished = Finished([])
    lifecycle.complete(flight)


def requeue(flight: Flight) -> None:
    lifecycle.requeue(flight, code="rate_limited", text="", seconds=0, is_unwell=False)


WRITES: dict[str, Callable[[Flight], None]] = {
    "accepted": lambda flight: lifecycle.accepted(flight, "id"),
    "complete": finish,
    "fail": lambda flight: lifecycle.fail(flight, code="internal"),
    "requeue": requeue,
    "refuse": lambda flight: lifecycle.refuse(flight, code="provider_credits", text="", params={}),
    "mark_unknown": lambda flight: lifecycle.mark_unknown(flight, code="nonsense"),
    "known_again": unknown.known_again,
    "look_later": unknown.look_later,
    "hand_back": lifecycle.hand_back,
    "write_progress": lambda flight: write_progress([flight]),
}


def in_state(user: User, state: str) -> tuple[Job, Flight]:
    """A job of alice's in this state, and the flight of somebody who once claimed it."""
    job, _is_replay = submit_job(user=user, model="dall-e-3", prompt="a fox", params={})
    if state == "CANCELLED":
        cancel_job(job=job, user=user)
        Job.objects.filter(pk=job.pk).update(status="QUEUED", finished_at=None, paid=None)
    (flight,) = turns.claim(OWNER, room=1)
    if state == "QUEUED":
        requeue(flight)
    elif state == "COMPLETED":
        finish(flight)
    elif state == "FAILED":
        lifecycle.fail(flight, code="internal")
    elif state == "CANCELLED":
        Job.objects.filter(pk=job.pk).update(status="CANCELLED", finished_at=timezone.now(), paid=0)
    job.refresh_from_db()
    assert job.status == state
    return job, flight


def move(job: Job, flight: Flight, state: str) -> bool:
    """Try to bring a job into a state by the verb that does so; whether it was let."""
    try:
        if state == "PROCESSING":
            return bool(turns.claim(OWNER, room=1))
        if state == "CANCELLED":
            cancel_job(job=job, user=job.user)
        elif state == "FAILED" and job.status == "QUEUED":
            return sweep.close(str(job.pk), code="waited_too_long")
        else:
            {"QUEUED": requeue, "COMPLETED": finish, "FAILED": WRITES["fail"]}[state](flight)
    except (LostLease, NotCancellable):
        return False
    return True


def picture_of(job: Job) -> tuple[object, ...]:
    return (
        Job.objects.filter(pk=job.pk).values().get(),
        list(job.attempts.values()),
        list(Account.objects.values()),
        list(Entry.objects.values()),
    )


@pytest.mark.parametrize(("before", "after"), list(product(STATES, STATES)))
def test_only_the_moves_of_the_table_are_made(catalogue: None, alice: User, before: str, after: str) -> None:
    job, flight = in_state(alice, before)
    seen = picture_of(job)
    assert move(job, flight, after) == ((before, after) in TABLE)
    if (before, after) in TABLE:
        assert Job.objects.get(pk=job.pk).status == after
    else:
        assert picture_of(job) == seen


@pytest.mark.parametrize("state", ["QUEUED", "COMPLETED", "FAILED", "CANCELLED"])
@pytest.mark.parametrize("verb", WRITES)
def test_nothing_a_former_holder_says_is_written(catalogue: None, alice: User, state: str, verb: str) -> None:
    job, flight = in_state(alice, state)
    seen = picture_of(job)
    flight.progress = 50
    if verb == "write_progress":
        WRITES[verb](flight)
    else:
        with pytest.raises(LostLease):
            WRITES[verb](flight)
    assert picture_of(job) == seen


@pytest.mark.parametrize("verb", WRITES)
def test_an_old_fencing_token_writes_nothing(catalogue: None, alice: User, verb: str) -> None:
    job, flight = in_state(alice, "PROCESSING")
    Job.objects.filter(pk=job.pk).update(lease_expires_at=timezone.now())
    (_later,) = turns.resume("another", room=1)
    seen = picture_of(job)
    flight.progress = 50
    if verb == "write_progress":
        WRITES[verb](flight)
    else:
        with pytest.raises(LostLease):
            WRITES[verb](flight)
    assert picture_of(job) == seen
