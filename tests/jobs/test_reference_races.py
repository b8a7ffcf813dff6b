"""References when several processes want the same at the same moment, on both databases."""

from pathlib import Path

from tests.databases import Scratch
from tests.jobs.test_pictures import draw

HERE = "tests.jobs.reference_processes"


def files(scratch: Scratch) -> list[Path]:
    return [path for path in (scratch.folder / "media").rglob("*") if path.is_file()]


def test_the_same_bytes_sent_at_once_are_one_reference_and_one_file(scratch: Scratch) -> None:
    scratch.run(f"{HERE}:prepare")
    kept = scratch.run(f"{HERE}:keep", draw().hex(), processes=6)
    assert len(set(kept)) == 1
    assert scratch.run(f"{HERE}:facts")[0]["references"] == 1
    assert len(files(scratch)) == 2  # itself and its small copy


def test_a_reference_is_used_or_forgotten_but_never_both(scratch: Scratch) -> None:
    scratch.run(f"{HERE}:prepare")
    (pk,) = scratch.run(f"{HERE}:keep", draw().hex())
    scratch.run(f"{HERE}:grow_old")
    said = scratch.run(f"{HERE}:order_or_forget", pk, processes=4)
    facts = scratch.run(f"{HERE}:facts")[0]
    ordered = said.count("ordered")
    assert (facts["jobs"], facts["uses"]) == (ordered, ordered)
    if "forgot 1" in said:
        assert (ordered, facts["references"]) == (0, 0)
    else:
        assert (ordered, facts["references"]) == (3, 1)
