"""manage.py verify_media."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from studio.jobs import references
from studio.jobs.models import Image
from studio.jobs.pictures import path_of
from tests.api.made import completed

pytestmark = pytest.mark.usefixtures("catalogue", "media")


def test_files_as_they_were_stored_are_fine(alice, media, capsys):
    completed(alice)
    call_command("verify_media")
    assert capsys.readouterr().out == "1 pictures are as they were stored.\n"


def test_each_file_that_is_missing_or_changed_is_named(alice, media, capsys):
    first, second = completed(alice).images.get(), completed(alice, prompt="Another").images.get()
    path_of(first.pk, "png").unlink()
    path_of(second.pk, "png").write_bytes(b"other")
    with pytest.raises(CommandError, match="2 of 2 pictures"):
        call_command("verify_media")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[1].split(" (")[0] for line in lines] == ["missing", "other bytes"]
    assert str(first.pk) in lines[0]
    assert str(second.job_id) in lines[1]


@pytest.mark.parametrize(("days", "is_purged"), [(29, True), (31, False), (31, True)])
def test_what_cannot_come_back_needs_no_file(alice, media, days, is_purged):
    image = completed(alice).images.get()
    path_of(image.pk, "png").unlink()
    now = timezone.now()
    Image.objects.update(deleted_at=now - timedelta(days=days), purged_at=now if is_purged else None)
    call_command("verify_media")


def test_what_was_deleted_and_can_come_back_must_be_there(alice, media):
    image = completed(alice).images.get()
    Image.objects.update(deleted_at=timezone.now() - timedelta(days=29))
    call_command("verify_media")
    path_of(image.pk, "png").unlink()
    with pytest.raises(CommandError, match="1 of 1 pictures"):
        call_command("verify_media")


def test_pictures_that_jobs_build_on_are_looked_at_too(alice, media, capsys):
    row = references.keep_picture(user=alice, image=completed(alice).images.get())
    call_command("verify_media")
    assert capsys.readouterr().out == "2 pictures are as they were stored.\n"
    path_of(row.file, row.format).unlink()
    with pytest.raises(CommandError, match="1 of 2 pictures"):
        call_command("verify_media")
    assert str(row.pk) in capsys.readouterr().out
