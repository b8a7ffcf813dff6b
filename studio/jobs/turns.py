"""Whose turn it is: people take turns per provider, whatever the number of jobs each has waiting."""

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import DatabaseError, connection, transaction
from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from studio.core.failpoints import failpoint
from studio.credits import services as credits
from studio.jobs import hooks, reports
from studio.jobs.lifecycle import LEASE, Flight, deadline_of_a_new_attempt, ended
from studio.jobs.models import Attempt, Job
from studio.jobs.orders import make_flight
from studio.providers.services import Pace, paces

log = logging.getLogger(__name__)

MOST_CLAIMS = 5  # claims of one job in a row that ended with the worker's death
SUSPECT = 3  # from so many on it is taken over alone, so that it takes no innocent job with it again
PASS = 16  # jobs claimed at once, so that several workers share a burst
_NEVER = datetime.min.replace(tzinfo=UTC)
_CLAIM_LOCK = 7_036_001  # PostgreSQL advisory lock: one claim pass at a time, so that paces are exact


@dataclass(frozen=True)
class Waiting:
    """One job in line."""

    id: str
    provider: str
    turn: int  # 1: the person's first turn, counting what they already have under way


def in_line(*, each: int | None = None) -> list[Waiting]:
    """All jobs whose turn may come now, in fair order; at most `each` of every person and provider."""
    now = timezone.now()
    under_way = {
        (provider, user): number
        for provider, user, number in Job.objects.filter(status=Job.Status.PROCESSING, is_unknown=False)
        .values_list("provider", "user")
        .annotate(number=Count("pk"))
    }
    queued = (
        Job.objects.filter(Q(not_before=None) | Q(not_before__lte=now), status=Job.Status.QUEUED)
        .annotate(
            rank=Window(
                RowNumber(), partition_by=[F("provider"), F("user")], order_by=[F("created_at").asc(), F("id").asc()]
            )
        )
        .order_by("created_at", "id")
    )
    if each is not None:
        queued = queued.filter(rank__lte=each)
    found = list(queued.values_list("pk", "provider", "user", "created_at", "rank"))
    served = _last_turns({(provider, user) for _pk, provider, user, _created_at, _rank in found})
    rows = [
        (rank + under_way.get((provider, user), 0), served.get((provider, user), _NEVER), created_at, str(pk), provider)
        for pk, provider, user, created_at, rank in found
    ]
    rows.sort()
    return [Waiting(pk, provider, turn) for turn, _served, _created_at, pk, provider in rows]


def _last_turns(waiting: set[tuple[str, int]]) -> dict[tuple[str, int], datetime]:
    """When each of these people was last given a turn at the provider; who was not lately is missing.

    Without it, whoever has the oldest jobs would get every turn at a provider that makes no more orders at once than
    such people are there.
    """
    people = Counter(provider for provider, _user in waiting)
    last: dict[tuple[str, int], datetime] = {}
    for provider, number in people.items():
        if number < 2:
            continue
        orders = Attempt.objects.filter(provider=provider).order_by("-created_at")
        # more than one round of all who wait, so that nobody's turn is forgotten before everybody had one
        for user, at in orders.values_list("job__user", "created_at")[: 4 * number + 4 * PASS]:
            last.setdefault((provider, user), at)
    return last


def claim(owner: str, *, room: int) -> list[Flight]:
    """Claim up to `room` jobs for the engine `owner` and open their attempts, in one transaction.

    A job of a provider that is full, too fast for its pace or behind an open circuit stays in line.
    """
    room = min(room, PASS)
    if room <= 0 or not Job.objects.filter(status=Job.Status.QUEUED).exists():
        return []
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '2s'")  # its holder may be a process that stands still
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CLAIM_LOCK])
        chosen = _choose(in_line(each=room), room=room)
        jobs = [
            job for job in _locked(list(chosen), status=Job.Status.QUEUED) if job.provider == chosen[str(job.pk)]
        ]  # who moved on since then is counted there
        flights = _take_off(owner, jobs)
        failpoint("claim.before_commit")
    failpoint("claim.after_commit")
    return flights


