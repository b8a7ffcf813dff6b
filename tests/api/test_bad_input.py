"""What a program can get wrong, in both dialects and with either header: the contract's error, and nothing is left."""

import json
from collections.abc import Callable, Set
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from studio.accounts import keys
from studio.accounts.key_services import create_api_key, revoke_api_key, set_api_key_active
from studio.accounts.models import ApiKey, Scope, User
from studio.jobs.bodies import V1, prompt_max
from studio.providers import catalogue as declared
from tests.api.conftest import HEADERS, ORDER
from tests.api.made import nothing_is_left

pytestmark = pytest.mark.django_db
ADDRESSES = {"v2": "/v2/images/generate", "v1": "/v1/images/generations"}
Send = Callable[..., Any]
Wrong = tuple[int, str | None]  # of an answer: its status, and in /v1 what `code` says

dialects = pytest.mark.parametrize("dialect", ADDRESSES)
headers = pytest.mark.parametrize("header", HEADERS)


@pytest.fixture
def send(client: Any, catalogue: None, settings: Any) -> Send:
    """Send an order to a dialect; `raw` sends bytes as they are."""
    settings.SYNC_WAIT = 0

    def post(dialect: str, body: Any = ORDER, *, raw: bytes | None = None, query: str = "", **said: str) -> Any:
        data = json.dumps(body).encode() if raw is None else raw
        kind = said.pop("Content_Type", "application/json")
        named = {name.replace("_", "-"): value for name, value in said.items()}
        return client.post(ADDRESSES[dialect] + query, data, content_type=kind, headers=named)

    return post


def with_key(header: str, key: str) -> dict[str, str]:
    return {"X_API_Key": key} if header == "X-API-Key" else {"Authorization": f"Bearer {key}"}


def expect(response: Any, dialect: str, wrong: Wrong, details: Set[str] = frozenset()) -> None:
    """The dialect's envelope with this error, and no job, queue row, hold or entry."""
    status, code = wrong
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/json"
    assert response["X-Request-Id"]
    body = response.json()
    if dialect == "v1":
        assert list(body) == ["error"]
        assert set(body["error"]) == {"message", "type", "param", "code"}
        assert body["error"]["code"] == code
        assert len(body["error"]["message"]) > 10
        assert "X-Studio-Job" not in response
    else:
        assert set(body) == ({"error", "details"} if details else {"error"})
        assert len(body["error"]) > 10
        assert {*body.get("details", ())} == details
    assert nothing_is_left()


def _paused(row: ApiKey) -> None:
    set_api_key_active(key=row, is_active=False, by=row.user)


def _revoked(row: ApiKey) -> None:
    revoke_api_key(key=row, by=row.user)


def _expired(row: ApiKey) -> None:
    ApiKey.objects.filter(pk=row.pk).update(expires_at=timezone.now())


def _left(row: ApiKey) -> None:
    User.objects.filter(pk=row.user_id).update(is_active=False)


def _only_reads(row: ApiKey) -> None:
    ApiKey.objects.filter(pk=row.pk).update(scopes=Scope.READ)


@dialects
@headers
@pytest.mark.parametrize("spoil", [_paused, _revoked, _expired, _left])
def test_a_key_that_does_not_work_any_more(send: Send, alice: User, dialect: str, header: str, spoil: Any) -> None:
    row, raw = create_api_key(user=alice, name="script")
    spoil(row)
    expect(send(dialect, **with_key(header, raw)), dialect, (403, "inactive_key"))


@dialects
@headers
def test_a_key_without_the_scope(send: Send, alice: User, dialect: str, header: str) -> None:
    row, raw = create_api_key(user=alice, name="script")
    _only_reads(row)
    expect(send(dialect, **with_key(header, raw)), dialect, (403, "missing_scope"))


@dialects
@headers
@pytest.mark.parametrize("key", ["", "nonsense", "afk_" + "x" * 41, "sk-" + "a" * 48, "unknown"])
def test_a_key_that_is_none(send: Send, dialect: str, header: str, key: str) -> None:
    given = keys.generate() if key == "unknown" else key
    expect(send(dialect, **with_key(header, given)), dialect, (401, "invalid_api_key"))


