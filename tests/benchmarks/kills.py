"""What is promised of kills, run as it is said, with figures.

    uv run python -m tests.benchmarks.kills [--postgres]

20 jobs in flight, SIGKILL for the whole process tree, a new start; 20 queued jobs whose queue rows are all deleted;
20 rolling restarts by SIGTERM with jobs coming in. After each: all COMPLETED, one order each, verify_ledger exit 0.
"""

import argparse
import sys
import time

from tests.benchmarks.bench import Bench, Fake, fake_provider
from tests.databases import Scratch
from tests.proof.cluster import count, run_anew, running, wait_for


def report(what: str, studio: Scratch, fake: Fake, jobs: int, began: float) -> bool:
    captured = studio.rows("SELECT COUNT(*) FROM credits_entry WHERE kind = 'capture'")[0][0]
    verify, orders = studio.manage("verify_ledger"), fake.stats()["orders"]
    figures = [count(studio, "COMPLETED"), captured, orders]
    print(
        f"{what}: {figures[0]} completed, {captured} captured, {orders} provider orders, "
        f"verify_ledger exit {verify.returncode}, {time.monotonic() - began:.1f} s"
    )
    return figures == [jobs] * 3 and verify.returncode == 0


def kill_the_tree(studio: Scratch, fake: Fake) -> bool:
    run_anew(studio, "submit_pictures", "alice", 20)
    with running(studio) as queue:
        wait_for(lambda: fake.stats()["unfinished"] == 20, seconds=60)
        queue.kill()
    began = time.monotonic()
    with running(studio) as queue:
        wait_for(lambda: count(studio, "COMPLETED") == 20, seconds=120)
        queue.stop()
    return report("kill -9 of the tree", studio, fake, 20, began)


def lose_the_queue(studio: Scratch, fake: Fake) -> bool:
    run_anew(studio, "submit_pictures", "alice", 20)
    studio.rows("DELETE FROM django_q_ormq")
    began = time.monotonic()
    with running(studio) as queue:
        wait_for(lambda: count(studio, "COMPLETED") == 20, seconds=120)
        queue.stop()
    return report("all queue rows deleted", studio, fake, 20, began)


def roll(studio: Scratch, fake: Fake, *, restarts: int = 20) -> bool:
    began, jobs, slowest = time.monotonic(), 0, 0.0
    for _ in range(restarts):
        run_anew(studio, "submit_pictures", "alice", 5, jobs)
        jobs += 5
        with running(studio) as queue:
            wait_for(lambda: studio.rows("SELECT 1 FROM jobs_job WHERE lease_owner <> ''") != [], seconds=60)
            time.sleep(0.5)
            code, seconds = queue.stop()
            slowest = max(slowest, seconds)
            if code:
                print(queue.output)
                return False
    with running(studio) as queue:
        wait_for(lambda: count(studio, "COMPLETED") == jobs, seconds=120)
        queue.stop()
    print(f"slowest stop {slowest:.1f} s")
    return report(f"{restarts} rolling restarts", studio, fake, jobs, began)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--postgres", action="store_true")
    engine = "postgres" if parser.parse_args().postgres else "sqlite"
    good = True
    for case in (kill_the_tree, lose_the_queue, roll):
        with fake_provider(seconds=5, kilobytes=300) as fake, Bench(engine, fake.url) as studio:
            good = case(studio, fake) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
