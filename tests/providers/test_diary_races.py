"""Readings of lists and decisions about them that come at once, on SQLite and PostgreSQL."""

import pytest

from tests.databases import Scratch
from tests.fakes.provider import FakeProvider

HERE = "tests.providers.diary_processes"
AURORA = {"id": "aurora-1", "label": "Aurora 1", "modality": "image", "costMin": 9, "costMax": 9, "pricingMode": "flat"}


@pytest.fixture
def diary(scratch: Scratch, fake: FakeProvider) -> Scratch:
    """A studio whose vendor has changed three things."""
    scratch.run(f"{HERE}:connect", fake.url)
    fake.script(lists={"added": {"apiframe": [AURORA]}, "gone": ["imagen-4"], "cost": {"dall-e-3": [25, 25]}})
    return scratch


def test_readings_at_once_write_each_difference_once(diary: Scratch) -> None:
    assert sum(diary.run(f"{HERE}:read_the_list", processes=4)) == 3
    assert diary.rows("SELECT count(*) FROM providers_diaryentry") == [(3,)]


def test_of_readings_at_once_the_vendor_is_asked_by_one_at_a_time(diary: Scratch, fake: FakeProvider) -> None:
    read = sum(diary.run(f"{HERE}:read_in_turn", processes=4))
    assert 1 <= read == fake.stats()["requests"]["list"]


def test_decisions_at_once_are_one_decision_and_one_version(diary: Scratch) -> None:
    diary.run(f"{HERE}:read_the_list")
    assert sorted(diary.run(f"{HERE}:accept_everything", processes=4)) == [0, 0, 0, 3]
    assert diary.rows("SELECT count(*) FROM providers_pricelist") == [(2,)]
    assert diary.rows("SELECT count(*) FROM providers_learntoffer") == [(3,)]
    assert diary.rows("SELECT count(*) FROM core_auditevent WHERE name = 'diary.accepted'") == [(3,)]
    assert diary.run(f"{HERE}:see", "aurora-1") == [[True, 1]]
