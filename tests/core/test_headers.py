"""Headers of every page, and whom to believe about where a request comes from."""

import pytest
from django.db import connection
from django.db.utils import DatabaseError
from django.http import HttpRequest, HttpResponse

from studio.core.logs import client_ip
from studio.core.middleware import TrustedProxyMiddleware
from studio.core.models import AuditEvent, audit
from tests.factories import make_user

pytestmark = pytest.mark.django_db
CSP = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
}


@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/accounts/", "/admin/", "/no/such/page/", "/accounts/invitation/x/"]
)
@pytest.mark.parametrize("signed_in", [True, False])
def test_every_page_has_the_headers(client, path, signed_in):
    if signed_in:
        client.force_login(make_user("root", is_staff=True, is_superuser=True))
    response = client.get(path)
    policy = set(response["Content-Security-Policy"].split("; "))
    assert policy >= CSP
    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert response["X-Request-Id"]
    if signed_in:
        assert response["Cache-Control"] == "no-store, private"


def test_no_page_of_the_admin_has_inline_script_or_style(client):
    client.force_login(make_user("root", is_staff=True, is_superuser=True))
    for path in ("/admin/", "/admin/accounts/user/", "/admin/accounts/user/add/", "/admin/core/auditevent/"):
        page = client.get(path).text
        assert "<style" not in page, path
        assert " onclick=" not in page, path
        assert all(
            "src=" in tag.split(">")[0] or 'type="application/json"' in tag for tag in page.split("<script")[1:]
        ), path


def seen(settings, proxies: int, **meta: str) -> tuple[str | None, str, bool, str | None]:
    """(address, host, is secure, address for limits and log) as views see them."""
    settings.TRUSTED_PROXIES = proxies
    settings.ALLOWED_HOSTS = ["studio.example", "inside"]
    request = HttpRequest()
    request.environ = request.META = {
        "REMOTE_ADDR": "10.0.0.1",
        "HTTP_HOST": "inside",
        "wsgi.url_scheme": "http",
        **meta,
    }
    request._get_scheme = lambda: request.environ["wsgi.url_scheme"]
    result = []

    def view(request: HttpRequest) -> HttpResponse:
        result.append((request.META.get("REMOTE_ADDR"), request.get_host(), request.is_secure(), client_ip.get()))
        return HttpResponse()

    TrustedProxyMiddleware(view)(request)
    return result[0]


FORGED = {
    "HTTP_X_FORWARDED_FOR": "203.0.113.9, 192.0.2.1",
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_HOST": "studio.example",
    "HTTP_FORWARDED": "for=203.0.113.9;proto=https",
    "HTTP_X_REAL_IP": "203.0.113.9",
}


def test_without_a_proxy_forwarded_headers_say_nothing(settings):
    assert seen(settings, 0, **FORGED) == ("10.0.0.1", "inside", False, "10.0.0.1")


def test_behind_one_proxy_only_its_own_words_count(settings):
    assert seen(settings, 1, **FORGED) == ("192.0.2.1", "studio.example", True, "192.0.2.1")


def test_behind_two_the_first_of_them_is_believed(settings):
    assert seen(settings, 2, **FORGED)[0] == "203.0.113.9"
    assert seen(settings, 2, HTTP_X_FORWARDED_FOR="192.0.2.1")[0] == "10.0.0.1"


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("192.0.2.1:5000", "192.0.2.1"),
        ("[2001:db8::1]:5000", "2001:db8::1"),
        ("2001:DB8::1", "2001:db8::1"),
        ("unknown", "10.0.0.1"),
        ("'; drop table", "10.0.0.1"),
        ("", "10.0.0.1"),
    ],
)
def test_an_address_is_an_address(settings, said, address):
    assert seen(settings, 1, HTTP_X_FORWARDED_FOR=said)[0] == address


def test_a_forged_address_changes_no_limit(client, alice):
    for number in range(31):
        last = client.post(
            "/accounts/login/",
            {"login": f"n{number}", "password": "x"},
            headers={"X-Forwarded-For": f"203.0.113.{number}"},
        )
    assert last.status_code == 429


def test_a_socket_has_no_address(settings):
    assert seen(settings, 0, REMOTE_ADDR="")[3] is None


def test_the_audit_log_refuses_a_change_by_any_way():
    audit("login.ok", target="alice")
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="only ever added"):
        cursor.execute("UPDATE core_auditevent SET target = 'bob'")
    if connection.vendor == "sqlite":
        assert AuditEvent.objects.get().target == "alice"
