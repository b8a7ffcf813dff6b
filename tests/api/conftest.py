"""Programs with keys of both kinds, and the two ways to send one."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studio.accounts.key_services import create_api_key
from studio.accounts.models import User

GENERATE = "/v2/images/generate"
ORDER = {"prompt": "A lighthouse at dawn", "model": "dall-e-3"}
Headers = Callable[[str], dict[str, str]]


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
