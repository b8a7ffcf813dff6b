"""The page of one job, live while something happens; cancel it, order it again."""

import re
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from studio.core.errors import StudioError
from studio.core.http import Request
from studio.credits.context import meter_of
from studio.jobs.another import another_of
from studio.jobs.cards import Card, cards_of, with_all
from studio.jobs.descriptions import LONGEST, TooManyWords, describe
from studio.jobs.errors import NotCancellable
from studio.jobs.idempotency import Claim, fingerprint, form_key
from studio.jobs.lineage import lineage_of
from studio.jobs.models import Image, Job
from studio.jobs.neighbours import SCOPES, neighbours
from studio.jobs.news import news_of
from studio.jobs.readers import for_reader
from studio.jobs.receipt import facts_of, receipt_of
from studio.jobs.references import used_by
from studio.jobs.services import cancel_job, retry_job
from studio.jobs.sheet import glance, mark_changes, next_look
from studio.jobs.snippets import written_calls
from studio.jobs.star_models import MOST
from studio.jobs.stars import stars_of
from studio.jobs.trash import restorable_by
from studio.jobs.unknown import why_nobody_asks
from studio.jobs.visibility import changeable_by, set_visibility
from studio.jobs.word_changes import compared
from studio.webhooks.models import Delivery

COMPARED = 4  # pictures side by side
LONG = 700  # characters of a prompt that are shown at once, about twelve lines


@require_GET
def job(request: Request, pk: UUID) -> HttpResponse:
    """Picture or state, the words, what to do next, receipt, settings, lineage; `?picture=2` is the second one."""
    shown = page(request, _card(request, pk))
    if request.htmx and not request.htmx.history_restore_request:
        answer = render(request, "jobs/job.html#picked", {**shown, "oob": True})
    else:
        answer = render(request, "jobs/job.html", shown)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


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
    mark_changes([card], {pk: seen})
    said = {"announcement": card.announcement, "news": news_of([card])}
    return render(request, "jobs/job.html#all", {**page(request, card), **said, "oob": True})


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


@require_POST
def visibility(request: Request, pk: UUID) -> HttpResponse:
    """Set who sees a job that is one's own; staff also choose examples."""
    found = get_object_or_404(changeable_by(request.user), pk=pk)
    level = request.POST.get("level", "")
    if level not in Job.Visibility.values:
        messages.error(request, _("Choose who sees it."))
        return redirect("jobs:job", pk=pk)
    try:
        set_visibility(user=request.user, jobs=[found.pk], level=level)
    except StudioError as error:
        messages.error(request, error.message)
    return redirect(f"{reverse('jobs:job', args=[pk])}#visibility")


@require_POST
def alt(request: Request, pk: UUID, image: UUID) -> HttpResponse:
    """Say in one's own words what a picture of one's own shows; nothing said is the prompt again."""
    mine = Image.objects.there().filter(job__in=Job.objects.of(request.user)).select_related("job")
    found = get_object_or_404(mine, pk=image, job=pk)
    words, wrong = request.POST.get("alt", ""), ""
    try:
        describe(found, words)
    except TooManyWords as error:
        wrong = error.message
    if not (wrong or request.htmx):
        return redirect(f"{reverse('jobs:job', args=[pk])}?picture={found.index}#alt")
    card, status = _card(request, pk), 422 if wrong else 200
    said: dict[str, Any] = {"alt_wrong": wrong, "alt_words": words}
    if request.htmx:
        shown = {"card": card, "picture": found, "alt_longest": LONGEST, "oob": True}
        return render(request, "jobs/job.html#described", {**shown, **said}, status=status)
    return render(request, "jobs/job.html", {**page(request, card, picked=found.index), **said}, status=status)


def page(request: Request, card: Card, *, picked: int = 0) -> dict[str, Any]:
    """Everything the page shows. Money is the owner's to see."""
    asked = request.GET.get("picture", "")
    index = picked or (int(asked) if re.fullmatch("[0-9]{1,4}", asked) else 0)
    picture = next((image for image in card.images if image.index == index), card.image)
    revised = picture.revised_prompt if picture else ""
    return {
        "card": card,
        "picture": picture,
        "owner": card.job.user,
        "tile": _stars(request, picture) if picture else None,
        "gone": _gone(request, card) if card.state == "deleted" else [],
        "is_long": len(card.job.prompt) > LONG,
        "link": request.build_absolute_uri(card.url),
        "receipt": receipt_of(card) if card.is_own else None,
        "told": Delivery.objects.of(request.user).filter(job=str(card.job.pk)).count() if card.is_own else 0,
        "facts": facts_of(card),
        "lineage": lineage_of(card, request.user),
        "every": next_look([card]),
        "another": another_of(card.job),
        "references": used_by(card.job, reader=request.user),
        "calls": written_calls(card.job),
        "why_nobody_asks": why_nobody_asks(card.job) if card.state == "unknown" else "",
        "rewriting": compared(card.job.prompt, revised) if revised and revised != card.job.prompt else [],
        "alt_longest": LONGEST,
        "compare": _compare(card, picture) if picture else "",
        **_beside(request, card, picture),
    }


def _stars(request: Request, picture: Image) -> dict[str, Any]:
    """What the buttons of the stars need."""
    given = stars_of(request.user, [picture.pk]).get(picture.pk, 0)
    url = reverse("gallery:star", args=[picture.pk])
    return {"image": picture, "stars": given, "star_url": url, "five": range(1, MOST + 1)}


def _gone(request: Request, card: Card) -> list[UUID]:
    """The deleted pictures of a job that its reader can bring back."""
    return list(restorable_by(request.user).filter(job=card.job).values_list("pk", flat=True))


def _beside(request: Request, card: Card, picture: Image | None) -> dict[str, str]:
    """The addresses of the picture before and after: of the same job first, then of the next job in the gallery."""
    scope = request.GET.get("in", "")
    context = {"in": scope} if scope in SCOPES else {}
    indexes = [image.index for image in card.images]
    at = indexes.index(picture.index) if picture else 0
    others = neighbours(card.job, request.user, scope=scope or ("mine" if card.is_own else "team"))
    here = [f"?{urlencode({**context, 'picture': index})}" for index in indexes]
    newer, older = (
        f"{reverse('jobs:job', args=[pk])}{'?' if context else ''}{urlencode(context)}" if pk else ""
        for pk in (others.newer, others.older)
    )
    return {
        "in_query": f"{urlencode(context)}&" if context else "",
        "before": here[at - 1] if at > 0 else newer,
        "after": here[at + 1] if at + 1 < len(here) else older,
    }


def _compare(card: Card, picture: Image) -> str:
    """Where this picture stands beside others of its job; alone, others are offered there."""
    ids = [picture.pk, *(image.pk for image in card.images if image.pk != picture.pk)][:COMPARED]
    return f"{reverse('gallery:compare')}?{urlencode([('picture', str(pk)) for pk in ids])}"


def _card(request: Request, pk: UUID) -> Card:
    jobs = with_all(Job.objects.visible_to(request.user)).select_related("api_key", "user")
    return for_reader(request.user, cards_of([get_object_or_404(jobs, pk=pk)]))[0]
