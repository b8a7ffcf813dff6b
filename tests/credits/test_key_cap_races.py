"""Many processes that spend by one key at once, on SQLite and PostgreSQL."""

import signal
from collections import Counter

import pytest

from tests.children import ChildDied
from tests.databases import Scratch

HERE = "tests.credits.processes"
COUNT = "SELECT held, spent FROM credits_keymonth"


def opened(scratch: Scratch, cap: int | None) -> None:
    scratch.run(f"{HERE}:open_account", "mina", 10_000, [])
    scratch.run(f"{HERE}:add_key", "mina", cap)


def is_right(scratch: Scratch) -> bool:
    return scratch.run(f"{HERE}:violations") == [[]]


def test_fifty_at_once_never_pass_the_cap(scratch: Scratch):
    opened(scratch, 100)
    met = sum((Counter(one) for one in scratch.run(f"{HERE}:count_holds", "mina", 5, 7, processes=10)), Counter())
    assert met == {"held": 14, "key_cap_reached": 36}
    assert scratch.rows(COUNT) == [(98, 0)]
    assert scratch.rows("SELECT balance, held FROM credits_account") == [(10_000, 98)]
    assert is_right(scratch)


def test_holds_that_end_while_others_begin_and_caps_that_come_and_go_are_counted_right(scratch: Scratch):
    opened(scratch, None)
    scratch.run(f"{HERE}:one_sets_caps", 12, processes=6)
    assert is_right(scratch)


@pytest.mark.parametrize(
    ("verb", "cap_first", "found"),
    [
        ("hold", True, [50, 7, 0]),
        ("hold", False, [None, 7, 0]),
        ("capture", True, [None, 0, 5]),
        ("capture", False, [None, 0, 5]),
    ],
)
def test_nothing_escapes_a_cap_that_is_set_at_the_same_moment(scratch: Scratch, verb: str, cap_first: bool, found):
    opened(scratch, None)
    assert scratch.run(f"{HERE}:cap_meanwhile", verb, cap_first) == [found]
    assert is_right(scratch)


def test_a_process_that_dies_after_counting_has_counted_nothing(scratch: Scratch):
    opened(scratch, 100)
    with pytest.raises(ChildDied) as death:
        scratch.run(f"{HERE}:count_holds", "mina", 1, STUDIO_FAILPOINT="credits.hold.after_cap")
    assert death.value.signal == signal.SIGKILL
    assert scratch.rows(COUNT) == []
    assert is_right(scratch)
