"""The studio: the composer, the live cards beside it, the days below."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from studio.core.errors import StudioError
from studio.core.http import Request
from studio.credits.context import meter_of
from studio.jobs import days, form_pictures, pasted, samples, sheet
from studio.jobs.compose import compose
from studio.jobs.earlier import earlier_prompts
from studio.jobs.forms import Composer
from studio.jobs.models import Batch, Job
from studio.jobs.news import news_of
from studio.jobs.picker import Picker, picker
from studio.jobs.placing import place, to_be_seen_first
from studio.jobs.references import PICK
from studio.providers import catalogue


@require_http_methods(["GET", "POST"])
def studio(request: Request) -> HttpResponse:
    """The page, and the order itself: refused with 422 and the sentence where it belongs, placed once per form."""
    if request.method == "POST":
        text = request.POST.get("prompt", "")
        return _fill(request, text) if pasted.is_call(text) else _submit(request)
    source = _source(request, request.GET.get("from") or request.GET.get("like"))
    batch = _batch(request, request.GET.get("batch"))
    if batch is not None:
        source = batch.jobs.order_by("created_at").first()
    meter = meter_of(request.user)
    composer = compose(
        user=request.user,
        to_spend=meter["to_spend"],
        model=request.GET.get("model", ""),
        source=source,
        prompt=batch.prompt if batch else request.GET.get("prompt", "")[:40_000],
        also=batch.model_ids[1:] if batch else request.GET.getlist("also"),
        build_on=_picked(request.GET.get("reference", "")),
        shape=request.GET.get("shape", "")[:40],
    )
    context: dict[str, Any] = {"composer": composer, "meter": meter}
    if composer is not None and "choose" in request.GET:
        context["picker"] = _picker(request, composer, request.GET)
    if source is not None and "from" in request.GET:
        context["retry_of"] = source.pk
    return render(request, "jobs/studio.html", {**page(request), **context})


def _submit(request: Request) -> HttpResponse:
    composer = _sent(request)
    if "fit" in request.POST:
        return _compose_again(request, composer, status=200)
    composer.check()
    placed = None
    if not composer.has_errors:
        try:
            composer.note = to_be_seen_first(request.user, composer)
            if not composer.note:
                retry_of = _source(request, request.POST.get("retry_of"))
                placed = place(request.user, composer, retry_of=retry_of)
        except StudioError as error:
            composer.blame(error)
    if placed is None:
        return _compose_again(request, composer, status=422)
    if not request.htmx:
        return redirect(f"{reverse('jobs:studio')}?{'batch' if composer.several else 'like'}={placed}")
    meter = meter_of(request.user)
    fresh = compose(user=request.user, to_spend=meter["to_spend"], data={**composer.data, "key": ""})
    context = {**page(request), "composer": fresh, "meter": meter, "placed": placed}
    return trigger_client_event(render(request, "jobs/studio.html#placed", context), "studio:submitted")


def _fill(request: Request, text: str) -> HttpResponse:
    """The form as a pasted API call would order it; nothing is ordered. What cannot be read stays, without its keys."""
    to_spend, sent = meter_of(request.user)["to_spend"], form_pictures.texts_of(request.POST)
    try:
        found = pasted.read(text, host=request.get_host())
        values = {name: sent[name] for name in ("sandbox",) if name in sent}
        composer = compose(user=request.user, to_spend=to_spend, call=found, data=values)
    except StudioError as error:
        kept = {**sent, "prompt": pasted.without_secrets(text)}
        composer = compose(user=request.user, to_spend=to_spend, data=kept)
        if composer is not None:
            composer.prompt_error = error.message
    if composer is None:
        raise Http404
    return _compose_again(request, composer, status=422 if composer.prompt_error else 200)


def _compose_again(request: Request, composer: Composer, *, status: int) -> HttpResponse:
    context = _context(request, composer)
    if request.htmx:
        return render(request, "jobs/composer.html", context, status=status)
    return render(request, "jobs/studio.html", {**page(request), **context}, status=status)


@require_POST
def recompose(request: Request) -> HttpResponse:
    """The same words in the form of another model; without script as a page, which may show the list of models."""
    composer = _sent(request, is_moved=True)
    context = _context(request, composer)
    if request.htmx and (request.htmx.target or "").startswith("beside-"):
        name = request.POST.get("add-model") or request.POST.get("drop-model", "")
        row = {"id": name, "is_beside": name in {listing.model.id for listing in composer.beside}}
        return render(request, "jobs/composer.html#beside_answer", {**context, "row": row, "with_button": True})
    if request.htmx:
        return render(request, "jobs/composer.html", {**context, "is_chosen": "draft" not in request.POST})
    if "choose" in request.POST:
        context["picker"] = _picker(request, composer, request.POST)
    return render(request, "jobs/studio.html", {**page(request), **context})


@require_GET
def models(request: Request) -> HttpResponse:
    """The list of models for the open chooser, searched and sorted."""
    composer = compose(user=request.user, to_spend=0, data=form_pictures.texts_of(request.GET))
    if composer is None:
        raise Http404
    context = {"composer": composer, "picker": _picker(request, composer, request.GET)}
    return render(request, "jobs/picker.html", context)


def _picker(request: Request, composer: Composer, asked: QueryDict) -> Picker:
    return picker(
        composer.listings,
        chosen=composer.listing.model.id,
        user=request.user,
        query=asked.get("q", ""),
        sort=asked.get("sort", ""),
        beside={listing.model.id for listing in composer.beside},
    )


@require_http_methods(["GET", "POST"])
def price(request: Request) -> HttpResponse:
    """What the form costs as it stands; the button comes along only when it must say something else."""
    data = form_pictures.texts_of(request.POST or request.GET)
    composer = compose(user=request.user, to_spend=meter_of(request.user)["to_spend"], data=data)
    if composer is None:
        raise Http404
    with_button = composer.shown != data.get("shown")
    is_told = with_button or composer.several is not None or bool(composer.prompt_error)
    context = {**_context(request, composer), "with_button": with_button, "with_several": is_told}
    return render(request, "jobs/composer.html#price_answer", context)


@require_POST
def sending(request: Request) -> HttpResponse:
    """Who would be asked, and with what, as the form stands."""
    return render(request, "jobs/composer.html#sending", {"composer": _sent(request)})


@require_GET
def live(request: Request) -> HttpResponse:
    """What changed among the active cards: 204 for nothing, else the changed cards and the next interval."""
    seen = sheet.read_seen(request.GET.get("seen", ""))
    oldest = sheet.read_moment(request.GET.get("oldest", ""))
    now, every = sheet.peek(request.user, oldest=oldest, seen=seen)
    if now == seen and str(every or "") == request.GET.get("every"):
        return HttpResponse(status=204)
    region = sheet.live_region(request.user, oldest=oldest, seen=seen)
    changed = [card for card in region.cards if seen.get(card.job.pk) != card.version]
    heads = region.heads_over(changed)
    told = [card.announcement for card in changed if card.announcement and not card.job.batch_id]
    context = {
        "live": region,
        "changed": changed,
        "heads": heads,
        "is_other_set": seen.keys() != {card.job.pk for card in region.cards},
        "announcement": " ".join([*told, *(head.words for head in heads)]),
        "news": news_of(changed, heads),
    }
    answer = render(request, "jobs/studio.html#live_answer", context)
    if context["is_other_set"] or any(card.job.finished_at for card in changed):
        trigger_client_event(answer, "studio:balance")  # what is left after the next order is another number now
    return answer


@require_GET
def earlier(request: Request) -> HttpResponse:
    """The next page of earlier days, for htmx; without it the link opens the studio at that place."""
    found, older = days.groups(
        request.user, before=request.GET.get("before", ""), after_day=request.GET.get("after", "")
    )
    last_day = found[-1].day if found else None
    return render(request, "jobs/studio.html#days", {"days": found, "older": older, "last_day": last_day})


def page(request: Request) -> dict[str, Any]:
    """Everything of the studio but the composer."""
    before = request.GET.get("before", "")
    region = sheet.live_region(request.user)
    under_now = [] if before else [card.job.pk for card in region.cards]
    found, older = days.groups(request.user, before=before, without=under_now)
    is_today = bool(found) and found[0].day == timezone.localdate() and not before
    is_empty = not (region.cards or found or before)
    return {
        "live": region,
        "today": found[0] if is_today else None,
        "days": found[1:] if is_today else found,
        "older": older,
        "last_day": found[-1].day if found else None,
        "is_later_page": bool(before),
        "earlier": earlier_prompts(request.user, [card for group in found for card in group.cards]),
        "samples": samples.SAMPLES if is_empty else [],
    }


def _context(request: Request, composer: Composer) -> dict[str, Any]:
    """What the composer's template needs when it stands alone."""
    return {"composer": composer, "retry_of": request.POST.get("retry_of", "")}


