"""Presets: the list, keeping the composer's form as one, changing, deleting and using one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from studio.core.http import Request
from studio.core.numbers import comma
from studio.credits.context import meter_of
from studio.jobs import form_pictures, presets
from studio.jobs.compose import compose
from studio.jobs.forms import Composer
from studio.jobs.models import Preset
from studio.jobs.presets import BadPreset
from studio.jobs.views import studio
from studio.providers import catalogue

SEARCHED_FROM = 8  # presets


@require_GET
def listed(request: Request) -> HttpResponse:
    """All of one's own and the team's; for htmx the list alone."""
    return _list(request)


def _list(request: Request, **more: Any) -> HttpResponse:
    query = request.GET.get("q", "").strip()[:100]
    rows = presets.shown(request.user, query)
    total = len(rows) if not query else Preset.objects.visible_to(request.user).count()
    context = {"rows": rows, "query": query, "total": total, "is_searched": total > SEARCHED_FROM, **more}
    if request.htmx and request.htmx.target in ("presets-in", "presets-rows"):
        part = "rows" if request.htmx.target == "presets-rows" else "short"
        return render(request, f"jobs/presets.html#{part}", context)
    return render(request, "jobs/presets.html", context)


@require_POST
def new(request: Request) -> HttpResponse:
    """The form that names a preset, holding what the composer holds; nothing is kept yet."""
    texts = form_pictures.texts_of(request.POST)
    words = " ".join(texts.get("prompt", "").split())
    return _naming(request, texts, name=words[:40].rstrip())


@require_POST
def save(request: Request) -> HttpResponse:
    """Keep it; a name that is taken is asked about."""
    texts = form_pictures.texts_of(request.POST)
    name, is_team = texts.get("preset_name", ""), texts.get("preset_for") == "team"
    try:
        kept = presets.keep(
            user=request.user,
            name=name,
            is_team=is_team,
            model=texts.get("model", ""),
            prompt=texts.get("prompt", ""),
            texts=texts,
            replace="preset_replace" in texts,
        )
    except BadPreset as error:
        return _naming(request, texts, name=name[:200], is_team=is_team, error=error)
    if request.htmx:
        return _list(request, kept=kept)
    messages.success(request, _('"%(name)s" is kept.') % {"name": kept.name})
    return redirect("jobs:presets")


def _naming(
    request: Request, texts: dict[str, str], *, name: str, is_team: bool = False, error: BadPreset | None = None
) -> HttpResponse:
    model = catalogue.find(texts.get("model", ""))
    if model is None:
        raise Http404
    context = {
        "name": name,
        "is_team": is_team,
        "error": error,
        "model": model,
        "prompt": texts.get("prompt", ""),
        "settings": presets.settings_of(texts, model.id),
        "blanks": presets.blanks_of(texts.get("prompt", "")),
        "has_pictures": any(texts.get(field) for field in form_pictures.picture_fields()),
    }
    page = "jobs/presets.html#naming" if request.htmx else "jobs/preset.html"
    return render(request, page, context, status=422 if error else 200)


@require_POST
def change(request: Request, pk: UUID) -> HttpResponse:
    """Another name, or other people."""
    found = get_object_or_404(Preset.objects.editable_by(request.user), pk=pk)
    try:
        presets.change(found, name=request.POST.get("name", ""), is_team=request.POST.get("for") == "team")
    except BadPreset as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _('"%(name)s" is kept.') % {"name": found.name})
    return redirect("jobs:presets")


@require_POST
def delete(request: Request, pk: UUID) -> HttpResponse:
    """Away with it; pictures made by it stay."""
    found = get_object_or_404(Preset.objects.editable_by(request.user), pk=pk)
    found.delete()
    messages.success(request, _('"%(name)s" is deleted.') % {"name": found.name})
    return redirect("jobs:presets")


@require_GET
def use(request: Request, pk: UUID) -> HttpResponse:
    """The composer filled by a preset; what its model no longer takes is said and left out."""
    found = get_object_or_404(Preset.objects.visible_to(request.user), pk=pk)
    composer = _filled(request, found)
    context = {"composer": composer, "meter": meter_of(request.user), "is_filled": True, "note_icon": "bookmark"}
    if request.htmx:
        return render(request, "jobs/composer.html", context)
    return render(request, "jobs/studio.html", {**studio.page(request), **context})


def _filled(request: Request, preset: Preset) -> Composer:
    to_spend = meter_of(request.user)["to_spend"]
    data = {**preset.settings, "model": preset.model, "prompt": preset.prompt}
    composer = compose(user=request.user, to_spend=to_spend, data=data)
    if composer is None:
        raise Http404
    lost = [*composer.unknown_fields, *composer.field_errors]
    note = [_("Filled in from %(name)s.") % {"name": preset.name}]
    if composer.listing.model.id != preset.model:
        old = catalogue.find(preset.model)
        note.append(_("Its model, %(model)s, is switched off here.") % {"model": old.name if old else preset.model})
    elif composer.listing.retired:
        note.append(composer.listing.retired.sentence)
    if lost:
        composer = compose(
            user=request.user, to_spend=to_spend, data={name: text for name, text in data.items() if name not in lost}
        )
        assert composer is not None
        model = catalogue.find(preset.model)
        labels = [str(model.by_name[name].label) if model and name in model.by_name else name for name in lost]
        words = {"model": composer.listing.model.name, "settings": comma().join(labels)}
        note.append(_("%(model)s does not take these settings as they were: %(settings)s.") % words)
    composer.note = " ".join(note)
    return composer