@dialects
def test_no_key_at_all_and_one_in_the_address(send: Send, alice: User, dialect: str) -> None:
    raw = create_api_key(user=alice, name="script")[1]
    expect(send(dialect), dialect, (401, "invalid_api_key"))
    query = f"?api_key={raw}&key={raw}&X-API-Key={raw}&access_token={raw}&Authorization=Bearer%20{raw}"
    expect(send(dialect, query=query), dialect, (401, "invalid_api_key"))


@dialects
def test_two_different_keys(send: Send, alice: User, dialect: str) -> None:
    one, other = (create_api_key(user=alice, name=name)[1] for name in ("one", "other"))
    for said in (
        {"X_API_Key": one, "Authorization": f"Bearer {other}"},
        {"X_API_Key": f"{one},{other}"},  # so a header that was sent twice arrives (PEP 3333 has no other way)
        {"Authorization": f"Bearer {one}, Bearer {other}"},
        {"Authorization": f"Bearer {one},{other}"},
    ):
        expect(send(dialect, **said), dialect, (400, "conflicting_keys"))


UNREADABLE = [
    b" ", b"not json", b"null", b"[]", b'"text"', b"{", b"\xff", b'{"prompt": "a", "prompt": "b", "model": "dall-e-3"}',
    b'{"prompt": "a", "model": "dall-e-3", "n": NaN}', b'{"prompt": "a", "model": "dall-e-3", "n": -Infinity}',
    b'{"prompt": "a", "model": "flux-1.1-pro", "seed": 1e999}', b'{"prompt": "\\udc00", "model": "dall-e-3"}',
    b'{"prompt": "a", "model": "dall-e-3", "n": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    b'{"prompt": "a\\u0000b", "model": "dall-e-3"}', b"\xef\xbb\xbf{}",
    b'{"prompt": "a", "model": "dall-e-3", "n": ' + b"9" * 5000 + b"}",
    b'{"prompt": "a", "model": "dall-e-3", "webhookEvents": [' + b'"failed",' * 30_000 + b'"failed"]}',
]  # fmt: skip


@dialects
@headers
@pytest.mark.parametrize("raw", UNREADABLE, ids=lambda raw: repr(raw[-40:]))
def test_a_body_that_cannot_be_read(send: Send, alice: User, dialect: str, header: str, raw: bytes) -> None:
    key = create_api_key(user=alice, name="script")[1]
    expect(send(dialect, raw=raw, **with_key(header, key)), dialect, (400, "unreadable"))


@dialects
@headers
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""])
def test_a_body_of_another_type(send: Send, alice: User, dialect: str, header: str, kind: str) -> None:
    key = create_api_key(user=alice, name="script")[1]
    response = send(dialect, Content_Type=kind, **with_key(header, key))
    expect(response, dialect, (415, "unsupported_media_type"))


@dialects
@headers
def test_a_body_over_1_mb(send: Send, alice: User, dialect: str, header: str) -> None:
    key = create_api_key(user=alice, name="script")[1]
    response = send(dialect, ORDER | {"prompt": "x" * 1024 * 1024}, **with_key(header, key))
    expect(response, dialect, (413, "too_large"))


@dialects
@headers
@pytest.mark.parametrize(
    "name", ["", " ", '""', '" "', "x" * 256, '"' + "x" * 256 + '"', "a\x01b", "a\tb", "é", "\x7f"]
)
def test_an_idempotency_key_that_is_none(send: Send, alice: User, dialect: str, header: str, name: str) -> None:
    key = create_api_key(user=alice, name="script")[1]
    response = send(dialect, Idempotency_Key=name, **with_key(header, key))
    expect(response, dialect, (400, "bad_idempotency_key"))


