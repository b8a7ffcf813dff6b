"""Links to the bytes of one reference: for a provider that fetches it, for the program that uploaded it."""

import hmac
import re
from base64 import urlsafe_b64encode
from datetime import datetime
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from studio.core.crypto import derived_key
from studio.core.errors import StudioError
from studio.jobs.links import LinkExpired, LinkRefused, linked_image
from studio.jobs.models import Image, Reference

_PATH = re.compile(r"/files/(reference/)?([0-9a-f-]{36})/([^/]{1,200})")


def reference_url(row: Reference, *, until: datetime, base_url: str = "") -> str:
    """The absolute address of a stored reference's bytes; the same for the same `until`.

    `base_url` is the studio's address where it is not the one of today.
    """
    name, seconds = f"reference.{row.format}", str(int(until.timestamp()))
    path = reverse("jobs:reference_file", args=[row.pk, name])
    return f"{base_url or settings.STUDIO_BASE_URL}{path}?e={seconds}&s={_signature(row.pk, name, seconds)}"


def linked_reference(*, pk: UUID, name: str, expires: str, signature: str) -> Reference:
    """The reference behind a link, its row read now. Raises LinkRefused and LinkExpired."""
    if not hmac.compare_digest(signature.encode(), _signature(pk, name, expires).encode()):
        raise LinkRefused
    if int(expires) <= timezone.now().timestamp():
        raise LinkExpired
    row = Reference.objects.stored().filter(pk=pk, user__is_active=True).first()
    if row is None:
        raise LinkRefused
    return row


def linked_file(address: str) -> Image | Reference | None:
    """What an address leads to when it is a valid link of this studio's own; None for every other address."""
    base = f"{settings.STUDIO_BASE_URL}/files/"
    if not address.startswith(base):
        return None
    parts = urlsplit(address)
    match = _PATH.fullmatch(parts.path.removeprefix(urlsplit(settings.STUDIO_BASE_URL).path))
    if match is None:
        return None
    asked = parse_qs(parts.query)
    given = {"expires": asked.get("e", [""])[0], "signature": asked.get("s", [""])[0], "name": match[3]}
    try:
        pk = UUID(match[2])
        return linked_reference(pk=pk, **given) if match[1] else linked_image(image_id=pk, **given)
    except (StudioError, ValueError):
        return None


def _signature(pk: UUID, name: str, expires: str) -> str:
    """192 bits over all that the link says."""
    digest = hmac.digest(derived_key("references"), f"{pk}/{name}?e={expires}".encode(), "sha256")
    return urlsafe_b64encode(digest[:24]).decode()
