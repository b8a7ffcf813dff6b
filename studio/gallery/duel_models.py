"""Blind duels: pictures of the same words by different models, and how people voted on each pair."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from studio.accounts.models import User
from studio.jobs.models import Image


class Duel(models.Model):
    """Pictures to be voted on pair by pair; the same pictures are one duel, whoever starts it again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the ids of its pictures")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="duels")
    images = models.ManyToManyField(Image, related_name="duels")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-created_at", "-id"], name="gallery_duel_latest")
        ]

    def __str__(self) -> str:
        return str(self.id)


class Vote(models.Model):
    """What one person said of one pair, once and for good; models and prices as they were then.

    `one` is the picture with the smaller id, so that a pair is the same pair from both sides and in every duel.
    """

    class Verdict(models.TextChoices):
        ONE = "one"
        OTHER = "other"
        TIE = "tie"

    voter = models.ForeignKey(User, on_delete=models.PROTECT, related_name="votes")
    duel = models.ForeignKey(Duel, on_delete=models.CASCADE, related_name="votes")
    one = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="+")
    verdict = models.CharField(max_length=5, choices=Verdict)
    one_model = models.CharField(max_length=100)
    other_model = models.CharField(max_length=100)
    one_price = models.PositiveIntegerField(help_text="credits of the picture")
    other_price = models.PositiveIntegerField(help_text="credits of the picture")
    is_sandbox = models.BooleanField(default=False, help_text="both were drawn by the sandbox")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["voter", "one", "other"], name="gallery_vote_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="gallery_vote_order"),
            models.CheckConstraint(condition=Q(verdict__in=["one", "other", "tie"]), name="gallery_vote_verdict"),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} {self.verdict} {self.other_id}"
