"""How an endpoint does: a success clears its name, 410 or five days of nothing but failures switch it off (WHO-4)."""

import logging
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from studio.accounts.models import User
from studio.core.models import audit
from studio.core.queue import enqueue
from studio.webhooks.models import Delivery, Endpoint

log = logging.getLogger(__name__)

PATIENCE = timedelta(days=5)


def note(endpoint: Endpoint, *, is_delivered: bool, is_gone: bool) -> None:
    """What one attempt says of its endpoint; writes only what is news, inside the caller's transaction."""
    row = Endpoint.objects.filter(pk=endpoint.pk)
    now = timezone.now()
    if is_delivered:
        row.filter(failing_since__isnull=False).update(failing_since=None)
    elif is_gone:
        switch_off(endpoint, why=Endpoint.Off.GONE)
    elif not row.filter(failing_since=None).update(failing_since=now) and (
        row.filter(failing_since__lte=now - PATIENCE).exists()
    ):
        switch_off(endpoint, why=Endpoint.Off.FAILING)


def switch_off(endpoint: Endpoint, *, why: Endpoint.Off, by: User | None = None) -> bool:
    """Send nothing there from now on; what still waited is given up. False when it was off already.

    The owner is told by mail, where mail is set, of what they did not do themselves.
    """
    changed = Endpoint.objects.filter(pk=endpoint.pk, is_enabled=True, deleted_at=None).update(
        is_enabled=False, off_reason=why, off_at=timezone.now()
    )
    if not changed:
        return False
    give_up(endpoint, error="given up: the endpoint was switched off")
    audit("endpoint.off", actor=by, target=str(endpoint), owner=endpoint.owner.username, why=why.value)
    if by is None:
        log.info("Endpoint %s was switched off: %s", endpoint, why.value)
        if settings.EMAIL_IS_SET:
            enqueue("studio.webhooks.tasks.mail_endpoint_off", str(endpoint.pk))
    return True


def give_up(endpoint: Endpoint, *, error: str) -> int:
    """End what waits for an endpoint, attempts under way included; tests are sent all the same. Returns how many."""
    waiting = Delivery.objects.filter(endpoint=endpoint, status=Delivery.Status.PENDING, is_test=False)
    return waiting.update(status=Delivery.Status.FAILED, last_error=error)
