"""Deleting pictures: gone at once, back for 30 days, then their files go and the ledger stays."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from studio.core.models import AuditEvent
from studio.credits.audit import verify
from studio.credits.models import Entry
from studio.jobs import sweep, trash
from studio.jobs.links import result_url
from studio.jobs.models import Image, Job
from studio.jobs.pictures import path_of
from studio.jobs.trash import delete_pictures, restorable_by, restore_pictures
from tests.api.made import completed
from tests.databases import Scratch

HERE = "tests.jobs.trash_processes"


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def files_of(image: Image) -> list[Path]:
    return sorted(path_of(image.pk, image.format).parent.glob(f"{image.pk}.*"))


def age(image: Image, **ago: float) -> None:
    Image.objects.filter(pk=image.pk).update(deleted_at=timezone.now() - timedelta(**ago))


@pytest.mark.usefixtures("catalogue")
def test_a_deleted_picture_is_gone_from_everywhere_at_once_and_comes_back_whole(client, alice):
    client.force_login(alice)
    job = completed(alice, pictures=2, model="gpt-image-2", params={"quality": "low"}, copies=True)
    first, second = job.images.all()
    link = result_url(job, first)
    places = [reverse("jobs:picture", args=[job.pk, first.pk, name]) for name in ("small", "large", "original")]
    version = job.version
    deletion = delete_pictures(user=alice, ids=[first.pk])
    assert (deletion.number, deletion.until - deletion.at) == (1, timedelta(days=30))
    assert [client.get(place).status_code for place in (*places, link)] == [404] * 4
    assert client.get(reverse("jobs:picture", args=[job.pk, second.pk, "small"])).status_code == 200
    assert Job.objects.get(pk=job.pk).version == version + 1
    assert restore_pictures(user=alice, deleted_at=deletion.at) == 1
    assert [client.get(place).status_code for place in (*places, link)] == [200] * 4
    assert not Image.objects.exclude(deleted_by=None, deleted_at=None).exists()


@pytest.mark.usefixtures("catalogue")
def test_a_job_without_pictures_left_stays_on_its_page_and_in_the_ledger(client, alice):
    client.force_login(alice)
    job = completed(alice)
    before = list(Entry.objects.values())
    delete_pictures(user=alice, ids=[job.images.get().pk])
    assert client.get(reverse("jobs:job", args=[job.pk])).status_code == 200
    assert "A lighthouse at dawn" in client.get(reverse("credits:usage")).text
    assert list(Entry.objects.values()) == before
    assert list(verify()) == []


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("visibility", Job.Visibility.values)
def test_members_delete_their_own_and_staff_what_they_may_see(alice, bob, operator, visibility):
    image = completed(alice, visibility=visibility).images.get()
    assert delete_pictures(user=bob, ids=[image.pk]).number == 0
    by_staff = int(visibility in ("team", "public"))
    assert delete_pictures(user=operator, ids=[image.pk]).number == by_staff
    assert AuditEvent.objects.filter(name="picture.deleted", actor=operator).count() == by_staff
    assert delete_pictures(user=alice, ids=[image.pk]).number == 1 - by_staff
    assert restore_pictures(user=bob, ids=[image.pk]) == 0
    assert restore_pictures(user=operator, ids=[image.pk]) == by_staff
    assert restore_pictures(user=alice, ids=[image.pk]) == 1 - by_staff
    assert not Image.objects.filter(deleted_by__isnull=False).exists()


@pytest.mark.usefixtures("catalogue")
def test_what_its_owner_deleted_is_its_owners_to_bring_back(alice, operator):
    image = completed(alice, visibility="team").images.get()
    delete_pictures(user=alice, ids=[image.pk])
    assert not restorable_by(operator).exists()
    assert restore_pictures(user=operator, ids=[image.pk]) == 0
    assert restore_pictures(user=alice, ids=[image.pk]) == 1
    delete_pictures(user=operator, ids=[image.pk])
    assert [list(restorable_by(person)) for person in (alice, operator)] == [[image], [image]]
    Job.objects.filter(pk=image.job_id).update(visibility="me")  # staff deleted it, and see it no more
    assert not restorable_by(operator).exists()
    assert restore_pictures(user=alice, ids=[image.pk]) == 1


@pytest.mark.usefixtures("catalogue")
def test_deleting_twice_is_once_and_an_undo_takes_back_only_its_own(alice):
    one, two = (completed(alice).images.get() for _n in range(2))
    first = delete_pictures(user=alice, ids=[one.pk])
    assert delete_pictures(user=alice, ids=[one.pk, two.pk]).number == 1
    assert restore_pictures(user=alice, deleted_at=first.at) == 1
    assert list(Image.objects.there()) == [one]
    assert restore_pictures(user=alice, deleted_at=first.at) == 0


@pytest.mark.usefixtures("catalogue")
def test_after_30_days_the_files_go_and_the_rows_stay(alice, media):
    old, young, kept = (completed(alice, copies=True).images.get() for _n in range(3))
    age(old, days=30, seconds=1)
    age(young, days=29, hours=23)
    entries = list(Entry.objects.values())
    assert trash.purge() == 1
    assert trash.purge() == 0
    assert [bool(files_of(image)) for image in (old, young, kept)] == [False, True, True]
    assert Image.objects.get(pk=old.pk).purged_at
    assert restore_pictures(user=alice, ids=[old.pk, young.pk]) == 1
    assert list(Entry.objects.values()) == entries
    call_command("verify_media")


@pytest.mark.usefixtures("catalogue")
def test_what_was_deleted_too_long_ago_does_not_come_back_although_nobody_purged_it_yet(alice):
    image = completed(alice).images.get()
    age(image, days=31)
    assert restore_pictures(user=alice, ids=[image.pk]) == 0
    assert not Image.objects.in_trash().exists()


@pytest.mark.usefixtures("catalogue")
def test_files_left_by_a_purge_that_died_go_with_the_orphans(alice, media):
    purged, deleted = (completed(alice, copies=True).images.get() for _n in range(2))
    age(deleted, days=3)
    age(purged, days=31)
    Image.objects.filter(pk=purged.pk).update(purged_at=timezone.now())
    assert sweep.remove_orphans(older_than=-1) == 3
    assert [len(files_of(image)) for image in (purged, deleted)] == [0, 3]


@pytest.mark.usefixtures("catalogue")
def test_the_sweep_purges(alice, media):
    image = completed(alice).images.get()
    age(image, days=31)
    sweep.tidy()
    assert files_of(image) == []


@pytest.mark.usefixtures("catalogue")
def test_only_what_was_deleted_is_purged(alice):
    image = completed(alice).images.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Image.objects.filter(pk=image.pk).update(purged_at=timezone.now())


@pytest.mark.parametrize("days", [29, 31])
def test_bringing_back_and_purging_at_once_ends_in_one_of_them(scratch: Scratch, days: int):
    """However many do either: a picture that is there has its file, and one without was purged."""
    scratch.run(f"{HERE}:prepare", days)
    scratch.run(f"{HERE}:restore_or_purge", processes=6)
    (ends,) = scratch.rows("SELECT count(deleted_at), count(purged_at), count(*) FROM jobs_image")
    assert ends == ((20, 20, 20) if days == 31 else (0, 0, 20))
    assert scratch.run(f"{HERE}:broken") == [[]]


def test_pictures_that_run_out_while_they_are_brought_back_have_files_or_are_purged(scratch: Scratch):
    """Twenty whose thirty days end one after the other within the second in which six processes do both."""
    scratch.run(f"{HERE}:prepare_the_last_second")
    scratch.run(f"{HERE}:restore_or_purge", processes=6)
    rows = scratch.rows("SELECT deleted_at IS NULL, purged_at IS NULL FROM jobs_image")
    assert len(rows) == 20
    assert all(not there or not_purged for there, not_purged in rows)
    assert scratch.run(f"{HERE}:broken") == [[]]


def test_deleting_and_changing_who_sees_do_not_lock_each_other_out(scratch: Scratch):
    scratch.run(f"{HERE}:prepare", 0)
    assert all(scratch.run(f"{HERE}:show_or_delete", processes=4))
    assert scratch.run(f"{HERE}:listed_wrongly") == [[]]
