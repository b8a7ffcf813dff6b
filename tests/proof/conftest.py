"""A fake provider, and a studio on a scratch database that orders there."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests import databases
from tests.databases import Scratch
from tests.fakes.provider import FakeProvider, running
from tests.proof import KEY, SECRETS


@pytest.fixture(scope="session")
def vendor() -> Iterator[FakeProvider]:
    with running(key=KEY) as fake:
        yield fake


@pytest.fixture
def fake(vendor: FakeProvider) -> FakeProvider:
    """The fake provider without orders, ready at once."""
    vendor.script(clear=True, seconds=0, words="")
    return vendor


@pytest.fixture
def studio(scratch: Scratch, fake: FakeProvider) -> Scratch:
    """A migrated database with the catalogue, alice and bob, and the fake as the provider; on both engines."""
    made = replace(scratch, extra=SECRETS)
    made.run("tests.proof.story:prepare", fake.url)
    return made


@pytest.fixture
def sqlite_studio(_templates: dict[str, Scratch], tmp_path: Path, fake: FakeProvider) -> Iterator[Scratch]:
    """The same where one engine is enough to show it."""
    with databases.copy_of(_templates["sqlite"], tmp_path, **SECRETS) as made:
        made.run("tests.proof.story:prepare", fake.url)
        yield made
