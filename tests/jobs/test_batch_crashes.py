"""A batch is all of its orders or none: killed in between, sent by many at once, sent when the credits run out."""

import re
import signal

import pytest

from tests.children import ROOT, ChildDied
from tests.databases import Scratch

HERE = "tests.jobs.batch_processes"
WHOLE = {"batches": 1, "jobs": 6, "queue": 6, "holds": 6, "entries": 6, "keys": 1, "wrong": []}
NOTHING = {**dict.fromkeys(WHOLE, 0), "wrong": []}


def facts(scratch: Scratch) -> dict[str, object]:
    found: dict[str, object] = scratch.run(f"{HERE}:facts")[0]
    return found


def places() -> list[str]:
    sources = [ROOT / "studio" / name for name in ("jobs/batches.py", "credits/holds.py", "credits/booking.py")]
    names = {name for path in sources for name in re.findall(r'failpoint\("([a-z._]+)"\)', path.read_text())}
    return sorted(name for name in names if name.startswith(("batch.", "credits.hold_all.", "credits.book_holds.")))


def test_killed_at_any_place_there_is_nothing_and_the_same_form_again_makes_one(scratch: Scratch) -> None:
    scratch.run(f"{HERE}:prepare")
    assert len(places()) == 7
    for place in places():
        with pytest.raises(ChildDied) as death:
            scratch.run(f"{HERE}:order", STUDIO_FAILPOINT=place)
        assert death.value.signal == signal.SIGKILL, place
        assert facts(scratch) == {**NOTHING, "held": 0}, place
    (first, was_there) = scratch.run(f"{HERE}:order")[0]
    assert was_there is False
    assert scratch.run(f"{HERE}:order")[0] == [first, True]
    assert facts(scratch) == {**WHOLE, "held": facts(scratch)["held"]}


def test_twenty_twins_at_once_are_one_batch(scratch: Scratch) -> None:
    scratch.run(f"{HERE}:prepare")
    answers = scratch.run(f"{HERE}:order", processes=20)
    assert len({batch for batch, _was_there in answers}) == 1
    assert [was_there for _batch, was_there in answers].count(False) == 1
    assert facts(scratch) == {**WHOLE, "held": facts(scratch)["held"]}


def test_credits_for_two_batches_are_not_spent_on_three(scratch: Scratch) -> None:
    scratch.run(f"{HERE}:prepare")
    scratch.run(f"{HERE}:order", 3, None)
    price = int(str(facts(scratch)["held"]))
    scratch.run(f"{HERE}:add_bob", 2 * price + 1)
    answers = scratch.run(f"{HERE}:order", 3, None, "bob", processes=6)
    assert [code for code, _was_there in answers].count("insufficient_credits") == 4
    found = facts(scratch)
    assert (found["batches"], found["jobs"], found["holds"], found["wrong"]) == (3, 18, 18, [])


@pytest.mark.parametrize("jobs", [2, 48])
def test_a_batch_takes_few_statements(scratch: Scratch, jobs: int) -> None:
    scratch.run(f"{HERE}:prepare")
    together, apart = scratch.run(f"{HERE}:statements", jobs)[0]
    assert together <= 14 + jobs, (together, apart)  # a queue row each, not waited for where that takes time
    assert facts(scratch)["wrong"] == []
