"""What a vendor made and was paid for is not given up because a server in between is away for a while."""

import logging
from datetime import timedelta

import pytest
from django.utils import timezone

from studio.credits.models import Entry
from studio.jobs import fetching, turns
from studio.jobs.engine import Engine
from studio.jobs.models import Job
from studio.providers.models import ProviderRow
from tests.fakes.provider import FakeProvider
from tests.jobs.conftest import Ask, all_settled, ended, ledger_is_exact, orders_of, wait_for
from tests.proof import KEY


@pytest.mark.parametrize("fault", ["503*9", "reset*9", "429*9"])
def test_a_picture_is_asked_for_until_its_server_is_back(engine: Engine, ask: Ask, fault: str) -> None:
    job = ask(f"[fake:image={fault}]")
    wait_for(all_settled)
    assert ended(job) == ("COMPLETED", "")
    ledger_is_exact(job)


def test_a_picture_whose_server_stays_away_is_given_up_at_the_end(
    engine: Engine, fake: FakeProvider, ask: Ask, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    settings.JOB_DEADLINE = 1  # type: ignore[attr-defined]
    monkeypatch.setattr(fetching, "LEAST_PATIENCE", timedelta(seconds=0.3))
    away, gone = ask("[fake:image=503]"), ask("[fake:image=404]")
    wait_for(all_settled)
    assert ended(away) == ended(gone) == ("FAILED", "picture_lost")
    asked = fake.stats()["requests"]["image"]
    assert asked > 2 * fetching.MOST_TRIES  # five times for the one that is gone, many times for the other
    ledger_is_exact(away, gone)


@pytest.mark.parametrize(("words", "code"), [("expired", "expired"), ("empty", "no_pictures")])
def test_what_a_vendor_took_for_pictures_that_never_came_is_noted_as_its_cost(
    engine: Engine, ask: Ask, words: str, code: str
) -> None:
    job = ask(f"[fake:job={words}]")
    wait_for(all_settled)
    assert ended(job) == ("FAILED", code)
    assert (job.cost, job.cost_unit, job.paid) == (21, "apiframe", 0)
    ledger_is_exact(job)


def test_a_job_that_killed_its_workers_is_booked_as_a_possible_cost(ask: Ask) -> None:
    real, drawn = ask(), ask(use_sandbox=True)
    assert len(turns.claim("somebody", room=2)) == 2
    past = timezone.now() - timedelta(seconds=1)
    Job.objects.update(claims=turns.MOST_CLAIMS, lease_expires_at=past)
    assert turns.resume("another", room=2, suspects=2) == []
    assert ended(real) == ended(drawn) == ("FAILED", "crashed")
    (entry,) = Entry.objects.of_kind(Entry.Kind.UNCONFIRMED)
    assert (entry.reference, entry.change, entry.reason) == (str(real.pk), -21, "crashed")
    ledger_is_exact(real, drawn)


def test_a_provider_that_cannot_be_reached_is_said_once_for_each_job_and_without_secrets(
    engine: Engine, fake: FakeProvider, ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    ProviderRow.objects.filter(slug="apiframe").update(base_url="http://127.0.0.1:1")
    jobs = [ask(), ask()]
    wait_for(all_settled)
    lines = [record.getMessage() for record in caplog.records if "did not serve it" in record.getMessage()]
    assert sorted(lines) == sorted(
        f"Job {job.pk}: apiframe did not serve it: provider_unreachable, no answer" for job in jobs
    )
    assert orders_of(fake, jobs[0]) == 0
    assert KEY not in caplog.text
