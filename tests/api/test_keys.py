"""Who may use which route: keys in either header, and nothing but keys."""

import json
import uuid

import pytest

from studio.accounts import keys
from studio.accounts.key_services import create_api_key, revoke_api_key, set_api_key_active
from studio.accounts.models import ApiKey, Scope, User
from studio.api.v2 import api
from studio.jobs.models import Job
from tests.api.made import submitted
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
ORDER = json.dumps({"prompt": "A lighthouse at dawn", "model": "dall-e-3"})
ROUTES = {
    "generate": ("POST", "/v2/images/generate"),
    "get": ("GET", "/v2/jobs/{job}"),
    "list": ("GET", "/v2/jobs"),
    "cancel": ("POST", "/v2/jobs/{job}/cancel"),
    "me": ("GET", "/v2/me"),
}


@pytest.fixture(params=ROUTES)
def call(request, client, alice, catalogue):
    """Call one of the routes that need a key, about a job of alice."""
    method, path = ROUTES[request.param]
    job = submitted(alice)

    def send(headers: dict[str, str], query: str = ""):
        address = path.format(job=job.pk) + query
        return client.generic(method, address, ORDER, content_type="application/json", headers=headers)

    return send


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"X-API-Key": ""}, 401),
        ({"X-API-Key": "nonsense"}, 401),
        ({"Authorization": "Bearer"}, 401),
        ({"Authorization": "Bearer nonsense"}, 401),
        ({"Authorization": "Basic YTpi"}, 401),
        ({"X-API-Key": "é" * 45}, 401),
    ],
)
def test_without_a_key_of_ours_it_is_401_without_a_query(call, headers, status, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = call(headers)
    assert (response.status_code, list(response.json())) == (status, ["error"])
    assert "X-Request-Id" in response


def test_an_unknown_key_is_401(call):
    assert call({"X-API-Key": keys.generate()}).status_code == 401


def test_two_different_keys_are_400(call, key):
    response = call({"X-API-Key": key, "Authorization": f"Bearer {keys.generate()}"})
    assert (response.status_code, list(response.json())) == (400, ["error"])


def test_a_key_in_the_query_is_no_key(call, key):
    assert call({}, query=f"?api_key={key}&key={key}&X-API-Key={key}").status_code == 401


@pytest.mark.parametrize("why", ["paused", "revoked", "expired", "owner"])
def test_a_key_that_is_not_active_is_403_at_the_next_request(call, key, alice, why):
    from django.utils import timezone

    assert call({"X-API-Key": key}).status_code < 300
    row = ApiKey.objects.get()
    if why == "paused":
        set_api_key_active(key=row, is_active=False, by=alice)
    elif why == "revoked":
        revoke_api_key(key=row, by=alice)
    elif why == "expired":
        ApiKey.objects.update(expires_at=timezone.now())
    else:
        User.objects.update(is_active=False)
    response = call({"X-API-Key": key})
    assert (response.status_code, list(response.json())) == (403, ["error"])


def test_a_login_is_no_key(call, client, alice):
    client.login(username="alice", password=PASSWORD)
    assert call({}).status_code == 401


def test_a_login_beside_a_key_changes_nothing(call, client, key, bob, django_assert_num_queries):
    client.force_login(bob)
    User.objects.filter(pk=bob.pk).update(must_change_password=True)
    response = call({"X-API-Key": key})
    assert (response.status_code < 300, "Set-Cookie" in response, "Cookie" in response.get("Vary", "")) == (
        True,
        False,
        False,
    )


def test_no_csrf_token_is_asked_for(key, alice):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    response = strict.post(
        "/v2/images/generate", ORDER, content_type="application/json", headers={"X-API-Key": key, "Origin": "null"}
    )
    assert response.status_code == 202


def without_ids(response) -> bytes:
    body = response.content
    for value in Job.objects.values_list("pk", flat=True):
        body = body.replace(str(value).encode(), b"id")
    return body


def test_both_headers_give_the_same_answers(call, key, other_key):
    for given in (key, other_key, "nonsense", keys.generate()):
        one, other = call({"X-API-Key": given}), call({"Authorization": f"Bearer {given}"})
        if one.status_code == 200 and other.status_code == 409:  # the first call has cancelled it
            continue
        assert (one.status_code, without_ids(one)) == (other.status_code, without_ids(other))


def test_the_key_is_in_no_answer_and_no_log(call, key, caplog):
    with caplog.at_level("DEBUG"):
        response = call({"X-API-Key": key})
    secret = key[12:39]
    assert secret not in response.content.decode() + str(response.headers) + caplog.text


@pytest.mark.parametrize(
    "path", ["/v2/", "/v2/nothing", "/v2/images", "/v2/images/generate/", "/v2/jobs/", "/v2/jobs/x/y", "/v2/%2e%2e/me"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_unknown_addresses_are_a_404_in_json(client, key, path, method):
    response = client.generic(method, path, "{}", content_type="application/json", headers={"X-API-Key": key})
    assert (response.status_code, response.json()) == (404, {"error": "There is nothing at this address."})


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v2/images/generate"),
        ("POST", "/v2/jobs"),
        ("DELETE", "/v2/jobs/01890a5d-ac96-774b-bcce-b302099a8057"),
        ("GET", "/v2/jobs/01890a5d-ac96-774b-bcce-b302099a8057/cancel"),
        ("PUT", "/v2/me"),
        ("POST", "/v2/models"),
        ("PATCH", "/v2/openapi.json"),
        ("OPTIONS", "/v2/me"),
    ],
)
def test_other_methods_are_a_405_in_json(client, key, method, path):
    response = client.generic(method, path, "{}", content_type="application/json", headers={"X-API-Key": key})
    assert (response.status_code, list(response.json())) == (405, ["error"])
    assert response["Allow"]


def test_a_host_that_is_not_ours_is_400_in_json(client, key):
    response = client.get("/v2/me", headers={"X-API-Key": key, "Host": "evil.example"})
    assert (response.status_code, list(response.json())) == (400, ["error"])


def test_english_whatever_the_caller_reads(client):
    response = client.get("/v2/me", headers={"Accept-Language": "ja,ko"})
    assert response.json()["error"].startswith("An API key is required")


def test_a_request_id_is_taken_over_where_it_is_harmless(client):
    assert client.get("/v2/me", headers={"X-Request-Id": "abc-1"})["X-Request-Id"] == "abc-1"
    assert client.get("/v2/me", headers={"X-Request-Id": "a b\t"})["X-Request-Id"] != "a b"


def test_a_key_reaches_only_its_own_persons_jobs(client, alice, bob, key, other_key):
    job = submitted(alice)
    second = create_api_key(user=alice, name="second")[1]
    statuses = [
        client.get(f"/v2/jobs/{job.pk}", headers={"X-API-Key": one}).status_code for one in (key, second, other_key)
    ]
    assert statuses == [200, 200, 404]


NEEDED = {"generate": "generate", "get": "read", "list": "read", "cancel": "generate"}


@pytest.mark.parametrize("scope", Scope.values)
@pytest.mark.parametrize("route", ROUTES)
def test_a_key_does_what_its_scopes_say(client, alice, catalogue, route, scope):
    method, path = ROUTES[route]
    job, raw = submitted(alice), create_api_key(user=alice, name="narrow", scopes=[scope])[1]
    address = path.format(job=job.pk)
    response = client.generic(method, address, ORDER, content_type="application/json", headers={"X-API-Key": raw})
    if NEEDED.get(route, scope) == scope:
        assert response.status_code < 300
    else:
        sentence = f"This API key does not have the scope {NEEDED[route]}."
        assert (response.status_code, response.json()) == (403, {"error": sentence})
        assert Job.objects.count() == 1


def test_an_order_that_is_to_be_told_about_needs_the_scope_webhooks_too(client, alice, catalogue):
    told = json.dumps({**json.loads(ORDER), "webhookUrl": "https://example.com/told"})
    for scopes, status in ((["generate"], 403), (["generate", "webhooks"], 202)):
        raw = create_api_key(user=alice, name="narrow", scopes=scopes)[1]
        response = client.post(ROUTES["generate"][1], told, content_type="application/json", headers={"X-API-Key": raw})
        assert response.status_code == status
        assert Job.objects.exists() == (status == 202)
        if status == 403:
            assert response.json() == {"error": "This API key does not have the scope webhooks."}


def test_every_route_of_the_dialect_asks_for_a_scope_or_is_named_here(client, alice, catalogue):
    raw = create_api_key(user=alice, name="none", scopes=[])[1]
    free = {("GET", "/models"), ("GET", "/openapi.json"), ("GET", "/me")}
    for path, view in api.default_router.path_operations.items():
        for operation in view.operations:
            for method in operation.methods:
                address = "/v2" + path.replace("{id}", str(uuid.uuid4()))
                asked = client.generic(method, address, headers={"X-API-Key": raw})
                assert (asked.status_code == 403) == ((method, path) not in free), (method, path)


def test_a_key_opens_no_page_and_makes_no_key(client, key):
    for method in ("get", "post"):
        for path in ("/", "/usage/", "/keys/", "/accounts/", "/admin/accounts/apikey/"):
            response = getattr(client, method)(path, {"name": "more"}, headers={"X-API-Key": key})
            assert response.status_code in (302, 404), path
    assert ApiKey.objects.count() == 1
