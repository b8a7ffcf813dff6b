"""The gallery's pages and what can be done to one picture from there."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from studio.core.errors import StudioError
from studio.core.http import Request
from studio.gallery import saved
from studio.gallery.facets import address, facets
from studio.gallery.filters import Filters
from studio.gallery.listing import Selection, narrowed, page, pictures, tile_of
from studio.gallery.models import SavedSearch
from studio.gallery.selection import back_to
from studio.gallery.spine import read_month, spine, up_to
from studio.jobs.models import Image
from studio.jobs.served import Providers
from studio.jobs.stars import set_stars, star_all


@require_GET
def gallery(request: Request) -> HttpResponse:
    """Everything this person may see, narrowed as the address says; for htmx the next tiles alone."""
    filters = Filters.read(request.GET)
    found = pictures(request.user, filters)
    key, after, month = (request.GET.get(name, "") for name in ("before", "after", "at"))
    if request.htmx and key:
        more = page(request.user, found.rows, before=key, after_month=after)
        return render(request, "gallery/gallery.html#tiles", {"page": more, "filters": filters})
    return render(request, "gallery/gallery.html", _context(request, filters, found, before=key, at=month))


def _context(request: Request, filters: Filters, found: Selection, *, before: str, at: str) -> dict[str, Any]:
    jump = read_month(at)
    rows = up_to(found.rows, jump) if jump and not before else found.rows
    shown = page(request.user, rows, before=before)
    count = found.count()
    searches = list(SavedSearch.objects.filter(user=request.user))
    # The months of everything that is narrowed alike, whatever the words: looking for them would read every text.
    years = spine(narrowed(request.user, filters), filters, shown.months[0].key if shown.months else "")
    return {
        "page": shown,
        "filters": filters,
        "count": count.number,
        "has_more": count.has_more,
        "is_partial": found.is_partial,
        "is_later_page": bool(before or jump),
        "facets": facets(request.user, filters, Providers.load(), count.mark),
        "years": years,
        "searches": [(search, address(search.query), search.query == filters.query) for search in searches],
        "everything": address(Filters(scope="all", q=filters.q).query),
        "cleared": address(Filters(scope=filters.scope).query),
        "newest": address(filters.query),
    }


@require_POST
def star(request: Request, image: UUID) -> HttpResponse:
    """Give a picture stars; the same number again, or 0, takes them back."""
    text = request.POST.get("stars", "")
    number = int(text) if text in ("0", "1", "2", "3", "4", "5") else -1
    try:
        if number == set_stars(request.user, image, number) and number:
            set_stars(request.user, image, 0)
    except Image.DoesNotExist:
        raise Http404 from None
    except StudioError as error:
        return HttpResponse(error.message, status=error.status, content_type="text/plain; charset=utf-8")
    tile = tile_of(request.user, image)
    if request.htmx:
        return render(request, "gallery/star.html", {"tile": tile, "is_full": "full" in request.GET})
    return redirect(back_to(request, tile.url))


@require_POST
def keep(request: Request, image: UUID) -> HttpResponse:
    """Take what somebody already made instead of having it made again: a star, and its page."""
    found = get_object_or_404(Image.objects.visible_to(request.user), pk=image)
    star_all(request.user, [found.pk])
    messages.success(request, _("Starred: you find it under Starred in the gallery. Nothing was charged."))
    address = f"{reverse('jobs:job', args=[found.job_id])}?picture={found.index}"
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


@require_POST
def save_search(request: Request) -> HttpResponse:
    """Keep what the page asks for under a name."""
    query = request.POST.get("query", "")
    try:
        made = saved.save(user=request.user, name=request.POST.get("name", ""), query=query)
    except StudioError as error:
        messages.error(request, error.message)
        return redirect(address(Filters.read_text(query).query))
    return redirect(address(made.query))


@require_POST
def change_search(request: Request, pk: int) -> HttpResponse:
    """Rename a saved search, or with `delete` give it up."""
    found = get_object_or_404(SavedSearch, pk=pk, user=request.user)
    try:
        if "delete" in request.POST:
            found.delete()
        else:
            saved.rename(saved=found, name=request.POST.get("name", ""))
    except StudioError as error:
        messages.error(request, error.message)
    return redirect(back_to(request, reverse("gallery:gallery")))
