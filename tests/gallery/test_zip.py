"""The zip of a selection: whole, original, named, and honest about what is missing."""

import csv
import io
import zipfile

import pytest
from django.urls import reverse

from studio.core.models import AuditEvent
from studio.gallery import zips
from studio.gallery.contact_sheet import NAME as SHEET
from studio.jobs.pictures import path_of
from studio.jobs.trash import delete_pictures
from tests.api.made import completed

pytestmark = pytest.mark.usefixtures("catalogue")


def opened(answer):
    archive = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    assert archive.testzip() is None
    rows = list(csv.DictReader(io.StringIO(archive.read("manifest.csv").decode("utf-8-sig"))))
    return archive, rows


def ask(client, *images):
    return client.post(reverse("gallery:download"), {"picture": [image.pk for image in images]})


def test_a_zip_holds_the_original_bytes_in_the_order_of_the_selection(client, alice):
    client.force_login(alice)
    one, two = (completed(alice, prompt=f"A fox, {word}").images.get() for word in ("first", "second"))
    answer = ask(client, two, one)
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"].startswith('attachment; filename="northlight-')
    assert answer["Cache-Control"] == "private, no-store"
    archive, rows = opened(answer)
    assert archive.namelist() == ["001-A-fox-second-1.png", "002-A-fox-first-1.png", SHEET, "manifest.csv"]
    assert archive.read("001-A-fox-second-1.png") == path_of(two.pk, "png").read_bytes()
    assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
    assert [row["picture"] for row in rows] == archive.namelist()[:2]
    assert rows[0] | {"made_at": ""} == {
        "picture": "001-A-fox-second-1.png",
        "job": str(two.job_id),
        "prompt": "A fox, second",
        "model": "dall-e-3",
        "provider": two.job.provider,
        "seed": "",
        "width": "60",
        "height": "40",
        "bytes": str(two.size),
        "sha256": two.sha256,
        "made_by": "alice",
        "made_at": "",
        "credits": "21",
        "note": "",
    }
    assert AuditEvent.objects.get(name="pictures.exported").data == {"number": 2}


def test_a_zip_has_what_one_may_see_and_no_money_of_others(client, alice, bob):
    client.force_login(bob)
    secret, shared = completed(alice).images.get(), completed(alice, visibility="team").images.get()
    _archive, rows = opened(ask(client, secret, shared))
    assert [(row["job"], row["credits"]) for row in rows] == [(str(shared.job_id), "")]
    assert ask(client, secret).url == reverse("gallery:gallery")


def test_a_missing_file_is_named_and_the_zip_is_whole(client, alice):
    client.force_login(alice)
    images = [completed(alice, prompt=f"Fox {number}").images.get() for number in range(4)]
    path_of(images[1].pk, "png").unlink()
    path_of(images[2].pk, "png").write_bytes(b"half")
    archive, rows = opened(ask(client, *images))
    assert [row["note"] for row in rows] == ["", "missing", "incomplete", ""]
    assert archive.namelist() == ["001-Fox-0-1.png", "003-Fox-2-1.png", "004-Fox-3-1.png", SHEET, "manifest.csv"]
    assert rows[1]["picture"] == ""


def test_what_is_deleted_or_closed_while_the_zip_travels_is_left_out_and_named(client, alice, bob):
    client.force_login(bob)
    images = [completed(alice, prompt=f"Fox {n}", visibility="team").images.get() for n in range(3)]
    answer = ask(client, *images)
    parts = iter(answer)
    sent = next(parts)
    delete_pictures(user=alice, ids=[images[1].pk])
    type(images[2].job).objects.filter(pk=images[2].job_id).update(visibility="me")
    archive = zipfile.ZipFile(io.BytesIO(sent + b"".join(parts)))
    assert archive.testzip() is None
    assert archive.namelist() == ["001-Fox-0-1.png", SHEET, "manifest.csv"]
    table = archive.read("manifest.csv").decode()
    assert table.count("deleted or closed meanwhile") == 2
    assert [f"Fox {n}" in table for n in range(3)] == [True, False, False]


@pytest.mark.parametrize(
    "prompt", ["=1+1", "+SUM(A1)", "-2", "@cmd", "＝1+1", "－2", '=HYPERLINK("http://evil.example")']
)
def test_no_cell_of_the_table_is_a_formula(client, alice, prompt):
    client.force_login(alice)
    _archive, rows = opened(ask(client, completed(alice, prompt=prompt).images.get()))
    assert rows[0]["prompt"] == f"'{prompt}"


@pytest.mark.parametrize("prompt", ["../../etc/passwd", "C:\\windows\\system32", "狐と 山", "///", "CON"])
def test_names_in_the_zip_are_safe_on_every_disk(client, alice, prompt):
    client.force_login(alice)
    image = completed(alice, prompt=prompt).images.get()
    archive, _rows = opened(ask(client, image, image))
    (name, _sheet, _table) = archive.namelist()
    assert name.startswith("001-")
    assert not set(name) & set('/\\:*?"<>|\0')
    assert ".." not in name


def test_more_than_one_zip_carries_is_refused_with_a_sentence(client, alice, monkeypatch):
    client.force_login(alice)
    image = completed(alice).images.get()
    monkeypatch.setattr(zips, "MOST_BYTES", image.size - 1)
    page = client.post(reverse("gallery:download"), {"picture": image.pk}, follow=True).text
    assert "One zip carries" in page
    assert not AuditEvent.objects.filter(name="pictures.exported").exists()
