"""What whoever holds a board's link sees: pictures, neither words nor names. And the link itself, for its owner."""

import logging
from uuid import UUID

from django.contrib import messages
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from studio.core.errors import StudioError
from studio.core.http import Request
from studio.core.logs import client_ip
from studio.gallery import link_passwords as passwords
from studio.gallery import links
from studio.gallery.board_pages import read_place
from studio.gallery.listing import PAGE
from studio.gallery.models import Board, BoardLink
from studio.jobs.pictures import CONTENT_TYPES, COPIES, path_of
from studio.jobs.views.serving import serve

_log = logging.getLogger(__name__)
_PRIVATE = {"X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer", "Cache-Control": "private, no-store"}


@csrf_exempt  # no cookie is asked for, and a password that somebody else sends opens nothing to them
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """The board's name and those of its pictures that are shown to links, in its order; first its password, if any."""
    link = _opened(token)
    if request.method == "POST":
        return _sealed(_give(request, link, token) if link.password else HttpResponseNotAllowed(["GET", "HEAD"]))
    proof = request.GET.get("p", "") if link.password else ""
    if not passwords.is_proven(link, proof):
        return _sealed(render(request, "gallery/shared_password.html", {"token": token, "is_over": bool(proof)}))
    found = links.pictures_behind(link).order_by("places__position", "places__pk")
    rows = found.annotate(position=F("places__position"), place=F("places__pk"))
    if at := read_place(request.GET.get("after", "")):
        rows = rows.filter(position__gte=at[0]).exclude(position=at[0], place__lte=at[1])
    images = list(rows[: PAGE + 1])
    last = images[PAGE - 1] if len(images) > PAGE else None
    context = {
        "board": link.board,
        "token": token,
        "tiles": [(image, image.width / max(1, image.height)) for image in images[:PAGE]],
        "may_download": link.may_download,
        "proof": proof,
        "next": f"{last.position}_{last.place}" if last else "",  # type: ignore[attr-defined]
    }
    return _sealed(render(request, "gallery/shared.html", context))


@require_safe
def shared_picture(request: HttpRequest, token: str, image: UUID, variant: str) -> HttpResponseBase:
    """A copy of ours of one picture; the original only where the owner of the board lets visitors have it."""
    link = _opened(token)
    if not passwords.is_proven(link, request.GET.get("p", "")):
        raise Http404
    is_original = variant == "original" and link.may_download
    found = links.pictures_behind(link).filter(pk=image).first()
    if found is None or not (is_original or variant in COPIES):
        raise Http404
    ending = found.format if is_original else "webp"
    try:
        response = serve(
            request,
            path_of(found.pk, ending if is_original else f"{variant}.webp"),
            content_type=CONTENT_TYPES[ending],
            etag=f'"{found.pk}-{variant}"',
            shared_with="same-origin",
            # Asked for again each time, so that a link taken back shows nothing; behind a password kept nowhere.
            cache="private, no-store" if link.password else "private, no-cache",
            download=f"picture-{str(found.pk)[:8]}.{ending}" if is_original else "",
        )
    except FileNotFoundError:
        _log.error("The file of picture %s (%s) is missing.", found.pk, variant)
        raise Http404 from None
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _give(request: HttpRequest, link: BoardLink, token: str) -> HttpResponse:
    """Look at the password that was given: on to the pictures, or the page again with what was wrong."""
    try:
        proof = passwords.give(link, request.POST.get("password", ""), ip=client_ip.get())
    except StudioError as error:
        context = {"token": token, "error": error.message}
        answer = render(request, "gallery/shared_password.html", context, status=error.status)
        if "seconds" in error.params:
            answer.headers["Retry-After"] = str(error.params["seconds"])
        return answer
    return redirect(f"{reverse('shared_board', args=[token])}?{urlencode({'p': proof})}")


@require_POST
@sensitive_post_parameters("password")
def board_link(request: Request, pk: UUID) -> HttpResponse:
    """Make a board's link anew, take it back, or give it another password; for its owner."""
    board = get_object_or_404(Board.objects.of(request.user), pk=pk)
    try:
        _change_link(request, board)
    except StudioError as error:
        messages.error(request, error.message)
    except Board.DoesNotExist:
        messages.error(request, _("Only a link board has a link."))
    return redirect(f"{reverse('gallery:board_change', args=[pk])}#share")


def _change_link(request: Request, board: Board) -> None:
    password = request.POST.get("password", "")
    if "revoke" in request.POST:
        if links.revoke_link(user=request.user, board=board):
            messages.success(request, _("The link does not work any more."))
    elif "no_password" in request.POST:
        if links.set_password(user=request.user, board=board, password=""):
            messages.success(request, _("The link opens without a password now."))
    elif "set_password" in request.POST:
        if not (kept := passwords.hashed(password)):
            messages.error(request, _("Enter a password first."))
        elif links.set_password(user=request.user, board=board, password=kept):
            messages.success(request, _("The link asks for this password now."))
    elif (days := request.POST.get("days", "")) in [str(number) for number in links.DAYS]:
        kept, may_download = passwords.hashed(password), request.POST.get("may_download") == "1"
        links.make_link(user=request.user, board=board, days=int(days), may_download=may_download, password=kept)
    else:
        messages.error(request, _("Choose how long the link works."))


def _opened(token: str) -> BoardLink:
    try:
        return links.opened(token)
    except links.LinkRefused:
        raise Http404 from None


def _sealed(response: HttpResponse) -> HttpResponse:
    for name, value in _PRIVATE.items():
        response.headers[name] = value
    return response
