"""The clock has vendors' lists read once a day, in one process on all hosts, without waiting for any vendor."""

import pytest

from studio.jobs import flying, sweep
from studio.jobs.engine import Engine


@pytest.mark.django_db
def test_only_the_process_that_leads_begins_to_read_and_only_what_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []
    monkeypatch.setattr(sweep, "lists_due", lambda: ["apiframe"])
    monkeypatch.setattr(sweep, "read_lists", lambda: begun.append("read"))
    leader, other = sweep.Sweeper(), sweep.Sweeper()
    here, elsewhere = (Engine(launch=flying.start, sweep=sweeper, calls=4) for sweeper in (leader, other))
    elsewhere.owner = "another host"
    for _tick in range(3):
        leader(here)
        other(elsewhere)
    assert begun == ["read"]
    monkeypatch.setattr(sweep, "lists_due", list)
    leader._sweep_at = 0.0
    leader(here)
    assert begun == ["read"]
