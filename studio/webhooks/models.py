"""What is told to programs, where, and what became of telling it."""

import uuid
from collections.abc import Iterable
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio.accounts.models import ApiKey, User


def new_message_id() -> str:
    """`msg_` and 32 hex digits: no dot, which is what parts the signed text of Standard Webhooks."""
    return f"msg_{uuid.uuid4().hex}"


class Event(models.TextChoices):
    PROGRESS = "progress"
    COMPLETED = "completed"
    FAILED = "failed"


class EndpointQuerySet(models.QuerySet["Endpoint"]):
    def of(self, user: User) -> "EndpointQuerySet":
        """One's own that are there, the oldest first."""
        return self.filter(owner=user, deleted_at=None).order_by("created_at", "pk")

    def listening(self) -> "EndpointQuerySet":
        """Those that are told of events now."""
        return self.filter(is_enabled=True, deleted_at=None)


class Endpoint(models.Model):
    """An address that is told of all of a person's jobs, or of those of one key; signed with a secret of its own."""

    class Off(models.TextChoices):
        """Why nothing is sent there."""

        PAUSED = "paused", _("Paused by you")
        GONE = "gone", _("Switched off: it answered 410, gone")
        FAILING = "failing", _("Switched off: nothing but failures for 5 days")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="webhook_endpoints")
    url = models.TextField()
    api_key = models.ForeignKey(
        ApiKey, on_delete=models.PROTECT, null=True, blank=True, related_name="webhook_endpoints",
        help_text="only jobs of this key; all jobs without one",
    )  # fmt: skip
    on_progress = models.BooleanField(default=False)
    on_completed = models.BooleanField(default=True)
    on_failed = models.BooleanField(default=True)
    secret = models.TextField(help_text="32 bytes as hex, encrypted; empty once it is deleted")
    secret_number = models.PositiveIntegerField(default=1, help_text="how many it has had")
    old_secret = models.TextField(blank=True, help_text="the one before, encrypted; signs too until it ends")
    old_secret_until = models.DateTimeField(null=True, blank=True)
    is_enabled = models.BooleanField(default=True)
    off_reason = models.CharField(max_length=10, blank=True, choices=Off)
    off_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True, help_text="the first failure since the last success")
    created_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = EndpointQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at"]
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["owner"], condition=Q(is_enabled=True, deleted_at=None), name="webhooks_endpoint_listening"
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(is_enabled=True, off_reason="") | (Q(is_enabled=False) & ~Q(off_reason="")),
                name="webhooks_endpoint_off_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(deleted_at=None) | Q(is_enabled=False, secret="", old_secret=""),
                name="webhooks_endpoint_deleted_without_secrets",
            ),
        ]

    def __str__(self) -> str:
        return f"ep_{self.pk.hex[:8]}"

    @property
    def events(self) -> list[str]:
        return [event.value for event in Event if self.wants(event.value)]

    def wants(self, event: str) -> bool:
        return bool(getattr(self, f"on_{event}"))


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def of(self, user: User) -> "DeliveryQuerySet":
        return self.filter(owner=user)

    def due(self) -> "DeliveryQuerySet":
        """Those to be sent now, the longest due first."""
        return self.filter(status=Delivery.Status.PENDING, next_at__lte=timezone.now()).order_by("next_at", "pk")

    def final_states(self, jobs: Iterable[str]) -> dict[str, str]:
        """The status of the delivery that tells a job's own address its end; jobs without one are left out."""
        ids = list(jobs)
        if not ids:
            return {}
        own = self.filter(job__in=ids, event__in=Delivery.FINAL, endpoint=None)
        return dict(own.values_list("job", "status"))


class Delivery(models.Model):
    """One event of one job for one address: written with the event, sent until it was taken or it is too late.

    The address is the job's own, signed for the key that submitted it, or that of an endpoint.
    """

    Event = Event

    class Status(models.TextChoices):
        PENDING = "pending"
        DELIVERED = "delivered"
        FAILED = "failed"

    FINAL = (Event.COMPLETED, Event.FAILED)

    message_id = models.CharField(max_length=40, unique=True, default=new_message_id, editable=False)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="webhook_deliveries")
    job = models.CharField(max_length=36, help_text="id of the job; one made up for a test")
    event = models.CharField(max_length=10, choices=Event)
    url = models.TextField()
    host = models.CharField(max_length=300, help_text="host:port of the address; so many go there at once")
    body = models.TextField(help_text="exactly what is sent and signed")
    api_key = models.ForeignKey(
        ApiKey, on_delete=models.PROTECT, null=True, blank=True, related_name="deliveries",
        help_text="what it is signed for, where the address is the job's own",
    )  # fmt: skip
    endpoint = models.ForeignKey(
        Endpoint, on_delete=models.PROTECT, null=True, blank=True, related_name="deliveries",
        help_text="what it is signed for, where the address is a standing one",
    )  # fmt: skip
    is_test = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="begun so far")
    attempts_before = models.PositiveSmallIntegerField(
        default=0, help_text="of these, before it was last sent again by hand: the schedule counts from there"
    )
    request_id = models.CharField(max_length=128, blank=True, help_text="of the request that asked for the job (OBS-3)")
    next_at = models.DateTimeField(default=timezone.now, help_text="not before; while one is under way, its lease")
    last_status = models.PositiveSmallIntegerField(null=True, blank=True, help_text="HTTP status of the last answer")
    last_error = models.CharField(max_length=500, blank=True)
    response_excerpt = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "-id"]
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["next_at", "id"], condition=Q(status="pending"), name="webhooks_delivery_due"),
            models.Index(fields=["job", "event"], name="webhooks_delivery_job"),
            models.Index(fields=["created_at"], condition=Q(event="progress"), name="webhooks_delivery_progress"),
            models.Index(fields=["created_at"], condition=Q(is_test=True), name="webhooks_delivery_tests"),
            models.Index(fields=["-created_at", "-id"], name="webhooks_delivery_all"),
            models.Index(fields=["owner", "-id"], name="webhooks_delivery_own"),
            models.Index(fields=["endpoint", "-id"], name="webhooks_delivery_endpoint"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(status="delivered", delivered_at__isnull=False)
                | Q(status__in=["pending", "failed"], delivered_at=None),
                name="webhooks_delivery_delivered",
            ),
            models.CheckConstraint(
                condition=Q(api_key__isnull=False, endpoint=None) | Q(api_key=None, endpoint__isnull=False),
                name="webhooks_delivery_one_signer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.event}"


def said(status: int | None, error: str) -> str:
    """An answer in a few words: `HTTP 200`, `HTTP 503`, `HTTP 200, too_large: …`, `refused: …`; empty for none yet."""
    if status is None or error.startswith("HTTP"):
        return error
    return ", ".join(filter(None, [f"HTTP {status}", error]))


class DeliveryAttempt(models.Model):
    """One sending of a delivery and what came back; kept for some weeks. The body stands with the delivery."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField(help_text="when it began")
    duration_ms = models.PositiveIntegerField()
    request_headers = models.JSONField(default=dict, help_text="as sent; signatures, no secrets")
    status = models.PositiveSmallIntegerField(null=True, blank=True, help_text="HTTP status of the answer")
    error = models.CharField(max_length=500, blank=True)
    response_excerpt = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["number", "id"]
        verbose_name = _("webhook attempt")
        verbose_name_plural = _("webhook attempts")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["at"], name="webhooks_attempt_age")]

    def __str__(self) -> str:
        return f"{self.delivery_id}/{self.number}"

    @property
    def said(self) -> str:
        return said(self.status, self.error)
