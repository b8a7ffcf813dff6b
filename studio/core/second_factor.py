"""Whether somebody has a second factor, and whether a session has shown it (AUT-5)."""

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes only stand in for one of these


def factors_of(user_id: Any) -> Any:
    """The apps and passkeys of a person, who may be an OuterRef."""
    return Authenticator.objects.filter(user_id=user_id, type__in=FACTORS)


def has_one(user: Any) -> bool:
    return bool(factors_of(user.pk).exists())


def is_shown(request: HttpRequest) -> bool:
    """Whether this session was opened or confirmed by a second factor, not by a password alone."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


def detour(request: HttpRequest) -> str:
    """Where whoever must have a second factor has to go first: set one up, or show it; empty when nowhere.

    Asked at every request, so it holds for sessions opened before the studio demanded it.
    """
    if not has_one(request.user):
        return reverse("mfa_index")
    if not is_shown(request):
        back = request.get_full_path() if request.method in ("GET", "HEAD") else "/"
        return f"{reverse('mfa_reauthenticate')}?{urlencode({'next': back})}"
    return ""
