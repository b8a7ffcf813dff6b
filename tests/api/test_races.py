"""Programs that all come at once, and a server that dies in the middle, on SQLite and PostgreSQL."""

import signal
import uuid
from collections import Counter

import pytest

from studio.env import POOLED
from tests.children import ChildDied
from tests.databases import Scratch

HERE = "tests.api.processes"


def opened(scratch: Scratch, credits: int = 10_000, *, cap: int | None = None) -> str:
    (key,) = scratch.run(f"{HERE}:open_studio", credits, cap)
    return key


def test_twenty_twins_make_one_job_and_one_hold(scratch: Scratch):
    key = opened(scratch)
    answers = [one for (one,) in scratch.run(f"{HERE}:order", key, "one", processes=20)]
    assert Counter(status for status, _job, _replay in answers) == {202: 20}
    assert len({job for _status, job, _replay in answers}) == 1
    assert Counter(replay for _status, _job, replay in answers) == {True: 19, False: 1}
    assert scratch.rows("SELECT count(*), sum(amount) FROM credits_hold") == [(1, 21)]
    assert scratch.rows("SELECT count(*) FROM jobs_job") == scratch.rows("SELECT count(*) FROM django_q_ormq") == [(1,)]
    assert scratch.rows("SELECT sum(count) FROM core_counter WHERE key LIKE 'submit:%%'") == [(1,)]
    assert scratch.run(f"{HERE}:broken_invariants") == [[]]


def test_of_twenty_different_orders_under_one_name_one_is_made(scratch: Scratch):
    key = opened(scratch)
    statuses = Counter(scratch.run(f"{HERE}:order_something_else", key, "one", processes=20))
    assert statuses == {202: 1, 409: 19}
    assert scratch.rows("SELECT count(*) FROM credits_hold") == [(1,)]


def test_no_more_than_the_limit_pass_in_one_window(scratch: Scratch):
    key = opened(scratch)
    answers = sum(scratch.run(f"{HERE}:order", key, None, 5, processes=20, STUDIO_RATE_LIMIT="60/day"), [])
    assert Counter(status for status, _job, _replay in answers) == {202: 60, 429: 40}
    assert scratch.rows("SELECT count(*) FROM jobs_job") == [(60,)]


STEPS = ("after_idempotency", "after_job", "after_queue")


@pytest.mark.parametrize("place", [*STEPS, "before_commit"])
def test_a_name_is_free_again_when_the_server_died_holding_it(scratch: Scratch, place: str):
    # What is written in one statement has no steps: those of a key with a cap are the same on both databases.
    key = opened(scratch, cap=1000 if place in STEPS else None)
    died_at(scratch, key, place)
    assert scratch.rows("SELECT count(*) FROM jobs_job") == [(0,)]
    (((status, _job, is_replay),),) = scratch.run(f"{HERE}:order", key, "one")
    assert (status, is_replay) == (202, False)
    assert scratch.rows("SELECT count(*) FROM credits_hold") == [(1,)]


@pytest.mark.parametrize("cap", [None, 1000], ids=["at once", "in steps"])
def test_a_name_leads_to_the_job_when_the_server_died_before_it_answered(scratch: Scratch, cap: int | None):
    key = opened(scratch, cap=cap)
    died_at(scratch, key, "after_commit")
    assert scratch.rows("SELECT count(*) FROM credits_hold") == [(1,)]
    (((status, job, is_replay),),) = scratch.run(f"{HERE}:order", key, "one")
    assert (status, is_replay) == (202, True)
    assert [uuid.UUID(str(pk)) for (pk,) in scratch.rows("SELECT id FROM jobs_job")] == [uuid.UUID(job)]
    assert scratch.rows("SELECT count(*) FROM credits_hold") == [(1,)]


def died_at(scratch: Scratch, key: str, place: str) -> None:
    """A process that orders under the name `one`, killed at a place of submit_job."""
    with pytest.raises(ChildDied) as death:
        scratch.run(f"{HERE}:order", key, "one", STUDIO_FAILPOINT=f"submit.{place}")
    assert death.value.signal == signal.SIGKILL


def test_an_order_takes_few_statements_and_few_more_with_a_name(scratch: Scratch):
    ((plain, named),) = scratch.run(f"{HERE}:statements", opened(scratch))
    few, more = (8, 2) if scratch.engine == "sqlite" else (1, 1)  # there all that is read and written is one
    for sent, most in ((plain, few), (named, few + more)):
        # What is prepared has no text of its own any more.
        assert len([sql for sql in sent if not (sql or "").startswith(("BEGIN", "COMMIT"))]) == most, sent


def test_many_threads_share_a_bounded_number_of_connections(scratch: Scratch):
    if scratch.engine == "sqlite":
        return  # a file has no server to run out of connections
    (number,) = scratch.run(f"{HERE}:many_threads", opened(scratch))
    assert 1 <= number <= POOLED + 1
