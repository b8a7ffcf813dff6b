"""Many processes at one account, and one that dies in the middle, on SQLite and PostgreSQL."""

import re
import signal
from collections import Counter

import pytest

from tests.children import ROOT, ChildDied
from tests.databases import Scratch

HERE = "tests.credits.processes"
KEYS = [f"job:{n}:hold" for n in range(6)]


def is_right(scratch: Scratch) -> bool:
    return scratch.run(f"{HERE}:violations") == [[]]


def test_eight_processes_never_hold_more_than_there_is(scratch: Scratch):
    scratch.run(f"{HERE}:open_account", "mina", 200, [])
    met = sum((Counter(one) for one in scratch.run(f"{HERE}:count_holds", "mina", 60, processes=8)), Counter())
    assert met == {"held": 200, "insufficient_credits": 280}
    assert scratch.rows("SELECT balance, held, seq FROM credits_account") == [(200, 200, 201)]
    assert is_right(scratch)


def test_of_twenty_who_resolve_a_hold_one_wins_and_the_others_are_told_how(scratch: Scratch):
    scratch.run(f"{HERE}:open_account", "mina", 200, KEYS)
    tries = scratch.run(f"{HERE}:resolve", KEYS, processes=20)
    told = {"capture": "already_captured", "release": "already_released", "expire": "already_expired"}
    for ended in zip(*tries, strict=True):
        (winner,) = [how for how in ended if how in told]
        assert Counter(ended) == {winner: 1, told[winner]: 19}
    assert is_right(scratch)


def test_twins_of_one_hold_become_one_and_a_first_visit_opens_one_account(scratch: Scratch):
    scratch.run(f"{HERE}:add_person", "mina")
    assert scratch.run(f"{HERE}:ask_for_the_account", "mina", processes=8) == [7] * 8
    made = scratch.run(f"{HERE}:hold_the_same", "mina", KEYS, processes=8)
    assert len({tuple(ids) for ids in made}) == 1
    assert scratch.rows("SELECT balance, held, seq FROM credits_account") == [(7, 6, 7)]
    assert is_right(scratch)


SOURCES = [ROOT / "studio" / "credits" / name for name in ("booking.py", "holds.py", "services.py")]
PLACES = [place for file in SOURCES for place in re.findall(r'failpoint\("(credits\.\w+\.\w+)"\)', file.read_text())]


@pytest.mark.parametrize("place", PLACES)
def test_a_process_that_dies_in_the_middle_leaves_nothing_half_done(scratch: Scratch, place: str):
    scratch.run(f"{HERE}:open_account", "mina", 200, KEYS[:1])
    before = scratch.rows("SELECT * FROM credits_account"), scratch.rows("SELECT id, state FROM credits_hold")
    is_hold = ".hold" in place or ".book_holds." in place
    verb = ("hold_the_same" if ".hold." in place else "hold_together") if is_hold else "capture_one"
    args = ["mina", KEYS[1:3]] if is_hold else [KEYS[0]]
    with pytest.raises(ChildDied) as death:
        scratch.run(f"{HERE}:{verb}", *args, STUDIO_FAILPOINT=place)
    assert death.value.signal == signal.SIGKILL
    assert before == (scratch.rows("SELECT * FROM credits_account"), scratch.rows("SELECT id, state FROM credits_hold"))
    assert is_right(scratch)
