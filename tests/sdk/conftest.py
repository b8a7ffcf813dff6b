"""A studio over real HTTP with a running engine, and programs that hold a key of alice's."""

from collections.abc import Callable
from pathlib import Path

import openai
import pytest
from pytest_django.live_server_helper import LiveServer

from studio.accounts.key_services import create_api_key
from studio.accounts.models import User
from studio.providers.models import ProviderRow
from tests.fakes.provider import FakeProvider
from tests.jobs.conftest import engine, fake, start, studio, vendor  # noqa: F401
from tests.proof import KEY
from tests.sdk.libraries import LANGUAGES, Library, need

Connect = Callable[..., None]


@pytest.fixture
def address(live_server: LiveServer, engine: object, settings, tmp_path: Path) -> str:  # noqa: F811
    """Where a program finds /v1; alice's jobs go to the fake Apiframe."""
    settings.STUDIO_BASE_URL = live_server.url
    settings.STUDIO_DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.SYNC_WAIT = 20
    return f"{live_server.url}/v1"


@pytest.fixture
def key(studio: User) -> str:  # noqa: F811
    """A key of alice, who has 10,000 credits."""
    return create_api_key(user=studio, name="script")[1]


@pytest.fixture
def sandbox_key(studio: User) -> str:  # noqa: F811
    return create_api_key(user=studio, name="trial", is_sandbox=True)[1]


@pytest.fixture
def client(address: str, key: str) -> openai.OpenAI:
    """OpenAI's library, told nothing but the address and the key; it never tries again."""
    return openai.OpenAI(base_url=address, api_key=key, max_retries=0)


@pytest.fixture
def connect(fake: FakeProvider) -> Connect:  # noqa: F811
    """Let the fake serve as another kind of provider instead of as Apiframe."""

    def replace(kind: str, path: str) -> None:
        ProviderRow.objects.all().delete()
        row = ProviderRow(slug=kind, kind=kind, name=kind.title(), base_url=fake.url + path)
        row.set_key(KEY)
        row.save()

    return replace


@pytest.fixture(params=LANGUAGES)
def library(request: pytest.FixtureRequest, address: str, key: str) -> Library:
    """OpenAI's library in a program of its own; a test that takes this runs in every language."""
    need(request.param)
    return Library(request.param, address, key)
