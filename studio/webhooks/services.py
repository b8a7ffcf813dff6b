"""The verbs on deliveries: written with what they tell, claimed when due, sent, and what came of it."""

import base64
import hmac
import json
import logging
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from studio.core.answers import retry_after
from studio.core.crypto import decrypt
from studio.core.outbound import NotSent, Origin, OutboundError, send
from studio.webhooks.models import Delivery

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
PROGRESS_KEPT = timedelta(days=1)
GONE = 410


@dataclass(frozen=True)
class Outcome:
    """What one attempt brought: the HTTP status where there was one, otherwise why not."""

    status: int | None = None
    error: str = ""
    excerpt: str = ""
    retry_after: float | None = None  # seconds

    @property
    def is_delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def publish(*, job: UUID, api_key_id: UUID, url: str, event: str, body: Mapping[str, object]) -> Delivery:
    """Have `body` sent to `url` as soon as the caller's transaction is committed, signed for that key.

    Only the newest progress of a job waits: what nobody has begun to send is taken back.
    """
    waiting = Delivery.objects.filter(job=str(job), event=Delivery.Event.PROGRESS, status=Delivery.Status.PENDING)
    waiting.filter(attempts=0).delete()
    return Delivery.objects.create(
        job=str(job),
        api_key_id=api_key_id,
        url=url,
        host=_host(url),
        event=event,
        body=json.dumps(body, separators=(",", ":"), allow_nan=False),
    )


def _host(url: str) -> str:
    try:
        origin = Origin.of(url)
    except NotSent:
        return ""  # the attempt will say what is wrong with it
    return f"{origin.host}:{origin.port}"[:300]


def due(*, limit: int, busy: Mapping[str, int]) -> list[Delivery]:
    """Claim up to `limit` due deliveries, keys loaded; `busy` counts those under way by host.

    A claim holds for LEASE: what is never recorded, because its process died, is sent again under the same id.
    """
    taken = Counter(busy)
    full = [host for host, number in taken.items() if number >= PER_HOST]
    waiting = Delivery.objects.due().exclude(host__in=full).values_list("pk", "host", "attempts")[: 8 * max(0, limit)]
    claimed: list[int] = []
    if not (rows := list(waiting)):
        return []
    with transaction.atomic():
        for pk, host, attempts in rows:
            if taken[host] >= PER_HOST or len(claimed) >= limit:
                continue
            mine = Delivery.objects.due().filter(pk=pk, attempts=attempts).order_by()
            if mine.update(attempts=F("attempts") + 1, next_at=timezone.now() + LEASE):
                taken[host] += 1
                claimed.append(pk)
        return list(Delivery.objects.filter(pk__in=claimed).select_related("api_key").order_by("pk"))


def attempt(delivery: Delivery) -> Outcome:
    """Send a claimed delivery once. Never touches the database and never raises."""
    try:
        return _send(delivery)
    except OutboundError as error:
        # An answer too long or too odd to be read is an answer all the same.
        return Outcome(status=error.status, error=str(error))
    except Exception as error:
        log.exception("Delivery %s broke", delivery.message_id)
        return Outcome(error=f"internal: {type(error).__name__}")


def _send(delivery: Delivery) -> Outcome:
    body = delivery.body.encode()
    answer = send(
        "POST",
        delivery.url,
        allow=settings.WEBHOOK_ALLOW,
        headers={
            "Content-Type": "application/json",
            "X-Webhook-Event": delivery.event,
            **signatures(delivery, body),
        },
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


def signatures(delivery: Delivery, body: bytes) -> dict[str, str]:
    """The vendor's signature and those of Standard Webhooks, both keyed with the SHA-256 of the submitting key."""
    secret = bytes.fromhex(decrypt(delivery.api_key.signing_secret))
    seconds = str(int(timezone.now().timestamp()))
    signed = b".".join([delivery.message_id.encode(), seconds.encode(), body])
    return {
        "X-Webhook-Signature": f"sha256={hmac.digest(secret, body, 'sha256').hex()}",
        "webhook-id": delivery.message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": f"v1,{base64.b64encode(hmac.digest(secret, signed, 'sha256')).decode()}",
    }


def record(delivery: Delivery, outcome: Outcome) -> None:
    """Write what came of a claimed delivery: taken, to be tried again, or given up."""
    now = timezone.now()
    told = {
        "last_status": outcome.status,
        "last_error": outcome.error[:500],
        "response_excerpt": outcome.excerpt,
    }
    pending = Delivery.objects.filter(pk=delivery.pk, status=Delivery.Status.PENDING)
    if outcome.is_delivered:
        pending.update(status=Delivery.Status.DELIVERED, delivered_at=now, **told)
        return
    # Whoever claimed it after our lease ran out decides when it is tried again.
    mine = pending.filter(attempts=delivery.attempts)
    tries = 1 if delivery.event == Delivery.Event.PROGRESS else len(SCHEDULE)
    if outcome.status == GONE or delivery.attempts >= tries:
        if mine.update(status=Delivery.Status.FAILED, **told):
            log.info("Delivery %s of job %s was given up: %s", delivery.message_id, delivery.job, outcome.error)
        return
    wait = SCHEDULE[delivery.attempts] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311
    mine.update(next_at=now + timedelta(seconds=max(wait, outcome.retry_after or 0.0)), **told)


def tidy() -> None:
    """Forget progress that was told or given up long ago; ends are kept as long as their jobs."""
    old = Delivery.objects.filter(event=Delivery.Event.PROGRESS, created_at__lt=timezone.now() - PROGRESS_KEPT)
    old.exclude(status=Delivery.Status.PENDING).delete()
