"""The bytes of pictures: copies for pages, originals as downloads, originals by signed link."""

import logging
import re
from contextlib import suppress
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from studio.core.errors import StudioError
from studio.core.http import Request
from studio.jobs.grids import grid_of
from studio.jobs.links import is_grid, linked_grid, linked_image
from studio.jobs.models import Image
from studio.jobs.pictures import CONTENT_TYPES, COPIES, path_of
from studio.jobs.views.serving import SEALED, serve

# One's own copies: the address holds the picture's id, its bytes never change, and nobody takes it back from its owner.
FOREVER = "private, max-age=31536000, immutable"
ASK_AGAIN = "private, no-cache"  # what was deleted, or is not shown any more, must be gone from caches too
_log = logging.getLogger(__name__)


@require_safe
def picture(request: Request, job: UUID, image: UUID, variant: str) -> HttpResponseBase:
    """A copy (`small`, `large`) to be shown on a page; the `original`, or its `marked` copy, as a download.

    The marked copy holds the prompt: who sees a job here sees that too, and result links never lead to it.
    """
    found = Image.objects.visible_to(request.user).select_related("job").filter(pk=image, job=job).first()
    if (
        found is None
        or variant not in (*COPIES, "original", "marked")
        or (variant, found.marked_sha256) == ("marked", "")
    ):
        raise Http404
    try:
        return _served(request, found, variant)
    except FileNotFoundError:
        if variant in COPIES and not found.copies_made_at:
            with suppress(FileNotFoundError):
                return _served(request, found, "original", is_shown=True)  # as it came
        _log.error("The file of picture %s (%s) is missing.", found.pk, variant)
    if variant not in COPIES:
        raise Http404
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": SEALED}
    return HttpResponse(_missing(found), status=404, content_type="image/svg+xml", headers=headers)


def _served(request: Request, found: Image, variant: str, *, is_shown: bool = False) -> HttpResponseBase:
    """One file of a picture. Raises FileNotFoundError."""
    if variant in COPIES:
        return serve(
            request,
            path_of(found.pk, f"{variant}.webp"),
            content_type=CONTENT_TYPES["webp"],
            etag=f'"{found.pk}-{variant}"',
            shared_with="same-origin",
            cache=FOREVER if found.job.user_id == request.user.pk else ASK_AGAIN,
        )
    is_marked = variant == "marked"
    return serve(
        request,
        path_of(found.pk, f"marked.{found.format}" if is_marked else found.format),
        content_type=CONTENT_TYPES[found.format],
        etag=f'"{found.marked_sha256 if is_marked else found.sha256}"',
        shared_with="same-origin",
        cache=ASK_AGAIN,
        download="" if is_shown else file_name(found, "-marked" if is_marked else ""),
    )


def _missing(image: Image) -> str:
    """What a page shows in the place of a picture whose files are gone: a frame of its shape that says so."""
    width, height = 400, max(1, round(400 * image.height / max(1, image.width)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        '<path fill="#2b2b29" d="M0 0h400v4000H0z"/><text x="50%" y="50%" fill="#d9d8d2" font-size="18" '
        'font-family="system-ui, sans-serif" text-anchor="middle" dominant-baseline="middle">'
        f"{escape(_('The file is missing'))}</text></svg>"
    )


@require_safe
def file(request: HttpRequest, image: UUID, name: str) -> HttpResponseBase:
    """The original bytes, for whoever holds the link; nothing but the picture's row is read."""
    asked = {"expires": request.GET.get("e", ""), "signature": request.GET.get("s", "")}
    try:
        if is_grid(name):
            images = linked_grid(image_id=image, name=name, **asked)
            path, kind, etag = grid_of(images), "png", f"{image}-grid"
        else:
            found = linked_image(image_id=image, name=name, **asked)
            path, kind, etag = path_of(found.pk, found.format), found.format, found.sha256
        response = serve(
            request,
            path,
            content_type=CONTENT_TYPES[kind],
            etag=f'"{etag}"',
            shared_with="cross-origin",
            cache=ASK_AGAIN,
        )
    except StudioError as refusal:
        return plain(refusal.message, refusal.status)
    except FileNotFoundError:
        _log.error("The file of picture %s is missing.", image)
        return plain("", 404)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def plain(sentence: str, status: int) -> HttpResponse:
    """A sentence for whoever followed a link that leads nowhere."""
    headers = {"X-Robots-Tag": "noindex", "Cache-Control": "no-store", "Content-Security-Policy": SEALED}
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8", headers=headers)


def file_name(image: Image, ending: str = "") -> str:
    """What a downloaded original is called: the prompt's first words, safe in every header and on every disk."""
    words = re.findall(r"[^\W_]+", image.job.prompt[:400])
    stem = ""
    for word in words[:8]:
        longer = f"{stem}-{word}" if stem else word[:40]
        if len(longer) > 60:
            break
        stem = longer
    return f"{stem or 'picture'}-{image.index}{ending}.{image.format}"
