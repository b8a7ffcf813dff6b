"""Closed by default: every route has one policy, and a route without one is not served (AZN-1)."""

from collections.abc import Callable
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string
from django_htmx.http import HttpResponseClientRedirect

from studio.core import second_factor


class Policy(Enum):
    PUBLIC = "anyone"
    MEMBER = "people who are signed in"
    STAFF = "signed-in staff"
    KEY = "programs with a key; the view checks it"
    TOKEN = "whoever holds the link; the view checks its signature"  # noqa: S105


# What somebody whose password was set by another may still do: change it, leave, read the page in their language.
PASSWORD_CHANGE = "account_change_password"  # noqa: S105
_BEFORE_THE_CHANGE = (PASSWORD_CHANGE, "account_logout")


class PolicyMiddleware:
    """Applies the policy table to every request before its view runs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.policies: dict[str, Policy] = import_string(settings.ROUTE_POLICIES)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        policy = policy_of(self.policies, name)
        if policy is None:
            raise Http404("This route has no policy.")
        if policy in (Policy.PUBLIC, Policy.KEY, Policy.TOKEN):
            return None
        if not hasattr(request, "user"):  # a program, which is nobody here
            raise PermissionDenied
        if not request.user.is_authenticated:
            return to_login(request)
        if request.user.must_change_password and name not in _BEFORE_THE_CHANGE:
            return _leave_for(request, resolve_url(PASSWORD_CHANGE))
        if policy is Policy.STAFF and not request.user.is_staff:
            raise PermissionDenied
        if policy is Policy.STAFF and settings.STAFF_SECOND_FACTOR and (detour := second_factor.detour(request)):
            return _leave_for(request, detour)
        return None


def policy_of(policies: dict[str, Policy], view_name: str) -> Policy | None:
    """The policy of a route by its name; `admin:*` covers a namespace, except for what has a line of its own."""
    namespace = view_name.rpartition(":")[0]
    return policies.get(view_name) or policies.get(f"{namespace}:*")


def to_login(request: HttpRequest) -> HttpResponse:
    """The way to the login page and back to the page the person is on."""
    return _leave_for(request, redirect_to_login(_page_of(request)).url)


def _page_of(request: HttpRequest) -> str:
    """A page to come back to: for a fragment or a form, the page it is on; an address that only takes POST is none."""
    if request.htmx:  # type: ignore[attr-defined]
        return request.htmx.current_url_abs_path or "/"  # type: ignore[attr-defined]
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, allowed_hosts={request.get_host()}):
        return "/"
    parts = urlsplit(referer)
    return parts._replace(scheme="", netloc="", fragment="").geturl() or "/"


def _leave_for(request: HttpRequest, url: str) -> HttpResponse:
    """A redirect; htmx must leave the page, not swap another page into a card."""
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(url)
    return redirect(url)
