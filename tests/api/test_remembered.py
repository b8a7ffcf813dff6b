"""An order by a key, prices and providers that were read a moment ago: it is as if all of it were read anew."""

import pytest

from tests.api.test_races import opened
from tests.databases import Scratch, on_postgres

HERE = "tests.api.remembered"
OUT = {"nonsense": 403, "repetition": 403, "jobs": []}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("nothing", {"order": 202, "nonsense": 400, "repetition": 202, "jobs": [[21, "sandbox"]]}),
        ("revoked", {"order": 403, **OUT}),
        ("paused", {"order": 403, **OUT}),
        ("expired", {"order": 403, **OUT}),
        ("another key", {"order": 401, "nonsense": 401, "repetition": 401, "jobs": []}),
        ("only reads", {"order": 403, **OUT}),
        ("owner left", {"order": 403, **OUT}),
        ("capped", {"order": 402, "nonsense": 400, "repetition": 202, "jobs": []}),
        ("a sandbox key", {"order": 202, "nonsense": 400, "repetition": 202, "jobs": [[0, "sandbox"]] * 2}),
        ("switched off", {"order": 400, "nonsense": 400, "repetition": 202, "jobs": []}),
        ("dearer", {"order": 202, "nonsense": 400, "repetition": 202, "jobs": [[34, "sandbox"]]}),
        ("corrected", {"order": 202, "nonsense": 400, "repetition": 202, "jobs": [[33, "sandbox"]]}),
        ("connected", {"order": 202, "nonsense": 400, "repetition": 202, "jobs": [[21, "gpu"]]}),
        ("catalogue", {"order": 202, "nonsense": 400, "repetition": 202, "jobs": [[21, "sandbox"]]}),
    ],
)
def test_what_changed_counts_at_the_next_order(scratch: Scratch, change: str, told: dict[str, object]):
    (found,) = scratch.run(f"{HERE}:after", opened(scratch), change)
    remembered = ["the_same_key", "the_same_shelf"] if scratch.engine == "postgres" else []
    assert found == {"remembered": remembered, **told}
    assert scratch.run("tests.api.processes:broken_invariants") == [[]]


def test_what_is_remembered_pays_and_is_counted_like_any_order(scratch: Scratch):
    assert scratch.run(f"{HERE}:refused", opened(scratch, 84)) == [[202] * 4 + [402] * 2]
    ((key,),) = [scratch.run("tests.api.processes:another_key")]
    assert scratch.run(f"{HERE}:refused", key, STUDIO_RATE_LIMIT="3/day") == [[202] * 3 + [429] * 3]


@on_postgres  # on SQLite it is written in steps
def test_an_order_whose_outcome_is_not_known_is_not_written_again(scratch: Scratch):
    assert scratch.run(f"{HERE}:lose_the_answer", opened(scratch)) == [[503, 1]]
