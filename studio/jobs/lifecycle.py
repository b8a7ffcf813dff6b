"""What the engine writes: each verb is one short transaction, guarded by the fencing token of the claim."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from studio.core.failpoints import failpoint
from studio.credits import services as credits
from studio.jobs import moving, reports
from studio.jobs.models import Attempt, Image, Job
from studio.jobs.nudges import Asking
from studio.jobs.pictures import Stored
from studio.jobs.reference_files import Errand
from studio.providers import circuit
from studio.providers.base import Finished, Order, Provider

LEASE = timedelta(seconds=30)
MOST_TRIES = 5  # orders in a row that were surely not taken
LONGEST_REFUSAL = timedelta(seconds=90)
LOOK_AGAIN = timedelta(seconds=60)  # until an order of unknown outcome is asked for the first time


class LostLease(Exception):
    """Somebody else has the job now, or it is over: nothing was written."""


@dataclass
class Flight:
    """One claimed job as the engine holds it in memory; the row stays the truth."""

    job_id: str
    fence: int
    user_id: int
    provider: str
    order: Order
    attempt_id: str
    vendor: Provider
    ordered_at: datetime
    deadline_at: datetime
    lease_until: datetime
    usual: tuple[int, int]
    request_id: str = ""  # what the log lines about it carry
    provider_job_id: str = ""
    is_resumed: bool = False  # another worker held it before: its order may have been placed
    is_unknown: bool = False
    is_id_given: bool = False  # by an administrator: not yet proved to be the id of this order
    progress: int | None = None
    written_progress: int | None = None
    tries: int = 0  # answers in a row that told nothing
    doubt: bool = False  # at least one of them may have left an order behind
    is_said: bool = False  # in the log
    is_sure: bool = True  # all of them said that nothing was begun
    started: float = 0.0
    calling: bool = False  # a call that places the order is open
    sent: bool = False  # such a call was ever begun, here or by an earlier holder
    refusals: int = 0  # orders before this one that were surely not taken
    claims: int = 0  # claims of this job that may have ended with the worker's death, this one included
    is_suspect: bool = False  # so many that it is tried alone
    finished: Finished | None = None
    stored: list[Stored] = field(default_factory=list)
    fetched: int = 0
    fetch_tries: int = 0
    fetch_until: datetime | None = None
    bad_picture: str = ""
    errand: Errand = field(default_factory=Errand)  # about the references, before the order
    asking: Asking = field(default_factory=Asking)

    @property
    def may_go_on_elsewhere(self) -> bool:
        """Whether another worker can go on from the rows alone without a second order."""
        return bool(self.provider_job_id) or self.vendor.is_idempotent


def take(flight: Flight, **changes: Any) -> None:
    """Move the job by compare-and-set on its fencing token; raises LostLease when it moved on without us."""
    changed = Job.objects.filter(pk=flight.job_id, fence=flight.fence, status=Job.Status.PROCESSING).update(
        version=F("version") + 1, **changes
    )
    if changed != 1:
        raise LostLease(flight.job_id)


def _close_attempt(flight: Flight, outcome: str, *, code: str = "", text: str = "") -> None:
    Attempt.objects.filter(pk=flight.attempt_id).update(
        outcome=outcome, error_code=code, error_text=text[:500], finished_at=timezone.now()
    )


_NO_LEASE: dict[str, Any] = {"lease_owner": "", "lease_expires_at": None}
_OVER: dict[str, Any] = {"is_unknown": False, "place": None, "wait_reason": "", **_NO_LEASE}
LET_GO: dict[str, Any] = {"fence": F("fence") + 1, **_NO_LEASE}  # whoever let go writes nothing more


@transaction.atomic
def accepted(flight: Flight, provider_job_id: str) -> None:
    """The provider took the order: remember its id before anything else happens.

    Earlier refusals stay counted: it may still turn the order away.
    """
    take(flight, claims=0, wait_reason="")
    flight.claims = 0
    circuit.note_success(flight.provider)
    Attempt.objects.filter(pk=flight.attempt_id).update(provider_job_id=provider_job_id, accepted_at=timezone.now())
    failpoint("accepted.before_commit")


@transaction.atomic
def requeue(flight: Flight, *, code: str, text: str, seconds: float, is_unwell: bool) -> None:
    """The order was surely not taken: back into the line, with the reason, for at least `seconds`.

    When the provider had its tries, the job goes on at another one, or fails where there is none.
    """
    now = timezone.now()
    job = Job.objects.get(pk=flight.job_id)
    if is_unwell:
        circuit.note_failure(flight.provider, text=f"{code} {text}", is_first=not job.tries)
    first, again = job.first_refused_at or now, now + timedelta(seconds=seconds)
    if job.tries + 1 >= MOST_TRIES or again - first > LONGEST_REFUSAL:
        _move_or_fail(flight, job, code=code, text=text, params={})
        return
    marks = {"tries": F("tries") + 1, "first_refused_at": first, "not_before": again, "wait_reason": code}
    _back_into_line(flight, code=code, text=text, marks=marks)
    failpoint("requeue.before_commit")


@transaction.atomic
def refuse(flight: Flight, *, code: str, text: str, params: dict[str, Any]) -> None:
    """The provider does not make this and surely made nothing, which says nothing of others: on, or failed."""
    _move_or_fail(flight, Job.objects.get(pk=flight.job_id), code=code, text=text, params=params)


def _move_or_fail(flight: Flight, job: Job, *, code: str, text: str, params: dict[str, Any]) -> None:
    route = moving.next_route(job)
    if route is None:
        _fail(flight, code=code, text=text, params=params)
    else:
        _back_into_line(flight, code=code, text=text, marks=moving.to(route, job, why=code))
        failpoint("move.before_commit")


def _back_into_line(flight: Flight, *, code: str, text: str, marks: dict[str, Any]) -> None:
    nothing_yet = {"claims": 0, "deadline_at": None, "progress": None}
    take(flight, status=Job.Status.QUEUED, **nothing_yet, **marks, **_NO_LEASE)
    _close_attempt(flight, Attempt.Outcome.NOT_TAKEN, code=code, text=text)


@transaction.atomic
def complete(flight: Flight) -> None:
    """Pictures stored: the job is COMPLETED and exactly those delivered are paid for, in one transaction."""
    now = timezone.now()
    unit_price = Job.objects.only("unit_price").get(pk=flight.job_id).unit_price
    paid = unit_price * len(flight.stored)
    failpoint("complete.begin")
    take(
        flight,
        status=Job.Status.COMPLETED,
        error_code="",
        error_text="",
        progress=100,
        paid=paid,
        finished_at=now,
        **_said(flight.finished),
        **_OVER,
    )
    _close_attempt(flight, Attempt.Outcome.DONE)
    if not flight.provider_job_id:  # a synchronous provider: this is the first answer it gave
        circuit.note_success(flight.provider)
    Image.objects.bulk_create(
        Image(
            id=stored.id,
            job_id=flight.job_id,
            index=index,
            format=stored.format,
            width=stored.width,
            height=stored.height,
            size=stored.size,
            sha256=stored.sha256,
            seed=stored.seed,
            revised_prompt=stored.revised_prompt,
        )
        for index, stored in enumerate(flight.stored, start=1)
    )
    reports.ended(flight.job_id)
    failpoint("complete.before_capture")
    credits.capture(key=f"job:{flight.job_id}:hold", amount=paid, served_by=flight.provider)
    failpoint("complete.before_commit")


def _said(finished: Finished | None) -> dict[str, Any]:
    if finished is None:
        return {}
    return {"cost": finished.cost, "cost_unit": finished.cost_unit[:20], "provider_extra": finished.extra}


def is_complete(flight: Flight) -> bool:
    """Whether `complete` was committed for these very pictures, although its answer was lost with the connection."""
    return Image.objects.filter(pk__in=[stored.id for stored in flight.stored]).exists()


@transaction.atomic
def fail(flight: Flight, *, code: str, text: str = "", params: dict[str, Any] | None = None) -> None:
    """The job is FAILED and every credit held for it is back, in one transaction."""
    _fail(flight, code=code, text=text, params=params or {})


def _fail(flight: Flight, *, code: str, text: str, params: dict[str, Any]) -> None:
    # A provider that was done took its price, although no picture of it could be kept.
    take(flight, **ended(Job.Status.FAILED, code=code, text=text, params=params), **_said(flight.finished))
    _close_attempt(flight, Attempt.Outcome.FAILED, code=code, text=text)
    reports.ended(flight.job_id)
    failpoint("fail.before_release")
    credits.release(key=f"job:{flight.job_id}:hold", reason=code)
    failpoint("fail.before_commit")


def ended(status: str, *, code: str = "", text: str = "", params: dict[str, Any] | None = None) -> dict[str, Any]:
    """The fields of a job that ended without a picture."""
    return {
        "status": status,
        "error_code": code,
        "error_text": text[:500],
        "error_params": params or {},
        "paid": 0,
        "look_at": None,
        "finished_at": timezone.now(),
        **_OVER,
    }


@transaction.atomic
def mark_unknown(flight: Flight, *, code: str, text: str = "") -> None:
    """The provider may or may not have the order: said plainly, never ordered again, the credits stay held."""
    now = timezone.now()
    take(
        flight,
        is_unknown=True,
        unknown_at=now,
        look_at=now + LOOK_AGAIN if flight.provider_job_id else None,
        error_code=code,
        error_text=text[:500],
        progress=None,
        **LET_GO,
    )
    Attempt.objects.filter(pk=flight.attempt_id).update(
        outcome=Attempt.Outcome.UNKNOWN, error_code=code, error_text=text[:500]
    )
    failpoint("unknown.before_commit")


@transaction.atomic
def hand_back(flight: Flight) -> None:
    """Give the lease up so that any engine goes on with the job at once; in the line again if nothing was sent yet."""
    if flight.sent:
        take(flight, claims=0, fence=F("fence") + 1, lease_owner="", lease_expires_at=timezone.now())
    else:
        _back_into_line(flight, code="stopped", text="", marks={"fence": F("fence") + 1})


def doubted(flight: Flight, *, text: str) -> None:
    """An order got no answer that tells; it is sent again under the same key, and the provider's health is noted."""
    circuit.note_failure(flight.provider, text=text)


@transaction.atomic
def copied(image_id: UUID, cells: str) -> None:
    """The copies pages show lie beside the original."""
    Image.objects.filter(pk=image_id).update(copies_made_at=timezone.now(), cells=cells)
    Job.objects.filter(images=image_id).update(version=F("version") + 1)


def deadline_of_a_new_attempt() -> datetime:
    return timezone.now() + timedelta(seconds=settings.JOB_DEADLINE)
