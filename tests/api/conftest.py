"""Programs with keys of both kinds, and the two ways to send one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from studio.accounts.key_services import create_api_key
from studio.accounts.models import User

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
