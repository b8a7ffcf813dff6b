"""The bytes of references: received into drafts, checked, put in their place, made small. No database here."""

import hashlib
import io
import os
import shutil
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from PIL import Image as Pillow
from PIL import ImageOps

from studio.core.addresses import Network
from studio.core.failpoints import failpoint
from studio.core.outbound import download
from studio.jobs.locations import without_place
from studio.jobs.pictures import (
    MAX_PIXELS,
    MAX_SIDE,
    BadPicture,
    decoded,
    hash_of,
    inspect,
    path_of,
    remove,
    sync_folder,
)

MAX_BYTES = 25 * 1024 * 1024  # what Apiframe's uploads take (facts A2)
FETCH_SECONDS = 20.0
SMALL = 320  # longer side of the copy pages show, px
ALLOWED: tuple[Network, ...] = ()  # networks that addresses given by people may lead to although private: none


@dataclass(frozen=True)
class StoredFile:
    """A checked picture in its final place on disk, without a row yet."""

    file: uuid.UUID
    format: str
    width: int
    height: int
    size: int
    sha256: str


@dataclass
class Errand:
    """What has to be done about the references of an order before it is placed, by their ids."""

    missing: dict[str, str] = field(default_factory=dict)  # to be fetched from this address
    fetched: dict[str, StoredFile] = field(default_factory=dict)
    handed: dict[str, str] = field(default_factory=dict)  # where the provider keeps what it was given
    tries: int = 0


def new_draft() -> Path:
    """A name for bytes that are not checked yet; what is left of it goes with the orphans."""
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    return settings.MEDIA_ROOT / f"draft-{uuid.uuid4()}"


def take_in(draft: Path, *, sha256: str) -> StoredFile:
    """Check a draft and put it in its place with its small copy; durable when this returns, the draft is gone.

    What says where it was taken is not kept: it would go to the provider, who need not know somebody's home.

    Raises BadPicture: `empty`, `too_large`, `not_a_picture`, `truncated`; nothing is left behind then.
    """
    try:
        size = draft.stat().st_size
        if not size:
            raise BadPicture("empty")
        if size > MAX_BYTES:
            raise BadPicture("too_large")
        try:
            extension, width, height = _look(draft)
        except BadPicture as error:
            if error.code != "not_a_picture" or not _write_anew(draft):
                raise
            extension, width, height = _look(draft)
            size, sha256 = draft.stat().st_size, hash_of(draft)
        if (private := without_place(draft.read_bytes(), extension)) is not None:
            sha256 = _replace(draft, private)
        small = _small(draft)
        name = uuid.uuid4()
        final = path_of(name, extension)
        final.parent.mkdir(exist_ok=True)
        failpoint("reference.before_rename")
        draft.replace(final)
        path_of(name, "small.webp").write_bytes(small)
        sync_folder(final.parent)
        failpoint("reference.after_rename")
        return StoredFile(name, extension, width, height, size, sha256)
    finally:
        draft.unlink(missing_ok=True)


def _look(draft: Path) -> tuple[str, int, int]:
    with draft.open("rb") as file:
        found = inspect(file, os.fstat(file.fileno()).st_size)
        os.fsync(file.fileno())
        return found


def _replace(draft: Path, data: bytes) -> str:
    """Put other bytes where the draft was, which may be a second name of a file that stays; returns their SHA-256."""
    other = new_draft()
    with other.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    other.replace(draft)
    return hashlib.sha256(data).hexdigest()


def _write_anew(draft: Path) -> bool:
    """Cameras put a second picture or a film behind a photograph: keep the photograph, upright, and nothing else.

    False for what is no JPEG of a size we keep.
    """
    buffer = io.BytesIO()
    try:
        with Pillow.open(draft, formats=["JPEG"]) as head:
            if head.width * head.height > MAX_PIXELS or max(head.size) > MAX_SIDE:
                return False
        with decoded(draft) as image:
            colours = image.info.get("icc_profile")
            pixels = ImageOps.exif_transpose(image).convert("RGB")
        pixels.save(buffer, "JPEG", quality=95, icc_profile=colours)
    except (OSError, ValueError, SyntaxError, EOFError, Pillow.DecompressionBombError, RuntimeWarning):
        return False  # Pillow's warning of a large picture is an error where warnings are
    draft.write_bytes(buffer.getvalue())
    return True


def take_copy(source: Path) -> StoredFile:
    """The same for a file of ours, which stays. Raises BadPicture and OSError."""
    draft = new_draft()
    try:
        os.link(source, draft)
    except FileNotFoundError:
        raise
    except OSError:  # a file system without second names
        shutil.copyfile(source, draft)
    return take_in(draft, sha256=hash_of(draft))


def fetch(address: str) -> StoredFile:
    """Fetch what stands at an address that somebody gave, through the guarded client.

    Raises BadPicture and what `download` raises.
    """
    draft = new_draft()
    try:
        with draft.open("wb") as file:
            got = download(address, trusted=None, allow=ALLOWED, to=file, max_bytes=MAX_BYTES, deadline=FETCH_SECONDS)
        return take_in(draft, sha256=got.sha256)
    finally:
        draft.unlink(missing_ok=True)


def discard(stored: StoredFile) -> None:
    """Remove a file that got no row."""
    remove(stored.file)


def _small(path: Path) -> bytes:
    """The copy pages show, made anew from the pixels, upright. Raises BadPicture when they cannot be decoded."""
    buffer = io.BytesIO()
    try:
        with decoded(path) as image:
            pixels = image.convert("RGBA") if image.mode in ("P", "PA") else image
            pixels.thumbnail((SMALL, SMALL), Pillow.Resampling.LANCZOS, reducing_gap=2.0)
            upright = ImageOps.exif_transpose(pixels)
            has_alpha = "A" in upright.getbands() or "transparency" in upright.info
            upright.convert("RGBA" if has_alpha else "RGB").save(buffer, "WEBP", quality=82, method=3)
    except (OSError, ValueError, SyntaxError, EOFError, Pillow.DecompressionBombError):
        raise BadPicture("not_a_picture") from None
    return buffer.getvalue()
