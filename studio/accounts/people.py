"""Who is behind a request."""

from django.http import HttpRequest

from studio.accounts.models import User


def person_of(request: HttpRequest) -> User:
    """Who is signed in, where nobody else is let in."""
    assert isinstance(request.user, User)
    return request.user
