"""Marks of pictures: the provider's own are found, ours are written into a copy, the original stays as it came."""

import hashlib
import io
import struct
import uuid
import zlib
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.management import CommandError, call_command
from PIL import Image as Pillow
from PIL.PngImagePlugin import PngInfo
from pytest_django import Settings

from studio.accounts.models import User
from studio.jobs import provenance, sweep
from studio.jobs.containers import MOST_XMP_IN_JPEG
from studio.jobs.models import Image, Job
from studio.jobs.pictures import path_of
from studio.jobs.provenance import GENERATED, Origin, find_mark, write_copy
from tests.jobs.states import completed, queued, touch

NASTY = 'a <fox> & "bear" \0\x0b\ud800 ]]> 狐と熊 🦊 </rdf:li>\r\nsecond line'
ORIGIN = Origin("6d2c4f0e-0000-4000-8000-000000000001", NASTY, "DALL·E 3")
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
EXT = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"
DC = "{http://purl.org/dc/elements/1.1/}"
KINDS = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}
ENDS_WITH_AI = (
    b'<x xmlns:e="e" e:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"/>'
)


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Settings) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def draw(extension: str, mode: str = "RGB", **options: Any) -> bytes:
    buffer = io.BytesIO()
    noise = Pillow.effect_noise((41, 30), 60)
    picture = noise.convert(mode)
    if mode == "RGBA":
        picture.putalpha(noise)
    picture.save(buffer, KINDS[extension], **options)
    return buffer.getvalue()


def keep(extension: str, data: bytes) -> uuid.UUID:
    image_id = uuid.uuid4()
    path = path_of(image_id, extension)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return image_id


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def with_png_chunk(name: bytes, data: bytes) -> bytes:
    whole = draw("png")
    return whole[:33] + chunk(name, data) + whole[33:]


def with_segment(kind: int, data: bytes) -> bytes:
    whole = draw("jpg")
    return whole[:2] + struct.pack(">BBH", 0xFF, kind, len(data) + 2) + data + whole[2:]


def with_webp_chunk(name: bytes, data: bytes) -> bytes:
    body = draw("webp")[8:] + name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) & 1)
    return b"RIFF" + struct.pack("<I", len(body)) + body


JUMBF = b"JP\0\1\0\0\0\1\0\0\0\x40jumb\0\0\0\x26jumdc2pa\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71\3c2pa\0"
XMP_SEGMENT = b"http://ns.adobe.com/xap/1.0/\0"
MARKS = {
    "png c2pa": ("png", lambda: with_png_chunk(b"caBX", JUMBF), "c2pa"),
    "png xmp": ("png", lambda: with_png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + ENDS_WITH_AI), "xmp"),
    "png packed xmp": (
        "png",
        lambda: with_png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(ENDS_WITH_AI)),
        "xmp",
    ),
    "png xmp of a photo": ("png", lambda: with_png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x/>"), "none"),
    "png": ("png", lambda: draw("png"), "none"),
    "jpg c2pa": ("jpg", lambda: with_segment(0xEB, JUMBF), "c2pa"),
    "jpg jumbf of something else": ("jpg", lambda: with_segment(0xEB, JUMBF.replace(b"c2pa", b"abcd")), "none"),
    "jpg xmp": ("jpg", lambda: with_segment(0xE1, XMP_SEGMENT + ENDS_WITH_AI), "xmp"),
    "jpg": ("jpg", lambda: draw("jpg"), "none"),
    "webp c2pa": ("webp", lambda: with_webp_chunk(b"C2PA", JUMBF), "c2pa"),
    "webp xmp": ("webp", lambda: draw("webp", xmp=ENDS_WITH_AI), "xmp"),
    "webp": ("webp", lambda: draw("webp"), "none"),
    "broken": ("jpg", lambda: b"\xff\xd8\xff\xe1\0\0", "unread"),
    "nothing": ("png", lambda: b"", "unread"),
}


@pytest.mark.parametrize("name", MARKS)
def test_the_providers_own_mark_is_found(name: str) -> None:
    extension, data, mark = MARKS[name]
    assert find_mark(keep(extension, data()), extension) == mark


def test_a_file_that_is_gone_is_not_marked() -> None:
    assert find_mark(uuid.uuid4(), "png") == "unread"


