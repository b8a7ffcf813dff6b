"""The request's own id, whom to believe about where a request comes from, and how a page travels."""

import ipaddress
import re
import secrets
from collections.abc import Callable

from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from studio.core.logs import client_ip, request_id

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


class ContentPolicyMiddleware:
    """django-csp's header, put together once: one policy for every answer but those that bring their own."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self.policy = build_policy()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        return response


class CompressedPagesMiddleware(GZipMiddleware):
    """Pages alone: pictures are compressed already, style and script were beforehand.

    A form's token is masked anew in every page and Django adds a random length, so that sizes tell nothing (BREACH).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)


class TrustedProxyMiddleware:
    """Forwarded headers count only behind STUDIO_TRUSTED_PROXIES proxies; otherwise they are removed (AUT-8)."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        meta = request.META
        forwarded_for, proto, host = (meta.pop(f"HTTP_X_FORWARDED_{name}", "") for name in ("FOR", "PROTO", "HOST"))
        for name in ("HTTP_X_FORWARDED_PORT", "HTTP_FORWARDED", "HTTP_X_REAL_IP"):
            meta.pop(name, None)
        if settings.TRUSTED_PROXIES:
            # Each proxy appends the address it was reached from, so only the last ones are not the client's own words.
            hops = forwarded_for.split(",")
            if len(hops) >= settings.TRUSTED_PROXIES:
                meta["REMOTE_ADDR"] = _address(hops[-settings.TRUSTED_PROXIES]) or meta.get("REMOTE_ADDR", "")
            scheme = proto.rpartition(",")[2].strip()
            if scheme in ("http", "https"):
                meta["wsgi.url_scheme"] = scheme
            if host:
                meta["HTTP_HOST"] = host.rpartition(",")[2].strip()
        token = client_ip.set(_address(meta.get("REMOTE_ADDR", "")))
        try:
            return self.get_response(request)
        finally:
            client_ip.reset(token)


def _address(text: str) -> str | None:
    """The IP address in `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1` or `[2001:db8::1]:80`; None when there is none."""
    text = text.strip()
    bare = re.fullmatch(r"\[(.+)\](?::\d+)?|([\d.]+)(?::\d+)?", text)
    try:
        return str(ipaddress.ip_address((bare[1] or bare[2]) if bare else text.partition("%")[0]))
    except ValueError:
        return None
