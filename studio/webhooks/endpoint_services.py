"""A person's verbs on endpoints: added, changed, paused, given a new secret, tried, deleted."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from studio.accounts.models import ApiKey, User
from studio.core.addresses import is_public_host
from studio.core.errors import StudioError
from studio.core.models import audit, count
from studio.core.outbound import is_forbidden_literal
from studio.webhooks.health import give_up, switch_off
from studio.webhooks.models import Delivery, Endpoint, Event
from studio.webhooks.services import Target, Told, delivery_to
from studio.webhooks.signing import BOTH_SIGN, new_secret

MOST_ENDPOINTS = 20  # of one person
BY_HAND_A_MINUTE = 30  # tests and sendings again of one person


class TooManyEndpoints(StudioError):
    code = "too_many_endpoints"
    status = 409

    def __init__(self) -> None:
        words = ngettext(
            "You have %(most)d endpoint, which is all there may be. Delete it first.",
            "You have %(most)d endpoints, which is all there may be. Delete one first.",
            MOST_ENDPOINTS,
        )
        super().__init__(words % {"most": MOST_ENDPOINTS})


class BadAddress(StudioError):
    code = "bad_address"
    status = 422


class TooOften(StudioError):
    code = "too_often"
    status = 429

    def __init__(self) -> None:
        super().__init__(_("That was often. Wait a minute, then send again."))


class EndpointIsOff(StudioError):
    code = "endpoint_is_off"
    status = 409

    def __init__(self) -> None:
        super().__init__(_("Nothing is sent to this endpoint. Switch it on first."))


@transaction.atomic
def add_endpoint(
    *, owner: User, pk: UUID, url: str, events: Sequence[str], api_key: ApiKey | None = None
) -> tuple[Endpoint, str] | None:
    """A new endpoint and its secret, which is shown nowhere else; None when `pk` is there already: the form came twice.

    Raises BadAddress and TooManyEndpoints.
    """
    check_address(url)
    list(User.objects.select_for_update().filter(pk=owner.pk).order_by())  # two at once count one another
    if Endpoint.objects.filter(pk=pk).exists():
        return None
    if Endpoint.objects.of(owner).count() >= MOST_ENDPOINTS:
        raise TooManyEndpoints
    kept, shown = new_secret()
    endpoint = Endpoint.objects.create(pk=pk, owner=owner, url=url, api_key=api_key, secret=kept, **_flags(events))
    audit("endpoint.added", actor=owner, target=str(endpoint), owner=owner.username)
    return endpoint, shown


@transaction.atomic
def change_endpoint(
    *, endpoint: Endpoint, by: User, url: str, events: Sequence[str], api_key: ApiKey | None = None
) -> None:
    """Another address, other events, other jobs; what waits still goes to the old address. Raises BadAddress."""
    check_address(url)
    changes: dict[str, Any] = {"url": url, "api_key": api_key, **_flags(events)}
    if url != endpoint.url:
        changes["failing_since"] = None  # another receiver, another name
    if Endpoint.objects.of(by).filter(pk=endpoint.pk).update(**changes):
        audit("endpoint.changed", actor=by, target=str(endpoint), owner=by.username)


def check_address(url: str) -> None:
    """Raises BadAddress with a sentence for what can be refused without asking a name server.

    Names that only a network of one's own answers for count, unless the operator lets webhooks into one.
    """
    if problem := is_forbidden_literal(url, allow=settings.WEBHOOK_ALLOW):
        raise BadAddress(problem)
    if not settings.WEBHOOK_ALLOW and not is_public_host(urlsplit(url).hostname or ""):
        raise BadAddress(_("The address is not on the public internet."))


@transaction.atomic
def pause(*, endpoint: Endpoint, by: User) -> bool:
    """Send nothing there until it is switched on; events of the meantime are not kept for it."""
    return switch_off(endpoint, why=Endpoint.Off.PAUSED, by=by)


@transaction.atomic
def switch_on(*, endpoint: Endpoint, by: User) -> bool:
    """Send there again, with a clean name; False when it was on."""
    changed = (
        Endpoint.objects.of(by)
        .filter(pk=endpoint.pk, is_enabled=False)
        .update(is_enabled=True, off_reason="", off_at=None, failing_since=None)
    )
    if changed:
        audit("endpoint.on", actor=by, target=str(endpoint), owner=by.username)
    return bool(changed)


@transaction.atomic
def rotate_secret(*, endpoint: Endpoint, by: User, number: int) -> str | None:
    """A new secret, returned once; the one before signs too for a day. None when `number` is not the present one's."""
    kept, shown = new_secret()
    row = Endpoint.objects.select_for_update().of(by).filter(pk=endpoint.pk, secret_number=number).first()
    if row is None:
        return None
    row.old_secret, row.old_secret_until = row.secret, timezone.now() + BOTH_SIGN
    row.secret, row.secret_number = kept, number + 1
    row.save(update_fields=["secret", "secret_number", "old_secret", "old_secret_until"])
    audit("endpoint.rotated", actor=by, target=str(endpoint), owner=by.username)
    return shown


