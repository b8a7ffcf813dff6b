"""Answers that get lost, from the database and from the provider, cost neither a picture nor a second order."""

import pytest
from django.db import OperationalError

from studio.jobs import lifecycle
from studio.jobs.engine import Engine
from studio.jobs.lifecycle import Flight
from studio.jobs.pictures import path_of
from tests.fakes.provider import FakeProvider
from tests.jobs.conftest import Ask, ended, ledger_is_exact, wait_for


def test_a_commit_whose_answer_was_lost_keeps_the_paid_picture(
    engine: Engine, fake: FakeProvider, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    complete, tries = lifecycle.complete, []

    def committed_and_not_told(flight: Flight) -> None:
        complete(flight)
        tries.append(flight)
        raise OperationalError("the connection broke while it committed")

    monkeypatch.setattr(lifecycle, "complete", committed_and_not_told)
    job = ask()
    wait_for(lambda: ended(job)[0] == "COMPLETED" and not engine.flights and not engine.records.unfinished)
    image = job.images.get()
    assert path_of(image.pk, image.format).stat().st_size == image.size
    assert len(tries) == 1
    ledger_is_exact(job)
