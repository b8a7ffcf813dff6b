"""Presets: a model, its settings and words, kept under a name to begin from again."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from studio.accounts.models import User

LONGEST_NAME = 60


class PresetQuerySet(models.QuerySet["Preset"]):
    def visible_to(self, user: Any) -> "PresetQuerySet":
        """One's own and the team's."""
        return self.filter(Q(user=user) | Q(is_team=True))

    def editable_by(self, user: Any) -> "PresetQuerySet":
        """One's own; staff may also edit the team's."""
        return self.filter(Q(user=user) | Q(is_team=True)) if user.is_staff else self.filter(user=user)


class Preset(models.Model):
    """`settings` are a form's texts by our names of the parameters; pictures to build on are never among them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="presets")
    name = models.CharField(max_length=LONGEST_NAME)
    is_team = models.BooleanField(default=False, help_text="everybody may use it")
    model = models.CharField(max_length=100, help_text="the canonical id")
    prompt = models.TextField(blank=True, help_text="with {blanks} to be filled in")
    settings = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = PresetQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "created_at"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["name"], condition=Q(is_team=True), name="jobs_preset_team"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "name"], name="jobs_preset_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def is_editable_by(self, user: User) -> bool:
        """Whether `editable_by` would have this row."""
        return self.user_id == user.pk or (self.is_team and user.is_staff)
