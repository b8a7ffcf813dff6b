"""One job, many hands: only one of them orders, only one of them writes."""

import json
import signal
import time
from contextlib import suppress

import psutil
import pytest

from studio.jobs.turns import MOST_CLAIMS
from tests.children import ChildDied
from tests.databases import Scratch
from tests.fakes.provider import FakeProvider
from tests.proof.judge import check, orders_of


def test_eight_deliveries_of_one_task_are_one_call(studio: Scratch, fake: FakeProvider) -> None:
    (job_id,) = studio.run("tests.proof.story:submit", "alice", "one", "")
    answers = studio.run("tests.proof.story:deliver", job_id, 10, processes=8)
    assert len({answer["pid"] for answer in answers}) == 8
    assert fake.stats()["requests"]["submit"] == fake.stats()["orders"] == 1
    (facts,) = studio.run("tests.proof.story:facts")
    check(facts)
    assert facts["jobs"][job_id]["attempts"] == ["done"]
    assert facts["jobs"][job_id]["fence"] == 1


def test_who_stood_still_past_its_lease_writes_nothing(studio: Scratch, fake: FakeProvider) -> None:
    """A is stopped with the picture in its hands, B goes on from the rows, A wakes up."""
    (job_id,) = studio.run("tests.proof.story:submit", "alice", "one", "")
    a = studio.start("-m", "tests.proof", "stand_still", '["picture.after_rename", 1.0]')
    until = time.monotonic() + 20
    while psutil.Process(a.pid).status() != psutil.STATUS_STOPPED:
        assert time.monotonic() < until, a.poll()
        time.sleep(0.02)
    (facts,) = studio.run("tests.proof.story:work_quickly")
    row = studio.rows("SELECT version, fence, lease_owner, finished_at FROM jobs_job")
    entries = studio.rows("SELECT COUNT(*) FROM credits_entry")
    assert facts["jobs"][job_id]["status"] == "COMPLETED"
    a.send_signal(signal.SIGCONT)
    out, err = a.communicate(timeout=30)
    assert a.returncode == 0, err
    assert studio.rows("SELECT version, fence, lease_owner, finished_at FROM jobs_job") == row
    assert studio.rows("SELECT COUNT(*) FROM credits_entry") == entries
    after = json.loads(out)
    check(after)
    assert after["images"] == facts["images"]
    assert orders_of(fake, job_id) == 1


def test_a_pace_holds_among_several_engines(studio: Scratch, fake: FakeProvider) -> None:
    fake.script(seconds=0.15)
    studio.rows("UPDATE providers_providerrow SET pace_concurrent = 2 WHERE slug = 'apiframe'")
    studio.run("tests.proof.story:submit_many", "alice", 12)
    answers = studio.run("tests.proof.story:work_quickly", processes=3)
    check(answers[0])
    stats = fake.stats()
    assert (stats["orders"], stats["most_open"]) == (12, 2)


def test_a_pace_a_minute_holds_among_several_engines(studio: Scratch, fake: FakeProvider) -> None:
    studio.rows("UPDATE providers_providerrow SET pace_per_minute = 5 WHERE slug = 'apiframe'")
    studio.run("tests.proof.story:submit_many", "alice", 12)
    studio.run("tests.proof.story:work_for", 1.5, processes=3)
    assert fake.stats()["requests"]["submit"] == fake.stats()["orders"] == 5


def test_a_job_that_kills_its_worker_ends_and_takes_nobody_with_it(sqlite_studio: Scratch, fake: FakeProvider) -> None:
    (poison,) = sqlite_studio.run("tests.proof.story:submit", "bob", "poison", "poison")
    (broken,) = sqlite_studio.run("tests.proof.story:submit", "bob", "broken", "broken")
    (innocent,) = sqlite_studio.run("tests.proof.story:submit_many", "alice", 12)
    deaths, facts = 0, None
    while facts is None:
        assert deaths <= MOST_CLAIMS + 1  # the life in which the order was accepted does not count
        with suppress(ChildDied):
            (facts,) = sqlite_studio.run("tests.proof.story:work_among_poison", 0.6)
        deaths += facts is None
    check(facts)
    jobs = facts["jobs"]
    assert deaths >= 2
    assert {(jobs[job_id]["status"], jobs[job_id]["error"]) for job_id in (poison, broken)} == {("FAILED", "crashed")}
    assert {jobs[job_id]["status"] for job_id in innocent} == {"COMPLETED"}
    assert fake.stats()["orders"] == 14


@pytest.mark.parametrize("scratch", ["postgres"], indirect=True)
def test_a_transaction_of_a_process_that_stands_still_is_ended_by_the_server(studio: Scratch) -> None:
    assert studio.run("tests.proof.story:longest_idle_transaction") == ["20s"]
