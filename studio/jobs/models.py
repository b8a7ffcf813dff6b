"""Jobs, the attempts to have them made, the pictures that came of them."""

import uuid
from datetime import timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from studio.accounts.models import ApiKey, User
from studio.core.logs import current_request
from studio.jobs.batch_models import Batch as Batch
from studio.jobs.calls import OpenCall as OpenCall
from studio.jobs.order_models import Attempt as Attempt
from studio.jobs.order_models import IdempotencyKey as IdempotencyKey
from studio.jobs.preset_models import Preset as Preset
from studio.jobs.reference_models import JobReference as JobReference
from studio.jobs.reference_models import Reference as Reference
from studio.jobs.star_models import Star as Star
from studio.jobs.statement_rows import StatementLine as StatementLine
from studio.jobs.statement_rows import StatementRun as StatementRun


class JobQuerySet(models.QuerySet["Job"]):
    """Reads of jobs; pages and doors fetch through `visible_to` and `of`, never by id alone."""

    def of(self, user: Any) -> "JobQuerySet":
        return self.filter(user=user)

    def visible_to(self, user: Any) -> "JobQuerySet":
        """One's own, and what is shown to the team; a link shows the picture alone, and not to the team."""
        return self.filter(Q(user=user) | Q(visibility__in=Job.SHARED))

    def active(self) -> "JobQuerySet":
        return self.filter(status__among=Job.ACTIVE)

    def finished(self) -> "JobQuerySet":
        return self.exclude(status__in=Job.ACTIVE)