ORIGINALS = {
    "png": ("png", lambda: draw("png")),
    "png transparent": ("png", lambda: draw("png", "RGBA")),
    "png with xmp": ("png", lambda: with_png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x/>")),
    "jpg": ("jpg", lambda: draw("jpg")),
    "jpg with exif, profile and xmp": (
        "jpg",
        lambda: draw("jpg", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0", icc_profile=b"p" * 200, xmp=b"<x/>"),
    ),
    "jpg progressive": ("jpg", lambda: draw("jpg", progressive=True)),
    "webp": ("webp", lambda: draw("webp")),
    "webp lossless": ("webp", lambda: draw("webp", lossless=True)),
    "webp lossless transparent": ("webp", lambda: draw("webp", "RGBA", lossless=True)),
    "webp transparent": ("webp", lambda: draw("webp", "RGBA")),
    "webp with all": (
        "webp",
        lambda: draw("webp", xmp=b"<x/>", icc_profile=b"p" * 201, exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"),
    ),
}


def xmp_of(extension: str, data: bytes) -> ElementTree.Element:
    with Pillow.open(io.BytesIO(data)) as picture:
        picture.load()
        found = picture.info["XML:com.adobe.xmp" if extension == "png" else "xmp"]
    return ElementTree.fromstring(found if isinstance(found, str) else found.decode())


@pytest.mark.parametrize("name", ORIGINALS)
def test_a_marked_copy_has_the_same_pixels_and_says_what_it_is(name: str) -> None:
    extension, make = ORIGINALS[name]
    original = make()
    image_id = keep(extension, original)
    digest = write_copy(image_id, extension, (41, 30), ORIGIN)
    data = path_of(image_id, f"marked.{extension}").read_bytes()
    assert digest == hashlib.sha256(data).hexdigest()
    assert path_of(image_id, extension).read_bytes() == original
    with Pillow.open(io.BytesIO(original)) as before, Pillow.open(io.BytesIO(data)) as after:
        assert (before.mode, before.size, before.tobytes()) == (after.mode, after.size, after.tobytes())
        assert before.info.get("icc_profile") == after.info.get("icc_profile")
        assert before.info.get("exif") == after.info.get("exif")
    text = xmp_of(extension, data)
    shown = NASTY.translate({0: "\ufffd", 0x0B: "\ufffd", 0xD800: "\ufffd"})
    assert text.findtext(f".//{EXT}DigitalSourceType") == GENERATED
    assert text.findtext(f".//{EXT}AIPromptInformation") == shown
    assert text.findtext(f".//{DC}description/{RDF}Alt/{RDF}li") == shown
    assert text.findtext(f".//{EXT}AISystemUsed") == "DALL·E 3"
    assert text.findtext(f".//{DC}subject/{RDF}Bag/{RDF}li") == "AI-generated"
    assert text.findtext(f".//{DC}identifier") == f"urn:uuid:{ORIGIN.job_id}"
    assert find_mark_of(extension, data) == "xmp"
    assert data.count(b"W5M0MpCehiHzreSzNTczkc9d") == 1


@pytest.mark.parametrize(("mode", "flags"), [("RGB", 0x04), ("RGBA", 0x14)])
def test_a_lossless_webp_keeps_saying_whether_it_is_transparent(mode: str, flags: int) -> None:
    image_id = keep("webp", draw("webp", mode, lossless=True))
    write_copy(image_id, "webp", (41, 30), ORIGIN)
    data = path_of(image_id, "marked.webp").read_bytes()
    assert (data[12:16], data[20]) == (b"VP8X", flags)


def find_mark_of(extension: str, data: bytes) -> str:
    return find_mark(keep(extension, data), extension)


def test_a_png_says_it_in_its_text_chunks_too() -> None:
    image_id = keep("png", draw("png", pnginfo=_info()))
    write_copy(image_id, "png", (41, 30), ORIGIN)
    with Pillow.open(path_of(image_id, "marked.png")) as picture:
        picture.load()
        assert picture.text["Comment"] == "AI-generated"  # type: ignore[attr-defined]
        assert picture.text["Job"] == ORIGIN.job_id  # type: ignore[attr-defined]
        assert picture.text["Description"].startswith('a <fox> & "bear" ')  # type: ignore[attr-defined]
        assert picture.text["Vendor"] == "kept"  # type: ignore[attr-defined]


def _info() -> PngInfo:
    info = PngInfo()
    info.add_text("Vendor", "kept")
    return info


@pytest.mark.parametrize("prompt", ["狐" * 40_000, "&" * 40_000])
def test_a_prompt_too_long_for_a_segment_is_cut(prompt: str) -> None:
    image_id = keep("jpg", draw("jpg"))
    write_copy(image_id, "jpg", (41, 30), Origin("job", prompt, "A model"))
    words = xmp_of("jpg", path_of(image_id, "marked.jpg").read_bytes()).findtext(f".//{EXT}AIPromptInformation") or ""
    assert words.endswith(f"{prompt[0]}…")
    assert len(words) > 1000
    assert len(provenance.xmp_packet(Origin("job", prompt, "A model"), most=MOST_XMP_IN_JPEG)) <= MOST_XMP_IN_JPEG


class Engine:
    """What marking needs of an engine, done at once."""

    def __init__(self) -> None:
        self.copies = self.records = SimpleNamespace(submit=lambda function, *args: function(*args), unfinished=0)


def picture_of(user: User, data: bytes, extension: str = "png") -> Image:
    image = completed(queued(user, "a blue kettle")).images.get()
    path = path_of(image.pk, extension)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    old = image.created_at - timedelta(hours=7)
    Image.objects.filter(pk=image.pk).update(sha256=digest, created_at=old, format=extension)
    image.refresh_from_db()
    return image


def test_the_sweep_marks_what_nobody_looked_at_yet_and_each_once(catalogue: None, alice: User) -> None:
    bare, signed = picture_of(alice, draw("png")), picture_of(alice, with_png_chunk(b"caBX", JUMBF))
    gone = picture_of(alice, draw("png"))
    path_of(gone.pk, "png").unlink()
    provenance.mark_forgotten(Engine())  # type: ignore[arg-type]
    for image in (bare, signed, gone):
        image.refresh_from_db()
    assert (bare.provider_mark, signed.provider_mark, gone.provider_mark) == ("none", "c2pa", "unread")
    assert bare.marked_sha256
    assert (signed.marked_sha256, gone.marked_sha256) == ("", "")
    path_of(bare.pk, "marked.png").unlink()
    provenance.mark_forgotten(Engine())  # type: ignore[arg-type]
    assert not path_of(bare.pk, "marked.png").exists()


def test_the_sweep_looks_at_a_few_at_a_time(catalogue: None, alice: User) -> None:
    for _number in range(3):
        picture_of(alice, draw("png"))
    provenance.mark_forgotten(Engine(), most=2)  # type: ignore[arg-type]
    assert Image.objects.filter(provider_mark="").count() == 1


def test_marked_copies_are_verified_and_are_no_orphans(
    catalogue: None, alice: User, capsys: pytest.CaptureFixture[str]
) -> None:
    image = picture_of(alice, draw("png"))
    provenance.mark_forgotten(Engine())  # type: ignore[arg-type]
    sweep.remove_orphans(older_than=-1)
    call_command("verify_media")
    path_of(image.pk, "marked.png").write_bytes(b"other")
    with pytest.raises(CommandError):
        call_command("verify_media")
    assert "marked copy, job" in capsys.readouterr().out


def url(image: Image, variant: str = "marked") -> str:
    return f"/jobs/{image.job_id}/pictures/{image.pk}/{variant}"


@pytest.mark.parametrize(("visibility", "status"), [("me", 404), ("link", 404), ("team", 200), ("public", 200)])
def test_the_marked_copy_is_for_those_who_may_see_the_prompt(
    client: Any, catalogue: None, alice: User, bob: User, visibility: str, status: int
) -> None:
    image = picture_of(alice, draw("png"))
    provenance.mark_forgotten(Engine())  # type: ignore[arg-type]
    touch(Job.objects.get(pk=image.job_id), visibility=visibility)
    client.force_login(bob)
    assert client.get(url(image)).status_code == status
    client.force_login(alice)
    answer = client.get(url(image))
    assert b"".join(answer.streaming_content) == path_of(image.pk, "marked.png").read_bytes()
    assert answer["Content-Disposition"] == 'attachment; filename="a-blue-kettle-1-marked.png"'


def test_the_page_tells_of_the_mark_and_offers_the_copy_where_there_is_one(
    client: Any, catalogue: None, alice: User
) -> None:
    bare, signed = picture_of(alice, draw("png")), picture_of(alice, with_png_chunk(b"caBX", JUMBF))
    client.force_login(alice)
    assert client.get(url(bare)).status_code == 404
    provenance.mark_forgotten(Engine())  # type: ignore[arg-type]
    assert url(bare) in client.get(f"/jobs/{bare.job_id}/").text
    page = client.get(f"/jobs/{signed.job_id}/").text
    assert "Content Credentials (C2PA)" in page
    assert url(signed) not in page
