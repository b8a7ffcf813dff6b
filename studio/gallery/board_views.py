"""The pages of boards: the list, one board, what its owner does to it, and what is put on it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from studio.core.errors import StudioError
from studio.core.http import Request
from studio.gallery import board_pages, boards, links
from studio.gallery.link_passwords import LONGEST, SHORTEST
from studio.gallery.models import Board
from studio.gallery.selection import back_to, chosen, refuses_too_many


@require_http_methods(["GET", "POST"])
def listed(request: Request) -> HttpResponse:
    """Every board this person sees, and the form for a new one."""
    context: dict[str, Any] = {"kinds": board_pages.kind_choices()}
    if request.method == "POST":
        name, kind = request.POST.get("name", ""), request.POST.get("kind", Board.Kind.PRIVATE)
        try:
            board = boards.create_board(user=request.user, name=name, kind=kind)
        except boards.BadBoard as error:
            context |= {"name": name, "kind": kind, "error": error.message}
        else:
            return redirect("gallery:board", pk=board.pk)
    context["covers"], context["next"] = board_pages.covers(request.user, before=request.GET.get("from", ""))
    return render(request, "gallery/boards.html", context, status=422 if "error" in context else 200)


@require_GET
def board(request: Request, pk: UUID) -> HttpResponse:
    """One board in its own order; for htmx the next pictures alone."""
    found = _visible(request, pk)
    after = request.GET.get("after", "")
    context: dict[str, Any] = {"board": found, "page": board_pages.page_of(request.user, found, after=after)}
    if request.htmx and after:
        return render(request, "gallery/board.html#tiles", context)
    context |= {
        "count": board_pages.number_of(request.user, found),
        "kind": board_pages.KINDS[found.kind],
        "is_own": found.owner_id == request.user.pk,
        "hidden": boards.hidden_from_visitors(found, request.user),
        "is_later_page": bool(after),
        **_link_of(request, found),
    }
    return render(request, "gallery/board.html", context)


@require_http_methods(["GET", "POST"])
def change(request: Request, pk: UUID) -> HttpResponse:
    """Another name or kind; for its owner."""
    found = _own(request, pk)
    context: dict[str, Any] = {
        **{"board": found, "name": found.name, "kind": found.kind, "kinds": board_pages.kind_choices()},
        **{"link_days": links.DAYS, "usual_days": links.USUAL_DAYS, "shortest": SHORTEST, "longest": LONGEST},
        **_link_of(request, found),
    }
    if request.method == "POST":
        name, kind = request.POST.get("name", ""), request.POST.get("kind", "")
        try:
            boards.change_board(board=found, name=name, kind=kind)
        except Board.DoesNotExist:
            raise Http404 from None
        except boards.BadBoard as error:
            context |= {"board": _own(request, pk), "name": name, "kind": kind, "error": error.message}
        else:
            messages.success(request, _("Saved."))
            return redirect("gallery:board", pk=pk)
    return render(request, "gallery/board_change.html", context, status=422 if "error" in context else 200)


@require_http_methods(["GET", "POST"])
def delete(request: Request, pk: UUID) -> HttpResponse:
    """Asks once; the pictures stay."""
    found = _own(request, pk)
    if request.method != "POST":
        return render(request, "gallery/board_delete.html", {"board": found})
    boards.delete_board(board=found)
    messages.success(request, _("%(name)s is gone. Its pictures stay in the gallery.") % {"name": found.name})
    return redirect("gallery:boards")


@require_POST
def show(request: Request, pk: UUID) -> HttpResponse:
    """Show one's own pictures on a board to those who come to it."""
    found = _visible(request, pk)
    try:
        number = boards.show_own(user=request.user, board=found, level=request.POST.get("level", ""))
    except StudioError as error:
        messages.error(request, error.message)
    else:
        sentence = ngettext("%(number)d picture is shown now.", "%(number)d pictures are shown now.", number)
        messages.success(request, sentence % {"number": number})
    return redirect("gallery:board", pk=pk)


