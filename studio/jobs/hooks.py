"""Where a provider tells that it has news of an order, and what that does: the engine is told to look, no more.

Each order has an address of its own. Its token names the attempt and is signed with a key made for nothing else, so it
cannot be guessed, is kept nowhere and is worth nothing for another order.
"""

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from studio.core.addresses import is_public, literal
from studio.core.crypto import derived_key
from studio.core.origin import Origin
from studio.core.queue import enqueue
from studio.jobs import unknown
from studio.jobs.models import Attempt, Job, JobQuerySet
from studio.providers.base import Provider, SendsWebhooks

_SIGNED = 23  # bytes of the signature; with the 16 of the attempt's id no padding is needed
_TOKEN = re.compile(r"[A-Za-z0-9_-]{52}")
_OPEN = (Attempt.Outcome.OPEN, Attempt.Outcome.UNKNOWN)


def base_of_new_orders() -> str:
    """The address under which providers reach this studio; "" unless an operator has said one."""
    return settings.STUDIO_BASE_URL if settings.BASE_URL_WAS_SET else ""


def url_for(attempt: Attempt, vendor: Provider) -> str:
    """Where this provider is to tell of this order, the same for every try of it; "" where it is not to tell.

    A studio at a private address is told nothing by a vendor on the internet, which may even refuse such an address.
    """
    base = attempt.webhook_base
    if not base or not isinstance(vendor, SendsWebhooks):
        return ""
    if _is_inside(Origin.of(base)) and not _is_inside(vendor.origin):
        return ""
    return base + reverse("jobs:hook", args=[attempt.provider, token_of(attempt)])


def _is_inside(origin: Origin | None) -> bool:
    if origin is None:
        return True
    address = literal(origin.host)
    return origin.host == "localhost" if address is None else not is_public(address)


def token_of(attempt: Attempt) -> str:
    return urlsafe_b64encode(attempt.pk.bytes + _signature(attempt.provider, attempt.pk)).decode()


def attempt_behind(provider: str, token: str) -> UUID | None:
    """The id of the attempt that a token was made for; None for every other text. Asks no database."""
    if not _TOKEN.fullmatch(token):
        return None
    raw = urlsafe_b64decode(token)
    found = UUID(bytes=raw[:16])
    return found if hmac.compare_digest(raw[16:], _signature(provider, found)) else None


def _signature(provider: str, attempt_id: UUID) -> bytes:
    return hmac.digest(derived_key("hooks"), f"{provider}/{attempt_id}".encode(), "sha256")[:_SIGNED]


def note_news(attempt_id: UUID, *, told: str) -> bool:
    """Have whoever holds the job look at once; what is over already is left alone.

    `told` is the id that the provider gave the order, "" where it did not say. Returns False where there is no such
    order, or where it is another one.
    """
    attempt = Attempt.objects.filter(pk=attempt_id).select_related("job").first()
    if attempt is None or (told and attempt.provider_job_id not in ("", told)):
        return False
    if attempt.outcome not in _OPEN or attempt.job.status != Job.Status.PROCESSING:
        return True
    now = timezone.now()
    job = Job.objects.filter(pk=attempt.job_id, status=Job.Status.PROCESSING)
    if not attempt.job.is_unknown:
        job.update(nudged_at=now)
    elif not unknown.why_not_asked(attempt.job):
        _look_up(job, now)
    return True


@transaction.atomic
def _look_up(job: JobQuerySet, now: datetime) -> None:
    """An order nobody could tell about: any engine may ask for it again now, once for however many webhooks."""
    rests = Q(look_at=None) | Q(look_at__gt=now)
    if job.filter(rests, is_unknown=True, lease_owner="").update(look_at=now, nudged_at=now):
        enqueue("studio.jobs.tasks.look_up")
