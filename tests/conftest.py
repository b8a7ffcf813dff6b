"""The people of the tests, and the databases of those that need real processes."""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from django.db import connection, connections
from django.utils import translation

from studio.accounts.models import User
from studio.providers.catalogue import registry
from studio.providers.services import load_catalogue
from tests import anew, databases, once
from tests.children import Server
from tests.databases import Scratch
from tests.factories import make_user
from tests.settings import IS_SQLITE

# What takes longest, the longest first: a file goes to one process as a whole, and none may be left alone with one.
SLOW = (
    "tests/proof/test_failpoints.py",
    "tests/browser/test_axe.py",
    "tests/ops/test_up.py",
    "tests/sdk/test_libraries.py",
    "tests/ops/test_waiting_calls.py",
    "tests/jobs/test_job_machine.py",
    "tests/proof",
    "tests/browser",
    "tests/ops",
    "tests/jobs/test_matrix.py",
    "tests/api/test_fuzz.py",
    "tests/credits/test_ledger_machine.py",
    "tests/sdk",
    "tests/programs",
    "tests/jobs",
    "tests/api",
)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One process more than there are cores: a third of the time goes into waiting for pictures and other processes."""
    return min(8, (os.cpu_count() or 1) + 1)


GUARD = pytest.StashKey[anew.Guard]()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first, so that all processes end at about the same time."""

    def rank(item: pytest.Item) -> int:
        return next((place for place, path in enumerate(SLOW) if item.nodeid.startswith(path)), len(SLOW))

    items.sort(key=rank)


@pytest.fixture(autouse=True)
def declared_catalogue(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test accepted out of the price diary ends with it; without a database no name is looked for there."""
    if "db" not in request.fixturenames and not request.node.get_closest_marker("django_db"):
        monkeypatch.setattr(registry, "_look", None)
    yield
    if registry.number():
        registry.forget()


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """A page asked for in another language leaves its thread in that language; the next test begins in English."""
    yield
    translation.deactivate()


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


def _template_folder(config: pytest.Config, engine: str) -> Path:
    databases.need(engine)
    return once.once(config, f"{engine}-template", partial(databases.make_template, engine))


def pytest_unconfigure(config: pytest.Config) -> None:
    """The last process that ends takes the template from the PostgreSQL server."""
    if not hasattr(config, "workerinput") and hasattr(config, "_tmp_path_factory"):
        databases.drop_template(once.run_folder(config) / "once" / "postgres-template")


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The database of this process is copied (below), not made; its file goes with the data folder."""
    return IS_SQLITE


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, request: pytest.FixtureRequest
) -> None:
    if IS_SQLITE:
        name = connections["default"].settings_dict["TEST"]["NAME"]
        shutil.copy(_template_folder(request.config, "sqlite") / "studio.sqlite3", name)


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_setup: None) -> Iterator[None]:
    if not IS_SQLITE:
        yield
        return
    template, path = _template_folder(request.config, "sqlite") / "studio.sqlite3", connection.settings_dict["NAME"]
    with anew.copied_from(template), closing(anew.Guard(template, Path(path))) as guard:
        request.config.stash[GUARD] = guard
        yield
        del request.config.stash[GUARD]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """When all that a test used is put away, nobody may be left in the database."""
    yield
    if guard := item.config.stash.get(GUARD, None):
        guard.look()


@pytest.fixture(scope="session")
def _templates(request: pytest.FixtureRequest) -> Iterator[dict[str, Scratch]]:
    """Migrated databases by engine, each made when first asked for by any process of this run."""
    with Server() as server:

        class Templates(dict[str, Scratch]):
            def __missing__(self, engine: str) -> Scratch:
                self[engine] = databases.template(engine, _template_folder(request.config, engine), server)
                return self[engine]

        yield Templates()


@pytest.fixture(params=databases.ENGINES)
def scratch(request: pytest.FixtureRequest, _templates: dict[str, Scratch], tmp_path: Path) -> Iterator[Scratch]:
    """A fresh migrated database with a data folder; the test runs on SQLite and on PostgreSQL."""
    databases.need(request.param)
    with databases.copy_of(_templates[request.param], tmp_path) as made:
        yield made
