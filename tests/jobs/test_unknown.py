"""Unknown outcomes: asked for again, named, confirmed or released; whoever is first, the money is exact (PRV-3)."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from studio.accounts.models import User
from studio.core.models import AuditEvent
from studio.credits.models import Account, Entry, Hold
from studio.jobs import services, sweep
from studio.jobs.engine import Engine
from studio.jobs.errors import NotSettled
from studio.jobs.lifecycle import LostLease, complete
from studio.jobs.models import Attempt, Job
from studio.jobs.turns import resume
from studio.providers.apiframe import Apiframe
from studio.providers.base import Finished
from tests.factories import make_user
from tests.fakes.provider import FakeProvider
from tests.jobs.conftest import Ask, all_settled, ended, ledger_is_exact, orders_of, wait_for

LOST = "[fake:submit=accept+reset*5]"  # the order is taken, its answer never comes, and then the fault is over
NEVER_CAME = "[fake:submit=reset-early*5]"


@pytest.fixture
def boss(studio: User) -> User:
    return make_user("boss", is_staff=True)


@pytest.fixture
def lost(engine: Engine, ask: Ask) -> Callable[..., Job]:
    """A job that is unknown, without an id."""

    def make(words: str = LOST) -> Job:
        job = ask(words)
        wait_for(lambda: ended(job)[0] == "unknown")
        return job

    return make


def look_up(job: Job, boss: User) -> None:
    services.look_up_unknown(job=job, actor=boss)


def all_over() -> bool:
    return not Job.objects.active().exists()


def looked_in_vain(job: Job) -> bool:
    job.refresh_from_db()
    return job.is_unknown and not job.lease_owner and job.look_at is None


def test_an_order_that_is_there_is_found_by_its_own_key_and_paid_once(
    lost: Callable[..., Job], fake: FakeProvider, boss: User
) -> None:
    job = lost()
    look_up(job, boss)
    wait_for(all_over)
    assert ended(job) == ("COMPLETED", "")
    assert orders_of(fake, job) == fake.stats()["charges"] == 1
    assert job.attempts.get().outcome == "done"
    ledger_is_exact(job)


def test_an_order_that_never_came_is_made_once_however_often_it_is_asked_for(
    lost: Callable[..., Job], fake: FakeProvider, boss: User
) -> None:
    job = lost(NEVER_CAME)
    for _time in range(2):
        with suppress(NotSettled):  # it may be under way already
            look_up(job, boss)
    wait_for(all_over)
    assert ended(job) == ("COMPLETED", "")
    assert orders_of(fake, job) == 1


def test_a_found_order_has_the_time_of_a_new_one(lost: Callable[..., Job], boss: User) -> None:
    job = lost()
    Job.objects.filter(pk=job.pk).update(deadline_at=timezone.now() - timedelta(hours=3))
    look_up(job, boss)
    wait_for(all_over)
    assert ended(job) == ("COMPLETED", "")


def test_after_a_day_the_key_may_be_forgotten_there_so_nothing_is_sent(
    lost: Callable[..., Job], fake: FakeProvider, boss: User
) -> None:
    job = lost()
    Attempt.objects.filter(job=job).update(created_at=timezone.now() - timedelta(hours=24))
    submits = fake.stats()["requests"]["submit"]
    with pytest.raises(NotSettled, match="after a day"):
        look_up(job, boss)
    Job.objects.filter(pk=job.pk).update(look_at=timezone.now())  # as if it had been asked for a moment ago
    wait_for(lambda: looked_in_vain(job))
    assert fake.stats()["requests"]["submit"] == submits
    assert job.claims == 0  # looking in vain does not make it one that kills workers


@pytest.mark.parametrize(
    ("answer", "end"),
    [
        ("429", ("unknown", "provider_unreachable")),
        ("402", ("unknown", "provider_unreachable")),
        ("401", ("unknown", "provider_unreachable")),
        ("500", ("unknown", "provider_unreachable")),
        ("reset", ("unknown", "provider_unreachable")),
        ("409", ("unknown", "provider_unreachable")),
        ("400", ("FAILED", "bad_request")),
    ],
)
def test_only_a_refusal_of_the_order_itself_says_that_there_is_none(
    lost: Callable[..., Job], fake: FakeProvider, boss: User, answer: str, end: tuple[str, str]
) -> None:
    job = lost(NEVER_CAME)
    fake.ledger.waiting.clear()
    fake.script(words=f"[fake:submit={answer}]")
    Job.objects.filter(pk=job.pk).update(prompt="a fox")
    look_up(job, boss)
    wait_for(lambda: looked_in_vain(job) or ended(job)[0] == "FAILED")
    assert ended(job) == end
    ledger_is_exact(job)


def test_an_order_with_an_id_is_asked_for_and_a_busy_vendor_is_no_reason_to_order_again(
    engine: Engine, fake: FakeProvider, ask: Ask, boss: User
) -> None:
    job = ask("[fake:poll=404*3][fake:job=busy]")
    wait_for(lambda: ended(job)[0] == "unknown")
    look_up(job, boss)
    wait_for(all_over)
    assert ended(job) == ("FAILED", "rate_limited")
    assert orders_of(fake, job) == 1
    ledger_is_exact(job)


def name(job: Job, boss: User, provider_job_id: str) -> None:
    services.find_unknown(job=job, provider_job_id=provider_job_id, actor=boss, reason="on the bill")


def test_the_id_an_administrator_gives_brings_the_pictures(
    lost: Callable[..., Job], fake: FakeProvider, boss: User
) -> None:
    job = lost()
    Attempt.objects.filter(job=job).update(created_at=timezone.now() - timedelta(days=2))
    name(job, boss, fake.stats()["each"][0]["id"])
    wait_for(all_over)
    assert ended(job) == ("COMPLETED", "")
    assert job.images.count() == 1
    assert orders_of(fake, job) == 1
    assert AuditEvent.objects.get(name="job.named").actor == boss
    ledger_is_exact(job)


def test_the_id_of_somebody_elses_order_brings_nothing(
    lost: Callable[..., Job], fake: FakeProvider, boss: User
) -> None:
    job = lost(NEVER_CAME)
    other = fake.ledger.take("another program", {"prompt": "a bear", "model": "dall-e-3"})
    assert other is not None
    name(job, boss, other.id)
    wait_for(lambda: looked_in_vain(job))
    attempt = job.attempts.get()
    assert (attempt.provider_job_id, attempt.error_text) == ("", "The order of this id has another prompt.")
    assert job.images.count() == 0
    ledger_is_exact(job)


def test_the_id_of_another_job_of_ours_is_refused(
    lost: Callable[..., Job], ask: Ask, fake: FakeProvider, boss: User
) -> None:
    job, other = lost(), ask()
    wait_for(all_settled)
    with pytest.raises(NotSettled, match="another job"):
        name(job, boss, other.attempts.get().provider_job_id)
    with pytest.raises(NotSettled, match="no id"):
        name(job, boss, "../../v2/me")
    assert not AuditEvent.objects.filter(name="job.named").exists()


SETTLE: dict[str, Any] = {"confirmed": services.confirm_unknown, "released": services.release_unknown}


@pytest.mark.parametrize("how", SETTLE)
def test_whoever_settles_it_gives_the_credits_back_and_books_the_cost_apart(
    lost: Callable[..., Job], boss: User, how: str
) -> None:
    job = lost()
    before = Account.objects.get(user=job.user).spendable
    assert SETTLE[how](job=job, actor=boss, reason="it stands on the bill")
    assert ended(job) == ("FAILED", how)
    assert job.paid == 0
    assert Account.objects.get(user=job.user).spendable == before + job.price
    apart = Entry.objects.get(kind="unconfirmed")
    assert (apart.spent, apart.reference, apart.actor) == (job.price, str(job.pk), boss)
    assert apart.reason == f"{how}: it stands on the bill"
    assert AuditEvent.objects.get(name=f"job.{how}").data["reason"] == "it stands on the bill"
    assert not SETTLE[how](job=job, actor=boss, reason="again")
    ledger_is_exact(job)


@pytest.mark.parametrize("first", [*SETTLE, "policy"])
def test_a_picture_that_comes_after_the_end_is_never_charged(lost: Callable[..., Job], boss: User, first: str) -> None:
    job = lost()
    Job.objects.filter(pk=job.pk).update(look_at=timezone.now() - timedelta(seconds=1))
    (flight,) = resume("another", room=1) or resume("another", room=1)
    if first == "policy":
        assert sweep.close(str(job.pk), code="never_known")
    else:
        assert SETTLE[first](job=Job.objects.get(pk=job.pk), actor=boss, reason="x")
    flight.finished = Finished([])
    with pytest.raises(LostLease):
        complete(flight)
    assert ended(job)[0] == "FAILED"
    assert Hold.objects.get(reference=str(job.pk)).state == "released"
    ledger_is_exact(job)


def test_what_is_being_asked_for_at_this_moment_is_not_asked_for_twice(lost: Callable[..., Job], boss: User) -> None:
    job = lost()
    Job.objects.filter(pk=job.pk).update(lease_owner="somebody", lease_expires_at=timezone.now() + timedelta(minutes=1))
    with pytest.raises(NotSettled, match="at this moment"):
        look_up(job, boss)


def test_what_is_known_is_not_settled_by_hand(engine: Engine, ask: Ask, boss: User) -> None:
    job = ask()
    wait_for(all_over)
    job.refresh_from_db()
    with pytest.raises(NotSettled):
        look_up(job, boss)
    assert not services.confirm_unknown(job=job, actor=boss, reason="x")
    assert ended(job)[0] == "COMPLETED"


def test_a_provider_that_would_take_a_second_order_is_not_asked(
    lost: Callable[..., Job], boss: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = lost()
    monkeypatch.setattr(Apiframe, "is_idempotent", False)
    with pytest.raises(NotSettled, match="second one"):
        look_up(job, boss)
