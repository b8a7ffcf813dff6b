"""Pictures to build on: which bytes are kept, for whom, and for how long."""

import hashlib
import io
import struct
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image as Pillow
from pytest_django import Settings

from studio.accounts.models import User
from studio.core.logs import redact
from studio.jobs import references, sweep
from studio.jobs.errors import BadReference
from studio.jobs.models import Image, JobReference, Reference
from studio.jobs.pictures import path_of
from studio.jobs.reference_files import MAX_BYTES, new_draft
from studio.jobs.reference_links import linked_file, reference_url
from tests.api.made import completed, stored, submitted
from tests.jobs.test_pictures import draw, huge_png

pytestmark = pytest.mark.usefixtures("catalogue")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Settings) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def keep(user: User, data: bytes) -> Reference:
    draft = new_draft()
    draft.write_bytes(data)
    return references.keep_upload(user=user, draft=draft, sha256=hashlib.sha256(data).hexdigest())


def files(media: Path) -> list[str]:
    return sorted(path.name for path in media.rglob("*") if path.is_file()) if media.exists() else []


@pytest.mark.parametrize(("kind", "extension"), [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp")])
def test_a_picture_is_kept_as_it_came_with_a_small_copy(alice: User, media: Path, kind: str, extension: str) -> None:
    data = draw(kind, (500, 400))
    row = keep(alice, data)
    assert row.file is not None
    assert path_of(row.file, extension).read_bytes() == data
    assert (row.format, row.width, row.height, row.size) == (extension, 500, 400, len(data))
    with Pillow.open(path_of(row.file, "small.webp")) as small:
        assert small.size == (320, 256)
    assert len(files(media)) == 2


def a_whole_page(data: bytes) -> bytes:
    return data + b"<html><script>alert(1)</script></html>"


def with_broken_pixels() -> bytes:
    data = bytearray(draw("PNG", (200, 200)))
    data[200:1200] = bytes(1000)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "reference_empty"),
        (SVG, "reference_not_a_picture"),
        (b"<html><body>hello</body></html>", "reference_not_a_picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "reference_not_a_picture"),
        (draw("GIF"), "reference_not_a_picture"),
        (a_whole_page(draw("PNG")), "reference_truncated"),
        (draw("PNG")[:-30], "reference_truncated"),
        (with_broken_pixels(), "reference_not_a_picture"),
        (huge_png(13_000), "reference_too_large"),
        (draw("PNG")[:-12] + struct.pack(">I", 0) + b"IEND" + bytes(4) + bytes(MAX_BYTES), "reference_too_large"),
    ],
    ids=["empty", "svg", "html", "eps", "gif", "png-with-page", "cut", "broken", "bomb", "25mb"],
)
def test_nothing_else_is_kept_and_nothing_is_left_of_it(alice: User, media: Path, data: bytes, why: str) -> None:
    with pytest.raises(BadReference) as caught:
        keep(alice, data)
    if why in ("reference_truncated", "reference_not_a_picture"):  # which of the two is a matter of where it was cut
        assert caught.value.code in ("reference_truncated", "reference_not_a_picture")
    else:
        assert caught.value.code == why
    assert files(media) == []
    assert not Reference.objects.exists()


def two_in_one() -> bytes:
    """What many telephones call a JPEG: a photograph, and a second one behind it."""
    buffer = io.BytesIO()
    first, second = Pillow.new("RGB", (400, 200), "red"), Pillow.new("RGB", (40, 20), "blue")
    first.save(buffer, "MPO", save_all=True, append_images=[second], exif=turned())
    return buffer.getvalue()


def turned() -> Pillow.Exif:
    exif = Pillow.Exif()
    exif[0x0112] = 6  # by a quarter
    exif[0x010E] = "planted words"
    return exif


@pytest.mark.parametrize("make", [two_in_one, lambda: a_whole_page(draw("JPEG", (200, 400)))], ids=["two", "page"])
def test_of_a_photograph_with_more_inside_only_the_photograph_is_kept(alice: User, make: Callable[[], bytes]) -> None:
    row = keep(alice, make())
    assert row.file is not None
    kept = path_of(row.file, "jpg").read_bytes()
    assert (row.format, row.width, row.height) == ("jpg", 200, 400)
    assert (row.size, row.sha256) == (len(kept), hashlib.sha256(kept).hexdigest())
    assert b"script" not in kept
    assert b"planted" not in kept
    with Pillow.open(path_of(row.file, "jpg")) as image:
        assert (image.format, getattr(image, "n_frames", 1)) == ("JPEG", 1)


def test_the_same_bytes_again_are_the_same_reference_of_that_person_alone(alice: User, bob: User, media: Path) -> None:
    data = draw()
    first, again, other = keep(alice, data), keep(alice, data), keep(bob, data)
    assert first.pk == again.pk != other.pk
    assert len(files(media)) == 4