def _locked(ids: list[str], **filters: object) -> "list[Job]":
    skip = connection.features.has_select_for_update_skip_locked
    rows = Job.objects.filter(pk__in=ids, **filters).select_for_update(skip_locked=skip)
    order = {pk: position for position, pk in enumerate(ids)}
    return sorted(rows, key=lambda job: order[str(job.pk)])


def _choose(line: list[Waiting], *, room: int) -> dict[str, str]:
    """Jobs that may start now, the first in line first, each with the provider that has room for it."""
    free = _free_places({waiting.provider for waiting in line})
    chosen: dict[str, str] = {}
    for waiting in line:
        if free[waiting.provider] > 0 and len(chosen) < room:
            free[waiting.provider] -= 1
            chosen[waiting.id] = waiting.provider
    return chosen


def _free_places(providers: set[str]) -> Counter[str]:
    """How many orders each provider may be given at this moment."""
    now = timezone.now()
    known = paces()
    free: Counter[str] = Counter()
    for slug in providers:
        pace: Pace | None = known.get(slug)
        if pace is None:  # disabled or removed: its jobs wait until it is back or the day is over
            free[slug] = 0
            continue
        places = PASS
        if pace.concurrent is not None:
            under_way = Job.objects.filter(provider=slug, status=Job.Status.PROCESSING, is_unknown=False).count()
            places = min(places, pace.concurrent - under_way)
        if pace.per_minute is not None:
            lately = Attempt.objects.filter(provider=slug, created_at__gt=now - timedelta(minutes=1)).count()
            places = min(places, pace.per_minute - lately)
        if not pace.is_closed:  # the circuit: open lets none through, half-open one at a time
            trials = Attempt.objects.filter(provider=slug, outcome=Attempt.Outcome.OPEN, accepted_at=None).count()
            places = min(places, 1 - trials) if pace.is_half_open else 0
        free[slug] = max(0, places)
    return free


def _take_off(owner: str, jobs: list[Job]) -> list[Flight]:
    now = timezone.now()
    deadline = deadline_of_a_new_attempt()
    numbers = dict(Attempt.objects.filter(job__in=jobs).order_by().values_list("job").annotate(number=Count("pk")))
    base = hooks.base_of_new_orders()
    attempts = {
        job.pk: Attempt(
            job=job, number=numbers.get(job.pk, 0) + 1, provider=job.provider, created_at=now, webhook_base=base
        )
        for job in jobs
    }
    for attempt in attempts.values():
        attempt.idempotency_key = f"{attempt.job_id}-{attempt.number}"
    Job.objects.filter(pk__in=[job.pk for job in jobs]).update(
        status=Job.Status.PROCESSING,
        lease_owner=owner,
        lease_expires_at=now + LEASE,
        fence=F("fence") + 1,
        version=F("version") + 1,
        claims=F("claims") + 1,
        started_at=now,
        deadline_at=deadline,
        place=None,
        not_before=None,
        nudged_at=None,
        wait_reason="",
    )
    Attempt.objects.bulk_create(attempts.values())
    flights = []
    for job in jobs:
        job.fence, job.deadline_at, job.lease_expires_at = job.fence + 1, deadline, now + LEASE
        job.claims += 1
        try:
            flights.append(make_flight(job, attempts[job.pk], is_resumed=False))
        except DatabaseError:
            raise
        except Exception:  # it must not keep everybody else's jobs in line
            log.exception("Job %s cannot be ordered", job.pk, extra={"request_id": job.request_id})
            _end(job, attempts[job.pk], code="internal")
    return flights


@transaction.atomic
def renew(owner: str, flights: dict[str, Flight], *, lived: list[str]) -> list[str]:
    """Renew the leases of these flights in one UPDATE; returns the ids of those that are no longer ours.

    A lease nobody flies on runs out, so that whatever fell out of memory is resumed. Flights that `lived` long enough
    are cleared of having killed a worker.
    """
    until = timezone.now() + LEASE
    ours = Job.objects.filter(lease_owner=owner, status=Job.Status.PROCESSING, pk__in=list(flights))
    # Locked in the one order in which jobs are; an UPDATE of many takes them as they lie.
    fences = {str(pk): fence for pk, fence in ours.order_by("pk").select_for_update().values_list("pk", "fence")}
    ours.update(lease_expires_at=until)
    if lived:
        ours.filter(pk__in=lived).update(claims=0)
    lost = []
    for job_id, flight in flights.items():
        if fences.get(job_id) == flight.fence:
            flight.lease_until = until
        else:
            lost.append(job_id)
    return lost


