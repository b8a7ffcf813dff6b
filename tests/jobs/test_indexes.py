"""An order writes no index that nobody reads, and what is looked for by a person or a repetition has one."""

import sqlite3

import psycopg
import pytest

from tests.databases import Scratch


def indexes(scratch: Scratch) -> set[str]:
    of_sqlite = "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name IN ('jobs_job', 'credits_hold')"
    of_server = "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'"
    return {name for (name,) in scratch.rows(of_sqlite if scratch.engine == "sqlite" else of_server)}


def plan(scratch: Scratch, query: str) -> str:
    """How the database would look, were the table too long to be read whole."""
    if scratch.engine == "sqlite":
        with sqlite3.connect(scratch.url.removeprefix("sqlite:///")) as file:
            return str(file.execute(f"EXPLAIN QUERY PLAN {query}").fetchall())
    with psycopg.connect(scratch.url, options="-c enable_seqscan=off") as connection:
        return str(connection.execute(f"EXPLAIN {query}".encode()).fetchall())


def test_what_nobody_reads_is_not_written(scratch: Scratch):
    found = indexes(scratch)
    assert {"jobs_job_mine", "jobs_job_retries"} <= found
    gone = ("jobs_job_user_id_", "jobs_job_retry_of_id_", "credits_hold_key_25d284f8", "credits_entry_key_f8920d86")
    assert [name for name in found if name.startswith(gone)] == []


@pytest.mark.parametrize(
    ("where", "index"),
    [("user_id = 7", "jobs_job_mine"), ("retry_of_id IN ('a0eebc999c0b4ef8bb6d6bb9bd380a11')", "jobs_job_retries")],
)
def test_who_and_what_again_are_looked_up_by_an_index(scratch: Scratch, where: str, index: str):
    assert index in plan(scratch, f"SELECT count(*) FROM jobs_job WHERE {where}")
    assert index in plan(scratch, f"UPDATE jobs_job SET retry_of_id = NULL WHERE {where}")
