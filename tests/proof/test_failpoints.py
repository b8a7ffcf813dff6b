"""A process dies by SIGKILL at every named place, another goes on: nothing is lost, nothing doubled (CRA-3)."""

import re
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests import databases
from tests.children import ROOT, ChildDied, Server
from tests.databases import Scratch
from tests.fakes.provider import FakeProvider
from tests.proof import SECRETS
from tests.proof.judge import check, orders_of

STORY = "tests.proof.story:live"
ENDS = {
    "done": ("COMPLETED", 1),
    "failed": ("FAILED", 1),
    "turned away": ("COMPLETED", 1),
    "in doubt": ("COMPLETED", 1),
    "lost": ("PROCESSING", 0),
    "found": ("COMPLETED", 1),
    "by a key": ("COMPLETED", 1),
    "moved": ("COMPLETED", 1),
    "cancelled": ("CANCELLED", 0),
    "built on": ("COMPLETED", 1),
    "one together": ("COMPLETED", 1),
    "other together": ("COMPLETED", 1),
}


def names() -> list[str]:
    """Every failpoint of the source, so that a new one is covered by itself."""
    sources = sorted((ROOT / "studio").rglob("*.py"))
    return sorted({name for path in sources for name in re.findall(r'failpoint\("([a-z._]+)"\)', path.read_text())})


@pytest.fixture(params=databases.ENGINES)
def template(
    request: pytest.FixtureRequest, _templates: dict[str, Scratch], tmp_path: Path, fake: FakeProvider
) -> Iterator[Scratch]:
    databases.need(request.param)
    with databases.copy_of(_templates[request.param], tmp_path, **SECRETS) as made:
        made.run("tests.proof.story:prepare", fake.url)
        made.run("tests.proof.story:add_second", fake.url)
        yield made


@pytest.fixture
def servers() -> Iterator[list[Server]]:
    """Two processes that fork children, so that two places can be tried at a time."""
    with ExitStack() as stack:
        yield [stack.enter_context(Server()) for _ in range(2)]


def die_and_recover(template: Scratch, server: Server, folder: Path, name: str) -> dict[str, Any]:
    folder.mkdir()
    with databases.copy_of(template, folder, **template.extra) as copy:
        studio = replace(copy, server=server)
        with pytest.raises(ChildDied) as death:
            studio.run(STORY, STUDIO_FAILPOINT=name)
        assert death.value.signal == signal.SIGKILL, f"{name}: {death.value}"
        facts: dict[str, Any] = studio.run(STORY)[0]
        return facts


def judge(name: str, facts: dict[str, Any], fake: FakeProvider) -> None:
    check(facts)
    assert len(facts["jobs"]) == len(ENDS), name
    for wish, (status, orders) in ENDS.items():
        job_id = facts["wishes"][wish]
        job = facts["jobs"][job_id]
        if wish == "moved" and job["unknown"]:  # whoever died may have left an order, so the refusal says nothing
            assert orders_of(fake, job_id) == 0, (name, wish, job)
            continue
        assert (job["status"], orders_of(fake, job_id)) == (status, orders), (name, wish, job)
        assert job["unknown"] == (wish == "lost"), (name, wish, job)


def test_dying_at_any_named_place_loses_and_doubles_nothing(
    template: Scratch, servers: list[Server], fake: FakeProvider, tmp_path: Path
) -> None:
    places = names()
    assert len(places) >= 17

    def try_some(number: int) -> list[tuple[str, dict[str, Any]]]:
        mine = places[number :: len(servers)]
        return [(name, die_and_recover(template, servers[number], tmp_path / name, name)) for name in mine]

    with ThreadPoolExecutor(len(servers)) as pool:
        ended = [pair for batch in pool.map(try_some, range(len(servers))) for pair in batch]
    assert sorted(name for name, _facts in ended) == places
    for name, facts in ended:
        judge(name, facts, fake)
