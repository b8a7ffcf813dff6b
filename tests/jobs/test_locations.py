"""Where a photograph was taken is in nothing that is kept of it; all else that it says stays."""

import hashlib
import io
import struct
import warnings
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pillow
from PIL import PngImagePlugin
from pytest_django import Settings

from studio.accounts.models import User
from studio.jobs.locations import _blank, without_place
from studio.jobs.pictures import path_of
from tests.jobs.test_references import keep

MAKER, GPS = "A camera of somebody's", 0x8825
HOME = {1: "N", 2: (52.0, 31.0, 12.25), 3: "E", 4: (13.0, 24.0, 36.5), 29: "2026:11:22"}
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description exif:GPSLatitude="52,31.2N"/></x:xmpmeta>'
HEAD = b"MM\0*" + struct.pack(">I", 8)  # of Exif: the first directory is at 8
KINDS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}


def photograph(kind: str, *, place: bool = True, **options: object) -> bytes:
    """Turned by its Exif, with words of the camera and, by default, where it was taken."""
    exif = Pillow.Exif()
    exif[0x010F], exif[0x0112], exif[0x0132] = MAKER, 6, "2026:11:22 10:00:00"
    exif.get_ifd(0x8769)[0x9003] = "2026:11:22 10:00:00"
    if place:
        exif.get_ifd(GPS).update(HOME)
    buffer = io.BytesIO()
    Pillow.effect_noise((60, 40), 60).convert("RGB").save(buffer, kind, exif=exif, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", KINDS)
def test_the_place_is_gone_and_the_rest_stays(kind: str) -> None:
    data = photograph(kind, xmp=XMP) if kind != "PNG" else photograph(kind)
    assert Pillow.open(io.BytesIO(data)).getexif().get_ifd(GPS)
    kept = without_place(data, KINDS[kind])
    assert kept is not None
    assert len(kept) == len(data)
    seconds = [struct.pack(f"{order}II", 49, 4) for order in "<>"]  # of the latitude: 12.25
    assert any(each in data for each in seconds)
    assert not [each for each in seconds if each in kept]
    assert b"GPS" not in kept
    with Pillow.open(io.BytesIO(kept)) as image:
        exif = image.getexif()
        assert GPS not in exif
        assert not exif.get_ifd(GPS)
        assert (exif[0x010F], exif[0x0112], exif[0x0132]) == (MAKER, 6, "2026:11:22 10:00:00")
        assert exif.get_ifd(0x8769)[0x9003] == "2026:11:22 10:00:00"
        assert image.tobytes() == Pillow.open(io.BytesIO(data)).tobytes()
    assert without_place(kept, KINDS[kind]) is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_that_names_no_place_stays_byte_for_byte(kind: str) -> None:
    assert without_place(photograph(kind, place=False), KINDS[kind]) is None


@pytest.mark.parametrize("is_packed", [False, True])
@pytest.mark.parametrize(
    ("name", "text"),
    [("XML:com.adobe.xmp", XMP.decode()), ("Raw profile type exif", "\nexif\n  8\n4d4d"), ("exif:GPSLatitude", "52/1")],
)
def test_texts_of_a_png_that_name_a_place_are_blank(name: str, text: str, is_packed: bool) -> None:
    texts = PngImagePlugin.PngInfo()
    add = texts.add_itxt if name.startswith("XML") else texts.add_text
    add(name, text, zip=is_packed)
    texts.add_text("Description", "a fox")
    buffer = io.BytesIO()
    Pillow.new("RGB", (8, 8)).save(buffer, "PNG", pnginfo=texts)
    kept = without_place(buffer.getvalue(), "png")
    assert kept is not None
    with Pillow.open(io.BytesIO(kept)) as image:
        image.load()
        said = str(image.info.values())
        assert not [part for part in ("52", "GPS", "4d4d") if part in said]
        assert image.info["Description"] == "a fox"


@pytest.mark.parametrize(
    "words",
    [
        *("exif:GPSLongitude", "exif:GPSPosition", "exif:GPSDestLatitude", "exif:GPSMapDatum"),
        *("Iptc4xmpCore:Location", "Iptc4xmpCore:CountryCode", "Iptc4xmpExt:LocationCreated"),
        *("Iptc4xmpExt:LocationShown", "photoshop:City", "photoshop:State", "photoshop:Country"),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_every_word_of_xmp_for_a_place_makes_it_blank(kind: str, words: str) -> None:
    xmp = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description {words}="Berlin"/></x:xmpmeta>'.encode()
    kept = without_place(photograph(kind, place=False, xmp=xmp), KINDS[kind])
    assert kept is not None
    assert b"Berlin" not in kept
    plain = xmp.replace(words.encode(), b"dc:title")
    assert without_place(photograph(kind, place=False, xmp=plain), KINDS[kind]) is None


def test_the_city_that_an_editor_wrote_is_blank() -> None:
    said = b"".join(b"\x1c\x02" + bytes([tag, 0, len(text)]) + text for tag, text in [(5, b"A fox"), (90, b"Berlin")])
    segment = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(said)) + said
    data = photograph("JPEG", place=False)
    data = data[:2] + b"\xff\xed" + struct.pack(">H", 2 + len(segment)) + segment + data[2:]
    kept = without_place(data, "jpg")
    assert kept == data.replace(b"Berlin", b"      ")


@pytest.mark.parametrize("cut", [14, 20, 30, 60])
def test_exif_that_ends_too_early_or_leads_astray_harms_nothing(cut: int) -> None:
    whole = photograph("PNG")
    at = whole.index(b"eXIf")
    (size,) = struct.unpack(">I", whole[at - 4 : at])
    chunk = b"eXIf" + whole[at + 4 : at + 4 + cut]
    made = struct.pack(">I", cut) + chunk + struct.pack(">I", zlib.crc32(chunk))
    data = whole[: at - 4] + made + whole[at + 8 + size :]
    kept = without_place(data, "png")
    assert kept is None or len(kept) == len(data)


def directory(*entries: tuple[int, int, int, int]) -> bytes:
    return struct.pack(">H", len(entries)) + b"".join(struct.pack(">HHII", *each) for each in entries)


def with_exif(tiff: bytes) -> bytes:
    """A PNG that carries this Exif."""
    whole = photograph("PNG")
    at = whole.index(b"eXIf") - 4
    (size,) = struct.unpack_from(">I", whole, at)
    chunk = b"eXIf" + tiff
    made = struct.pack(">I", len(tiff)) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return whole[:at] + made + whole[at + 12 + size :]


def exif_of(data: bytes) -> Pillow.Exif:
    with warnings.catch_warnings(action="ignore"), Pillow.open(io.BytesIO(data)) as image:
        image.load()  # which looks at the checksums of all chunks
        exif = image.getexif()
        exif.get_ifd(GPS)
        return exif


@pytest.mark.parametrize("others", [1, 0x0101])
@pytest.mark.parametrize("size", [5, 4000])
@pytest.mark.parametrize("value", [0, 4, 8])
def test_values_that_lie_on_the_first_directory_leave_it_as_it_was(others: int, size: int, value: int) -> None:
    plain = [(0x0112, 3, 1, 6 << 16), *((0x1000 + number, 4, 1, 7) for number in range(others))]
    leads = 8 + 2 + 12 * (len(plain) + 1) + 4
    first = directory(*plain, (GPS, 4, 1, leads)) + bytes(4)
    data = with_exif(HEAD + first + directory((2, 1, size, value)) + bytes(4000))
    kept = without_place(data, "png")
    assert kept is not None
    assert len(kept) == len(data)
    assert {tag: exif_of(kept).get(tag) for tag in (0x0112, 0x1000, GPS)} == {0x0112: 6, 0x1000: 7, GPS: None}


@pytest.mark.parametrize("leads", [0, 8, 10, 20, 1 << 31], ids=lambda leads: f"to {leads}")
def test_a_directory_that_is_another_or_none_breaks_no_picture(leads: int) -> None:
    tiff = HEAD + directory((0x0112, 3, 1, 6 << 16), (GPS, 4, 1, leads)) + bytes(4)
    data = with_exif(tiff)
    kept = without_place(data, "png")
    assert kept is not None
    assert len(kept) == len(data)
    assert GPS not in exif_of(kept)


class Counted(bytearray):
    """Counts the bytes that are written into it."""

    written = 0

    def __setitem__(self, key: Any, value: Any) -> None:
        self.written += len(value)
        super().__setitem__(key, value)


def test_thousands_of_values_on_the_same_millions_of_bytes_are_written_once() -> None:
    many, size = 1000, 100_000
    tiff = Counted(directory(*[(2, 1, size, 2 + 12 * many)] * many) + b"a" * size)
    _blank(tiff, ">", 0)
    assert not any(tiff)
    assert tiff.written == len(tiff)


@pytest.mark.parametrize("said", [3, 9])
def test_a_directory_that_says_it_is_longer_than_it_is_is_blank_too(said: int) -> None:
    """Programs read as many of its entries as there are."""
    first = directory((GPS, 4, 1, 26)) + bytes(4)
    tiff = HEAD + first + struct.pack(">HHHII", said, 1, 2, 2, ord("N") << 24)
    data = with_exif(tiff)
    assert exif_of(data).get_ifd(GPS) == {1: "N"}
    kept = without_place(data, "png")
    assert kept is not None
    assert not exif_of(kept).get_ifd(GPS)


def test_what_stands_before_a_fault_of_the_file_is_blank() -> None:
    data = photograph("JPEG")
    at = data.index(b"\xff\xdb")  # the first table of the pixels
    astray = data[:at] + b"\0" + data[at:]
    assert Pillow.open(io.BytesIO(astray)).getexif().get_ifd(GPS)
    kept = without_place(astray, "jpg")
    assert kept is not None
    assert not Pillow.open(io.BytesIO(kept)).getexif().get_ifd(GPS)


@pytest.mark.django_db
def test_what_is_kept_to_build_on_names_no_place(alice: User, settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    data = photograph("JPEG")
    row = keep(alice, data)
    kept = path_of(row.file, "jpg").read_bytes()
    assert not Pillow.open(io.BytesIO(kept)).getexif().get_ifd(GPS)
    assert (row.size, row.sha256) == (len(kept), hashlib.sha256(kept).hexdigest())
    assert keep(alice, data) == row, "the same photograph again"
    assert not list(tmp_path.glob("draft-*"))
