"""Whose request it is: one way in for every dialect."""

from django.http import HttpRequest

from studio.accounts.key_services import authenticate_key, require_scope
from studio.accounts.models import ApiKey, Scope

SAFE = ("GET", "HEAD")


class Program(HttpRequest):
    """A request that came with a key."""

    auth: ApiKey


def program(request: HttpRequest) -> ApiKey:
    """The key of a request, which may do this: reading takes the scope `read`, everything else `generate`.

    Raises what authenticate_key does, and ScopeMissing. The scope follows from the method, so that no route forgets it.
    """
    key = authenticate_key(request.headers)
    require_scope(key, Scope.READ if request.method in SAFE else Scope.GENERATE)
    return key


def any_program(request: HttpRequest) -> ApiKey:
    """The key of a request, whatever it may do. Raises what authenticate_key does."""
    return authenticate_key(request.headers)
