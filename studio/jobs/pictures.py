"""Pictures on disk: checked by header and size, hashed, stored under names of ours, copied for the pages."""

import hashlib
import io
import os
import re
import threading
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from PIL import Image as Pillow

from studio.core.failpoints import failpoint
from studio.core.outbound import Origin, download
from studio.providers.base import Picture

MAX_BYTES = 50 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_SIDE = 16_384
# Pillow's name, our extension, the content type we serve it under: nothing else is a picture here.
FORMATS = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}
CONTENT_TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}
MAX_SCANS = 100  # passes over all pixels that a JPEG asks for; progressive ones have about ten
COPIES = {"large": 2048, "small": 800}  # longer side, px
EFFORT = 2  # of libwebp's 0 to 6: from 3 on it takes twice as long, for 1 to 5 % fewer bytes
# In a JPEG; 00 stands for a byte FF of pixels, D0 to D7 (restarts) stand between them without being their end.
_MARKER, _START_OF_SCAN, _END = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.S), 0xDA, 0xD9
_decoding = threading.Semaphore(1)  # one decoded picture in memory at a time


class BadPicture(Exception):
    """What came is not a picture we keep; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Stored:
    """A picture in its final place on disk, without a row yet."""

    id: uuid.UUID
    format: str
    width: int
    height: int
    size: int
    sha256: str
    seed: int | None
    revised_prompt: str


def path_of(image_id: uuid.UUID, suffix: str) -> Path:
    """Where the original (`png`, `jpg`, `webp`) or a copy (`large.webp`, `small.webp`) of a picture lies."""
    name = str(uuid.UUID(str(image_id)))
    return settings.MEDIA_ROOT / name[:2] / f"{name}.{suffix}"


def receive(picture: Picture, *, image_id: uuid.UUID, trusted: Origin | None, deadline: float) -> Stored:
    """Fetch one picture of a provider and put it in its place; durable when this returns.

    Raises BadPicture for bytes we do not keep and what `download` raises. Never touches the database.
    """
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    draft = settings.MEDIA_ROOT / f"draft-{image_id}-{uuid.uuid4().hex[:8]}"
    try:
        with draft.open("w+b") as file:
            if picture.data:
                file.write(picture.data)
                size, digest = len(picture.data), hashlib.sha256(picture.data).hexdigest()
            else:
                got = download(picture.url, trusted=trusted, to=file, max_bytes=MAX_BYTES, deadline=deadline)
                size, digest = got.size, got.sha256
            file.flush()
            extension, width, height = inspect(file, size)
            os.fsync(file.fileno())
        final = path_of(image_id, extension)
        final.parent.mkdir(exist_ok=True)
        failpoint("picture.before_rename")
        draft.replace(final)
        sync_folder(final.parent)
        failpoint("picture.after_rename")
    finally:
        draft.unlink(missing_ok=True)
    return Stored(image_id, extension, width, height, size, digest, picture.seed, picture.revised_prompt)


def hash_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def inspect(file: BinaryIO, size: int) -> tuple[str, int, int]:
    """(extension, width, height) of a whole, still picture of at most our limits, read from its header alone.

    Raises BadPicture: `too_large`, `not_a_picture` (wrong kind, animated, something behind the end), `truncated`.
    """
    if size > MAX_BYTES:
        raise BadPicture("too_large")
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Pillow.DecompressionBombWarning)  # our own limit below is stricter
            with Pillow.open(file, formats=list(FORMATS)) as image:
                extension, (width, height) = FORMATS[image.format or ""], image.size
                frames = getattr(image, "n_frames", 1)
    except Pillow.DecompressionBombError:
        raise BadPicture("too_large") from None
    except (OSError, ValueError, SyntaxError, KeyError, EOFError):
        raise BadPicture("not_a_picture") from None
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise BadPicture("too_large")
    if frames != 1:
        raise BadPicture("not_a_picture")
    _check_end(file, extension, size)
    return extension, width, height


def _check_end(file: BinaryIO, extension: str, size: int) -> None:
    """A picture ends where its format says: earlier is truncated, anything behind it is a second file in disguise."""
    file.seek(0)
    head = file.read(12)
    file.seek(max(0, size - 64))
    tail = file.read(64)
    if extension == "webp":
        declared = int.from_bytes(head[4:8], "little") + 8
        if declared > size:
            raise BadPicture("truncated")
        if declared + (declared & 1) < size:
            raise BadPicture("not_a_picture")
        return
    end = b"IEND\xaeB`\x82" if extension == "png" else b"\xff\xd9"
    if not tail.endswith(end):
        raise BadPicture("not_a_picture" if end in tail else "truncated")


@contextmanager
def decoded(path: Path) -> Iterator[Pillow.Image]:
    """The pixels of a file, one picture at a time in this process.

    Raises BadPicture for a JPEG that would take minutes, and what Pillow raises.
    """
    _check_scans(path)
    with _decoding, warnings.catch_warnings():
        warnings.simplefilter("ignore", Pillow.DecompressionBombWarning)
        with Pillow.open(path, formats=list(FORMATS)) as image:
            image.load()
            yield image


def _check_scans(path: Path) -> None:
    """A scan of a few bytes can go over every pixel again: a megabyte of them keeps a decoder busy for minutes."""
    data = path.read_bytes()
    if not data.startswith(b"\xff\xd8"):
        return
    at = scans = 0
    while marker := _MARKER.search(data, at):
        kind, at = marker.group()[1], marker.end()
        if kind == _END:
            return  # what a camera puts behind it is not decoded
        if 0xC0 <= kind <= 0xFE and kind != 0xD8:  # it has content, which may hold anything
            at += int.from_bytes(data[at : at + 2], "big")
        scans += kind == _START_OF_SCAN
        if scans > MAX_SCANS:
            raise BadPicture("not_a_picture")


def make_copies(image_id: uuid.UUID, extension: str) -> str:
    """Write the copies pages show, made anew from the pixels; returns the six colours shown while one loads.

    Raises BadPicture when the pixels cannot be decoded after all.
    """
    try:
        with decoded(path_of(image_id, extension)) as image:
            pixels = image.convert("RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB")
    except (OSError, ValueError, SyntaxError, EOFError):
        raise BadPicture("not_a_picture") from None
    for name, side in COPIES.items():
        copy = pixels.copy()
        copy.thumbnail((side, side), Pillow.Resampling.LANCZOS, reducing_gap=2.0)
        buffer = io.BytesIO()
        copy.save(buffer, "WEBP", quality=86, method=EFFORT)
        final = path_of(image_id, f"{name}.webp")
        draft = final.with_name(f"{final.name}.{uuid.uuid4().hex[:8]}.draft")
        draft.write_bytes(buffer.getvalue())
        draft.replace(final)
        pixels = copy  # the smaller copy is made of the larger
    cells = pixels.convert("RGB").resize((3, 2), Pillow.Resampling.BOX)
    return cells.tobytes().hex()


def remove(image_id: uuid.UUID) -> None:
    """Remove the original and the copies of a picture from disk."""
    name = str(uuid.UUID(str(image_id)))
    for path in (settings.MEDIA_ROOT / name[:2]).glob(f"{name}.*"):
        with suppress(FileNotFoundError):
            path.unlink()
