"""Which bytes are kept as a picture, and how."""

import io
import resource
import struct
import uuid
import zlib
from pathlib import Path

import pytest
from PIL import Image as Pillow
from pytest_django import Settings

from studio.jobs import pictures
from studio.jobs.pictures import BadPicture, inspect, make_copies, path_of, receive
from studio.providers.base import Picture


def draw(kind: str = "PNG", size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    buffer = io.BytesIO()
    Pillow.effect_noise(size, 60).convert("RGB").save(buffer, kind, **options)
    return buffer.getvalue()


def look(data: bytes) -> tuple[str, int, int]:
    return inspect(io.BytesIO(data), len(data))


def huge_png(side: int) -> bytes:
    """A small file that declares a large picture: all zeros, well compressed."""
    packer = zlib.compressobj(9)
    row = b"\0" * (side // 8 + 1)
    body = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Settings) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.mark.parametrize(("kind", "extension"), [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp")])
def test_the_three_kinds_of_picture_are_known_by_their_bytes(kind: str, extension: str) -> None:
    assert look(draw(kind)) == (extension, 40, 30)


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "BMP", "PDF", "EPS", "ICO"])
def test_other_kinds_are_refused_whatever_their_name(kind: str) -> None:
    with pytest.raises(BadPicture, match="not_a_picture"):
        look(draw(kind))


@pytest.mark.parametrize(
    "data", [b"", b"<html></html>", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"{}", b"\x89PNG"]
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(BadPicture, match="not_a_picture|truncated"):
        look(data)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_truncated_picture_is_refused(kind: str) -> None:
    data = draw(kind, (200, 200))
    with pytest.raises(BadPicture, match="truncated|not_a_picture"):
        look(data[: len(data) * 2 // 3])


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_with_a_second_file_behind_it_is_refused(kind: str) -> None:
    with pytest.raises(BadPicture):
        look(draw(kind) + b"<script>alert(1)</script>")


def test_an_animated_picture_is_refused() -> None:
    buffer = io.BytesIO()
    frames = [Pillow.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    frames[0].save(buffer, "WEBP", save_all=True, append_images=frames[1:])
    with pytest.raises(BadPicture, match="not_a_picture"):
        look(buffer.getvalue())


def test_a_bomb_is_refused_by_its_header_and_in_little_memory() -> None:
    data = huge_png(13_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(BadPicture, match="too_large"):
        look(data)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30_000  # KiB


def jpeg_of(scans: int) -> bytes:
    """A JPEG that goes over its pixels again and again, a few bytes each time."""
    data = draw("JPEG", progressive=True)
    own, last = data.count(b"\xff\xda"), data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * (scans - own) + data[-2:]


def test_a_jpeg_that_would_be_decoded_for_minutes_is_refused_before_it_is() -> None:
    for scans in (pictures.MAX_SCANS, pictures.MAX_SCANS + 1):
        image_id = uuid.uuid4()
        receive(Picture(data=jpeg_of(scans)), image_id=image_id, trusted=None, deadline=5)
        if scans == pictures.MAX_SCANS:
            make_copies(image_id, "jpg")
            continue
        with pytest.raises(BadPicture, match="not_a_picture"):
            make_copies(image_id, "jpg")


def test_what_looks_like_scans_in_the_metadata_of_a_jpeg_are_none() -> None:
    image_id = uuid.uuid4()
    data = draw("JPEG", exif=b"Exif\0\0" + b"\xff\xda" * 1000, quality=60)
    receive(Picture(data=data), image_id=image_id, trusted=None, deadline=5)
    make_copies(image_id, "jpg")


def test_what_looks_like_scans_in_a_film_behind_a_photograph_is_none(tmp_path: Path) -> None:
    path = tmp_path / "photograph"
    path.write_bytes(draw("JPEG") + b"\xff\xda\0\2" * (pictures.MAX_SCANS + 1))
    with pictures.decoded(path) as image:
        assert image.format == "JPEG"


def test_a_picture_wider_than_the_limit_is_refused() -> None:
    with pytest.raises(BadPicture, match="too_large"):
        look(draw("PNG", (pictures.MAX_SIDE + 1, 2)))


def test_the_original_is_stored_byte_for_byte_under_a_name_of_ours(media: Path) -> None:
    data = draw("PNG")
    image_id = uuid.uuid4()
    stored = receive(Picture(data=data, seed=7), image_id=image_id, trusted=None, deadline=5)
    assert path_of(image_id, "png").read_bytes() == data
    assert (stored.width, stored.height, stored.size, stored.seed) == (40, 30, len(data), 7)
    assert [path.name for path in media.rglob("*") if path.is_file()] == [f"{image_id}.png"]


def test_what_is_refused_leaves_nothing_on_disk(media: Path) -> None:
    with pytest.raises(BadPicture):
        receive(Picture(data=b"<html>"), image_id=uuid.uuid4(), trusted=None, deadline=5)
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_copies_are_made_anew_from_the_pixels() -> None:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("prompt", "<script>a secret prompt</script>")
    image_id = uuid.uuid4()
    data = draw("PNG", (2400, 1200), pnginfo=info)
    receive(Picture(data=data), image_id=image_id, trusted=None, deadline=5)
    cells = make_copies(image_id, "png")
    assert len(bytes.fromhex(cells)) == 18
    for name, side in pictures.COPIES.items():
        copy = path_of(image_id, f"{name}.webp").read_bytes()
        assert b"script" not in copy
        assert max(Pillow.open(io.BytesIO(copy)).size) == side


def test_a_transparent_picture_stays_transparent_in_its_copies() -> None:
    buffer = io.BytesIO()
    Pillow.new("RGBA", (30, 30), (255, 0, 0, 0)).save(buffer, "PNG")
    image_id = uuid.uuid4()
    receive(Picture(data=buffer.getvalue()), image_id=image_id, trusted=None, deadline=5)
    make_copies(image_id, "png")
    assert Pillow.open(path_of(image_id, "small.webp")).mode == "RGBA"


def test_pixels_that_cannot_be_decoded_are_said_so() -> None:
    data = draw("PNG", (200, 200))
    broken = data[:100] + b"\0" * 2000 + data[2100:]
    image_id = uuid.uuid4()
    receive(Picture(data=broken), image_id=image_id, trusted=None, deadline=5)
    with pytest.raises(BadPicture):
        make_copies(image_id, "png")


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", "/etc/passwd", "a\0b", "%2e%2e%2f", "0" * 4000])
def test_no_name_leaves_the_media_folder(name: str) -> None:
    with pytest.raises(ValueError, match="badly formed"):
        path_of(name, "png")  # type: ignore[arg-type]
