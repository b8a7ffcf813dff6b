"""What people think of pictures: one to five stars, each person for themselves."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from studio.accounts.models import User

MOST = 5


class Star(models.Model):
    """One person's stars for one picture; none is no row."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="stars")
    image = models.ForeignKey("jobs.Image", on_delete=models.CASCADE, related_name="stars")
    stars = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "image"], name="jobs_star_once"),
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=MOST), name="jobs_star_number"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} gives {self.image_id} {self.stars}"
