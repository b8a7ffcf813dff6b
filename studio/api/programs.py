"""Whose request it is: one way in for every dialect."""

from django.http import HttpRequest

from studio.accounts.key_services import authenticate_key, remembered_key, require_scope
from studio.accounts.models import ApiKey, Scope
from studio.core.at_once import Together, may_go_at_once

SAFE = ("GET", "HEAD")


class Program(HttpRequest):
    """A request that came with a key."""

    auth: ApiKey
    together: Together | None  # by `ordering_program`: what looks again at all that is remembered


def program(request: HttpRequest) -> ApiKey:
    """The key of a request, which may do this: reading takes the scope `read`, everything else `generate`.

    Raises what authenticate_key does, and ScopeMissing. The scope follows from the method, so that no route forgets it.
    """
    key = authenticate_key(request.headers)
    require_scope(key, Scope.READ if request.method in SAFE else Scope.GENERATE)
    return key


def ordering_program(request: Program) -> ApiKey:
    """As `program`, for a route that writes in one statement: the key may be one that was read a moment ago.

    Then `request.together` is not empty, and nothing may be told to the caller before that was written.
    """
    request.together = None
    if may_go_at_once():
        together = Together()
        key = remembered_key(request.headers, together)
        if key is not None and key.monthly_cap is None and key.has_scope(Scope.GENERATE):
            request.together = together
            return key
        request.together = Together()
    return program(request)


def any_program(request: HttpRequest) -> ApiKey:
    """The key of a request, whatever it may do. Raises what authenticate_key does."""
    return authenticate_key(request.headers)