FIELDS: list[tuple[dict[str, Any], str, Wrong]] = [  # what is said, the name that is wrong, what /v1 says of it
    ({"prompt": 3}, "prompt", (400, "invalid_value")),
    ({"prompt": ["a"]}, "prompt", (400, "invalid_value")),
    ({"prompt": ""}, "prompt", (400, "invalid_value")),
    ({"prompt": "a\x07b"}, "prompt", (400, "invalid_value")),
    ({"model": 3}, "model", (400, "invalid_value")),
    ({"model": {}}, "model", (400, "invalid_value")),
    ({"model": "nope"}, "model", (404, "model_not_found")),
    ({"model": ""}, "model", (404, "model_not_found")),
    ({"nonsense": 1}, "nonsense", (400, "unknown_parameter")),
    ({"user_id": 1}, "user_id", (400, "unknown_parameter")),
    ({"price": 0}, "price", (400, "unknown_parameter")),
    ({"visibility": "public"}, "visibility", (400, "unknown_parameter")),
    ({"is_sandbox": True}, "is_sandbox", (400, "unknown_parameter")),
    ({"fluxParams": {"guidance": 2}}, "fluxParams", (400, "unknown_parameter")),
    ({"guidance_scale": 2}, "guidance_scale", (400, "unknown_parameter")),
]


@dialects
@headers
@pytest.mark.parametrize(("said", "name", "wrong"), FIELDS)
def test_a_field_that_is_wrong(
    send: Send, alice: User, dialect: str, header: str, said: dict[str, Any], name: str, wrong: Wrong
) -> None:
    key = create_api_key(user=alice, name="script")[1]
    response = send(dialect, ORDER | said, **with_key(header, key))
    if dialect == "v2":
        expect(response, dialect, (400, ""), {name})
        return
    expect(response, dialect, wrong)
    assert response.json()["error"]["param"] == name


@dialects
@headers
def test_a_prompt_one_character_too_long(send: Send, alice: User, dialect: str, header: str) -> None:
    key = create_api_key(user=alice, name="script")[1]
    three = declared.find("dall-e-3")
    assert three is not None
    longest = {"v1": prompt_max(V1, three), "v2": 2000}[dialect]
    response = send(dialect, ORDER | {"prompt": "x" * (longest + 1)}, **with_key(header, key))
    expect(response, dialect, (400, "string_above_max_length"), {"prompt"} if dialect == "v2" else set())


@dialects
@pytest.mark.parametrize("name", ["dall-e", "DALL-E-3", "nope", "☃", "x" * 10_000])
def test_a_wrong_model_names_three_that_exist(send: Send, alice: User, dialect: str, name: str) -> None:
    key = create_api_key(user=alice, name="script")[1]
    body = send(dialect, ORDER | {"model": name}, X_API_Key=key).json()
    said = body["error"]["message"] if dialect == "v1" else body["details"]["model"][0]
    named = said.partition("The closest are ")[2].rstrip(".").split(", ")
    assert (len(named), len({*named} & {model.id for model in declared.models()})) == (3, 3)
    assert len(said) < 300


@dialects
@headers
@pytest.mark.parametrize(
    ("method", "rest", "status"),
    [("GET", "", 405), ("PUT", "", 405), ("DELETE", "", 405), ("POST", "/nothing", 404), ("GET", "/../x", 404)],
)
def test_another_method_or_address(
    client: Any, alice: User, catalogue: None, dialect: str, header: str, method: str, rest: str, status: int
) -> None:
    key = create_api_key(user=alice, name="script")[1]
    said = {name.replace("_", "-"): value for name, value in with_key(header, key).items()}
    response = client.generic(method, ADDRESSES[dialect] + rest, "{}", content_type="application/json", headers=said)
    expect(response, dialect, (status, None if status == 405 else "not_found"))


@dialects
@pytest.mark.parametrize("end", ["", "/"])
@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_the_dialect_itself_is_no_address_and_no_page(db: None, dialect: str, method: str, end: str) -> None:
    programs = Client(enforce_csrf_checks=True)  # as a server does, and this client by itself does not
    response = getattr(programs, method)(f"/{dialect}{end}", headers={"Accept-Language": "ja"})
    expect(response, dialect, (404, "not_found"))
    assert not response.cookies
