"""Sending again by hand: the same body under the same id, so that a receiver can tell that it had it."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from studio.accounts.models import User
from studio.webhooks.endpoint_services import EndpointIsOff, count_by_hand
from studio.webhooks.models import Delivery, DeliveryAttempt, DeliveryQuerySet

MOST_AT_ONCE = 1000

_RESTART = {
    "status": Delivery.Status.PENDING,
    "attempts_before": F("attempts"),
    "delivered_at": None,
}


@transaction.atomic
def send_again(*, delivery: Delivery, by: User) -> bool:
    """Send one of one's own deliveries now, its whole schedule anew; one that waits for its next attempt goes now.

    False when an attempt is under way. Raises EndpointIsOff and TooOften.
    """
    there = delivery.endpoint
    if there and (there.deleted_at or not (there.is_enabled or delivery.is_test)):
        raise EndpointIsOff
    count_by_hand(by)
    mine, now = Delivery.objects.of(by).filter(pk=delivery.pk), timezone.now()
    if mine.exclude(status=Delivery.Status.PENDING).update(next_at=now, **_RESTART):
        return True
    recorded = DeliveryAttempt.objects.filter(delivery=OuterRef("pk"), number=OuterRef("attempts"))
    waits = Q(attempts=0) | Exists(recorded)  # without a record of its last attempt that one is under way
    return bool(mine.filter(waits, status=Delivery.Status.PENDING).update(next_at=now))


@transaction.atomic
def send_failed_again(*, failed: DeliveryQuerySet, by: User, hours: int) -> int:
    """Send again what failed of the last `hours`, the newest first if there are too many; returns how many.

    Left out: progress, which is old news, tests, and what was for endpoints that are off. Raises TooOften.
    """
    count_by_hand(by)
    reachable = Q(endpoint=None) | Q(endpoint__is_enabled=True)
    found = failed.of(by).filter(
        reachable,
        status=Delivery.Status.FAILED,
        event__in=Delivery.FINAL,
        is_test=False,
        created_at__gte=timezone.now() - timedelta(hours=hours),
    )
    ids = list(found.order_by("-id").values_list("pk", flat=True)[:MOST_AT_ONCE])
    chosen = Delivery.objects.filter(pk__in=ids, status=Delivery.Status.FAILED)
    return chosen.update(next_at=timezone.now(), **_RESTART)
