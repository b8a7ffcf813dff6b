"""The catalogue, and programs with keys of both kinds."""

from pathlib import Path

import pytest

from studio.accounts.key_services import create_api_key
from studio.accounts.models import User
from studio.providers.services import load_catalogue


@pytest.fixture
def catalogue(db: None) -> None:
    """The shipped models and prices, the sandbox the only provider."""
    load_catalogue()


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
