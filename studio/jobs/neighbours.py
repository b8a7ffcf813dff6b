"""The finished picture before and after one, in the order of the gallery: the newest first."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from studio.accounts.models import User
from studio.jobs.models import Image, Job

SCOPES = ("mine", "team")


@dataclass(frozen=True)
class Neighbours:
    """Ids of the next `newer` and the next `older` job; None at either end."""

    newer: UUID | None
    older: UUID | None


def neighbours(job: Job, viewer: User, *, scope: str) -> Neighbours:
    """Among the viewer's own finished jobs with a picture, or with scope `team` among all they may see; two queries."""
    seen = Job.objects.visible_to(viewer) if scope == "team" else Job.objects.of(viewer)
    done = seen.filter(Exists(Image.objects.there().filter(job=OuterRef("pk"))), status=Job.Status.COMPLETED)
    at = job.created_at
    # Both bounds on created_at alone let the index give the rows in order, one by one.
    older = done.filter(Q(created_at__lt=at) | Q(pk__lt=job.pk), created_at__lte=at).order_by("-created_at", "-pk")
    newer = done.filter(Q(created_at__gt=at) | Q(pk__gt=job.pk), created_at__gte=at).order_by("created_at", "pk")
    return Neighbours(newer.values_list("pk", flat=True).first(), older.values_list("pk", flat=True).first())
