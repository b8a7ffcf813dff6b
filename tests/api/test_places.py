"""Where calls wait: all places are anybody's; while somebody else was turned away nobody takes more than a share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import time_machine

from studio.api.openai_errors import Busy
from studio.api.places import REMEMBERED, Places

ALICE, BOB, CARLA = 1, 2, 3
MOST = 8  # a share is 2


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
    assert "2 calls of one person" in refused(places, ALICE), "she has seven of eight"
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


@pytest.fixture
def travel() -> Any:
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        yield clock.shift