def _sent(request: Request, *, is_moved: bool = False) -> Composer:
    """The composer of a POST; `is_moved`: perhaps it stood in the form of another model."""
    data, wrong = form_pictures.receive(request, user=request.user)
    data = _with_or_without(data)
    if is_moved and (model := catalogue.find(data.get("model", ""))):
        data = form_pictures.moved_over(data, model)
    composer = compose(user=request.user, to_spend=meter_of(request.user)["to_spend"], data=data)
    if composer is None:
        raise Http404
    if is_moved and (strange := composer.strange_fields):
        kept = {name: value for name, value in data.items() if name not in strange}
        composer = compose(user=request.user, to_spend=composer.to_spend, data=kept) or composer
    count = composer.listing.offered.count_parameter
    if "fit" in data and count is not None:
        composer = compose(user=request.user, to_spend=composer.to_spend, data={**data, count.name: data["fit"]})
        assert composer is not None
    composer.field_errors |= wrong
    return composer


def _with_or_without(data: dict[str, str]) -> dict[str, str]:
    """The form with the model that its button names among those beside the first, or without it.

    No field may be called `remove` or `add`: a form has its fields as attributes, and htmx calls its methods.
    """
    beside = [name for name in data.get("also", "").split() if name != data.get("drop-model")]
    beside += [data["add-model"]] if "add-model" in data else []
    kept = {name: text for name, text in data.items() if name not in ("add-model", "drop-model", "also")}
    return {**kept, "also": " ".join(dict.fromkeys(beside))} if beside else kept


def _picked(image: str) -> str:
    """A form's value for one of the studio's own pictures; empty for what is no id."""
    try:
        return f"{PICK}{UUID(image)}"
    except ValueError:
        return ""


def _batch(request: Request, pk: str | None) -> Batch | None:
    """One's own batch that a request names: its words and models again."""
    try:
        return Batch.objects.of(request.user).filter(pk=UUID(pk)).first() if pk else None
    except ValueError:
        return None


def _source(request: Request, pk: str | None) -> Job | None:
    """The job a request names, when it is there and this person may see it."""
    try:
        return Job.objects.visible_to(request.user).filter(pk=UUID(pk)).first() if pk else None
    except ValueError:
        return None
