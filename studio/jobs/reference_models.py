"""Pictures that people build on, and which job uses which."""

import uuid
from datetime import timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from studio.accounts.models import User

PREFIX = "ref:"
KEPT_UNUSED = timedelta(hours=24)


class ReferenceQuerySet(models.QuerySet["Reference"]):
    def of(self, user: Any) -> "ReferenceQuerySet":
        return self.filter(user=user)

    def stored(self) -> "ReferenceQuerySet":
        """Those whose bytes are here."""
        return self.exclude(file=None)

    def visible_to(self, user: Any, *, jobs: "QuerySet[Any]", images: "QuerySet[Any]") -> "ReferenceQuerySet":
        """One's own, and those used by any of `jobs`; a picture of the studio only where it is one of `images`.

        Both are what this person may see. A picture has a level of its own, and can be deleted: a job that was built
        on it and is shown hands it to nobody.
        """
        uses = JobReference.objects.filter(reference=OuterRef("pk"), job__in=jobs)
        is_shown = ~Q(source=Reference.Source.PICTURE) | Exists(images.filter(pk=OuterRef("image")))
        return self.filter(Q(user=user) | (Exists(uses) & is_shown))

    def unused(self) -> "ReferenceQuerySet":
        """Those that no job uses and nobody asked for lately."""
        uses = JobReference.objects.filter(reference=OuterRef("pk"))
        return self.filter(~Exists(uses), wanted_at__lt=timezone.now() - KEPT_UNUSED)


class Reference(models.Model):
    """One picture to build on: uploaded, taken from one's own pictures, or fetched from an address that was given.

    Two rows of one person with the same bytes share one `file`.
    """

    class Source(models.TextChoices):
        UPLOAD = "upload"
        PICTURE = "picture"
        ADDRESS = "address"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="references")
    source = models.CharField(max_length=8, choices=Source)
    image = models.ForeignKey("jobs.Image", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    address = models.TextField(blank=True, help_text="as it was given; shown to nobody but its owner")
    file = models.UUIDField(null=True, blank=True, db_index=True, help_text="its name on disk; none: not fetched yet")
    format = models.CharField(max_length=4, blank=True, choices=[("png", "PNG"), ("jpg", "JPEG"), ("webp", "WebP")])
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0, help_text="bytes")
    sha256 = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    fetched_at = models.DateTimeField(null=True, blank=True)
    wanted_at = models.DateTimeField(default=timezone.now, db_index=True, help_text="when it was last asked for")

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "sha256"], name="jobs_reference_bytes"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(file=None, sha256="", source="address") | (Q(file__isnull=False) & ~Q(sha256="")),
                name="jobs_reference_stored",
            ),
            models.UniqueConstraint(
                fields=["user", "sha256"], condition=~Q(source="address"), name="jobs_reference_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.id}"

    @property
    def value(self) -> str:
        """How a job's parameters name it."""
        return f"{PREFIX}{self.pk}"


class JobReference(models.Model):
    """One job uses one reference. `address` is where the provider of `attempt` finds it, told before the order."""

    job = models.ForeignKey("jobs.Job", on_delete=models.CASCADE, related_name="uses")
    reference = models.ForeignKey(Reference, on_delete=models.PROTECT, related_name="uses")
    attempt = models.UUIDField(null=True, blank=True)
    address = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["job", "reference"], name="jobs_jobreference_once"),
        ]

    def __str__(self) -> str:
        return f"{self.job_id} uses {self.reference_id}"