def test_a_photograph_lies_in_its_small_copy_as_people_see_it(alice: User) -> None:
    buffer = io.BytesIO()
    Pillow.new("RGB", (400, 200), "red").save(buffer, "JPEG", exif=turned())
    row = keep(alice, buffer.getvalue())
    assert row.file is not None
    with Pillow.open(path_of(row.file, "small.webp")) as small:
        assert small.size == (160, 320)


def test_a_picture_of_the_studio_is_kept_beyond_its_own_end(alice: User) -> None:
    image = completed(alice, copies=True).images.get()
    row = references.keep_picture(user=alice, image=image)
    assert (row.source, row.image) == ("picture", image)
    path_of(image.pk, image.format).unlink()
    assert row.file is not None
    assert hashlib.sha256(path_of(row.file, row.format).read_bytes()).hexdigest() == image.sha256
    assert references.keep_picture(user=alice, image=image).pk == row.pk


# --- who sees it ---


@pytest.fixture
def row(alice: User) -> Reference:
    return keep(alice, draw("JPEG"))


def test_its_owner_sees_it_and_a_stranger_gets_what_is_not_there(
    client: Client, alice: User, bob: User, row: Reference
) -> None:
    small, original = f"/references/{row.pk}/small", f"/references/{row.pk}/original"
    assert client.get(small).status_code == 302
    client.force_login(bob)
    assert client.get(small).status_code == client.get(original).status_code == 404
    client.force_login(alice)
    shown = client.get(small)
    assert shown.headers["Content-Type"] == "image/webp"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    whole = client.get(original)
    assert whole.headers["Content-Type"] == "image/jpeg"
    assert whole.headers["Content-Disposition"] == 'attachment; filename="reference.jpg"'
    assert client.get(f"/references/{row.pk}/large").status_code == 404


def test_whoever_may_see_the_job_may_see_what_it_used(client: Client, alice: User, bob: User, row: Reference) -> None:
    job = submitted(alice)
    JobReference.objects.create(job=job, reference=row)
    client.force_login(bob)
    assert client.get(f"/references/{row.pk}/small").status_code == 404
    job.visibility = "team"
    job.save(update_fields=["visibility"])
    assert client.get(f"/references/{row.pk}/small").status_code == 200


def local(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def test_a_link_gives_the_bytes_to_whoever_holds_it_until_it_ends(client: Client, row: Reference) -> None:
    link = local(reference_url(row, until=timezone.now() + timedelta(minutes=1)))
    got = client.get(link)
    assert hashlib.sha256(b"".join(got.streaming_content)).hexdigest() == row.sha256  # type: ignore[attr-defined]
    assert got.headers["X-Robots-Tag"] == "noindex"
    assert client.get(link[:-2] + "xx").status_code == 404
    assert client.get(link.replace("e=", "e=9")).status_code == 404
    old = local(reference_url(row, until=timezone.now() - timedelta(minutes=1)))
    assert client.get(old).status_code == 410
    assert "s=[redacted]" in redact(link)
    User.objects.update(is_active=False)
    assert client.get(link).status_code == 404


def test_a_link_to_a_reference_opens_no_picture_even_of_the_same_id(
    client: Client, alice: User, row: Reference
) -> None:
    link = local(reference_url(row, until=timezone.now() + timedelta(minutes=1)))
    image = stored(submitted(alice))
    old, new = path_of(image.pk, image.format), path_of(row.pk, image.format)
    new.parent.mkdir(exist_ok=True)
    old.replace(new)
    Image.objects.filter(pk=image.pk).update(id=row.pk)
    assert client.get(link).status_code == 200
    assert client.get(link.replace("/files/reference/", "/files/")).status_code == 404
    Image.objects.filter(pk=row.pk).update(id=image.pk)  # whatever else names the picture finds it again


def test_a_link_of_ours_is_known_without_a_fetch(row: Reference, settings: Settings) -> None:
    link = reference_url(row, until=timezone.now() + timedelta(minutes=1))
    assert linked_file(link) == row
    assert linked_file(link.replace("127.0.0.1", "127.0.0.2")) is None
    assert linked_file(link[:-1]) is None
    assert linked_file(f"{settings.STUDIO_BASE_URL}/files/x") is None


# --- how long it stays ---


def later(hours: float) -> None:
    Reference.objects.update(wanted_at=timezone.now() - timedelta(hours=hours))


def test_what_no_job_used_is_forgotten_after_a_day_and_its_file_goes_after(
    alice: User, media: Path, row: Reference
) -> None:
    used = keep(alice, draw("PNG"))
    JobReference.objects.create(job=submitted(alice), reference=used)
    later(hours=23)
    assert references.forget_unused() == 0
    later(hours=25)
    assert references.forget_unused() == 1
    assert list(Reference.objects.all()) == [used]
    assert sweep.remove_orphans(older_than=0) == 2
    assert files(media) == sorted([f"{used.file}.png", f"{used.file}.small.webp"])


def test_what_is_wanted_again_stays_another_day(alice: User) -> None:
    data = draw()
    row = keep(alice, data)
    later(hours=25)
    assert keep(alice, data).pk == row.pk
    assert references.forget_unused() == 0
