"""Closed by default: every route has exactly one policy, and what each policy means."""

from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path, reverse

from studio.core.policy import Policy, policy_of
from studio.policies import POLICIES
from tests.factories import make_user

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/jobs/?a=1"}
SAMPLES = {"int": 1, "uuid": "00000000-0000-4000-8000-000000000000", "slug": "a", "str": "a", "path": "a"}


def routes(resolver: URLResolver, namespaces: tuple[str, ...] = (), prefix: str = "/") -> Iterator[tuple[str, str]]:
    """(full name, an address) of every route."""
    for pattern in resolver.url_patterns:
        route = prefix + sample(pattern)
        if isinstance(pattern, URLResolver):
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from routes(pattern, inner, route)
        else:
            assert isinstance(pattern, URLPattern)
            yield ":".join((*namespaces, pattern.name or f"unnamed {route}")), route


def sample(pattern) -> str:
    """A part of an address that matches a path() or re_path() part."""
    text = str(pattern.pattern)
    for name, converter in pattern.pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
        for spelling in (f"<{kind}:{name}>", f"<{name}>"):
            text = text.replace(spelling, str(SAMPLES.get(kind, "1")))
    return text.removeprefix("^").removesuffix("$")


ROUTES = list(routes(get_resolver()))
# The admin's catch-all and library routes are regular expressions; their addresses are not made up here.
PLAIN = [(name, route) for name, route in ROUTES if not set(route) & set("()\\<>*+?[")]
BY_POLICY = {policy: [item for item in PLAIN if policy_of(POLICIES, item[0]) is policy] for policy in Policy}


def test_every_route_has_a_name_and_exactly_one_policy():
    for name, route in ROUTES:
        assert "unnamed" not in name or policy_of(POLICIES, name), route
        namespace = name.rpartition(":")[0]
        assert [line for line in (name, f"{namespace}:*") if line in POLICIES], f"{name} ({route}) has no policy"


def test_every_policy_belongs_to_a_route():
    names = {name for name, _route in ROUTES}
    namespaces = {f"{name.rpartition(':')[0]}:*" for name in names}
    assert set(POLICIES) <= names | namespaces


def test_a_route_without_a_policy_is_not_served(client, settings, monkeypatch):
    settings.ROOT_URLCONF = type("urls", (), {"urlpatterns": [path("bare/", lambda request: HttpResponse("x"))]})
    assert client.get("/bare/").status_code == 404


def test_strangers_are_sent_to_the_login_page_and_back(client):
    for _name, route in BY_POLICY[Policy.MEMBER] + BY_POLICY[Policy.STAFF]:
        response = client.get(route)
        assert response.status_code == 302, route
        assert response["Location"].startswith("/accounts/login/?next=/"), route
        fragment = client.get(route, headers=HTMX)
        assert (fragment.status_code, fragment.content) == (200, b""), route
        assert fragment["HX-Redirect"] == "/accounts/login/?next=/jobs/%3Fa%3D1", route


def test_members_do_not_pass_for_staff(client, alice):
    client.force_login(alice)
    for _name, route in BY_POLICY[Policy.STAFF]:
        assert (client.get(route).status_code, client.post(route).status_code) == (403, 403), route


def test_a_post_without_a_token_is_403_everywhere():
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user("root", is_staff=True, is_superuser=True))
    for policy in (Policy.PUBLIC, Policy.MEMBER, Policy.STAFF):
        for _name, route in BY_POLICY[policy]:
            # A door for programs that only reads has no token to ask for: it does not take the method at all.
            refusals = (403, 404, 405) if route.startswith("/v") else (403,)
            assert client.post(route).status_code in refusals, route
            assert client.delete(route).status_code in refusals, route


def test_a_link_by_token_takes_no_post_without_a_csrf_token():
    assert Client(enforce_csrf_checks=True).post("/accounts/invitation/x/").status_code == 403


def test_a_form_sent_after_the_session_ended_leads_back_to_its_page(client):
    where = reverse("accounts:theme")
    back = client.post(where, headers={"Referer": "http://testserver/usage/?page=2#x"})["Location"]
    assert back == "/accounts/login/?next=/usage/%3Fpage%3D2"
    assert client.post(where, headers={"Referer": "http://evil.example/x"})["Location"] == "/accounts/login/?next=/"
    assert client.post(where)["Location"] == "/accounts/login/?next=/"


def test_htmx_on_another_site_is_not_believed_about_where_it_is(client):
    there = {"HX-Request": "true", "HX-Current-URL": "http://evil.example/x"}
    assert client.get("/accounts/", headers=there)["HX-Redirect"] == "/accounts/login/?next=/"


def test_a_session_that_ends_in_mid_poll_is_a_clean_trip_to_the_login_page(client, alice):
    client.force_login(alice)
    assert client.get("/accounts/", headers=HTMX).status_code == 200
    client.session.flush()
    gone = client.get("/accounts/", headers=HTMX)
    assert gone.status_code == 200
    assert gone["HX-Redirect"] == "/accounts/login/?next=/jobs/%3Fa%3D1"