class Job(models.Model):
    """One request for pictures, from the click to the receipt."""

    class Status(models.TextChoices):
        QUEUED = "QUEUED"
        PROCESSING = "PROCESSING"
        COMPLETED = "COMPLETED"
        FAILED = "FAILED"
        CANCELLED = "CANCELLED"

    class Visibility(models.TextChoices):
        """I alone; every member, with prompt and parameters; nobody but whoever holds a link, who gets the picture
        alone; every member, and strangers the picture alone, as an example of its model (only staff set that).
        """

        ME = "me"
        TEAM = "team"
        LINK = "link"
        PUBLIC = "public"

    class Source(models.TextChoices):
        STUDIO = "studio"
        API = "api"

    ACTIVE = (Status.QUEUED, Status.PROCESSING)
    SHARED = (Visibility.TEAM, Visibility.PUBLIC)  # members see picture, prompt and parameters
    LINKED = (Visibility.LINK, Visibility.PUBLIC)  # the link of a board shows the picture, and nothing else
    FINISHED = (Status.COMPLETED, Status.FAILED, Status.CANCELLED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="jobs", db_index=False)
    api_key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, null=True, blank=True, related_name="jobs")
    source = models.CharField(max_length=8, choices=Source, default=Source.STUDIO)
    retry_of = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="retries", db_index=False
    )
    batch = models.ForeignKey(
        Batch, on_delete=models.SET_NULL, null=True, blank=True, related_name="jobs", db_index=False
    )

    model = models.CharField(max_length=100, help_text="the canonical id")
    model_as_sent = models.CharField(max_length=100, help_text="as the caller spelt it, echoed by the API")
    prompt = models.TextField()
    params = models.JSONField(default=dict, blank=True, help_text="what was asked for, defaults not filled in")
    count = models.PositiveSmallIntegerField(default=1)
    fingerprint = models.CharField(max_length=32, blank=True, help_text="alike for orders of the same")
    input = models.JSONField(default=dict, blank=True, help_text="the request as a program sent it, echoed by the API")
    width = models.PositiveIntegerField(default=1024, help_text="the shape asked for, in pixels")
    height = models.PositiveIntegerField(default=1024)

    provider = models.CharField(max_length=50)
    offer_model = models.CharField(max_length=100, blank=True, help_text="what the provider calls the model")
    moves = models.JSONField(default=list, blank=True, help_text="providers it went away from: from, to, why, at")
    is_sandbox = models.BooleanField(default=False)
    visibility = models.CharField(max_length=8, choices=Visibility, default=Visibility.ME)

    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    is_unknown = models.BooleanField(default=False, help_text="the provider may or may not have the order")
    progress = models.PositiveSmallIntegerField(null=True, blank=True, help_text="percent, as the provider said it")
    place = models.PositiveIntegerField(null=True, blank=True, help_text="place in line, kept by the engine's clock")
    wait_reason = models.CharField(max_length=32, blank=True, help_text="why it waits although it is its turn")
    version = models.PositiveIntegerField(default=0, help_text="counts visible changes: what a live card compares")

    error_code = models.CharField(max_length=40, blank=True)
    error_params = models.JSONField(default=dict, blank=True)
    error_text = models.CharField(max_length=500, blank=True, help_text="the vendor's words")

    price = models.PositiveIntegerField(help_text="credits held: the highest this can cost")
    unit_price = models.PositiveIntegerField(help_text="credits a picture")
    price_version = models.CharField(max_length=32, blank=True)
    price_formula = models.CharField(max_length=200, blank=True)
    paid = models.PositiveIntegerField(null=True, blank=True, help_text="credits captured; set when it ended")
    cost = models.BigIntegerField(null=True, blank=True, help_text="what the provider took, in its unit")
    cost_unit = models.CharField(max_length=20, blank=True)
    provider_extra = models.JSONField(default=dict, blank=True, help_text="what the provider said beside the pictures")

    request_id = models.CharField(
        max_length=128, blank=True, default=current_request, help_text="of the request that asked for it (OBS-3)"
    )

    lease_owner = models.CharField(max_length=120, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    fence = models.PositiveIntegerField(default=0, help_text="grows with every claim; an older holder writes nothing")
    tries = models.PositiveSmallIntegerField(default=0, help_text="orders that were surely not taken, in a row")
    claims = models.PositiveSmallIntegerField(default=0, help_text="claims without an answer: a job that kills workers")
    first_refused_at = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)
    look_at = models.DateTimeField(null=True, blank=True, help_text="when an unknown outcome is looked up again")
    nudged_at = models.DateTimeField(null=True, blank=True, help_text="when the provider last told of its order")

    webhook_url = models.TextField(blank=True)
    webhook_events = models.JSONField(default=list, blank=True)

    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    deadline_at = models.DateTimeField(null=True, blank=True)
    unknown_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "-created_at", "-id"], name="jobs_job_mine"),
            models.Index(fields=["-created_at", "-id"], name="jobs_job_all"),
            models.Index(fields=["provider", "created_at"], condition=Q(status="QUEUED"), name="jobs_job_queued"),
            models.Index(
                fields=["lease_owner", "lease_expires_at"], condition=Q(status="PROCESSING"), name="jobs_job_processing"
            ),
            models.Index(
                fields=["lease_owner"],
                condition=Q(status="PROCESSING", nudged_at__isnull=False),
                name="jobs_job_nudged",
            ),
            models.Index(fields=["user"], condition=Q(status__in=["QUEUED", "PROCESSING"]), name="jobs_job_active"),
            models.Index(fields=["retry_of"], condition=Q(retry_of__isnull=False), name="jobs_job_retries"),
            models.Index(fields=["batch", "created_at"], condition=Q(batch__isnull=False), name="jobs_job_batch"),
            models.Index(fields=["model", "-finished_at"], condition=Q(status="COMPLETED"), name="jobs_job_times"),
            models.Index(
                fields=["fingerprint", "-finished_at"],
                condition=Q(status="COMPLETED"),  # alone: SQLite does not see that a mark is not empty
                name="jobs_job_alike",
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(status__in=["QUEUED", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED"]),
                name="jobs_job_status",
            ),
            models.CheckConstraint(condition=Q(is_unknown=False) | Q(status="PROCESSING"), name="jobs_job_unknown"),
            models.CheckConstraint(
                condition=Q(status__in=["QUEUED", "PROCESSING"], finished_at=None, paid=None)
                | Q(status="COMPLETED", finished_at__isnull=False, paid__gte=0)
                | Q(status__in=["FAILED", "CANCELLED"], finished_at__isnull=False, paid=0),
                name="jobs_job_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.status}"

    @property
    def hold_key(self) -> str:
        return f"job:{self.pk}:hold"

    def is_visible_to(self, user: User) -> bool:
        """Whether `visible_to` would have this row."""
        return self.user_id == user.pk or self.visibility in self.SHARED

    @property
    def is_active(self) -> bool:
        return self.status in self.ACTIVE

    @property
    def settled_by(self) -> Any:
        """When an unknown outcome is settled by policy at the latest."""
        return self.unknown_at and self.unknown_at + UNKNOWN_POLICY


UNKNOWN_POLICY = timedelta(hours=24)
KEPT_DELETED = timedelta(days=30)


class ImageQuerySet(models.QuerySet["Image"]):
    def there(self) -> "ImageQuerySet":
        """Those that nobody deleted."""
        return self.filter(deleted_at=None)

    def visible_to(self, user: Any) -> "ImageQuerySet":
        """Pictures of the jobs this person may see."""
        return self.there().filter(job__in=Job.objects.visible_to(user))

    def in_trash(self) -> "ImageQuerySet":
        """Those that somebody deleted and that can come back."""
        return self.filter(deleted_at__gt=timezone.now() - KEPT_DELETED, purged_at=None)

    def stored(self) -> "ImageQuerySet":
        """Those whose files must be there: what is shown, and what can come back."""
        return self.filter(Q(deleted_at=None) | Q(deleted_at__gt=timezone.now() - KEPT_DELETED), purged_at=None)

    def linked(self) -> "ImageQuerySet":
        """Pictures that a result link may show: those of a deactivated person are gone with them."""
        return self.there().filter(job__user__is_active=True)


class Image(models.Model):
    """One picture: the provider's bytes untouched, and copies of ours made after."""

    class Mark(models.TextChoices):
        """How the original itself says that a machine made it."""

        C2PA = "c2pa"
        XMP = "xmp"
        NONE = "none"
        UNREAD = "unread", "cannot be told"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="images")
    index = models.PositiveSmallIntegerField()
    format = models.CharField(max_length=4, choices=[("png", "PNG"), ("jpg", "JPEG"), ("webp", "WebP")])
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveBigIntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64)
    seed = models.BigIntegerField(null=True, blank=True)
    revised_prompt = models.TextField(blank=True)
    alt = models.CharField(max_length=1000, blank=True, help_text="what it shows, in its owner's words")
    cells = models.CharField(max_length=64, blank=True, help_text="six colours, 3 x 2, shown while it loads")
    copies_made_at = models.DateTimeField(null=True, blank=True)
    provider_mark = models.CharField(max_length=6, choices=Mark, blank=True, help_text="empty: nobody looked yet")
    marked_sha256 = models.CharField(max_length=64, blank=True, help_text="of our marked copy; empty: there is none")
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    purged_at = models.DateTimeField(null=True, blank=True, help_text="when its files were given up for good")
    created_at = models.DateTimeField(default=timezone.now)

    objects = ImageQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["index"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["created_at"], condition=Q(copies_made_at=None), name="jobs_image_without_copies"),
            models.Index(fields=["created_at"], condition=Q(provider_mark=""), name="jobs_image_unmarked"),
            models.Index(fields=["sha256"], name="jobs_image_bytes"),
            models.Index(fields=["marked_sha256"], condition=~Q(marked_sha256=""), name="jobs_image_marked_bytes"),
            models.Index(
                fields=["deleted_at"], condition=Q(deleted_at__isnull=False, purged_at=None), name="jobs_image_trash"
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["job", "index"], name="jobs_image_index"),
            models.CheckConstraint(
                condition=Q(purged_at=None) | Q(deleted_at__isnull=False), name="jobs_image_purged_was_deleted"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_id} picture {self.index}"

    @property
    def alt_text(self) -> str:
        """What stands for the picture where it is not seen: its owner's words or the prompt, in one line."""
        return " ".join((self.alt or self.job.prompt).split())
