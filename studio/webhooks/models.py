"""What is told to programs, and what became of telling it."""

import uuid
from collections.abc import Iterable
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio.accounts.models import ApiKey


def new_message_id() -> str:
    """`msg_` and 32 hex digits: no dot, which is what parts the signed text of Standard Webhooks."""
    return f"msg_{uuid.uuid4().hex}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self) -> "DeliveryQuerySet":
        """Those to be sent now, the longest due first."""
        return self.filter(status=Delivery.Status.PENDING, next_at__lte=timezone.now()).order_by("next_at", "pk")

    def final_states(self, jobs: Iterable[str]) -> dict[str, str]:
        """The status of the delivery that tells the end, by job; jobs without one are left out."""
        ids = list(jobs)
        if not ids:
            return {}
        return dict(self.filter(job__in=ids, event__in=Delivery.FINAL).values_list("job", "status"))


class Delivery(models.Model):
    """One event of one job for one address: written with the event, sent until it was taken or it is too late."""

    class Event(models.TextChoices):
        PROGRESS = "progress"
        COMPLETED = "completed"
        FAILED = "failed"

    class Status(models.TextChoices):
        PENDING = "pending"
        DELIVERED = "delivered"
        FAILED = "failed"

    FINAL = (Event.COMPLETED, Event.FAILED)

    message_id = models.CharField(max_length=40, unique=True, default=new_message_id, editable=False)
    job = models.CharField(max_length=36, help_text="id of the job")
    event = models.CharField(max_length=10, choices=Event)
    url = models.TextField()
    host = models.CharField(max_length=300, help_text="host:port of the address; so many go there at once")
    body = models.TextField(help_text="exactly what is sent and signed")
    api_key = models.ForeignKey(
        ApiKey, on_delete=models.PROTECT, related_name="deliveries", help_text="what it is signed for"
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="begun so far")
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
            models.Index(fields=["-created_at", "-id"], name="webhooks_delivery_all"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(status="delivered", delivered_at__isnull=False)
                | Q(status__in=["pending", "failed"], delivered_at=None),
                name="webhooks_delivery_delivered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.event}"
