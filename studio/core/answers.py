"""What a call to the network brings back."""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from studio.core import jsontext
from studio.core.wire import MaybeSent


@dataclass(frozen=True)
class Answer:
    """What a peer answered, whatever the status; the body is decoded from gzip or deflate, and complete."""

    status: int
    headers: Mapping[str, str] = field(repr=False)  # case-insensitive
    body: bytes = field(repr=False)

    def json(self) -> Any:
        """The body as JSON. Raises ValueError for anything else, and for a body built to be too deep or too wide."""
        return jsontext.parse(self.body)


@dataclass(frozen=True)
class Download:
    """A body that was written to a file: its size in bytes, hex SHA-256 and media type (lower case, no parameters)."""

    size: int
    sha256: str
    content_type: str


def encoding(headers: Mapping[str, str]) -> str:
    """The compression that headers name, "" for none."""
    named = headers.get("Content-Encoding", "").strip().lower()
    return "" if named == "identity" else named


def inflate(content: bytes, encoding: str, max_bytes: int) -> bytes:
    """What a compressed body holds, by the same bound; some servers compress although asked not to.

    Raises MaybeSent("encoding" | "protocol" | "too_large").
    """
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise MaybeSent("encoding", "an encoding that was not asked for")
    stream = zlib.decompressobj(wbits=47)  # gzip or zlib, by the header
    try:
        plain = stream.decompress(content, max_bytes + 1)
    except zlib.error:
        raise MaybeSent("protocol", "broken compression") from None
    if len(plain) > max_bytes:
        raise MaybeSent("too_large", f"more than {max_bytes} bytes when decompressed")
    if not stream.eof:
        raise MaybeSent("protocol", "compressed answer broken off")
    return plain


def retry_after(headers: Mapping[str, str], *, most: float) -> float | None:
    """Seconds of a Retry-After header, a number or a date, at most `most`; None where it says nothing usable."""
    raw = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,9}(?:\.\d{1,6})?", raw, re.ASCII):
        return min(float(raw), most)
    try:
        until = parsedate_to_datetime(raw)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return min(max(0.0, (until - datetime.now(UTC)).total_seconds()), most)
