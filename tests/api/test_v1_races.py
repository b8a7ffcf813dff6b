"""Twins of one /v1 call, on both databases: one job, one hold."""

import uuid
from typing import Any

import pytest

from tests.databases import Scratch, on_postgres

QUICK = {"STUDIO_SYNC_WAIT": "1", "STUDIO_SANDBOX": "auto"}
TWINS = 20


def open_studio(scratch: Scratch) -> str:
    (key,) = scratch.run("tests.api.processes:open_studio", 1000, **QUICK)
    return str(key)


def jobs(scratch: Scratch) -> list[str]:
    return [str(uuid.UUID(str(row[0]))) for row in scratch.rows("SELECT id FROM jobs_job")]


def holds(scratch: Scratch) -> int:
    return len(scratch.rows("SELECT id FROM credits_entry WHERE kind = 'hold'"))


@pytest.mark.parametrize("headers", [{"Idempotency-Key": "one"}, {"X-Stainless-Retry-Count": "1"}], ids=str)
def test_parallel_twins_make_one_job(scratch: Scratch, headers: dict[str, str]) -> None:
    key = open_studio(scratch)
    if "Idempotency-Key" not in headers:
        scratch.run("tests.api.processes:begin_call", key)  # somebody was about to make the job
    answers: list[Any] = scratch.run("tests.api.processes:wait_for_picture", key, headers, processes=TWINS, **QUICK)
    made = jobs(scratch)
    assert len(made) == holds(scratch) == 1
    assert answers == [[504, "still_running", made[0]]] * TWINS


def test_a_call_and_its_repetitions_that_arrive_together_make_one_job(scratch: Scratch) -> None:
    key = open_studio(scratch)
    told = scratch.run("tests.api.processes:wait_as_numbered", key, processes=6, **QUICK)
    made = jobs(scratch)
    assert len(made) == holds(scratch) == 1
    assert told == [[504, "still_running", made[0]]] * 6


def test_a_call_that_comes_after_its_repetition_goes_on_with_it_once(scratch: Scratch) -> None:
    key = open_studio(scratch)
    assert scratch.run("tests.api.processes:calls_in_turn", key, [1, 2, 0, 3, 0]) == [[0, 0, 0, 0, 1]]


@on_postgres  # a connection to a file is nothing anybody waits for
def test_a_waiting_call_holds_no_connection(scratch: Scratch) -> None:
    key = open_studio(scratch)
    (held,) = scratch.run("tests.api.processes:held_while_waiting", key, 40, **QUICK | {"STUDIO_SYNC_WAIT": "3"})
    assert held <= 1, "but for the one that looks for all of them"


def test_the_clock_forgets_calls_nobody_joins_any_more(scratch: Scratch) -> None:
    key = open_studio(scratch)
    scratch.run("tests.api.processes:begin_call", key)
    assert scratch.run("tests.api.processes:tidied_calls") == [[1, 0]]
