"""Selected pictures as one zip, made while it is sent: original bytes, a contact sheet, a table of what each is."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZIP_STORED

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from zipstream import ZipStream

from studio.accounts.models import User
from studio.core.connections import release
from studio.core.errors import StudioError
from studio.core.spreadsheets import csv_lines
from studio.gallery.contact_sheet import NAME as SHEET
from studio.gallery.contact_sheet import Frame, first_words, sheet
from studio.jobs.models import Image
from studio.jobs.pictures import path_of
from studio.jobs.views.pictures import file_name

MOST_BYTES = 4 * 1024**3
CHUNK = 256 * 1024
MANIFEST = "manifest.csv"
GONE = "deleted or closed meanwhile"  # which of the two is told to nobody it was closed to
COLUMNS = (
    *("picture", "job", "prompt", "model", "provider", "seed", "width", "height", "bytes", "sha256"),
    *("made_by", "made_at", "credits", "note"),
)


class TooLarge(StudioError):
    """More bytes than one zip carries; nothing is sent."""

    code = "too_large"
    status = 422

    def __init__(self, size: int) -> None:
        words = {"most": MOST_BYTES // 1024**3, "size": f"{size / 1024**3:.1f}"}
        super().__init__(_("One zip carries %(most)d GB at most; these are %(size)s GB.") % words)


@dataclass
class _File:
    """One original on its way; `note` says afterwards what was not as it should be."""

    path: Path
    expected: int
    note: str = ""
    sent: int = field(default=0, init=False)

    def chunks(self) -> Iterator[bytes]:
        try:
            with self.path.open("rb") as file:
                while chunk := file.read(CHUNK):
                    self.sent += len(chunk)
                    yield chunk
        except OSError:  # what has been sent cannot be taken back: the zip goes on, and its table says so
            pass
        if self.sent != self.expected:
            self.note = "incomplete"


def pictures_for(user: User, ids: list[UUID]) -> list[Image]:
    """Those of `ids` that this person may see, in their order. Raises TooLarge."""
    found = {image.pk: image for image in Image.objects.visible_to(user).filter(pk__in=ids).select_related("job__user")}
    size = sum(image.size for image in found.values())
    if size > MOST_BYTES:
        raise TooLarge(size)
    return [found[pk] for pk in ids if pk in found]


def stream(user: User, images: list[Image], *, language: str) -> Iterator[bytes]:
    """The bytes of the zip; needs the memory of one chunk, of the table and of the beginnings of the prompts.

    Each picture's row is read again when its turn comes: what was deleted or closed meanwhile is named in the table,
    as is a file that is missing. No connection is kept while bytes travel.
    """
    archive = ZipStream(compress_type=ZIP_STORED)
    rows, frames = [], []
    for number, image in enumerate(images, start=1):
        name = f"{number:03}-{file_name(image)}"
        file = _File(path_of(image.pk, image.format), image.size)
        if not _is_still_visible(user, image):
            file.note = GONE
        elif not file.path.is_file():
            file.note = "missing"
        else:
            archive.add(file.chunks(), name, size=image.size)
            yield from archive.file()
        rows.append(_row(user, image, name, file.note))
        frames.append(_frame(number, image, name, file.note, language))
    archive.add(sheet(frames, number=len(images), language=language), SHEET)
    yield from archive.file()
    archive.add(_table(rows), MANIFEST)
    yield from archive.finalize()


def _is_still_visible(user: User, image: Image) -> bool:
    try:
        return User.objects.filter(pk=user.pk, is_active=True).exists() and (
            Image.objects.visible_to(user).filter(pk=image.pk).exists()
        )
    finally:
        release()


def _frame(number: int, image: Image, name: str, note: str, language: str) -> Frame:
    """The picture's place on the sheet; of one that is no longer seen its number and that it is not."""
    with override(language):
        if note == GONE:
            return Frame(number, note=_("Deleted or closed meanwhile"))
        words, size = first_words(image.job.prompt), (image.width, image.height)
        if note == "missing":
            return Frame(number, words=words, note=_("The file is missing"))
        path = path_of(image.pk, "small.webp")
        small = path if path.is_file() else None
        return Frame(number, name, words, *size, small=small, note=_("No small copy was made yet"))


def _row(user: User, image: Image, name: str, note: str) -> list[Any]:
    job = image.job
    if note == GONE:  # what its owner closed meanwhile is told of no more than its page would
        return ["", str(job.pk), *[""] * (len(COLUMNS) - 3), note]
    return [
        "" if note == "missing" else name,
        *(str(job.pk), job.prompt, job.model, job.provider, image.seed, image.width, image.height),
        *(image.size, image.sha256, job.user.display_name),
        timezone.localtime(image.created_at).isoformat(timespec="seconds"),
        job.unit_price if job.user_id == user.pk else "",  # money is its owner's to see
        note,
    ]


def _table(rows: list[list[Any]]) -> bytes:
    """RFC 4180 in UTF-8 with a mark at its begin, so that spreadsheets read Japanese; cells defused (EXP-1)."""
    return b"\xef\xbb\xbf" + "".join(csv_lines([COLUMNS, *rows])).encode()
