"""The request's own id, and whom to believe about where a request comes from."""

import re
import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from studio.core.logs import request_id

_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
Next = Callable[[HttpRequest], HttpResponse]


class RequestIdMiddleware:
    """Takes the caller's X-Request-Id where it is harmless, makes one otherwise, and says it in every answer."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        request.id = given if _ID.fullmatch(given) else secrets.token_hex(8)  # type: ignore[attr-defined]
        token = request_id.set(request.id)  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response.headers["X-Request-Id"] = request.id  # type: ignore[attr-defined]
        return response


class TrustedProxyMiddleware:
    """Forwarded headers count only behind STUDIO_TRUSTED_PROXIES proxies; otherwise they are removed (AUT-8)."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        forwarded_for = request.META.pop("HTTP_X_FORWARDED_FOR", "")
        proto = request.META.pop("HTTP_X_FORWARDED_PROTO", "")
        host = request.META.pop("HTTP_X_FORWARDED_HOST", "")
        for name in ("HTTP_X_FORWARDED_PORT", "HTTP_FORWARDED", "HTTP_X_REAL_IP"):
            request.META.pop(name, None)
        proxies = settings.TRUSTED_PROXIES
        if proxies:
            hops = [hop.strip() for hop in forwarded_for.split(",") if hop.strip()]
            if len(hops) >= proxies:
                request.META["REMOTE_ADDR"] = hops[-proxies]
            if proto.split(",")[-1].strip() in ("http", "https"):
                request.META["wsgi.url_scheme"] = proto.split(",")[-1].strip()
                request.environ["wsgi.url_scheme"] = proto.split(",")[-1].strip()  # type: ignore[attr-defined]
            if host:
                request.META["HTTP_HOST"] = host.split(",")[-1].strip()
        return self.get_response(request)
