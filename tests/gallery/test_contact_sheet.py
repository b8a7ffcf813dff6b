"""The contact sheet of a zip: whole in itself, in the reader's language, honest, and small while it is made."""

import base64
import io
import re
import tracemalloc
import zipfile

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from studio.credits.services import grant
from studio.gallery import zips
from studio.gallery.contact_sheet import NAME, Frame, first_words, sheet
from studio.jobs.models import Image, Job
from studio.jobs.pictures import path_of
from studio.jobs.trash import delete_pictures
from tests.api.made import completed

pytestmark = pytest.mark.usefixtures("catalogue")


def sheet_of(data: bytes) -> str:
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    return archive.read(NAME).decode()


def ask(client, *images, language="en"):
    sent = {"picture": [image.pk for image in images]}
    return client.post(reverse("gallery:download"), sent, headers={"Accept-Language": language})


def places(text: str) -> list[str]:
    return re.findall("<li>(.*?)</li>", text, re.DOTALL)


def test_each_picture_stands_in_it_whole_with_number_name_and_words(client, alice):
    client.force_login(alice)
    one, two = (completed(alice, prompt=f"A fox, {word}", copies=True).images.get() for word in ("first", "second"))
    text = sheet_of(ask(client, two, one).getvalue())
    first, second = places(text)
    assert 'href="001-A-fox-second-1.png"' in first
    assert "<b>001</b>-A-fox-second-1.png" in first
    assert '<p class="words" dir="auto">A fox, second</p>' in first
    assert 'href="002-A-fox-first-1.png"' in second
    data = base64.b64decode(re.search('data:image/webp;base64,([^"]+)', first)[1])
    assert data == path_of(two.pk, "small.webp").read_bytes()
    assert 'width="60" height="40"' in first
    assert "2 pictures" in text
    assert not re.search(r"https?://|<script|src=\"(?!data:)", text)  # nothing is fetched, from nowhere


@pytest.mark.parametrize(
    ("language", "prompt", "words"),
    [("ja", "紙の傘、雨のなか", "コンタクトシート"), ("ko", "종이 우산, 비 속에서", "밀착 인화")],
)
def test_it_speaks_the_readers_language_and_keeps_every_script(client, alice, language, prompt, words):
    client.force_login(alice)
    text = sheet_of(
        ask(client, completed(alice, prompt=prompt, copies=True).images.get(), language=language).getvalue()
    )
    assert f'<html lang="{language}">' in text
    assert prompt in text
    assert words in text


def test_what_vanished_meanwhile_has_an_empty_frame_without_words(client, alice, bob):
    client.force_login(bob)
    images = [completed(alice, prompt=f"Fox {n}", visibility="team", copies=True).images.get() for n in range(4)]
    answer = ask(client, *images)
    parts = iter(answer)
    sent = next(parts)
    delete_pictures(user=alice, ids=[images[1].pk])
    Job.objects.filter(pk=images[2].job_id).update(visibility="link")
    path_of(images[3].pk, "png").unlink()
    first, deleted, closed, missing = places(sheet_of(sent + b"".join(parts)))
    assert "Fox 0" in first
    for place, number in ((deleted, 2), (closed, 3)):
        assert "Deleted or closed meanwhile" in place
        assert f"<b>00{number}</b>" in place
        assert "Fox" not in place
        assert "<img" not in place
    assert "The file is missing" in missing


def test_a_picture_whose_copies_are_not_made_yet_or_gone_leaves_a_frame(client, alice):
    client.force_login(alice)
    early, late = completed(alice).images.get(), completed(alice, copies=True).images.get()
    assert "No small copy was made yet" in sheet_of(ask(client, early).getvalue())
    frame = Frame(1, "a.png", "words", 60, 40, small=path_of(late.pk, "small.webp"))
    path_of(late.pk, "small.webp").unlink()  # after the zip looked
    assert places(b"".join(sheet([frame], number=1, language="en")).decode()) == [
        '<a class="frame" href="a.png"></a><p class="name"><b>001</b>a.png</p><p class="words" dir="auto">words</p>'
    ]


def test_words_are_words_and_never_markup(client, alice):
    client.force_login(alice)
    prompt = '"><script>alert(1)</script>&{{ x }}'
    text = sheet_of(ask(client, completed(alice, prompt=prompt, copies=True).images.get()).getvalue())
    assert "<script>" not in text
    assert escape(prompt) in text


def test_the_beginning_of_a_long_prompt_is_one_line():
    assert first_words("a\n  b\tc") == "a b c"
    assert len(first_words("漢" * 5000)) == 140


def test_five_hundred_pictures_need_no_more_memory_than_a_few(alice, media):
    grant(user=alice, amount=100, reason="for the test", actor=None)
    job = completed(alice, prompt="words " * 600, copies=True)
    one = job.images.get()
    path_of(one.pk, "small.webp").write_bytes(b"x" * 300_000)
    now = timezone.now()
    rows = [
        Image(job=job, index=n, format="png", width=60, height=40, size=one.size, sha256="0", copies_made_at=now)
        for n in range(2, 501)
    ]
    Image.objects.bulk_create(rows)
    for row in rows:
        for suffix in ("png", "small.webp"):
            path_of(row.pk, suffix).parent.mkdir(parents=True, exist_ok=True)
            path_of(row.pk, suffix).hardlink_to(path_of(one.pk, suffix))
    images = zips.pictures_for(alice, [one.pk, *(row.pk for row in rows)])
    total = 0
    tracemalloc.start()
    for part in zips.stream(alice, images, language="en"):
        total += len(part)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert total > 500 * 400_000  # the small copies alone, as base64
    assert peak < 8 * 1024 * 1024
