"""The engine's verbs on deliveries: written with what they tell, claimed when due, sent, and what came of it."""

import json
import logging
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from studio.core.answers import retry_after
from studio.core.logs import about
from studio.core.outbound import NotSent, Origin, OutboundError, send
from studio.webhooks import health
from studio.webhooks.models import Delivery, DeliveryAttempt, Endpoint, Event
from studio.webhooks.signing import signatures

log = logging.getLogger(__name__)

MINUTE, HOUR = 60.0, 3600.0
# Seconds before each attempt, counted from the one before; about 75 hours in all (WHO-3).
SCHEDULE = (
    *(0.0, 5.0, 5 * MINUTE, 30 * MINUTE),
    *(2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR),
)
JITTER = 0.1
LONGEST_WAIT = 24 * HOUR  # the most a Retry-After may ask for
DEADLINE = 20.0  # seconds for one attempt, everything together
LEASE = timedelta(seconds=60)  # longer than an attempt and its record take
MOST_BYTES = 8192  # of an answer that are read
EXCERPT = 500  # characters of it that are kept
PER_HOST = 4  # under way at once to one host, so that a dead one takes no other's place (WHO-5)
PER_OWNER = 16  # and of one person, whatever the number of hosts: a quarter of all
PROGRESS_KEPT, ATTEMPTS_KEPT = timedelta(days=1), timedelta(days=30)
GONE = 410


@dataclass(frozen=True)
class Outcome:
    """What one attempt brought: the HTTP status where there was one, otherwise why not."""

    status: int | None = None
    error: str = ""
    excerpt: str = ""
    retry_after: float | None = None  # seconds
    at: datetime = field(default_factory=timezone.now)  # when it began
    seconds: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)  # of the request

    @property
    def is_delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True)
class Target:
    """Where an event of a job goes: a job's own address, signed for its key, or a standing endpoint."""

    url: str
    api_key_id: UUID | None = None
    endpoint_id: UUID | None = None


@dataclass(frozen=True)
class Told:
    """One event of one job of one person, and everybody who is told of it."""

    job: UUID
    owner_id: int
    event: str
    body: Mapping[str, object]
    targets: Sequence[Target]
    request_id: str = ""


def endpoints_of(owner_ids: Iterable[int]) -> dict[int, list[Endpoint]]:
    """The listening endpoints of these people, in one query; secrets left out."""
    found: dict[int, list[Endpoint]] = {}
    rows = Endpoint.objects.listening().filter(owner__in=set(owner_ids)).defer("secret", "old_secret")
    for endpoint in rows.order_by("created_at"):
        found.setdefault(endpoint.owner_id, []).append(endpoint)
    return found


def publish(told: Sequence[Told]) -> None:
    """Have every event sent to its targets as soon as the caller's transaction is committed; two statements.

    Only the newest progress of a job waits at each target: what nobody has begun to send is taken back.
    """
    told = [one for one in told if one.targets]
    if not told:
        return
    targets = [target for one in told for target in one.targets]
    signers = Q(endpoint__in={target.endpoint_id for target in targets if target.endpoint_id})
    if any(target.api_key_id for target in targets):
        signers |= Q(endpoint=None)
    waiting = Delivery.objects.filter(event=Event.PROGRESS, status=Delivery.Status.PENDING, attempts=0, is_test=False)
    waiting.filter(signers, job__in={str(one.job) for one in told}).delete()
    Delivery.objects.bulk_create(delivery_to(one, target) for one in told for target in one.targets)


def delivery_to(told: Told, target: Target, *, is_test: bool = False) -> Delivery:
    """A delivery that is not written yet."""
    return Delivery(
        owner_id=told.owner_id,
        job=str(told.job),
        event=told.event,
        url=target.url,
        host=_host(target.url),
        body=json.dumps(told.body, separators=(",", ":"), allow_nan=False),
        api_key_id=target.api_key_id,
        endpoint_id=target.endpoint_id,
        is_test=is_test,
        request_id=told.request_id,
    )


def _host(url: str) -> str:
    try:
        origin = Origin.of(url)
    except NotSent:
        return ""  # the attempt will say what is wrong with it
    return f"{origin.host}:{origin.port}"[:300]


def due(*, limit: int, busy: Mapping[str | int, int]) -> list[Delivery]:
    """Claim up to `limit` due deliveries, keys loaded; `busy` counts those under way, by host and by owner's id.

    A claim holds for LEASE: what is never recorded, because its process died, is sent again under the same id.
    """
    taken = Counter(busy)
    claimed: list[int] = []
    window = 8 * max(0, limit)
    while len(claimed) < limit:
        rows = list(_waiting(taken)[:window])
        if rows:
            claimed += _claim(rows, limit - len(claimed), taken)
        if len(rows) < window:  # otherwise those of one who has enough may stand before those of others
            break
    if not claimed:
        return []
    return list(Delivery.objects.filter(pk__in=claimed).select_related("api_key", "endpoint").order_by("pk"))


def _waiting(taken: Mapping[str | int, int]) -> QuerySet[Delivery, tuple[int, str, int, int]]:
    """Key, host, owner and attempts of what is due and not held back by what is under way."""
    wanted = Q(endpoint=None) | Q(endpoint__is_enabled=True) | Q(is_test=True)
    hosts = [place for place in taken if isinstance(place, str) and taken[place] >= PER_HOST]
    owners = [place for place in taken if isinstance(place, int) and taken[place] >= PER_OWNER]
    free = Delivery.objects.due().filter(wanted).exclude(host__in=hosts).exclude(owner__in=owners)
    return free.values_list("pk", "host", "owner_id", "attempts")