def _end(job: Job, attempt: Attempt | None, *, code: str, was_ordered: bool = False) -> None:
    """Give up a job whose row is locked here; what a provider may have made of it is booked as a possible cost."""
    gone_on = {"version": F("version") + 1, "fence": F("fence") + 1}
    Job.objects.filter(pk=job.pk).update(**gone_on, **ended(Job.Status.FAILED, code=code))
    if attempt is not None:
        marks = {"outcome": Attempt.Outcome.FAILED, "error_code": code, "finished_at": timezone.now()}
        Attempt.objects.filter(pk=attempt.pk).update(**marks)
    reports.ended(job.pk)
    credits.release(key=job.hold_key, reason=code)
    if was_ordered and job.price and not job.is_sandbox:
        credits.book_unconfirmed(amount=job.price, reference=str(job.pk), reason=code, served_by=job.provider)


@transaction.atomic
def resume(owner: str, *, room: int, suspects: int = 1) -> list[Flight]:
    """Take over jobs whose holder is gone (their lease ran out or was given back) and unknown ones due for a look.

    An order that may exist at a provider that cannot tell becomes unknown; nothing is ordered twice. Of jobs that
    were there when worker after worker died, at most `suspects` are taken.
    """
    now = timezone.now()
    gone = Q(is_unknown=False) & (Q(lease_expires_at=None) | Q(lease_expires_at__lt=now))
    due = Q(is_unknown=True, lease_owner="", look_at__lt=now) | Q(is_unknown=True, lease_expires_at__lt=now)
    left = Job.objects.filter(gone | due, status=Job.Status.PROCESSING).order_by("claims", "lease_expires_at")
    rows = [(str(pk), claims >= SUSPECT) for pk, claims in left.values_list("pk", "claims")[: max(0, min(room, PASS))]]
    ids = [pk for pk, is_suspect in rows if not is_suspect]
    ids += [pk for pk, is_suspect in rows if is_suspect][:suspects]
    if not ids:
        return []
    flights = []
    for job in _locked(ids, status=Job.Status.PROCESSING):
        if job.lease_expires_at and job.lease_expires_at >= now:
            continue  # somebody was quicker
        try:
            with transaction.atomic():
                flight = _take_over(owner, job)
        except DatabaseError:
            raise
        except Exception:
            log.exception("Job %s cannot be taken over", job.pk, extra={"request_id": job.request_id})
            continue
        if flight is not None:
            flights.append(flight)
    return flights


def _take_over(owner: str, job: Job) -> Flight | None:
    now = timezone.now()
    attempt = job.attempts.order_by("-number").first()
    if job.claims >= MOST_CLAIMS and not job.is_unknown:
        _end(job, attempt, code="crashed", was_ordered=True)  # each time it was about to be ordered, or had been
        return None
    Job.objects.filter(pk=job.pk).update(
        lease_owner=owner,
        lease_expires_at=now + LEASE,
        fence=F("fence") + 1,
        claims=F("claims") + 1,
        look_at=None,
    )
    is_suspect = job.claims >= SUSPECT
    job.fence, job.lease_expires_at, job.claims = job.fence + 1, now + LEASE, job.claims + 1
    assert attempt is not None, "a job in PROCESSING has an attempt"
    try:
        flight = make_flight(job, attempt, is_resumed=True)
    except DatabaseError:
        raise
    except Exception as error:  # removed in the meantime, or never to be reached: nobody is left to ask
        words = "Job %s: %s cannot be asked any more (%s)"
        log.warning(words, job.pk, job.provider, type(error).__name__, extra={"request_id": job.request_id})
        marks = {"is_unknown": True, "unknown_at": job.unknown_at or now, "error_code": "provider_gone"}
        Job.objects.filter(pk=job.pk).update(version=F("version") + 1, lease_owner="", lease_expires_at=None, **marks)
        return None
    flight.is_suspect = is_suspect
    return flight