@transaction.atomic
def delete_endpoint(*, endpoint: Endpoint, by: User) -> bool:
    """End an endpoint for good: its secrets go, what waited is given up, the list of its deliveries stays."""
    now = timezone.now()
    gone = {"secret": "", "old_secret": "", "old_secret_until": None, "failing_since": None}
    changed = Endpoint.objects.of(by).filter(pk=endpoint.pk).order_by().update(
        is_enabled=False, off_reason=Endpoint.Off.PAUSED, off_at=now, deleted_at=now, **gone
    )  # fmt: skip
    if changed:
        Delivery.objects.filter(endpoint=endpoint, status=Delivery.Status.PENDING, is_test=True).update(
            status=Delivery.Status.FAILED
        )
        give_up(endpoint, error="given up: the endpoint was deleted")
        audit("endpoint.deleted", actor=by, target=str(endpoint), owner=by.username)
    return bool(changed)


@transaction.atomic
def send_test(*, endpoint: Endpoint, by: User, event: str) -> Delivery:
    """One attempt at an event of a job that never was, also to an endpoint that is off. Raises TooOften."""
    count_by_hand(by)
    job = uuid4()
    body = {"event": event, "jobId": str(job), **_EXAMPLES[event](), "test": True}
    told = Told(job=job, owner_id=by.pk, event=event, body=body, targets=())
    delivery = delivery_to(told, Target(endpoint.url, endpoint_id=endpoint.pk), is_test=True)
    delivery.save()
    return delivery


def count_by_hand(person: User) -> None:
    """Count what somebody has sent by hand. Raises TooOften."""
    if count(f"webhooks-by-hand:{person.pk}", seconds=60) > BY_HAND_A_MINUTE:
        raise TooOften


def _flags(events: Sequence[str]) -> dict[str, bool]:
    return {f"on_{event.value}": event.value in events for event in Event}


def _completed() -> Mapping[str, object]:
    life = timedelta(days=settings.RESULT_DAYS)
    expires = int((timezone.now() + life).timestamp())
    picture = f"{settings.STUDIO_BASE_URL}/files/{uuid4()}/example.png?e={expires}&s=not-a-real-link"
    return {
        "status": "COMPLETED",
        "progress": 100,
        "result": {"images": [picture]},
        "model": "dall-e-3",
        "creditCost": 21,
        "completedAt": timezone.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


def _failed() -> Mapping[str, object]:
    return {"status": "FAILED", "error": "This is what a failure would say.", "model": "dall-e-3"}


def _progress() -> Mapping[str, object]:
    return {"status": "PROCESSING", "progress": 40, "model": "dall-e-3"}


_EXAMPLES = {"completed": _completed, "failed": _failed, "progress": _progress}
