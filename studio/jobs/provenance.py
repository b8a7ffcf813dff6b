"""Where a picture says that it was made by a machine: the provider's own mark, or a marked copy of ours.

The original is never touched. Fields of the copy: IPTC Photo Metadata Standard 2025.1 (DigitalSourceType,
AIPromptInformation, AISystemUsed) in XMP, and text chunks in a PNG.
"""

import hashlib
import logging
import os
import re
import uuid
from dataclasses import dataclass
from datetime import timedelta
from xml.sax.saxutils import escape

from django.utils import timezone

from studio.jobs.containers import (
    MOST_XMP_IN_JPEG,
    Malformed,
    blocks,
    content_of,
    is_c2pa,
    is_xmp,
    write_marked,
    xmp_text,
)
from studio.jobs.engine import Engine
from studio.jobs.models import Image
from studio.jobs.pictures import path_of, sync_folder
from studio.providers import catalogue
from studio.providers.kinds import SANDBOX

log = logging.getLogger(__name__)

GENERATED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
_SAYS_SO = re.compile(rb"DigitalSourceType[^<>]{0,400}?(?:>\s*|[\"'])[^<>\"']{0,200}[tT]rainedAlgorithmicMedia")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2
Mark = Image.Mark


@dataclass(frozen=True)
class Origin:
    """What a marked copy says of its picture."""

    job_id: str
    prompt: str
    model: str  # as people read it
    is_sandbox: bool = False

    @classmethod
    def of(cls, job_id: object, *, prompt: str, model: str, provider: str) -> "Origin":
        """`model` is the canonical id, `provider` the kind."""
        found = catalogue.find(model)
        return cls(str(job_id), prompt, found.name if found else model, provider == SANDBOX)


def mark_picture(engine: Engine, image_id: uuid.UUID, extension: str, size: tuple[int, int], origin: Origin) -> None:
    """Look for a mark in an original and, where there is none, write a marked copy. Never touches the database."""
    mark, digest = find_mark(image_id, extension), ""
    if mark == Mark.NONE:
        try:
            digest = write_copy(image_id, extension, size, origin)
        except (OSError, Malformed):
            log.warning("No marked copy of picture %s could be written", image_id, exc_info=True)
            mark = Mark.UNREAD
    engine.records.submit(marked, image_id, mark, digest)


def marked(image_id: uuid.UUID, mark: str, digest: str) -> None:
    """Remember what was found and written."""
    Image.objects.filter(pk=image_id).update(provider_mark=mark, marked_sha256=digest)


def mark_forgotten(engine: Engine, *, most: int = 20) -> None:
    """Look at the oldest pictures that nobody looked at yet: those of earlier releases and of killed workers."""
    before = timezone.now() - timedelta(seconds=30)
    left = Image.objects.there().filter(provider_mark="", created_at__lt=before).select_related("job")
    for image in left.order_by("created_at")[:most]:
        job = image.job
        origin = Origin.of(job.pk, prompt=job.prompt, model=job.model, provider=SANDBOX if job.is_sandbox else "")
        engine.copies.submit(mark_picture, engine, image.pk, image.format, (image.width, image.height), origin)


def find_mark(image_id: uuid.UUID, extension: str) -> str:
    """Which mark of its own an original carries; UNREAD when that cannot be told."""
    try:
        with path_of(image_id, extension).open("rb") as file:
            found = Mark.NONE
            for block in blocks(file, extension):
                content = content_of(file, block) if _may_be_metadata(block.name) else b""
                if is_c2pa(block, content, extension):
                    return Mark.C2PA
                if is_xmp(block, content, extension) and _SAYS_SO.search(xmp_text(content, extension)):
                    found = Mark.XMP
            return found
    except (OSError, Malformed):
        return Mark.UNREAD


def _may_be_metadata(name: bytes) -> bool:
    return name in (b"iTXt", b"caBX", b"XMP ", b"C2PA") or len(name) == 1


def write_copy(image_id: uuid.UUID, extension: str, size: tuple[int, int], origin: Origin) -> str:
    """Write the marked copy of a picture beside its original; returns its SHA-256. Raises OSError, Malformed."""
    final = path_of(image_id, f"marked.{extension}")
    draft = final.with_name(f"{final.name}.{uuid.uuid4().hex[:8]}.draft")
    try:
        with path_of(image_id, extension).open("rb") as source, draft.open("w+b") as target:
            packet = xmp_packet(origin, most=MOST_XMP_IN_JPEG)
            write_marked(source, target, extension, xmp=packet, texts=_texts(origin), size=size)
            target.flush()
            os.fsync(target.fileno())
            target.seek(0)
            digest = hashlib.file_digest(target, "sha256").hexdigest()
        draft.replace(final)
        sync_folder(final.parent)
    finally:
        draft.unlink(missing_ok=True)
    return digest


def _texts(origin: Origin) -> list[tuple[str, str]]:
    """Keywords of the PNG specification (11.3.3), and one of ours for the job."""
    return [
        ("Comment", _label(origin)),
        ("Description", origin.prompt),
        ("Source", origin.model),
        ("Job", origin.job_id),
    ]


def _label(origin: Origin) -> str:
    return "AI-generated (drawn by the sandbox in its place)" if origin.is_sandbox else "AI-generated"


def xmp_packet(origin: Origin, *, most: int) -> bytes:
    """The packet in UTF-8, at most `most` bytes: a prompt that is too long for it is cut."""
    prompt = origin.prompt
    packet = _packet(origin, prompt)
    while len(packet) > most:
        prompt = prompt[: max(0, min(len(prompt) - 64, len(prompt) * most // len(packet)))].rstrip("…") + "…"
        packet = _packet(origin, prompt)
    return packet


def _packet(origin: Origin, prompt: str) -> bytes:
    words, model, label = _text(prompt), _text(origin.model), _text(_label(origin))
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">'
        f"<Iptc4xmpExt:DigitalSourceType>{GENERATED}</Iptc4xmpExt:DigitalSourceType>"
        f"<Iptc4xmpExt:AISystemUsed>{model}</Iptc4xmpExt:AISystemUsed>"
        f"<Iptc4xmpExt:AIPromptInformation>{words}</Iptc4xmpExt:AIPromptInformation>"
        f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{words}</rdf:li></rdf:Alt></dc:description>'
        f"<dc:subject><rdf:Bag><rdf:li>{label}</rdf:li></rdf:Bag></dc:subject>"
        f"<dc:identifier>urn:uuid:{_text(origin.job_id)}</dc:identifier>"
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    ).encode()


def _text(value: str) -> str:
    """Text of an XML element: markup escaped, what XML cannot hold replaced, line ends kept as they are."""
    return escape(_NOT_XML.sub("\ufffd", value), {"\r": "&#13;"})
