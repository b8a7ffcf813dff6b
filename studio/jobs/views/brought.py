"""A picture dropped on the composer: its settings come back, or it is built on, or it is said what it is not."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from studio.core.http import Request
from studio.credits.context import meter_of
from studio.jobs import form_pictures, recognised, uploads
from studio.jobs.compose import compose
from studio.jobs.errors import BadReference
from studio.jobs.forms import Composer
from studio.jobs.models import Image, Job
from studio.jobs.variables import escaped

_OF_THIS = {"sha256", "job"}  # fields that are no part of the composer


@dataclass
class _Answer:
    composer: Composer | None
    source: Job | None = None
    image: Image | None = None
    is_restored: bool = False  # the form is another one now


@require_POST
def brought(request: Request) -> HttpResponse:
    """By the hash of its bytes or the id of its job; 204 and `studio:unknown` for neither, where no file came.

    With the file: by its own hash, then by its metadata, which restores no more than it says itself.
    """
    draft = next((file for file in request.FILES.getlist("picture") if isinstance(file, uploads.Draft)), None)
    image = recognised.by_bytes(request.user, draft.sha256 if draft else request.POST.get("sha256", ""))
    source = image.job if image else recognised.job_seen(request.user, request.POST.get("job", ""))
    if source is None and draft is None:
        return trigger_client_event(HttpResponse(status=204), "studio:unknown")
    answer = _restored(request, source, image) if source else _from_file(request, draft)
    if answer.composer is None:
        raise Http404
    context: dict[str, Any] = {"composer": answer.composer, "note_icon": "images"}
    if answer.source:
        context["retry_of"] = answer.source.pk
    if answer.image:
        context["instead"] = answer.image.pk
    shown = render(request, "jobs/composer.html", context)
    return trigger_client_event(shown, "studio:restored") if answer.is_restored else shown


def _restored(request: Request, source: Job, image: Image | None) -> _Answer:
    composer = compose(user=request.user, to_spend=meter_of(request.user)["to_spend"], source=source)
    if composer is not None:
        composer.note = _("Filled in as this picture was made. Nothing is ordered yet.")
    return _Answer(composer, source, image, is_restored=True)


def _from_file(request: Request, draft: uploads.Draft | None) -> _Answer:
    assert draft is not None
    said = recognised.said_by(draft.path)
    if source := recognised.job_seen(request.user, said.job):
        return _restored(request, source, None)
    to_spend = meter_of(request.user)["to_spend"]
    data, _wrong = form_pictures.receive(request, user=request.user)
    data = {name: text for name, text in data.items() if name not in _OF_THIS}
    is_restored = bool(said.prompt or said.model)
    if is_restored:
        data = {"model": said.model or data.get("model", ""), "prompt": escaped(said.prompt) or data.get("prompt", "")}
        note = _("Filled in from what the picture says of itself. Nothing is ordered yet.")
    else:
        data, note = _built_on(request, data, draft)
    composer = compose(user=request.user, to_spend=to_spend, data=data)
    if composer is not None:
        composer.note = note
    return _Answer(composer, is_restored=is_restored)


def _built_on(request: Request, data: dict[str, str], draft: uploads.Draft) -> tuple[dict[str, str], str]:
    """The form with the picture among those to build on, where its model takes one."""
    composer = compose(user=request.user, to_spend=0, data=data)
    field = form_pictures.field_for(composer.listing.offered) if composer else ""
    if composer is None or not field:
        name = composer.listing.model.name if composer else ""
        sentence = _("This picture was not made here, and %(model)s does not build on pictures.")
        return data, sentence % {"model": name}
    try:
        value = uploads.keep(user=request.user, draft=draft).value
    except BadReference as error:
        return data, error.message
    before = data.get(field, "").split() if composer.listing.offered.by_name[field].is_list else []
    added = " ".join(dict.fromkeys([*before, value]))
    return {**data, field: added}, _("This picture was not made here, so it was added to build on.")
