"""Programs with keys of both kinds, and the two ways to send one: every test of theirs runs with either (KEY-3)."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from studio.accounts.key_services import create_api_key
from studio.accounts.models import User

GENERATE = "/v2/images/generate"
ORDER = {"prompt": "A lighthouse at dawn", "model": "dall-e-3"}
Headers = Callable[[str], dict[str, str]]


KEYS = {"key", "sandbox_key", "other_key", "staff_key"}
HEADERS = ("X-API-Key", "Authorization")


class Program(Client):
    """Sends a key that a test gives as `X-API-Key` in the header whose turn it is."""

    header = HEADERS[0]

    def generic(self, *args: Any, headers: Mapping[str, str] | None = None, **given: Any) -> HttpResponse:
        said = dict(headers or {})
        if self.header == "Authorization" and "X-API-Key" in said and "Authorization" not in said:
            said["Authorization"] = f"Bearer {said.pop('X-API-Key')}"
        return super().generic(*args, headers=said, **given)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test here in which a program sends a key runs under both headers: what it expects is the same (KEY-3)."""
    if "client" in metafunc.fixturenames and KEYS & {*metafunc.fixturenames}:
        metafunc.parametrize("client", HEADERS, indirect=True)


@pytest.fixture
def client(request: pytest.FixtureRequest) -> Client:
    """Takes the place of pytest-django's."""
    program = Program()
    program.header = getattr(request, "param", HEADERS[0])
    return program


@pytest.fixture
def media(settings, tmp_path: Path) -> Path:
    """An empty media folder."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def key(alice: User, catalogue: None) -> str:
    """A live key of alice, who has 100 credits."""
    return create_api_key(user=alice, name="script")[1]


@pytest.fixture
def sandbox_key(alice: User, catalogue: None) -> str:
    return create_api_key(user=alice, name="trial", is_sandbox=True)[1]


@pytest.fixture
def other_key(bob: User, catalogue: None) -> str:
    """A key of bob, a stranger to alice."""
    return create_api_key(user=bob, name="other")[1]


@pytest.fixture
def staff_key(operator: User, catalogue: None) -> str:
    return create_api_key(user=operator, name="staff")[1]


@pytest.fixture(params=["X-API-Key", "Authorization"])
def sent(request: pytest.FixtureRequest) -> Headers:
    """The headers that carry a key; a test that takes this runs with either."""
    if request.param == "X-API-Key":
        return lambda key: {"X-API-Key": key}
    return lambda key: {"Authorization": f"Bearer {key}"}


@pytest.fixture
def order(client, key):
    """Send an order as alice, changed by what is given; `raw` sends bytes as they are."""

    def send(body: Any = None, *, raw: bytes | None = None, headers: dict[str, str] | None = None, **changes: Any):
        data = raw if raw is not None else json.dumps(ORDER | changes if body is None else body).encode()
        content_type = (headers or {}).pop("Content-Type", "application/json")
        return client.post(GENERATE, data, content_type=content_type, headers={"X-API-Key": key} | (headers or {}))

    return send
