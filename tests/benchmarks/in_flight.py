"""Many generations at once against the fake provider, through the real queue: how soon done, at how much memory.

    uv run python -m tests.benchmarks.in_flight --jobs 200 --seconds 5
    uv run python -m tests.benchmarks.in_flight --jobs 500 --seconds 20 [--postgres]

The fake runs in a process of its own and serves PNGs of 300 kB; everything is on loopback and bounded by --limit.
Reach (2 workers): 200 jobs of 5 s all COMPLETED within 20 s of the last submit at 300 MB; 500 of 20 s within 35 s at
400 MB. Memory is the sum of PSS of the queue's processes. Exit 1 when a reach was missed, unless --measure.
"""

import argparse
import sys
import time
from collections import Counter

from tests.benchmarks.bench import Bench, fake_provider
from tests.proof.cluster import count, run_anew, running

REACH = {200: (20.0, 300), 500: (35.0, 400)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--limit", type=float, default=180.0)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--measure", action="store_true", help="report only")
    options = parser.parse_args()
    engine = "postgres" if options.postgres else "sqlite"
    with fake_provider(seconds=options.seconds, kilobytes=300) as fake, Bench(engine, fake.url) as studio:
        with running(studio, STUDIO_WORKERS="2") as queue:
            time.sleep(3)
            idle = queue.pss()
            began = time.monotonic()
            run_anew(studio, "submit_pictures", "alice", options.jobs)
            submitted = time.monotonic()
            most = idle
            while count(studio, "COMPLETED") < options.jobs and time.monotonic() - submitted < options.limit:
                most = max(most, queue.pss())
                time.sleep(0.5)
            took = time.monotonic() - submitted
            code, stop = queue.stop()
        states = Counter(state for (state,) in studio.rows("SELECT status FROM jobs_job"))
        stats = fake.stats()
        ledger = studio.manage("verify_ledger").stdout.strip()
    print(f"{options.jobs} jobs of {options.seconds:g} s, {engine}: submitted in {submitted - began:.1f} s")
    print(f"all COMPLETED {took:.1f} s after the last submit; states {dict(states)}")
    print(
        f"provider: {stats['orders']} orders, {stats['most_open']} at once; queue stopped with {code} in {stop:.1f} s"
    )
    print(f"queue processes: {most / 1e6:.0f} MB PSS at most, {idle / 1e6:.0f} MB idle. {ledger}")
    seconds, megabytes = REACH.get(options.jobs, (float("inf"), 10**9))
    good = states["COMPLETED"] == stats["orders"] == options.jobs and code == 0
    return 0 if good and (options.measure or (took <= seconds and most <= megabytes * 1e6)) else 1


if __name__ == "__main__":
    sys.exit(main())
