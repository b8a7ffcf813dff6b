"""What the queue is doing at this moment, for administrators: told by our rows, not by the queue's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.core import heartbeat, queue
from studio.jobs.models import Attempt, Job
from studio.providers.models import ProviderRow
from studio.providers.services import paces


@dataclass(frozen=True)
class Process:
    """One process of the queue and when it last gave a sign of life."""

    name: str
    cluster: str
    seconds: int
    is_alive: bool


@dataclass(frozen=True)
class Line:
    """The jobs of one provider: in line, under way, unknown; its limits and its circuit."""

    name: str
    waiting: int
    under_way: int
    unknown: int
    at_once: int | None
    ordered_lately: int
    per_minute: int | None
    circuit: str
    last_failure: str
    oldest: datetime | None


def processes() -> list[Process]:
    return [
        Process(name, cluster, round(seconds), seconds <= heartbeat.FRESH)
        for name, cluster, seconds in heartbeat.signs()
    ]


def queue_rows() -> int:
    return queue.waiting()


def lines() -> list[Line]:
    """One line for each provider there is, in four queries."""
    unknown, queued = Q(is_unknown=True), Q(status=Job.Status.QUEUED)
    counted = {
        row["provider"]: row
        for row in Job.objects.active()
        .order_by()
        .values("provider")
        .annotate(
            waiting=Count("pk", filter=queued),
            unknown=Count("pk", filter=unknown),
            under_way=Count("pk", filter=~queued & ~unknown),
            oldest=Min("created_at", filter=queued),
        )
    }
    since = timezone.now() - timedelta(minutes=1)
    lately = dict(
        Attempt.objects.filter(created_at__gt=since).order_by().values_list("provider").annotate(number=Count("pk"))
    )
    known = paces()
    nothing: dict[str, Any] = {"waiting": 0, "unknown": 0, "under_way": 0, "oldest": None}
    found = []
    for row in ProviderRow.objects.all():
        numbers: Mapping[str, Any] = counted.get(row.slug, nothing)
        found.append(
            Line(
                name=row.name,
                waiting=numbers["waiting"],
                under_way=numbers["under_way"],
                unknown=numbers["unknown"],
                at_once=row.pace_concurrent,
                ordered_lately=lately.get(row.slug, 0),
                per_minute=row.pace_per_minute,
                circuit=_circuit(row, is_open=row.slug in known),
                last_failure=row.last_failure,
                oldest=numbers["oldest"],
            )
        )
    return found


def _circuit(row: ProviderRow, *, is_open: bool) -> str:
    if not is_open:
        return _("off")
    if row.opened_until is None:
        return _("healthy, %(failures)d failures in a row") % {"failures": row.failures}
    if row.is_half_open:
        return _("one order may try")
    return _("left alone until %(time)s") % {"time": timezone.localtime(row.opened_until).strftime("%H:%M:%S")}
