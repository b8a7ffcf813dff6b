"""What the children of the races about deleted pictures do, each in a process of its own."""

import os
import time
from datetime import timedelta

from django.utils import timezone

from studio.accounts.models import User
from studio.gallery.models import Listed
from studio.jobs import trash
from studio.jobs.models import KEPT_DELETED, Image, Job
from studio.jobs.pictures import path_of
from studio.jobs.visibility import set_visibility
from studio.providers.services import load_catalogue
from tests.api.made import stored, submitted
from tests.factories import make_user


def _made() -> list[Image]:
    load_catalogue()
    job = submitted(make_user("alice", credits=1000))
    return [stored(job, number) for number in range(1, 21)]


def prepare(days: float) -> None:
    """Twenty pictures of alice's, deleted so long ago."""
    alice = [image.pk for image in _made()]
    Image.objects.filter(pk__in=alice).update(deleted_at=timezone.now() - timedelta(days=days))


def prepare_the_last_second() -> None:
    """Twenty of which the first can come back for a tenth of a second more, the next for two tenths, and so on."""
    made = _made()
    for number, image in enumerate(made):
        moment = timezone.now() - KEPT_DELETED + timedelta(seconds=0.05 * number)
        Image.objects.filter(pk=image.pk).update(deleted_at=moment)


def restore_or_purge() -> None:
    """Even children bring back one by one until nothing is left to, odd ones purge; for a second at least."""
    alice, is_purging = User.objects.get(username="alice"), int(os.environ["CHILD_NUMBER"]) % 2 == 1
    until = time.monotonic() + 1.2
    while time.monotonic() < until or (not is_purging and Image.objects.in_trash().exists()):
        if is_purging:
            trash.purge()
            continue
        for pk in Image.objects.in_trash().values_list("pk", flat=True)[:3]:
            trash.restore_pictures(user=alice, ids=[pk])


def broken() -> list[str]:
    """Pictures that are there without a file, and files of purged ones."""
    there = Image.objects.filter(purged_at=None)
    gone = Image.objects.exclude(purged_at=None)
    wrong = [str(image.pk) for image in there if not path_of(image.pk, image.format).exists()]
    return wrong + [str(image.pk) for image in gone if path_of(image.pk, image.format).exists()]


def show_or_delete() -> int:
    """Even children delete the pictures and bring them back, odd ones change who sees them; errors are not caught."""
    alice, jobs = User.objects.get(username="alice"), list(Job.objects.values_list("pk", flat=True))
    number = int(os.environ["CHILD_NUMBER"])
    pictures = list(Image.objects.order_by("index" if number % 4 else "-index").values_list("pk", flat=True))
    until, done = time.monotonic() + 2, 0
    while time.monotonic() < until:
        if number % 2:
            set_visibility(user=alice, jobs=jobs, level=("me", "team", "link")[done % 3])
        elif done % 2:
            trash.restore_pictures(user=alice, ids=pictures)
        else:
            trash.delete_pictures(user=alice, ids=pictures)
        done += 1
    return done


def listed_wrongly() -> list[str]:
    """Pictures whose row in the gallery is not what they are."""
    rows = {row.image_id: row.shared for row in Listed.objects.exclude(image=None)}
    images = Image.objects.there().select_related("job")
    there = {image.pk: int(image.job.visibility in ("team", "public")) for image in images}
    return [str(pk) for pk in rows.keys() ^ there.keys()] + [str(pk) for pk in there if rows.get(pk) != there[pk]]
