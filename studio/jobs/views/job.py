"""The page of one job, live while something happens; cancel it, order it again."""

import re
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from studio.core.errors import StudioError
from studio.core.http import Request
from studio.credits.context import meter_of
from studio.jobs.cards import Card, cards_of, with_all
from studio.jobs.errors import NotCancellable
from studio.jobs.form_pictures import field_for
from studio.jobs.idempotency import Claim, fingerprint, form_key
from studio.jobs.models import Job
from studio.jobs.receipt import facts_of, lineage_of, receipt_of
from studio.jobs.references import used_by
from studio.jobs.services import cancel_job, retry_job
from studio.jobs.sheet import glance, next_look
from studio.jobs.snippets import written_calls
from studio.jobs.unknown import why_nobody_asks
from studio.providers.services import composer_models
from studio.webhooks.models import Delivery


@require_GET
def job(request: Request, pk: UUID) -> HttpResponse:
    """Picture or state, the words, what to do next, receipt, settings, lineage."""
    return render(request, "jobs/job.html", page(request, _card(request, pk)))


@require_GET
def live(request: Request, pk: UUID) -> HttpResponse:
    """What changed since the page looked last: 204 for nothing, the picture's place, or all when the state is new."""
    seen, every, state = (request.GET.get(name, "") for name in ("seen", "every", "state"))
    row = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    if glance(row, seen) == (seen, int(every) if re.fullmatch("[0-9]{1,6}", every) else None):
        return HttpResponse(status=204)
    card = _card(request, pk)
    if card.state == state:
        return render(request, "jobs/job.html#progress", {"card": card, "every": next_look([card])})
    return render(request, "jobs/job.html#all", {**page(request, card), "announcement": card.announcement, "oob": True})


@require_POST
def cancel(request: Request, pk: UUID) -> HttpResponse:
    """Cancel one's own job; too late is said on the card, or above the page."""
    found = get_object_or_404(Job.objects.of(request.user), pk=pk)
    note = ""
    try:
        cancel_job(job=found, user=request.user)
    except NotCancellable as error:
        note = error.message
    if not request.htmx:
        if note:
            messages.warning(request, note)
        return redirect("jobs:job", pk=pk)
    card = _card(request, pk)
    card.note, card.is_live = note, True
    context = {"card": card, "announcement": note or card.announcement, "meter": meter_of(request.user)}
    answer = render(request, "jobs/job.html#cancelled", context, status=422 if note else 200)
    return trigger_client_event(answer, "studio:balance")


@require_POST
def again(request: Request, pk: UUID) -> HttpResponse:
    """The same request as a new job that points at this one; the same form twice is one job."""
    found = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    key = form_key(request.POST.get("key", ""))
    claim = Claim(f"{key}.again", "form", fingerprint("POST", request.path, {"key": key})) if key else None
    try:
        made, _was_there = retry_job(job=found, user=request.user, claim=claim)
    except StudioError as error:
        messages.error(request, error.message)
        return redirect("jobs:job", pk=pk)
    return redirect("jobs:studio") if "stay" in request.POST else redirect("jobs:job", pk=made.pk)


def page(request: Request, card: Card) -> dict[str, Any]:
    """Everything the page shows. Money is the owner's to see."""
    listings = {listing.model.id: listing for listing in composer_models()}
    listing = listings.get(card.job.model)
    prices = [other.price_range[0] for other in listings.values() if other.price_range and other.served_by]
    again_price = None
    if listing and listing.rule and listing.served_by:
        again_price = listing.model.unit_price(card.job.params, listing.rule) * card.job.count
    return {
        "card": card,
        "owner": card.job.user,
        "receipt": receipt_of(card) if card.is_own else None,
        "told": Delivery.objects.of(request.user).filter(job=str(card.job.pk)).count() if card.is_own else 0,
        "facts": facts_of(card),
        "lineage": lineage_of(card, request.user),
        "every": next_look([card]),
        "again_price": again_price,
        "has_shapes": bool(listing and listing.offered.ratio),
        "can_build_on": any(other.served_by and field_for(other.offered) for other in listings.values()),
        "references": used_by(card.job),
        "calls": written_calls(card.job),
        "cheapest": min(prices, default=None),
        "why_nobody_asks": why_nobody_asks(card.job) if card.state == "unknown" else "",
    }


def _card(request: Request, pk: UUID) -> Card:
    jobs = with_all(Job.objects.visible_to(request.user)).select_related("api_key", "user")
    card = cards_of([get_object_or_404(jobs, pk=pk)])[0]
    card.is_own = card.job.user_id == request.user.pk
    return card
