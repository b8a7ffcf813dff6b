"""The real queue, end to end: work, stops, restarts, kills, a queue that lost its rows."""

from tests.databases import Scratch
from tests.fakes.provider import FakeProvider
from tests.proof.cluster import count, run_anew, running, wait_for
from tests.proof.judge import check

STOP = 30  # seconds a stop may take: contract, section 1


def finish(studio: Scratch, fake: FakeProvider, *, jobs: int, orders: int) -> None:
    """All COMPLETED, each ordered once, the ledger exact by the command people use."""
    (facts,) = studio.run("tests.proof.story:facts")
    check(facts)
    assert [job["status"] for job in facts["jobs"].values()] == ["COMPLETED"] * jobs
    assert (facts["captured"], fake.stats()["orders"]) == (jobs, orders)
    assert studio.manage("verify_ledger").returncode == 0


def test_a_real_queue_makes_the_pictures_and_stops_with_exit_code_0(studio: Scratch, fake: FakeProvider) -> None:
    run_anew(studio, "submit_many", "alice", 3)
    with running(studio) as queue:
        wait_for(lambda: count(studio, "COMPLETED") == 3)
        wait_for(lambda: studio.rows("SELECT 1 FROM django_q_ormq") == [])  # each task was run and acknowledged
        code, seconds = queue.stop()
        assert (code, seconds < STOP) == (0, True), queue.output
        assert "Traceback" not in queue.output, queue.output
    finish(studio, fake, jobs=3, orders=3)


def test_jobs_finish_although_every_queue_row_is_gone_and_the_key_was_changed(
    sqlite_studio: Scratch, fake: FakeProvider
) -> None:
    studio = sqlite_studio
    run_anew(studio, "submit_many", "alice", 20)
    assert studio.rows("SELECT COUNT(*) FROM django_q_ormq") == [(20,)]
    studio.rows("DELETE FROM django_q_ormq")
    run_anew(studio, "submit_many", "bob", 5)  # these rows stay, signed with the old key
    with running(studio, STUDIO_SECRET_KEY="another" * 8) as queue:
        wait_for(lambda: count(studio, "COMPLETED") == 25)
        assert queue.stop()[0] == 0
    finish(studio, fake, jobs=25, orders=25)


def test_a_kill_of_the_whole_tree_with_jobs_in_flight_costs_nothing(sqlite_studio: Scratch, fake: FakeProvider) -> None:
    studio = sqlite_studio
    fake.script(seconds=4)
    run_anew(studio, "submit_many", "alice", 20)
    with running(studio) as queue:
        wait_for(lambda: fake.stats()["orders"] >= 12)  # some accepted, some on their way
        queue.kill()
    assert count(studio, "COMPLETED") == 0
    with running(studio) as queue:
        wait_for(lambda: count(studio, "COMPLETED") == 20)
        assert queue.stop()[0] == 0
    finish(studio, fake, jobs=20, orders=20)


def test_stops_under_load_lose_and_double_nothing(sqlite_studio: Scratch, fake: FakeProvider) -> None:
    """Jobs of an asynchronous and of a synchronous provider are in flight at each of three stops (CRA-9)."""
    studio = sqlite_studio
    fake.script(seconds=5)
    run_anew(studio, "submit_many", "alice", 10)
    run_anew(studio, "submit_to_sandbox", "bob", 2, STUDIO_SANDBOX="on")
    for _stop in range(3):
        with running(studio, STUDIO_SANDBOX_SECONDS="6", STUDIO_DRAIN_SECONDS="5") as queue:
            wait_for(lambda: studio.rows("SELECT 1 FROM jobs_job WHERE lease_owner <> ''") != [])
            code, seconds = queue.stop()
            assert (code, seconds < STOP) == (0, True), queue.output
            assert "Traceback" not in queue.output, queue.output
            assert studio.rows("SELECT COUNT(*) FROM jobs_job WHERE lease_owner <> ''") == [(0,)]
    with running(studio, STUDIO_SANDBOX_SECONDS="1") as queue:
        wait_for(lambda: count(studio, "COMPLETED") == 12, seconds=60)
        assert queue.stop()[0] == 0
    finish(studio, fake, jobs=12, orders=10)
