"""The figures of /metrics (OBS-2): read from the database at each look, so every web process says the same.

At most ten statements, each on an index of what is open or recent: a look costs the same in a large studio.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Min, Q, Sum
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric

from studio.core import heartbeat, queue
from studio.core.models import Reading
from studio.credits.audit import VIOLATIONS
from studio.credits.models import Hold
from studio.jobs.models import Attempt, Job
from studio.providers.models import ProviderRow
from studio.webhooks.models import Delivery

LATELY = timedelta(minutes=5)
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Figures:
    """A collector in prometheus_client's sense."""

    def collect(self) -> Iterator[Metric]:
        now = timezone.now()
        yield InfoMetricFamily(
            "studio", "What runs here.", {"version": settings.VERSION, "database": connection.vendor}
        )
        yield from _queue()
        yield from _jobs(now)
        yield from _providers(now)
        yield from _money(now)
        yield from _webhooks(now)


def exposition() -> bytes:
    """All figures in Prometheus's text format."""
    registry = CollectorRegistry()
    registry.register(Figures())
    return generate_latest(registry)


def _queue() -> Iterator[Metric]:
    signs = [age for _process, _cluster, age in heartbeat.signs()]
    yield _one(
        "studio_heartbeat_age_seconds", "Since the youngest sign of life of the queue.", min(signs, default=None)
    )
    alive = sum(age <= heartbeat.FRESH for age in signs)
    yield _one("studio_queue_processes", "Processes of the queue that are alive, on all hosts.", alive)
    yield _one("studio_queue_rows", "Rows of the queue, running ones included.", queue.waiting())


def _jobs(now: datetime) -> Iterator[Metric]:
    unknown, queued = Q(is_unknown=True), Q(status=Job.Status.QUEUED)
    rows = (
        Job.objects.active()
        .order_by()
        .values("provider")
        .annotate(
            queued=Count("pk", filter=queued),
            processing=Count("pk", filter=~queued & ~unknown),
            unknown=Count("pk", filter=unknown),
            oldest=Min("created_at", filter=queued),
            longest=Min("started_at", filter=~queued & ~unknown),
            in_doubt=Min("unknown_at", filter=unknown),
        )
    )
    found: list[dict[str, Any]] = [dict(row) for row in rows]
    jobs = _family("studio_jobs", "Jobs that are not over.", ["provider", "state"])
    for row in found:
        for state in ("queued", "processing", "unknown"):
            jobs.add_metric([row["provider"], state], row[state])
    yield jobs
    for name, words, column in (
        ("studio_queue_age_seconds", "How long the job that waits longest has waited; 0 when none waits.", "oldest"),
        ("studio_oldest_running_job_seconds", "How long the longest running job runs; 0 when none does.", "longest"),
        ("studio_oldest_unknown_job_seconds", "How long the oldest unknown job is unknown.", "in_doubt"),
    ):
        since = min((row[column] for row in found if row[column]), default=None)
        yield _one(name, words, _age(now, since))
    lately = Job.objects.filter(created_at__gt=now - timedelta(hours=1)).order_by()
    recent = _family("studio_jobs_submitted_last_hour", "Jobs submitted in the last hour, by state now.", ["state"])
    for state, number in lately.values_list("status").annotate(number=Count("pk")):
        recent.add_metric([state.lower()], number)
    yield recent


def _providers(now: datetime) -> Iterator[Metric]:
    rows = list(ProviderRow.objects.all())
    circuit = _family("studio_provider_circuit_open", "1 while a provider is left alone.", ["provider"])
    failures = _family("studio_provider_failures_in_a_row", "Jobs in a row without an answer.", ["provider"])
    for row in rows:
        circuit.add_metric([row.slug], int(row.opened_until is not None and row.opened_until > now))
        failures.add_metric([row.slug], row.failures)
    yield circuit
    yield failures
    orders = _family("studio_provider_orders_last_5_minutes", "Orders placed, by outcome now.", ["provider", "outcome"])
    recent = Attempt.objects.filter(provider__in=[row.slug for row in rows], created_at__gt=now - LATELY).order_by()
    for provider, outcome, number in recent.values_list("provider", "outcome").annotate(number=Count("pk")):
        orders.add_metric([provider, outcome], number)
    yield orders


def _money(now: datetime) -> Iterator[Metric]:
    held = Hold.objects.open().aggregate(amounts=Sum("amount"), holds=Count("pk"), since=Min("opened_at"))
    yield _one("studio_open_hold_credits", "Credits held for work that is not over.", held["amounts"] or 0)
    yield _one("studio_open_holds", "How many holds are open.", held["holds"])
    yield _one("studio_oldest_hold_seconds", "How long the oldest of them is.", _age(now, held["since"]))
    reading = Reading.objects.filter(name=VIOLATIONS).first()
    words = "Violations that the hourly proof of the ledger found; anything but 0 is an alarm."
    yield _one("studio_ledger_violations", words, reading.value if reading else None)
    words = "Since that proof."
    yield _one("studio_ledger_proof_age_seconds", words, _age(now, reading.at) if reading else None)


def _webhooks(now: datetime) -> Iterator[Metric]:
    pending = Delivery.objects.filter(status=Delivery.Status.PENDING)
    found = pending.aggregate(number=Count("pk"), due=Count("pk", filter=Q(next_at__lte=now)), since=Min("next_at"))
    yield _one(
        "studio_webhooks_pending",
        "Deliveries that are not over, those that wait for a retry included.",
        found["number"],
    )
    yield _one("studio_webhooks_due", "Deliveries that should have been sent by now.", found["due"])
    late = _age(now, found["since"])
    yield _one("studio_webhooks_late_seconds", "How late the latest of them is.", late)


def _age(now: datetime, since: datetime | None) -> float:
    return max((now - since).total_seconds(), 0.0) if since else 0.0


def _family(name: str, words: str, labels: list[str]) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, labels=labels)


def _one(name: str, words: str, value: Any) -> GaugeMetricFamily:
    """A figure without labels; one that is not known yet is left out."""
    family = GaugeMetricFamily(name, words)
    if value is not None:
        family.add_metric([], value)
    return family
