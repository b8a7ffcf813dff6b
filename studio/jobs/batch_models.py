"""Several orders placed by one click."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from studio.accounts.models import User


class BatchQuerySet(models.QuerySet["Batch"]):
    def of(self, user: Any) -> "BatchQuerySet":
        return self.filter(user=user)

    def visible_to(self, user: Any, *, jobs: "models.QuerySet[Any]") -> "BatchQuerySet":
        """One's own, and those with a job among `jobs`, which are those this person may see."""
        shown = jobs.filter(batch=models.OuterRef("pk"))
        return self.filter(models.Q(user=user) | models.Exists(shown))


class Batch(models.Model):
    """Orders placed together, all or none: each prompt its words make, by each of its models."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="batches")
    prompt = models.TextField(help_text="as it was written, with its variables")
    model_ids = models.JSONField(default=list, help_text="canonical, in the order they were chosen")
    number = models.PositiveSmallIntegerField(help_text="of jobs")
    price = models.PositiveIntegerField(help_text="credits held for all of them")
    created_at = models.DateTimeField(default=timezone.now)

    objects = BatchQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "-id"]
        verbose_name_plural = "batches"

    def __str__(self) -> str:
        return f"{self.id} {self.number}"