@require_POST
@refuses_too_many
def take_off(request: Request, pk: UUID) -> HttpResponse:
    """Take what is selected off the board; the pictures stay."""
    found, ids = _visible(request, pk), chosen(request.POST)
    try:
        number = boards.take_off(user=request.user, board=found, ids=ids)
    except StudioError as error:
        messages.error(request, error.message)
    else:
        sentence = ngettext(
            "%(number)d picture taken off this board.", "%(number)d pictures taken off this board.", number
        )
        messages.success(request, sentence % {"number": number})
    return redirect(back_to(request, reverse("gallery:board", args=[pk])))


@require_POST
@refuses_too_many
def move(request: Request, pk: UUID) -> HttpResponse:
    """Move what is selected within the board, for its owner."""
    found, ids = _own(request, pk), chosen(request.POST)
    try:
        boards.move(user=request.user, board=found, ids=ids, to=request.POST.get("to", ""))
    except Board.DoesNotExist:
        raise Http404 from None
    except StudioError as error:
        messages.error(request, error.message)
    return redirect(back_to(request, reverse("gallery:board", args=[pk])))


@require_http_methods(["GET", "POST"])
@refuses_too_many
def collect(request: Request) -> HttpResponse:
    """Put what is selected on a board: the one that was named, a new one, or first the page to choose it on."""
    sent = request.POST if request.method == "POST" else request.GET
    context: dict[str, Any] = {"back": back_to(request, reverse("gallery:gallery"))}
    ids = chosen(sent)
    if not ids:
        messages.warning(request, _("Select pictures first."))
        return redirect(context["back"])
    context |= {"ids": ids, "number": len(ids), "source": _visible(request, sent["from"]) if "from" in sent else None}
    try:
        if request.method == "POST" and ("board" in sent or "name" in sent):
            return _put(request, ids, context["source"])
    except boards.BadBoard as error:
        context |= {"error": error.message, "name": sent.get("name", ""), "kind": sent.get("kind", "")}
    except StudioError as error:
        messages.error(request, error.message)
        return redirect(context["back"])
    others = [each for each in board_pages.boards_to_choose(request.user) if each != context["source"]]
    context |= {"boards": others, "kinds": board_pages.kind_choices()}
    return render(request, "gallery/collect.html", context, status=422 if "error" in context else 200)


def _put(request: Request, ids: list[UUID], source: Board | None) -> HttpResponse:
    if "board" in request.POST:
        found = _visible(request, request.POST["board"])
    else:
        name, kind = request.POST["name"], request.POST.get("kind", Board.Kind.PRIVATE)
        found = boards.create_board(user=request.user, name=name, kind=kind)
    try:
        if source:
            moved, kept = boards.collect_from(user=request.user, source=source, board=found, ids=ids)
            messages.success(request, _moved(found, moved, kept))
        else:
            messages.success(request, _collected(found, boards.collect(user=request.user, board=found, ids=ids)))
    except Board.DoesNotExist:
        raise Http404 from None
    return redirect("gallery:board", pk=found.pk)


def _collected(board: Board, number: int) -> str:
    sentence = ngettext("%(number)d picture put on %(board)s.", "%(number)d pictures put on %(board)s.", number)
    if not number:
        sentence = _("They were on %(board)s already.")
    return sentence % {"number": number, "board": board.name}


def _moved(board: Board, moved: int, kept: int) -> str:
    if not moved and not kept:
        return _collected(board, 0)  # sent twice
    sentence = ngettext("%(number)d picture moved to %(board)s.", "%(number)d pictures moved to %(board)s.", moved)
    words = [sentence % {"number": moved, "board": board.name}]
    if kept:
        words.append(_("The others stay where they are as well: somebody else put them there."))
    return " ".join(words)


def _visible(request: Request, pk: UUID | str) -> Board:
    """A board this person sees; 404 for any other, and for what is no id."""
    try:
        return get_object_or_404(Board.objects.visible_to(request.user).select_related("owner"), pk=UUID(str(pk)))
    except ValueError:
        raise Http404 from None


def _link_of(request: Request, board: Board) -> dict[str, Any]:
    """The link that works now and its address: for the owner of a link board alone."""
    is_its = board.kind == Board.Kind.LINK and board.owner_id == request.user.pk
    link = links.live_link(board) if is_its else None
    return {"link": link, "address": links.address_of(link) if link else ""}


def _own(request: Request, pk: UUID) -> Board:
    return get_object_or_404(Board.objects.of(request.user).select_related("owner"), pk=pk)
