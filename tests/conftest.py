"""The people of the tests, and the databases of those that need real processes."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from studio.accounts.models import User
from studio.providers.catalogue import registry
from studio.providers.services import load_catalogue
from tests import databases
from tests.children import Server
from tests.databases import Scratch
from tests.factories import make_user

SLOW = ("tests/proof", "tests/browser", "tests/sdk", "tests/ops", "tests/programs")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first, so that two processes end at about the same time."""
    items.sort(key=lambda item: not item.nodeid.startswith(SLOW))


@pytest.fixture(autouse=True)
def declared_catalogue(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test accepted out of the price diary ends with it; without a database no name is looked for there."""
    if "db" not in request.fixturenames and not request.node.get_closest_marker("django_db"):
        monkeypatch.setattr(registry, "_look", None)
    yield
    if registry.number():
        registry.forget()


@pytest.fixture
def alice(db: None) -> User:
    """A member with 100 credits."""
    return make_user("alice", credits=100)


@pytest.fixture
def bob(db: None) -> User:
    """A stranger to alice, without credits."""
    return make_user("bob")


@pytest.fixture
def operator(db: None) -> User:
    """Somebody on the staff, without credits and without any permission that was not given."""
    return make_user("operator", is_staff=True)


@pytest.fixture
def catalogue(db: None) -> None:
    """Providers, models and prices as a release ships them."""
    load_catalogue()


@pytest.fixture(scope="session")
def _templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Scratch]]:
    """Migrated databases by engine, each made when first asked for."""
    with ExitStack() as stack:
        server = stack.enter_context(Server())

        class Templates(dict[str, Scratch]):
            def __missing__(self, engine: str) -> Scratch:
                folder = tmp_path_factory.mktemp("template")
                self[engine] = stack.enter_context(databases.template(engine, folder, server))
                return self[engine]

        yield Templates()


@pytest.fixture(params=databases.ENGINES)
def scratch(request: pytest.FixtureRequest, _templates: dict[str, Scratch], tmp_path: Path) -> Iterator[Scratch]:
    """A fresh migrated database with a data folder; the test runs on SQLite and on PostgreSQL."""
    databases.need(request.param)
    with databases.copy_of(_templates[request.param], tmp_path) as made:
        yield made
