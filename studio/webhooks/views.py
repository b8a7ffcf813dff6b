"""The webhook bench: endpoints, every delivery with what was sent and answered, sending again, trying out."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from studio.core.errors import StudioError
from studio.core.http import Request
from studio.webhooks import endpoint_services as verbs
from studio.webhooks.again import send_again, send_failed_again
from studio.webhooks.bench import OWN, EndpointRow, Filters, Row, failed_lately, page_of
from studio.webhooks.forms import EndpointForm, NewEndpointForm
from studio.webhooks.models import Delivery, Endpoint, Event
from studio.webhooks.verifiers import verifiers_for

HOURS = (1, 6, 24, 72, 720)
FEW = 10  # deliveries on an endpoint's own page


@require_GET
def bench(request: Request) -> HttpResponse:
    """The endpoints and the deliveries; for htmx the next rows of these alone."""
    filters = Filters.read(request.GET.dict())
    rows, older = page_of(request.user, filters, before=_number(request.GET.get("before")))
    context: dict[str, Any] = {"rows": rows, "older": older, "filters": filters}
    if request.htmx and "before" in request.GET:
        return render(request, "webhooks/bench.html#rows", context)
    endpoints = [EndpointRow(one) for one in Endpoint.objects.of(request.user).select_related("api_key")]
    context |= {
        "endpoints": endpoints,
        "most": verbs.MOST_ENDPOINTS,
        "failed": failed_lately(request.user, filters).exists(),
        "hours": [(hours, _span(hours)) for hours in HOURS],
        "states": _states(),
        "events": [("", _("All events")), *((event.value, event.value) for event in Event)],
        "places": _places(endpoints),
    }
    return render(request, "webhooks/bench.html", context)


@require_POST
def failed_again(request: Request) -> HttpResponse:
    """Everything that failed of the last hours, by the filters of the page it is asked from."""
    filters = Filters.read(request.POST.dict())
    hours = _number(request.POST.get("hours"))
    if hours not in HOURS:
        return HttpResponse(status=422)
    try:
        sent = send_failed_again(failed=failed_lately(request.user, filters), by=request.user, hours=hours)
    except StudioError as refused:
        messages.error(request, refused.message)
    else:
        words = ngettext("%(number)d delivery is sent again.", "%(number)d deliveries are sent again.", sent)
        nothing = _("Nothing failed in this time that could be sent again.")
        messages.success(request, words % {"number": sent} if sent else nothing)
    return redirect(f"{reverse('webhooks:bench')}?{filters.query}")


@require_http_methods(["GET", "POST"])
def add(request: Request) -> HttpResponse:
    """A new endpoint; its secret is on the answer and nowhere after."""
    form = NewEndpointForm(request.POST or None, owner=request.user)
    if form.is_valid():
        asked = {name: form.cleaned_data[name] for name in ("url", "events", "api_key")}
        try:
            added = verbs.add_endpoint(owner=request.user, pk=form.cleaned_data["id"], **asked)
        except StudioError as refused:
            form.add_error(None, refused.message)
        else:
            if added:
                return _shown_once(request, *added)
            mine = get_object_or_404(Endpoint.objects.of(request.user), pk=form.cleaned_data["id"])
            messages.warning(request, _("It was added already, and its secret was shown. Lost it? Make a new one."))
            return redirect("webhooks:endpoint", pk=mine.pk)
    return render(request, "webhooks/form.html", {"form": form}, status=422 if form.is_bound else 200)


@require_GET
def endpoint(request: Request, pk: UUID) -> HttpResponse:
    """One endpoint: how it does, what can be done with it, programs that check its signatures."""
    mine = _endpoint(request, pk)
    rows, older = page_of(request.user, Filters(endpoint=str(pk)), before=None, size=FEW)
    context = {
        "row": EndpointRow(mine),
        "endpoint": mine,
        "rows": rows,
        "older": older,
        "events": [event.value for event in Event],
        "verifiers": verifiers_for(str(mine.pk)),
    }
    return render(request, "webhooks/endpoint.html", context)


@require_http_methods(["GET", "POST"])
def edit(request: Request, pk: UUID) -> HttpResponse:
    """Another address, other events, other jobs."""
    mine = _endpoint(request, pk)
    form = EndpointForm(request.POST or None, owner=request.user, endpoint=mine)
    if not form.is_valid():
        context = {"form": form, "endpoint": mine}
        return render(request, "webhooks/form.html", context, status=422 if form.is_bound else 200)
    verbs.change_endpoint(endpoint=mine, by=request.user, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("webhooks:endpoint", pk=pk)


@require_POST
def switch(request: Request, pk: UUID) -> HttpResponse:
    """On or off, as the form says, whatever it was."""
    mine = _endpoint(request, pk)
    verb = verbs.switch_on if request.POST.get("on") == "1" else verbs.pause
    verb(endpoint=mine, by=request.user)
    return redirect("webhooks:endpoint", pk=pk)


@require_POST
def rotate(request: Request, pk: UUID) -> HttpResponse:
    """A new secret, on the answer and nowhere after; the same form twice makes one."""
    mine = _endpoint(request, pk)
    secret = verbs.rotate_secret(endpoint=mine, by=request.user, number=_number(request.POST.get("number")) or 0)
    if secret is None:
        messages.warning(request, _("The secret was changed already, and the new one was shown."))
        return redirect("webhooks:endpoint", pk=pk)
    mine.refresh_from_db()
    return _shown_once(request, mine, secret)


@require_POST
def test(request: Request, pk: UUID) -> HttpResponse:
    """Send an example; the page of that delivery shows what comes back."""
    mine, event = _endpoint(request, pk), request.POST.get("event", "")
    if event not in Event.values:
        return HttpResponse(status=422)
    try:
        sent = verbs.send_test(endpoint=mine, by=request.user, event=event)
    except StudioError as refused:
        messages.error(request, refused.message)
        return redirect("webhooks:endpoint", pk=pk)
    return redirect("webhooks:delivery", message=sent.message_id)


@require_POST
def delete(request: Request, pk: UUID) -> HttpResponse:
    """For good; what was sent there stays in the list."""
    verbs.delete_endpoint(endpoint=_endpoint(request, pk), by=request.user)
    messages.success(request, _("The endpoint is deleted. Nothing is sent there any more."))
    return redirect("webhooks:bench")


@require_GET
def delivery(request: Request, message: str) -> HttpResponse:
    """One delivery: the request, every attempt with its answer and time; for htmx what changes of it."""
    row = Row(_delivery(request, message))
    attempts = list(row.delivery.tries.all())
    is_current = row.delivery.endpoint is None or row.delivery.endpoint.deleted_at is None
    headers = attempts[-1].request_headers if attempts else {}
    context = {"row": row, "delivery": row.delivery, "attempts": attempts, "headers": headers, "is_current": is_current}
    return render(request, f"webhooks/delivery.html{'#live' if request.htmx else ''}", context)


@require_POST
def again(request: Request, message: str) -> HttpResponse:
    """The same body under the same id, now."""
    try:
        is_sent = send_again(delivery=_delivery(request, message), by=request.user)
    except StudioError as refused:
        messages.error(request, refused.message)
    else:
        if not is_sent:
            messages.warning(request, _("It is being sent at this moment."))
    return redirect("webhooks:delivery", message=message)


def _endpoint(request: Request, pk: UUID) -> Endpoint:
    return get_object_or_404(Endpoint.objects.of(request.user).select_related("api_key"), pk=pk)


def _delivery(request: Request, message: str) -> Delivery:
    rows = Delivery.objects.of(request.user).select_related("endpoint", "api_key")
    return get_object_or_404(rows, message_id=message)


def _shown_once(request: Request, endpoint: Endpoint, secret: str) -> HttpResponse:
    answer = render(request, "webhooks/secret.html", {"endpoint": endpoint, "secret": secret})
    answer.headers["Cache-Control"] = "no-store, private"
    return answer


def _states() -> list[tuple[str, str]]:
    return [
        ("", _("All states")),
        ("pending", _("Waiting")),
        ("delivered", _("Delivered")),
        ("failed", _("Not delivered")),
    ]


def _places(endpoints: list[EndpointRow]) -> list[tuple[str, str]]:
    own = (OWN, _("Addresses of jobs themselves"))
    return [("", _("All addresses")), *((str(row.endpoint.pk), row.address) for row in endpoints), own]


def _span(hours: int) -> str:
    if hours < 72:
        return ngettext("the last hour", "the last %(number)d hours", hours) % {"number": hours}
    return ngettext("the last day", "the last %(number)d days", hours // 24) % {"number": hours // 24}


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 16 else None
