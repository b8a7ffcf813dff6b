"""One batch: its table of prompts and models, live while something happens; cancel what waits."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from studio.core.http import Request
from studio.credits.context import meter_of
from studio.jobs.batch_sheet import cancelled_words, heads_of, table_of
from studio.jobs.batches import cancel_waiting
from studio.jobs.cards import Card, cards_of, with_all
from studio.jobs.models import Batch, Job
from studio.jobs.news import news_of
from studio.jobs.readers import for_reader
from studio.jobs.sheet import Seen, glance, mark_changes, next_look, read_seen, write_seen


@require_GET
def batch(request: Request, pk: UUID) -> HttpResponse:
    """Rows of prompts, columns of models: what they made of the same words side by side."""
    found = _found(request, pk)
    return render(request, "jobs/batch.html", _page(request, found, _cards(request, found)))


@require_GET
def live(request: Request, pk: UUID) -> HttpResponse:
    """The cards that changed since the page looked last, and the head; 204 for nothing."""
    found = _found(request, pk)
    seen = read_seen(request.GET.get("seen", ""))
    rows = Job.objects.visible_to(request.user).filter(batch=found)
    now: Seen = {}
    every: list[int] = []
    for row in rows.only("version", "status", "is_unknown", "created_at", "finished_at"):
        now[row.pk], seconds = glance(row, seen.get(row.pk, ""))
        every += [seconds] if seconds else []
    if now == seen and str(min(every, default="")) == request.GET.get("every"):
        return HttpResponse(status=204)
    page = _page(request, found, _cards(request, found))
    changed = [card for card in page["cards"] if seen.get(card.job.pk) != card.version]
    mark_changes(page["cards"], seen)
    said = {"announcement": page["head"].words if changed else "", "news": news_of(changed, [page["head"]])}
    context = {**page, "changed": changed, "oob": True, **said}
    return render(request, "jobs/batch.html#answer", context)


@require_POST
def cancel(request: Request, pk: UUID) -> HttpResponse:
    """Cancel what still waits of one's own batch, and say what was not."""
    found = get_object_or_404(Batch.objects.of(request.user), pk=pk)
    done = cancel_waiting(batch=found, user=request.user)
    said = cancelled_words(done.number, done.credits, done.refusals)
    if not request.htmx:
        messages.info(request, said)
        return redirect("jobs:batch", pk=pk)
    context = {"said": said, "meter": meter_of(request.user)}
    answer = render(request, "jobs/batch_head.html#cancelled", context)
    trigger_client_event(answer, "look-now", {"target": "#live"})
    return trigger_client_event(answer, "studio:balance")


def _found(request: Request, pk: UUID) -> Batch:
    seen = Batch.objects.visible_to(request.user, jobs=Job.objects.visible_to(request.user))
    return get_object_or_404(seen.select_related("user"), pk=pk)


def _cards(request: Request, found: Batch) -> list[Card]:
    """The cards this person may see; money is the owner's."""
    jobs = with_all(Job.objects.visible_to(request.user).filter(batch=found)).order_by("created_at", "pk")
    return for_reader(request.user, cards_of(jobs, is_live=True))


def _page(request: Request, found: Batch, cards: list[Card]) -> dict[str, Any]:
    jobs, is_own = Job.objects.visible_to(request.user), found.user_id == request.user.pk
    return {
        "batch": found,
        "is_own": is_own,
        "head": heads_of([found.pk], jobs, is_own=is_own)[found.pk],
        "table": table_of(cards, found.model_ids),
        "cards": cards,
        "every": next_look(cards),
        "seen": write_seen({card.job.pk: card.version for card in cards}),
    }
