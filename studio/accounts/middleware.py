"""How long a session lives, and that no cache keeps what a signed-in person saw."""

from collections.abc import Callable
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

Next = Callable[[HttpRequest], HttpResponse]
IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(days=14)
WRITE_EVERY = timedelta(minutes=5)
_BEGAN, _SEEN = "session_began", "session_seen"


class SessionLifeMiddleware:
    """Ends a session after 12 hours in which nobody did anything, and after 14 days in any case (AUT-6)."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            _keep_or_end(request)
        return self.get_response(request)


def _keep_or_end(request: HttpRequest) -> None:
    session, now = request.session, timezone.now().timestamp()
    began, seen = session.get(_BEGAN), session.get(_SEEN)
    if began is None or seen is None:
        session[_BEGAN] = session[_SEEN] = now
    elif now - began > ABSOLUTE.total_seconds() or now - seen > IDLE.total_seconds():
        UserSession.objects.filter(session_key=session.session_key).delete()
        logout(request)
    elif now - seen > WRITE_EVERY.total_seconds() and not _polls(request):
        # Two writes in five minutes, not one per request.
        session[_SEEN] = now
        UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=timezone.now())


def _polls(request: HttpRequest) -> bool:
    """Whether the page may have asked by itself: a tab left open is nobody at work."""
    htmx = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.boosted and request.method in ("GET", "HEAD")


class PrivatePagesMiddleware:
    """What was made for somebody signed in is kept by no cache, not even the browser's (AUT-9)."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if (
            kind in ("text/html", "text/csv")
            and settings.SESSION_COOKIE_NAME in request.COOKIES
            and request.user.is_authenticated
        ):
            response.headers["Cache-Control"] = "no-store, private"
        return response
