"""A picture somebody brings back: which of ours it is by its bytes, else what its metadata says. Nothing is kept."""

import re
from dataclasses import dataclass
from html import unescape
from itertools import islice
from pathlib import Path
from uuid import UUID

from django.db.models import Q

from studio.accounts.models import User
from studio.jobs.containers import Malformed, blocks, content_of, is_xmp, xmp_text
from studio.jobs.models import Image, Job
from studio.jobs.pictures import BadPicture, inspect
from studio.providers import catalogue

MOST_BLOCKS = 2000  # of one file
LONGEST_PROMPT = 40_000
_FIELDS = {
    "job": rb"<dc:identifier>urn:uuid:([0-9a-fA-F-]{36})</dc:identifier>",
    "prompt": rb"<Iptc4xmpExt:AIPromptInformation>(.{1,200000}?)</Iptc4xmpExt:AIPromptInformation>",
    "model": rb"<Iptc4xmpExt:AISystemUsed>([^<]{1,400})</Iptc4xmpExt:AISystemUsed>",
    "asked": rb"<sandbox:Model-Asked-For>([^<]{1,400})</sandbox:Model-Asked-For>",
}
_ASKED = b"Model-Asked-For\0"  # a text chunk of the sandbox's PNG


@dataclass(frozen=True)
class Said:
    """What a file says of itself: its job, its words, its model (canonical id); empty where it does not."""

    job: str = ""
    prompt: str = ""
    model: str = ""


def by_bytes(user: User, sha256: str) -> Image | None:
    """The picture with these bytes that this person may see, their own first."""
    if not re.fullmatch("[0-9a-f]{64}", sha256):
        return None
    found = Image.objects.visible_to(user).filter(Q(sha256=sha256) | Q(marked_sha256=sha256))
    rows = list(found.select_related("job").order_by("-created_at")[:20])
    return next((row for row in rows if row.job.user_id == user.pk), next(iter(rows), None))


def job_seen(user: User, pk: str) -> Job | None:
    """The job of this id when this person may see it."""
    try:
        return Job.objects.visible_to(user).filter(pk=UUID(pk)).first() if pk else None
    except ValueError:
        return None


def said_by(path: Path) -> Said:
    """What a file's metadata says; nothing for what is no picture or says nothing we understand."""
    found: dict[str, str] = {}
    try:
        with path.open("rb") as file:
            extension, _width, _height = inspect(file, path.stat().st_size)
            for block in islice(blocks(file, extension), MOST_BLOCKS):
                if block.name not in (b"iTXt", b"XMP ") and len(block.name) != 1:
                    continue
                content = content_of(file, block)
                if is_xmp(block, content, extension):
                    found |= _fields(xmp_text(content, extension))
                elif block.name == b"iTXt" and content.startswith(_ASKED):
                    found.setdefault("asked", content.rpartition(b"\0")[2].decode(errors="replace"))
    except (OSError, Malformed, BadPicture):
        return Said()
    model = catalogue.find(found.get("asked", "")) or _named(found.get("model", ""))
    return Said(found.get("job", ""), found.get("prompt", "")[:LONGEST_PROMPT].strip(), model.id if model else "")


def _fields(packet: bytes) -> dict[str, str]:
    matches = {name: re.search(pattern, packet, re.DOTALL) for name, pattern in _FIELDS.items()}
    return {name: unescape(match[1].decode(errors="replace")) for name, match in matches.items() if match}


def _named(name: str) -> catalogue.ImageModel | None:
    """The model that people read as this name."""
    return next((model for model in catalogue.models() if model.name == name), None) if name else None
