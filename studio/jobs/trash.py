"""Deleting pictures: gone at once from everywhere, back for 30 days, then their files go. No entry is ever touched.

The row stays: it is what was paid for. Who deletes and who brings back never meets who purges, because each of the
three is one conditional UPDATE, and the first two name a moment that the third leaves out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from studio.accounts.models import User
from studio.core.failpoints import failpoint
from studio.core.models import audit
from studio.jobs.grids import forget_grid
from studio.jobs.models import KEPT_DELETED, Image, ImageQuerySet, Job
from studio.jobs.pictures import remove

AT_ONCE = 500  # pictures purged in one go


@dataclass(frozen=True)
class Deletion:
    """What was deleted together; `at` names it for the undo."""

    number: int
    at: datetime

    @property
    def until(self) -> datetime:
        return self.at + KEPT_DELETED


def deletable_by(user: User) -> ImageQuerySet:
    """One's own pictures; for staff all they may see."""
    images = Image.objects.visible_to(user)
    return images if user.is_staff else images.filter(job__user=user)


def restorable_by(user: User) -> ImageQuerySet:
    """Deleted pictures that this person can bring back: their own, and what they deleted of jobs they still see."""
    deleted = Q(deleted_by=user, job__in=Job.objects.visible_to(user))
    return Image.objects.in_trash().filter(Q(job__user=user) | deleted)


@transaction.atomic
def delete_pictures(*, user: User, ids: Iterable[UUID]) -> Deletion:
    """Delete those of `ids` that are this person's to delete; others are as if they did not exist."""
    now = timezone.now()
    found = _locked(deletable_by(user).filter(pk__in=list(ids)))
    number = _of(found).filter(deleted_at=None).update(deleted_at=now, deleted_by=user)
    _note("picture.deleted", user, found)
    return Deletion(number, now)


@transaction.atomic
def restore_pictures(*, user: User, ids: Iterable[UUID] | None = None, deleted_at: datetime | None = None) -> int:
    """Bring back those of `ids`, or what this person deleted at that moment; returns how many came back."""
    asked = restorable_by(user)
    if deleted_at is not None:
        asked = asked.filter(deleted_at=deleted_at, deleted_by=user)
    else:
        asked = asked.filter(pk__in=list(ids or ()))
    found = _locked(asked)
    number = Image.objects.in_trash().filter(pk__in=_pks(found)).update(deleted_at=None, deleted_by=None)
    _note("picture.restored", user, found)
    return number


def purge() -> int:
    """Give up the files of what was deleted 30 days ago; returns of how many pictures.

    The row first, in a transaction of its own: whoever is killed before the files are gone leaves files that
    `sweep.remove_orphans` takes, and no picture that is shown without one.
    """
    due = Image.objects.filter(deleted_at__lte=timezone.now() - KEPT_DELETED, purged_at=None)
    purged = 0
    for pk, job in list(due.order_by("deleted_at").values_list("pk", "job")[:AT_ONCE]):
        forget_grid(Image.objects.filter(job=job).values_list("pk", flat=True))
        if due.filter(pk=pk).update(purged_at=timezone.now()):
            failpoint("purge.after_row")
            remove(pk)
            purged += 1
    return purged


def _locked(images: ImageQuerySet) -> list[tuple[UUID, UUID, int]]:
    """Key, job and owner of each; their jobs are locked, one after the other in one order, before any picture is.

    So does `set_visibility`: both change what the gallery lists of them, by triggers, and would wait for each other.
    """
    found = list(images.values_list("pk", "job_id", "job__user_id"))
    jobs = Job.objects.filter(pk__in={job for _pk, job, _user in found})
    list(jobs.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    return found


def _pks(found: list[tuple[UUID, UUID, int]]) -> list[UUID]:
    return [pk for pk, _job, _user in found]


def _of(found: list[tuple[UUID, UUID, int]]) -> ImageQuerySet:
    return Image.objects.filter(pk__in=_pks(found))


def _note(name: str, user: User, found: list[tuple[UUID, UUID, int]]) -> None:
    """Have the pages of these jobs drawn anew, and write down what somebody did to another's picture."""
    Job.objects.filter(pk__in={job for _pk, job, _user in found}).update(version=F("version") + 1)
    for pk, job, owner in found:
        if owner != user.pk:
            audit(name, actor=user, target=pk, job=str(job))
