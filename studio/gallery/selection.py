"""What somebody selected: ids in the body of a form, worth as much as ids in an address (AZN-3)."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from studio.core.errors import StudioError
from studio.core.numbers import grouped

MOST = 500  # pictures in one go


class TooMany(StudioError):
    """More than can be done in one go; nothing was done."""

    code = "too_many"
    status = 422

    def __init__(self, number: int, most: int) -> None:
        words = {"most": grouped(most), "number": grouped(number)}
        super().__init__(_("%(most)s pictures at once are the most; you selected %(number)s.") % words)


def chosen(sent: QueryDict, *, most: int = MOST, field: str = "picture") -> list[UUID]:
    """The pictures a form names, each once, in its order; what is no id is left out. Raises TooMany."""
    found: dict[UUID, None] = {}
    for text in sent.getlist(field):
        try:
            found[UUID(text)] = None
        except ValueError:
            continue
    if len(found) > most:
        raise TooMany(len(found), most)
    return list(found)


def refuses_too_many(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Answer TooMany with its status and a page that says so, from which one goes back to what is still selected."""

    @wraps(view)
    def answer(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except TooMany as error:
            context = {"error": error.message, "back": back_to(request, reverse("gallery:gallery"))}
            return render(request, "gallery/too_many.html", context, status=error.status)

    return answer


def back_to(request: HttpRequest, otherwise: str) -> str:
    """The page of ours a form stood on, as it says itself; `otherwise` for one that says none or another's."""
    back = request.POST.get("back") or request.GET.get("back") or ""
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/")
    return back if is_ours else otherwise
