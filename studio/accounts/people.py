"""Who is behind a request."""

from django.http import HttpRequest

from studio.accounts.models import User


def person_of(request: HttpRequest) -> User:
    """Who is signed in, where nobody else is let in."""
    assert isinstance(request.user, User)
    return request.user


def may_manage(request: HttpRequest, person: User) -> bool:
    """Who is no administrator leaves alone whoever might have more rights."""
    return person_of(request).is_superuser or not (person.is_staff or person.is_superuser)
