"""Failover: an order goes to another provider, but only where the one before surely did not take it.

Nothing here decides that; callers know it. What is decided here is where to: to an offer that honours all that was
asked, of a provider that was not given this order before, never from the sandbox to a real one or back. Price and hold
stay as they are.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from studio.jobs.models import Attempt, Job
from studio.providers import catalogue
from studio.providers.connections import enabled_rows
from studio.providers.errors import NoOffer, NoProvider
from studio.providers.models import ProviderRow
from studio.providers.services import Pace, Route, offers_for

MOST_MOVES = 10  # also of jobs that no provider was asked for: circuits open and close for days
AT_ONCE = 200  # jobs looked at in one pass over those that wait in vain
OFF = "provider_off"  # the reason on cards whose provider an administrator switched off
UNWELL = "provider_unwell"  # the reason on cards that wait behind an open circuit
# Refusals that are not about the order: this studio's account, or a model the vendor took out of its list.
_NOTHING_MADE = ("provider_key", "provider_credits", "model_gone")
_NOT_THERE = (404, 410)  # the vendor has no such model any more, or the operator's address leads nowhere


def may_be_made_elsewhere(code: str, status: object) -> bool:
    """Whether a refusal says nothing about the order itself, so that another provider may well make it."""
    return code in _NOTHING_MADE or status in _NOT_THERE


def next_route(job: Job, rows: list[ProviderRow] | None = None) -> Route | None:
    """Where the job can go on, or None. One query, and one more where `rows`, the enabled providers, are not given."""
    model = catalogue.find(job.model)
    if job.is_sandbox or model is None or len(job.moves) >= MOST_MOVES:
        return None
    rows = enabled_rows() if rows is None else rows
    if not rows:
        return None
    try:
        routes = offers_for(model=model, params=job.params, count=job.count, prompt_length=len(job.prompt), rows=rows)
    except (NoOffer, NoProvider):
        return None
    asked = {job.provider, *Attempt.objects.filter(job=job).values_list("provider", flat=True)}
    return next((route for route in routes if route.slug not in asked), None)


def to(route: Route, job: Job, *, why: str) -> dict[str, Any]:
    """The fields of a job in line that goes to `route`: a fresh start there, and a note of where it came from."""
    note = {"from": job.provider, "to": route.slug, "why": why, "at": timezone.now().isoformat()}
    return {
        "provider": route.slug,
        "offer_model": route.offer.model,
        "moves": [*job.moves, note],
        "tries": 0,
        "first_refused_at": None,
        "not_before": None,
        "place": None,
        "wait_reason": "",
    }


class Mover:
    """Takes jobs out of the line of a provider that is switched off or left alone, a few at each call."""

    def __init__(self) -> None:
        self._after: UUID | None = None

    def __call__(self, known: dict[str, Pace]) -> int:
        """`known`: the paces of the providers that are on. Returns how many jobs moved, by one UPDATE each."""
        well = {slug for slug, pace in known.items() if pace.is_closed}
        stuck = Job.objects.filter(status=Job.Status.QUEUED, is_sandbox=False).exclude(provider__in=well)
        ahead = stuck.filter(pk__gt=self._after) if self._after else stuck
        jobs = list(ahead.exclude(pk__in=_trials(known)).order_by("pk")[:AT_ONCE])
        self._after = jobs[-1].pk if len(jobs) == AT_ONCE else None
        if not jobs:
            return 0
        rows = [row for row in enabled_rows() if row.slug in well]
        return sum(_move(job, rows, why=UNWELL if job.provider in known else OFF) for job in jobs)


def _trials(known: dict[str, Pace]) -> Iterable[UUID]:
    """The first job in line of each half-open provider: it stays, for somebody has to find out whether it is well."""
    for slug in [slug for slug, pace in known.items() if pace.is_half_open]:
        line = Job.objects.filter(status=Job.Status.QUEUED, provider=slug).order_by("created_at", "pk")
        yield from line.values_list("pk", flat=True)[:1]


def _move(job: Job, rows: list[ProviderRow], *, why: str) -> int:
    route = next_route(job, rows)
    if route is None:
        return 0
    still = Job.objects.filter(pk=job.pk, status=Job.Status.QUEUED, provider=job.provider)
    return still.update(version=F("version") + 1, **to(route, job, why=why))
