"""Programs go round what only pages need, and lose no protection on their way."""

import pytest
from django.core.handlers import base
from django.test import Client
from django.utils.module_loading import import_string

from studio.api.middleware import _WITHOUT_COOKIES
from studio.core.policy import Policy, policy_of
from studio.policies import POLICIES
from tests.core.test_policy import PLAIN

pytestmark = pytest.mark.django_db
HOOKS = ("process_view", "process_exception", "process_template_response")
OF_PROGRAMS = [
    "studio.core.middleware.RequestIdMiddleware",
    "studio.core.middleware.TrustedProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "studio.core.middleware.ContentPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "studio.api.middleware.DialectMiddleware",
    "django.middleware.common.CommonMiddleware",
    "studio.core.policy.PolicyMiddleware",
]
NOBODY = "00000000-0000-4000-8000-000000000000"
ADDRESSES = [
    "/v2/me",
    "/v2/models",
    "/v2/no",
    "/v2",
    "/v1/models",
    "/v1",
    "/hooks/apiframe/no/",
    f"/files/{NOBODY}/a.png",
]


@pytest.fixture
def passed(monkeypatch):
    """The middleware that a request passes, in its order."""
    found: list[str] = []

    def watched(path: str):
        made = import_string(path)

        def load(get_response):
            inside = made(get_response)

            def middleware(request):
                found.append(path)
                return inside(request)

            for hook in HOOKS:
                if hasattr(inside, hook):
                    setattr(middleware, hook, getattr(inside, hook))
            return middleware

        return load

    monkeypatch.setattr(base, "import_string", watched)
    return found


@pytest.mark.parametrize("address", ADDRESSES)
def test_programs_pass_what_protects_them_and_nothing_else(passed, address):
    Client().get(address)
    assert passed == OF_PROGRAMS


@pytest.mark.parametrize("address", ["/accounts/login/", "/healthz", "/v3/me", "/filesystem/"])
def test_pages_pass_everything(passed, settings, address):
    Client().get(address)
    assert passed == settings.MIDDLEWARE
    assert set(OF_PROGRAMS) <= set(passed)


@pytest.mark.parametrize("address", [*ADDRESSES, f"/files/{NOBODY}", "/files/no/page/"])
def test_every_answer_to_a_program_has_the_headers_and_no_cookie(client, alice, address):
    client.force_login(alice)
    response = client.get(address, headers={"Accept-Language": "ja"})
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Referrer-Policy"]
    assert response["X-Request-Id"]
    assert response["Content-Length"] == str(len(response.content))
    assert not response.cookies
    assert not set(response.text) & set("ページ")


def test_a_program_at_a_host_that_is_not_ours_is_refused_in_its_dialect(client):
    response = client.get("/v2/models", headers={"Host": "elsewhere.example"})
    assert (response.status_code, response["Content-Type"]) == (400, "application/json")


def test_a_page_at_a_host_that_is_not_ours_is_refused_before_anything_is_read(client, alice, django_assert_num_queries):
    client.force_login(alice)
    with django_assert_num_queries(0):
        response = client.get("/gallery/", headers={"Host": "elsewhere.example"})
    assert response.status_code == 400
    assert "session" not in response.cookies


def test_no_address_of_programs_asks_who_is_signed_in():
    own = [(name, route) for name, route in PLAIN if route.startswith(_WITHOUT_COOKIES)]
    assert len(own) > 10
    assert [name for name, _route in own if policy_of(POLICIES, name) in (Policy.MEMBER, Policy.STAFF)] == []


@pytest.mark.parametrize("policy", [Policy.MEMBER, Policy.STAFF, None])
def test_one_that_did_would_be_closed_to_everybody(client, alice, monkeypatch, settings, policy):
    settings.ROUTE_POLICIES = "tests.api.test_middleware.POLICIES"
    monkeypatch.setitem(POLICIES, "v2:list_models", policy)
    alice.is_staff = alice.is_superuser = True
    alice.save()
    client.force_login(alice)
    assert client.get("/v2/models").status_code == (404 if policy is None else 403)
