"""/keys/: make a key, which is shown once, and look after those there are."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from studio.accounts import key_services, keys
from studio.accounts.models import ApiKey
from studio.api.key_forms import NewKeyForm, form_of
from studio.api.key_list import row_of, rows_of
from studio.core.errors import StudioError
from studio.core.http import Request
from studio.core.models import count
from studio.credits.key_caps import set_cap

DAY = 86_400


class SentTwice(StudioError):
    """The same form again: its key was made by the first and is shown to nobody any more."""

    code = "sent_twice"
    status = 409

    def __init__(self) -> None:
        super().__init__(
            _("This form was sent before and made a key, which is shown only once. Revoke that one if you missed it.")
        )


@require_http_methods(["GET", "POST"])
def listed(request: Request) -> HttpResponse:
    """One's keys and the form for a new one; a new key is the answer to its POST and stands nowhere else."""
    sent = request.POST if request.method == "POST" else None
    form = NewKeyForm(sent, initial={"nonce": get_random_string(22)}, label_suffix="")
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                return _created(request, form)
            except StudioError as error:
                form.add_error(None, error.message)
                status = error.status
        form.data = form.data.copy()  # type: ignore[attr-defined]
        form.data["nonce"] = get_random_string(22)  # type: ignore[index]
    rows = rows_of(request.user)
    context = {
        "form": form,
        "rows": [row for row in rows if not row.key.revoked_at],
        "revoked": [row for row in rows if row.key.revoked_at],
        "most": key_services.MOST_KEYS,
    }
    return render(request, "keys/list.html", context, status=status)


@sensitive_variables("raw", "context")
def _created(request: Request, form: NewKeyForm) -> HttpResponse:
    given = form.cleaned_data
    with transaction.atomic():
        if given["nonce"] and count(f"key-form:{request.user.pk}:{given['nonce']}", seconds=DAY) > 1:
            raise SentTwice
        key, raw = key_services.create_api_key(
            user=request.user,
            name=given["name"],
            scopes=given["scopes"],
            expires_at=form.expires_at,
            monthly_cap=given["monthly_cap"],
            is_sandbox=given["is_sandbox"],
        )
    context = {"row": row_of(key), "raw": raw, "whsec": keys.whsec_of(raw)}
    response = render(request, "keys/created.html", context)
    response.headers["Cache-Control"] = "no-store, private"
    return response


@require_http_methods(["GET", "POST"])
def one(request: Request, pk: UUID) -> HttpResponse:
    """One key: what it did, and what may be changed about it."""
    key = _own(request, pk)
    form = form_of(key, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"row": row_of(key), "form": form}
        return render(request, "keys/key.html", context, status=422 if form.is_bound else 200)
    if key.revoked_at:
        messages.error(request, _("This key was revoked; nothing about it can be changed."))
        return redirect("keys:key", pk=pk)
    expires_at = form.expires_at if "last_day" in form.changed_data else key.expires_at
    with transaction.atomic():
        set_cap(key=key, cap=form.cleaned_data["monthly_cap"], by=request.user)
        key_services.change_api_key(key=key, name=form.cleaned_data["name"], expires_at=expires_at, by=request.user)
    messages.success(request, _("Saved."))
    return redirect("keys:list")


@require_POST
def pause(request: Request, pk: UUID) -> HttpResponse:
    return _set_active(request, pk, is_active=False)


@require_POST
def resume(request: Request, pk: UUID) -> HttpResponse:
    return _set_active(request, pk, is_active=True)


def _set_active(request: Request, pk: UUID, *, is_active: bool) -> HttpResponse:
    """For htmx the row of the key alone."""
    key = _own(request, pk)
    key_services.set_api_key_active(key=key, is_active=is_active, by=request.user)
    if request.htmx:
        return render(request, "keys/list.html#row", {"row": row_of(_own(request, pk))})
    return redirect("keys:list")


@require_http_methods(["GET", "POST"])
def revoke(request: Request, pk: UUID) -> HttpResponse:
    """Asks once; then the key is ended for good."""
    key = _own(request, pk)
    if request.method != "POST":
        return render(request, "keys/revoke.html", {"row": row_of(key)})
    if key_services.revoke_api_key(key=key, by=request.user):
        messages.success(
            request, _("%(name)s was revoked. Programs that use it are refused from now on.") % {"name": key.name}
        )
    return redirect("keys:list")


def _own(request: Request, pk: UUID) -> ApiKey:
    return get_object_or_404(ApiKey.objects.select_related("user"), user=request.user, pk=pk)
