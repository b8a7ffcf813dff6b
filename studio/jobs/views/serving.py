"""Answers that carry the bytes of a file: whole, in part, or only their head."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

CHUNK = 128 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)
# A picture is shown, never run: even if the bytes were a page, it could do nothing.
SEALED = "sandbox; default-src 'none'"


def serve(
    request: HttpRequest, path: Path, *, content_type: str, etag: str, shared_with: str, cache: str, download: str = ""
) -> HttpResponseBase:
    """Answer a GET or HEAD with the file at `path`.

    `etag` is quoted; `shared_with` is the Cross-Origin-Resource-Policy; `download` makes it an attachment of that
    name. Understands If-None-Match, If-Match, If-Range and one Range. Raises FileNotFoundError.
    """
    size = path.stat().st_size
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        response = _bytes(request, path, size, etag)
    headers = {
        "Content-Type": content_type,
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Cache-Control": cache,
        "Content-Security-Policy": SEALED,
        "Cross-Origin-Resource-Policy": shared_with,
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": content_disposition_header(bool(download), download) or "inline",
    }
    for name, value in headers.items():
        response.headers[name] = value
    return response


def _bytes(request: HttpRequest, path: Path, size: int, etag: str) -> HttpResponseBase:
    asked = request.headers.get("Range", "")
    part = _part(asked, size) if asked and request.headers.get("If-Range", etag) == etag else None
    if part == (0, -1):
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    first, last = part or (0, size - 1)
    status = 206 if part else 200
    if request.method == "HEAD":
        response: HttpResponseBase = HttpResponse(status=status)
    else:
        response = StreamingHttpResponse(_chunks(path, first, last + 1 - first), status=status)
    response.headers["Content-Length"] = str(last + 1 - first)
    if part:
        response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return response


def _part(asked: str, size: int) -> tuple[int, int] | None:
    """First and last byte of the one range asked for; (0, -1) when there is no such byte, None for the whole file."""
    match = _RANGE.fullmatch(asked.strip())
    if match is None or len(asked) > 64 or match[1] == match[2] == "":
        return None
    if match[1] == "":
        first, last = max(0, size - int(match[2])), size - 1
    else:
        first, last = int(match[1]), min(int(match[2]), size - 1) if match[2] else size - 1
        if match[2] and int(match[2]) < first:
            return None  # not a range at all: RFC 9110 has it ignored
    return (first, last) if first <= last else (0, -1)


def _chunks(path: Path, first: int, length: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(first)
        while length > 0 and (chunk := file.read(min(CHUNK, length))):
            length -= len(chunk)
            yield chunk
