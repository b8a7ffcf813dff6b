"""Many generations at once against the fake provider, through the real queue: how soon done, at how much memory.

    uv run python -m tests.benchmarks.in_flight --jobs 200 --seconds 5
    uv run python -m tests.benchmarks.in_flight --jobs 500 --seconds 20 [--postgres] [--sync]
    uv run python -m tests.benchmarks.in_flight --jobs 400 --seconds 20 --rate 10 [--postgres] [--sync]

The fake runs in a process of its own and makes PNGs of 1024 x 1024 and 300 kB: asked for by polling, or with --sync
as the answer itself, in Base64. Everything is on loopback and bounded by --limit.
Reach (2 workers): 200 jobs of 5 s all COMPLETED within 20 s of the last submit at 300 MB; 500 of 20 s within 35 s at
400 MB; with --rate 10 a second, 95 of 100 COMPLETED within 2 s of the moment they were ready at the provider. Memory is
the sum of PSS of the queue's processes. Exit 1 when a reach was missed, unless --measure.
"""

import argparse
import os
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from tests.benchmarks.bench import Bench, fake_provider
from tests.databases import Scratch
from tests.proof.cluster import count, run_anew, running

REACH = {200: (20.0, 300), 500: (35.0, 400)}
REACH_LATE = 2.0  # seconds, 95 of 100


def lateness(studio: Scratch, stats: dict[str, Any]) -> list[float]:
    """Seconds from "ready at the provider" to COMPLETED of each job that completed, sorted."""
    rows = studio.rows(
        "SELECT a.id, j.finished_at FROM jobs_attempt a JOIN jobs_job j ON j.id = a.job_id WHERE j.status = 'COMPLETED'"
    )
    ready = {order["client_request_id"].replace("-", ""): order["ready_at"] for order in stats["each"]}
    late = []
    for attempt, finished in rows:
        moment = datetime.fromisoformat(finished).replace(tzinfo=UTC) if isinstance(finished, str) else finished
        if (at := ready.get(str(attempt).replace("-", ""))) is not None:
            late.append(moment.timestamp() - at)
    return sorted(late)


def share(values: list[float], part: float) -> float:
    return values[int(part * (len(values) - 1))] if values else float("nan")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rate", type=float, default=0.0, help="submissions a second; 0: as fast as they go")
    parser.add_argument("--limit", type=float, default=180.0)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--sync", action="store_true", help="a provider that answers with the pictures")
    parser.add_argument("--measure", action="store_true", help="report only")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    engine = "postgres" if options.postgres else "sqlite"
    load = os.getloadavg()[0]
    with fake_provider(seconds=options.seconds, kilobytes=300) as fake, Bench(engine, fake.url) as studio:
        if options.sync:
            studio.run("tests.proof.story:answer_at_once", fake.url)
        with running(studio, STUDIO_WORKERS="2") as queue:
            time.sleep(3)
            idle = queue.pss()
            began = time.monotonic()
            run_anew(studio, "submit_pictures", "alice", options.jobs, 0, 1 / options.rate if options.rate else 0.0)
            submitted = time.monotonic()
            most = idle
            while count(studio, "COMPLETED") < options.jobs and time.monotonic() - submitted < options.limit:
                most = max(most, queue.pss())
                time.sleep(0.5)
            took = time.monotonic() - submitted
            used = queue.cpu()
            code, stop = queue.stop()
        states = Counter(state for (state,) in studio.rows("SELECT status FROM jobs_job"))
        stats = fake.stats()
        late = lateness(studio, stats)
        ledger = studio.manage("verify_ledger").stdout.strip()
    how = "answering at once" if options.sync else "polled"
    print(f"{options.jobs} jobs of {options.seconds:g} s, {how}, {engine}: submitted in {submitted - began:.1f} s")
    print(f"all COMPLETED {took:.1f} s after the last submit; states {dict(states)}")
    parts = ", ".join(f"p{int(100 * part)} {share(late, part):.2f} s" for part in (0.5, 0.95, 0.99, 1))
    print(f"from ready at the provider to COMPLETED: {parts}; requests {stats['requests']}")
    print(
        f"provider: {stats['orders']} orders, {stats['most_open']} at once; queue stopped with {code} in {stop:.1f} s"
    )
    print(
        f"queue processes: {most / 1e6:.0f} MB PSS at most, {idle / 1e6:.0f} MB idle, {used:.1f} s of processor time. "
        f"{ledger} Load of the machine before: {load:.1f}"
    )
    seconds, megabytes = REACH.get(options.jobs, (float("inf"), 10**9)) if not options.rate else (float("inf"), 400)
    good = states["COMPLETED"] == stats["orders"] == options.jobs and code == 0
    quick = took <= seconds and (not options.rate or share(late, 0.95) <= REACH_LATE)
    return 0 if good and (options.measure or (quick and most <= megabytes * 1e6)) else 1


if __name__ == "__main__":
    sys.exit(main())
