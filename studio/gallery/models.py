"""What the gallery keeps of its own: one narrow row for each thing it lists, and the searches people saved."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from studio.accounts.models import User
from studio.gallery.board_models import Board as Board
from studio.gallery.board_models import BoardLink as BoardLink
from studio.gallery.board_models import BoardPicture as BoardPicture
from studio.gallery.duel_models import Duel as Duel
from studio.gallery.duel_models import Vote as Vote
from studio.jobs.models import Image, Job


class Listed(models.Model):
    """One picture, or one job that ended without any, as the gallery filters, counts and finds it.

    Written by triggers of the database alone (studio.gallery.index), in the transaction of what it repeats, so that
    no verb can forget it. It narrows and orders; what is shown is read from the pictures by who may see them.
    Its own number stays what it is through a VACUUM, which the search index of SQLite relies on.
    """

    class Outcome(models.TextChoices):
        MADE = "made"
        FAILED = "failed"
        CANCELLED = "cancelled"

    image = models.OneToOneField(Image, on_delete=models.CASCADE, null=True, related_name="listed")
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    outcome = models.CharField(max_length=9, choices=Outcome)
    shared = models.PositiveSmallIntegerField(help_text="1: the team may see it, 0: its owner alone")
    model = models.CharField(max_length=100)
    provider = models.CharField(max_length=50)
    ratio = models.PositiveIntegerField(help_text="width in thousandths of the height")
    created_at = models.DateTimeField()
    text = models.TextField(help_text="prompt, the model's own prompt and alt text, folded")

    class Meta:
        # Each holds everything that is filtered by, so that counting and jumping never read the rows themselves.
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["user", "outcome", "created_at", "id", "model", "provider", "ratio"],
                name="gallery_listed_mine",
            ),
            models.Index(
                fields=["shared", "outcome", "created_at", "id", "user", "model", "provider", "ratio"],
                name="gallery_listed_team",
            ),
            models.Index(
                fields=["outcome", "created_at", "id", "shared", "user", "model", "provider", "ratio"],
                name="gallery_listed_all",
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["job"], condition=Q(image=None), name="gallery_listed_without"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.image_id or self.job_id}"


class SavedSearch(models.Model):
    """A selection somebody wants to find again: the query of its address under a name."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_searches")
    name = models.CharField(max_length=60)
    query = models.TextField(help_text="as Filters writes it, which bounds it")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "name"], name="gallery_savedsearch_name"),
        ]

    def __str__(self) -> str:
        return self.name
