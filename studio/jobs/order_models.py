"""The orders of a job at its providers, and its caller's own name for it."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Attempt(models.Model):
    """One order at a provider; the row is committed before the provider is called."""

    class Outcome(models.TextChoices):
        OPEN = "open"
        NOT_TAKEN = "not_taken"
        DONE = "done"
        FAILED = "failed"
        UNKNOWN = "unknown"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.ForeignKey("jobs.Job", on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    provider = models.CharField(max_length=50)
    idempotency_key = models.CharField(max_length=100)
    provider_job_id = models.CharField(max_length=200, blank=True)
    webhook_base = models.TextField(blank=True, help_text="our address as it was told to the provider, for every try")
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.OPEN)
    error_code = models.CharField(max_length=40, blank=True)
    error_text = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    accepted_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["number"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["provider", "-created_at"], name="jobs_attempt_pace"),
            models.Index(fields=["provider_job_id"], condition=~Q(provider_job_id=""), name="jobs_attempt_theirs"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["job", "number"], name="jobs_attempt_number"),
            models.UniqueConstraint(fields=["job"], condition=Q(outcome="open"), name="jobs_attempt_one_open"),
            models.UniqueConstraint(
                fields=["provider", "provider_job_id"], condition=~Q(provider_job_id=""), name="jobs_attempt_one_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_id} attempt {self.number}"


class IdempotencyKey(models.Model):
    """A caller's own name for one request: the same name again is the same job (kept 24 hours)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    scope = models.CharField(max_length=8, help_text="live, sandbox, form or call")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of method, path and canonical body")
    job = models.ForeignKey("jobs.Job", on_delete=models.CASCADE, related_name="idempotency_keys")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "scope", "key"], name="jobs_idempotencykey_once"),
        ]

    def __str__(self) -> str:
        return f"{self.scope}:{self.key}"
