"""The bytes of references: small for pages, whole as a download, whole by signed link."""

import logging
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from studio.core.errors import StudioError
from studio.core.http import Request
from studio.jobs.models import Reference
from studio.jobs.pictures import CONTENT_TYPES, path_of
from studio.jobs.reference_links import linked_reference
from studio.jobs.references import visible_references
from studio.jobs.views.pictures import ASK_AGAIN, plain
from studio.jobs.views.serving import serve

_log = logging.getLogger(__name__)


@require_safe
def reference(request: Request, pk: UUID, variant: str) -> HttpResponseBase:
    """A reference to be shown on a page (`small`), or its own bytes as a download (`original`)."""
    found = visible_references(request.user).stored().filter(pk=pk).first()
    if found is None or variant not in ("small", "original"):
        raise Http404
    try:
        if variant == "original":
            return _original(request, found, shared_with="same-origin", download=f"reference.{found.format}")
        return serve(
            request,
            path_of(_file(found), "small.webp"),
            content_type=CONTENT_TYPES["webp"],
            etag=f'"{found.sha256}-small"',
            shared_with="same-origin",
            cache=ASK_AGAIN,
        )
    except FileNotFoundError:
        _log.error("The file of reference %s (%s) is missing.", found.pk, variant)
        raise Http404 from None


@require_safe
def reference_file(request: HttpRequest, pk: UUID, name: str) -> HttpResponseBase:
    """The bytes as they came, for whoever holds the link; nothing but the reference's row is read."""
    try:
        found = linked_reference(pk=pk, name=name, expires=request.GET.get("e", ""), signature=request.GET.get("s", ""))
        response = _original(request, found, shared_with="cross-origin")
    except StudioError as refusal:
        return plain(refusal.message, refusal.status)
    except FileNotFoundError:
        _log.error("The file of reference %s is missing.", pk)
        return plain("", 404)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _original(request: HttpRequest, found: Reference, *, shared_with: str, download: str = "") -> HttpResponseBase:
    return serve(
        request,
        path_of(_file(found), found.format),
        content_type=CONTENT_TYPES[found.format],
        etag=f'"{found.sha256}"',
        shared_with=shared_with,
        cache=ASK_AGAIN,
        download=download,
    )


def _file(found: Reference) -> UUID:
    assert found.file is not None, "only stored ones are served"
    return found.file
