"""Boards: pictures in an order of somebody's own, for themselves, the team, or whoever holds a link."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from studio.accounts.models import User
from studio.jobs.models import Image

LONGEST_NAME = 80


class BoardQuerySet(models.QuerySet["Board"]):
    def of(self, user: Any) -> "BoardQuerySet":
        return self.filter(owner=user)

    def visible_to(self, user: Any) -> "BoardQuerySet":
        """One's own, and the team's. Who sees a board adds to it; what it shows is still each picture's own matter."""
        return self.filter(Q(owner=user) | Q(kind__in=Board.SHARED))


class Board(models.Model):
    """A collection. Putting a picture on it never changes who sees the picture."""

    class Kind(models.TextChoices):
        PRIVATE = "private"
        TEAM = "team"
        LINK = "link"

    SHARED = (Kind.TEAM, Kind.LINK)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="boards")
    name = models.CharField(max_length=LONGEST_NAME)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.PRIVATE)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now, help_text="when a picture was last put on it")

    objects = BoardQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-updated_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["owner", "-updated_at"], name="gallery_board_mine"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(kind__in=["private", "team", "link"]), name="gallery_board_kind"),
            models.CheckConstraint(condition=~Q(name=""), name="gallery_board_named"),
        ]

    def __str__(self) -> str:
        return self.name


class BoardPicture(models.Model):
    """The place of one picture on one board."""

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="places")
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="places")
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    position = models.IntegerField()
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["board", "position", "id"], name="gallery_place_order"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["board", "image"], name="gallery_place_once"),
        ]

    def __str__(self) -> str:
        return f"{self.image_id} on {self.board_id}"


class BoardLink(models.Model):
    """A way for people without a login to see a board's pictures; its token is derived from its id, never stored."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="links")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    may_download = models.BooleanField(default=False, help_text="visitors get the originals, too")
    password = models.CharField(max_length=128, blank=True, help_text="hashed; empty: the link alone opens it")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["board"], condition=Q(revoked_at=None), name="gallery_boardlink_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"link to {self.board_id}"
