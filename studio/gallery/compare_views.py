"""Pictures side by side."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from studio.core.http import Request
from studio.gallery.compare import MOST, address, comparison, first_pictures, to_put_beside
from studio.gallery.duels import fighters
from studio.gallery.selection import TooMany, chosen


@require_POST
def choose(request: Request) -> HttpResponse:
    """To the comparison of what is selected: a selection is posted, so that its token stays out of the address."""
    try:
        ids = chosen(request.POST)
    except TooMany as error:
        return _too_many(request, error)
    return redirect(address(ids)) if len(ids) <= MOST else _too_many(request, TooMany(len(ids), MOST), ids)


@require_safe
def compare(request: Request) -> HttpResponse:
    """Two to four pictures and what differs; with fewer, what could be put beside them; with more, a way to four.

    `?job=` leads to the first picture of each of these jobs.
    """
    try:
        ids, jobs = chosen(request.GET), chosen(request.GET, field="job")
    except TooMany as error:
        return _too_many(request, error)
    if jobs and not ids:
        if ready := first_pictures(request.user, jobs):
            return redirect(address(ready))
        messages.info(request, _("None of these pictures is ready yet."))
    if len(ids) > MOST:
        return _too_many(request, TooMany(len(ids), MOST), ids)
    found = comparison(request.user, ids)
    if ids and not found.columns:
        raise Http404
    beside = to_put_beside(request.user, [column.image for column in found.columns]) if len(ids) < MOST else []
    context = {
        "found": found,
        "missing": len(ids) - len(found.columns),
        "beside": beside,
        "fighters": _fighters(request, ids) if len(found.columns) > 1 else [],
    }
    return render(request, "gallery/compare.html", context)


def _too_many(request: Request, error: TooMany, ids: Sequence[UUID] = ()) -> HttpResponse:
    """Four of them can be compared, and all of them set against each other."""
    context = {
        "too_many": error.message,
        "first": address(ids[:MOST]) if ids else "",
        "fighters": _fighters(request, ids),
    }
    return render(request, "gallery/compare.html", context, status=error.status)


def _fighters(request: Request, ids: Sequence[UUID]) -> list[UUID]:
    return [image.pk for image in fighters(request.user, ids)] if ids else []
