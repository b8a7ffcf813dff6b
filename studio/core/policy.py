"""Closed by default: every route has one policy, and a route without one is not served (AZN-1)."""

from collections.abc import Callable
from enum import Enum
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django_htmx.http import HttpResponseClientRedirect


class Policy(Enum):
    PUBLIC = "anyone"
    MEMBER = "people who are signed in"
    STAFF = "signed-in staff"
    KEY = "programs with a key; the view checks it"
    TOKEN = "whoever holds the link; the view checks its signature"  # noqa: S105


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
        policy = policy_of(self.policies, request.resolver_match.view_name if request.resolver_match else "")
        if policy is None:
            raise Http404("This route has no policy.")
        if policy in (Policy.PUBLIC, Policy.KEY, Policy.TOKEN):
            return None
        if not request.user.is_authenticated:
            return to_login(request)
        if policy is Policy.STAFF and not request.user.is_staff:
            raise PermissionDenied
        return None


def policy_of(policies: dict[str, Policy], view_name: str) -> Policy | None:
    """The policy of a route by its name; `admin:*` covers a namespace."""
    namespace = view_name.rpartition(":")[0]
    return policies.get(view_name) or policies.get(f"{namespace}:*")


def to_login(request: HttpRequest) -> HttpResponse:
    """The way to the login page and back; htmx must leave the page, not swap the login form into a card."""
    if request.htmx:  # type: ignore[attr-defined]
        back = request.htmx.current_url_abs_path or "/"  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(redirect_to_login(back).url)
    return redirect_to_login(request.get_full_path())
