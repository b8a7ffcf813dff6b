"""Requests for a name that is not this studio's: what the person is told, and what the log keeps of it."""

import logging

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

REMEMBERED = 100  # names; anybody can send any name, and a log must not grow by it
_log = logging.getLogger(__name__)
_said: set[str] = set()


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler400. A foreign host is logged once for each name, without Django's traceback."""
    if not isinstance(exception, DisallowedHost):
        return render(request, "400.html", status=400)
    host = request.META.get("HTTP_HOST", "")[:253]
    if host not in _said and len(_said) < REMEMBERED:
        _said.add(host)
        _log.warning("Refused a request for %r: STUDIO_BASE_URL or STUDIO_ALLOWED_HOSTS must name this host.", host)
    return render(request, "400_host.html", status=400)
