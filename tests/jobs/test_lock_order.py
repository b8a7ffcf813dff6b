"""Whoever changes many jobs at once locks them in the order of their ids, so that two never wait for each other."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from studio.accounts.models import User
from studio.credits.models import Account
from studio.jobs import sweep, turns
from studio.jobs.lifecycle import Flight
from studio.jobs.models import Job
from studio.jobs.moving import Mover
from studio.jobs.progress import write_progress
from tests.api.made import submitted

ID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")


@pytest.fixture
def jobs(alice: User, catalogue: None) -> list[Job]:
    """Enough that no other order is this one by chance."""
    Account.objects.filter(user=alice).update(balance=10_000)
    return [submitted(alice) for _number in range(8)]


@pytest.fixture
def flights(jobs: list[Job]) -> list[Flight]:
    return turns.claim("a worker", room=len(jobs))


def locked(said: CaptureQueriesContext, begins: str) -> list[str]:
    """The ids in the statements that begin so, in the order in which they are told."""
    found = [ID.findall(query["sql"]) for query in said if query["sql"].strip().startswith(begins)]
    return [each.replace("-", "") for ids in found for each in ids]


def in_order(jobs: list[Job]) -> list[str]:
    return sorted(job.pk.hex for job in jobs)


def test_places_in_line(jobs: list[Job]) -> None:
    with CaptureQueriesContext(connection) as said:
        sweep.write_places(Mover())
    assert locked(said, 'UPDATE "jobs_job" SET "place"') == in_order(jobs)


def test_progress(jobs: list[Job], flights: list[Flight]) -> None:
    for flight in flights:
        flight.progress = 50
    with CaptureQueriesContext(connection) as said:
        write_progress(sorted(flights, key=lambda flight: flight.job_id, reverse=True))
    assert locked(said, "UPDATE jobs_job SET progress") == in_order(jobs)
    assert set(Job.objects.values_list("progress", flat=True)) == {50}


def test_leases(jobs: list[Job], flights: list[Flight]) -> None:
    with CaptureQueriesContext(connection) as said:
        assert turns.renew("a worker", {flight.job_id: flight for flight in flights}, lived=[]) == []
    of_jobs = [query["sql"] for query in said if '"jobs_job"' in query["sql"]]
    first, update = of_jobs
    assert re.search(r'ORDER BY ("jobs_job"."id"|"pk"|1) ASC', first), first
    assert ("FOR UPDATE" in first) == connection.features.has_select_for_update
    assert update.startswith("UPDATE")
