"""Where calls wait: all places are anybody's; while somebody else was turned away nobody takes more than a share."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from errno import ENOSPC
from pathlib import Path
from typing import Any

import pytest
import time_machine

from studio.api.openai_errors import Busy
from studio.api.places import REMEMBERED, Places
from tests.ops.studio_process import ROOT, environment

ALICE, BOB, CARLA = 1, 2, 3
MOST = 8  # a share is 2
OTHER = """
import sys, django
django.setup()
from studio.api.openai_errors import Busy
from studio.api.places import Places
places = Places()
for line in sys.stdin:
    word, number = line.split()
    try:
        print(places.take(int(number), 8) if word == "take" else places.leave(int(number)), flush=True)
    except Busy:
        print("busy", flush=True)
"""


@pytest.fixture
def places(tmp_path: Path, settings: Any) -> Places:
    settings.STUDIO_DATA_DIR = tmp_path
    return Places()


def taken(places: Places, user_id: int, wanted: int) -> list[int]:
    return [places.take(user_id, MOST) for _call in range(wanted)]


def refused(places: Places, user_id: int) -> str:
    with pytest.raises(Busy) as found:
        places.take(user_id, MOST)
    assert (found.value.status, found.value.retry_after) == (429, 10)
    return found.value.message


def test_one_person_may_have_all_places_while_nobody_else_wants_one(places: Places) -> None:
    numbers = taken(places, ALICE, MOST)
    assert sorted(numbers) == list(range(MOST))
    assert "8 calls are waiting" in refused(places, ALICE)
    places.leave(numbers[3])
    assert taken(places, ALICE, 1) == [3]


def test_who_was_turned_away_gets_the_next_place_that_is_free(places: Places) -> None:
    numbers = taken(places, ALICE, MOST)
    refused(places, BOB)
    places.leave(numbers[5])
    assert "of one person now: 2." in refused(places, ALICE), "she has seven of eight"
    assert taken(places, BOB, 1) == [5]
    places.leave(numbers[0])
    assert taken(places, ALICE, 1) == [0], "nobody else waits for one"


def test_a_person_with_a_share_keeps_nobody_else_from_more(places: Places) -> None:
    numbers = taken(places, ALICE, MOST - 2)
    taken(places, BOB, 2)
    refused(places, BOB)
    places.leave(numbers[0])
    taken(places, ALICE, 1)
    refused(places, CARLA)
    places.leave(numbers[1])
    assert "of one person" in refused(places, ALICE)
    assert "of one person" in refused(places, BOB)
    assert taken(places, CARLA, 1) == [1]


def test_who_does_not_come_again_is_forgotten(places: Places, travel: Callable[[float], None]) -> None:
    numbers = taken(places, ALICE, MOST)
    refused(places, BOB)
    places.leave(numbers[0])
    refused(places, ALICE)
    travel(REMEMBERED + 1)
    assert taken(places, ALICE, 1) == [0]


def test_who_was_turned_away_by_a_clock_that_was_wrong_keeps_nobody_out(
    places: Places, travel: Callable[[float], None]
) -> None:
    numbers = taken(places, ALICE, MOST)
    refused(places, BOB)
    places.leave(numbers[0])
    travel(-3600)
    assert taken(places, ALICE, 1) == [0]


@pytest.fixture
def travel() -> Any:
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        yield clock.shift


def test_a_full_disk_takes_no_place_for_good(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object) -> int:
        raise OSError(ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "pwrite", full)
        for _call in range(MOST):
            with pytest.raises(OSError, match="No space left"):
                places.take(ALICE, MOST)
    assert len(taken(places, ALICE, MOST)) == MOST


class Other:
    """Another process of the same studio."""

    def __init__(self, folder: Path) -> None:
        environ = environment(folder) | {"DJANGO_SETTINGS_MODULE": "studio.settings"}
        command, pipe = [sys.executable, "-c", OTHER], subprocess.PIPE
        self.process = subprocess.Popen(command, cwd=ROOT, env=environ, stdin=pipe, stdout=pipe, text=True)

    def __call__(self, word: str, number: int) -> str:
        assert self.process.stdin
        assert self.process.stdout
        print(word, number, file=self.process.stdin, flush=True)
        return self.process.stdout.readline().strip()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Other]:
    made = Other(tmp_path)
    yield made
    made.kill()


def test_processes_count_together_and_a_killed_one_takes_no_place_with_it(places: Places, other: Other) -> None:
    mine = taken(places, BOB, 1)
    theirs = [int(other("take", ALICE)) for _call in range(MOST - 1)]
    assert sorted(mine + theirs) == list(range(MOST))
    refused(places, CARLA)
    assert other("take", ALICE) == "busy"
    other("leave", theirs[0])
    assert other("take", ALICE) == "busy", "Carla wants it"
    assert taken(places, CARLA, 1) == [theirs[0]]
    refused(places, BOB)
    other.kill()
    assert len(taken(places, ALICE, 2)) == 2, "the places that she had are not hers any more"
    assert "of one person now: 2." in refused(places, ALICE), "Bob wants one"
    assert len(taken(places, BOB, 4)) == 4
    refused(places, CARLA)
