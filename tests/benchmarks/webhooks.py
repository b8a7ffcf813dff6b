"""How soon a provider's webhook brings a picture in, and how soon the door of webhooks answers.

    uv run python -m tests.benchmarks.webhooks [--postgres]

First `--jobs` jobs at `--rate` a second, against a fake provider that tells when each is finished (PNGs of 300 kB): the
time from "ready at the provider" to COMPLETED. Then `--asks` signed webhooks about those jobs at `--door` a second,
replayed to a real web server. Everything is on loopback, in processes of its own.
Reach: 95 of 100 COMPLETED within 0.5 s; 95 of 100 answered within 0.2 s, all with 200. Exit 1 when one was missed.
"""

import argparse
import os
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.benchmarks.bench import Bench, fake_provider
from tests.benchmarks.in_flight import lateness, share
from tests.databases import Scratch
from tests.fakes import webhooks
from tests.ops.studio_process import StudioProcess, free_port
from tests.proof import KEY, SECRETS
from tests.proof.cluster import count, run_anew

REACH_LATE, REACH_DOOR = 0.5, 0.2


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rate", type=float, default=10.0, help="submissions, and so finishes, a second")
    parser.add_argument("--asks", type=int, default=750)
    parser.add_argument("--door", type=float, default=50.0, help="webhooks a second")
    parser.add_argument("--postgres", action="store_true")
    return parser.parse_args()


def bring_in(studio: Scratch, options: argparse.Namespace) -> None:
    run_anew(studio, "submit_pictures", "alice", options.jobs, 0, 1 / options.rate)
    limit = time.monotonic() + 60
    while count(studio, "COMPLETED") < options.jobs and time.monotonic() < limit:
        time.sleep(0.5)


def knock(orders: list[dict[str, Any]], options: argparse.Namespace) -> tuple[Counter[int], list[float]]:
    """The answers, and how long each took in seconds, of webhooks sent at a steady rate."""
    began = time.monotonic()

    def one(number: int) -> tuple[int, float]:
        order = orders[number % len(orders)]
        told = {"event": "completed", "jobId": order["id"], "status": "COMPLETED", "progress": 100}
        time.sleep(max(0.0, began + number / options.door - time.monotonic()))
        asked = time.monotonic()
        return webhooks.send(order["body"]["webhookUrl"], told, KEY), time.monotonic() - asked

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(one, range(options.asks)))
    return Counter(status for status, _took in answers), sorted(took for _status, took in answers)


def main() -> int:
    options = arguments()
    engine = "postgres" if options.postgres else "sqlite"
    load = os.getloadavg()[0]
    with fake_provider(seconds=options.seconds, kilobytes=300) as fake, Bench(engine, fake.url) as studio:
        port = free_port()
        address = {"STUDIO_BASE_URL": f"http://127.0.0.1:{port}", "DATABASE_URL": studio.url}
        process = StudioProcess(studio.folder, port, **address, **SECRETS)
        try:
            process.ready()
            bring_in(studio, options)
            stats = fake.stats()
            late = lateness(studio, stats)
            answers, took = knock(stats["each"], options)
            changed = count(studio, "COMPLETED") != options.jobs
        finally:
            process.close()
        ledger = studio.manage("verify_ledger").stdout.strip()
    parts = ", ".join(f"p{int(100 * part)} {share(late, part):.2f} s" for part in (0.5, 0.95, 0.99, 1))
    print(
        f"{len(late)} of {options.jobs} jobs of {options.seconds:g} s at {options.rate:g} a second, {engine}: {parts}"
    )
    print(f"requests at the provider: {stats['requests']}; {ledger} Load of the machine before: {load:.1f}")
    parts = ", ".join(f"p{int(100 * part)} {1000 * share(took, part):.0f} ms" for part in (0.5, 0.95, 0.99, 1))
    print(f"{options.asks} webhooks at {options.door:g} a second: {parts}; answers {dict(answers)}")
    is_whole = len(late) == options.jobs and not changed and set(answers) == {200}
    return 0 if is_whole and share(late, 0.95) <= REACH_LATE and share(took, 0.95) <= REACH_DOOR else 1


if __name__ == "__main__":
    sys.exit(main())