@transaction.atomic
def _claim(rows: Iterable[tuple[int, str, int, int]], most: int, taken: Counter[str | int]) -> list[int]:
    """The keys of those that are ours now; `taken` counts them too."""
    claimed: list[int] = []
    for pk, host, owner, attempts in rows:
        if taken[host] >= PER_HOST or taken[owner] >= PER_OWNER or len(claimed) >= most:
            continue
        mine = Delivery.objects.due().filter(pk=pk, attempts=attempts).order_by()
        if mine.update(attempts=F("attempts") + 1, next_at=timezone.now() + LEASE):
            taken.update((host, owner))
            claimed.append(pk)
    return claimed


def attempt(delivery: Delivery) -> Outcome:
    """Send a claimed delivery once. Never touches the database and never raises."""
    began, clock = timezone.now(), monotonic()
    headers: dict[str, str] = {}
    try:
        with about(delivery.request_id):
            outcome = _send(delivery, headers)
    except OutboundError as error:
        # An answer too long or too odd to be read is an answer all the same.
        outcome = Outcome(status=error.status, error=str(error))
    except Exception as error:
        log.exception("Delivery %s broke", delivery.message_id, extra={"request_id": delivery.request_id})
        outcome = Outcome(error=f"internal: {type(error).__name__}")
    return replace(outcome, at=began, seconds=monotonic() - clock, headers=headers)


def _send(delivery: Delivery, headers: dict[str, str]) -> Outcome:
    body = delivery.body.encode()
    headers.update({"Content-Type": "application/json", "User-Agent": "Northlight", "X-Webhook-Event": delivery.event})
    if delivery.request_id:
        headers["X-Request-Id"] = delivery.request_id
    headers.update(signatures(delivery, body))
    answer = send(
        "POST",
        delivery.url,
        allow=settings.WEBHOOK_ALLOW,
        headers=headers,
        body=body,
        read_timeout=DEADLINE,
        deadline=DEADLINE,
        max_bytes=MOST_BYTES,
    )
    problem = "" if 200 <= answer.status < 300 else f"HTTP {answer.status}"
    if 300 <= answer.status < 400:
        problem += ", redirects are not followed"
    return Outcome(
        status=answer.status,
        error=problem,
        excerpt=answer.body.decode(errors="replace").replace("\0", "")[:EXCERPT],  # PostgreSQL keeps no NUL
        retry_after=retry_after(answer.headers, most=LONGEST_WAIT),
    )


@transaction.atomic
def record(delivery: Delivery, outcome: Outcome) -> None:
    """Write what came of a claimed delivery: taken, to be tried again, or given up; and the attempt itself."""
    DeliveryAttempt.objects.create(
        delivery=delivery,
        number=delivery.attempts,
        at=outcome.at,
        duration_ms=round(outcome.seconds * 1000),
        request_headers=outcome.headers,
        status=outcome.status,
        error=outcome.error[:500],
        response_excerpt=outcome.excerpt,
    )
    _move_on(delivery, outcome)
    if delivery.endpoint is not None:
        health.note(delivery.endpoint, is_delivered=outcome.is_delivered, is_gone=outcome.status == GONE)


def _move_on(delivery: Delivery, outcome: Outcome) -> None:
    now = timezone.now()
    told = {
        "last_status": outcome.status,
        "last_error": outcome.error[:500],
        "response_excerpt": outcome.excerpt,
    }
    row = Delivery.objects.filter(pk=delivery.pk)
    if outcome.is_delivered:  # also where it was given up while this attempt was under way
        row.exclude(status=Delivery.Status.DELIVERED).update(status=Delivery.Status.DELIVERED, delivered_at=now, **told)
        return
    # Whoever claimed it after our lease ran out decides when it is tried again.
    mine = row.filter(status=Delivery.Status.PENDING, attempts=delivery.attempts)
    begun = delivery.attempts - delivery.attempts_before
    tries = 1 if delivery.is_test or delivery.event == Event.PROGRESS else len(SCHEDULE)
    if outcome.status == GONE or begun >= tries:
        if mine.update(status=Delivery.Status.FAILED, **told):
            words, extra = "Delivery %s of job %s was given up: %s", {"request_id": delivery.request_id}
            log.info(words, delivery.message_id, delivery.job, outcome.error, extra=extra)
        return
    wait = SCHEDULE[begun] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311
    mine.update(next_at=now + timedelta(seconds=max(wait, outcome.retry_after or 0.0)), **told)


def tidy() -> None:
    """Forget progress that was told or given up long ago, old tests and attempts; ends stay as long as their jobs."""
    now = timezone.now()
    over = Delivery.objects.exclude(status=Delivery.Status.PENDING)
    over.filter(event=Event.PROGRESS, created_at__lt=now - PROGRESS_KEPT).delete()
    over.filter(is_test=True, created_at__lt=now - ATTEMPTS_KEPT).delete()
    DeliveryAttempt.objects.filter(at__lt=now - ATTEMPTS_KEPT).delete()
    spent = Endpoint.objects.filter(old_secret_until__lt=now).exclude(old_secret="")
    spent.update(old_secret="", old_secret_until=None)
