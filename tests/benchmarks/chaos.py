"""Everything at once: orders by HTTP, a fifth of them with faults at the vendor, processes killed at random.

    uv run python -m tests.benchmarks.chaos [--seconds 300] [--jobs 300] [--postgres] [--seed 1]

The whole product (`up`) takes orders over HTTP from a client that repeats itself under the same idempotency key until
it is answered. One provider is asked for its orders and knows idempotency keys, the other answers with the pictures
and does not; each is the first choice for half of the orders. Every few seconds SIGKILL for one process of the product,
now and then for all of them. Then the product is left alone until everything has ended.
Exit 0 when nothing was lost, doubled or left behind. Everything is on loopback and ends by itself.
"""

import argparse
import json
import random
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from contextlib import suppress
from typing import Any

import psutil

from tests.benchmarks.bench import Bench, Fake, fake_provider
from tests.children import ROOT
from tests.databases import Scratch
from tests.ops.studio_process import free_port
from tests.proof.cluster import run_anew

SHARE = 0.2  # of the orders, with a fault
FAULTS = (
    "submit=429*2", "submit=503*1", "submit=500*1", "submit=reset*1", "submit=reset-early*1", "submit=accept+reset*1",
    "submit=accept+500*1", "submit=402", "submit=404", "submit=400", "poll=500*2", "poll=reset*2", "poll=404*1",
    "image=503*2", "image=reset*2", "job=fail", "job=nsfw", "job=busy",
)  # fmt: skip
RECOVERY = 240.0  # seconds everything may take to end once nobody is killed any more


class Product:
    """`manage.py up`, started again whenever it is gone."""

    def __init__(self, studio: Scratch, port: int) -> None:
        self.studio, self.port, self.kills, self.starts = studio, port, 0, 0
        self._process: subprocess.Popen[bytes] | None = None
        self.keep()

    def keep(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        self.starts += 1
        env = {
            **self.studio.env,
            "STUDIO_WORKERS": "2",
            "STUDIO_RATE_LIMIT": "100000/min",
            "STUDIO_PERSON_RATE_LIMIT": "100000/min",
            "STUDIO_SANDBOX": "off",
        }
        self._process = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--port", str(self.port)],
            **{"cwd": ROOT, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True},
            env=env,
        )

    def wait_until_ready(self, seconds: float = 60.0) -> None:
        """So that not every kill hits a product that is still starting."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5):
                return
            self.keep()
            time.sleep(0.3)

    def family(self) -> list[psutil.Process]:
        assert self._process is not None
        with suppress(psutil.NoSuchProcess):
            leader = psutil.Process(self._process.pid)
            return [leader, *leader.children(recursive=True)]
        return []

    def kill(self, dice: random.Random) -> None:
        family = self.family()
        victims = family if dice.random() < 0.1 else dice.sample(family, 1) if family else []
        for victim in victims:
            with suppress(psutil.Error):
                victim.kill()
        self.kills += len(victims)

    def stop(self) -> None:
        assert self._process is not None
        self._process.terminate()
        try:
            self._process.wait(40)
        except subprocess.TimeoutExpired:
            for process in self.family():
                process.kill()


def order(port: int, key: str, number: int, words: str, until: float) -> bool:
    """One order of a client that asks again, under the same key, until it is told that it was taken."""
    body = json.dumps({"model": "dall-e-3", "prompt": f"a fox, {number} [fake:side=256]{words}"}).encode()
    headers = {"Content-Type": "application/json", "X-API-Key": key, "Idempotency-Key": f"chaos-{number}"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v2/images/generate", body, headers)
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # loopback, started below
                return bool(answer.status == 202)
        except urllib.error.HTTPError as error:
            if error.code < 500:
                print(f"order {number}: {error.code} {error.read()[:200]!r}")
                return False
        except OSError:
            pass
        time.sleep(0.5)
    return False


def rage(studio: Scratch, product: Product, key: str, options: argparse.Namespace) -> int:
    """Orders and kills side by side; how many orders were taken."""
    dice = random.Random(options.seed)
    ends = time.monotonic() + options.seconds
    taken: list[bool] = []
    plan = [f"[fake:{dice.choice(FAULTS)}]" if dice.random() < SHARE else "" for _ in range(options.jobs)]

    def client() -> None:
        for number, words in enumerate(plan):
            if number == options.jobs // 2:
                studio.rows("UPDATE providers_providerrow SET \"order\" = 0 WHERE slug = 'own'")
            taken.append(order(product.port, key, number, words, ends + 60))
            time.sleep(dice.uniform(0, 1.6 * options.seconds / options.jobs))

    clients = threading.Thread(target=client)
    clients.start()
    while time.monotonic() < ends:
        time.sleep(dice.uniform(*options.every))
        product.wait_until_ready()
        product.kill(dice)
    product.keep()
    while clients.is_alive():
        clients.join(1)
        product.keep()
    return sum(taken)


def recover(studio: Scratch, product: Product) -> float:
    began = time.monotonic()
    query = "SELECT COUNT(*) FROM jobs_job WHERE status IN ('QUEUED', 'PROCESSING') AND NOT is_unknown"
    while studio.rows(query)[0][0] and time.monotonic() - began < RECOVERY:
        product.keep()
        time.sleep(1)
    return time.monotonic() - began


def judge(studio: Scratch, fake: Fake) -> dict[str, Any]:
    """What the rows, the disk and the provider's own books say."""
    facts = run_anew(studio, "facts")  # sweeps files that no row names
    jobs = facts["jobs"]
    charged = {o["client_request_id"]: o for o in fake.stats()["each"] if o["status"] not in ("FAILED", "CANCELLED")}
    attempts = {
        str(pk): (str(job), slug) for pk, job, slug in studio.rows("SELECT id, job_id, provider FROM jobs_attempt")
    }
    plain = {pk.replace("-", ""): told for pk, told in attempts.items()}
    of_job = Counter(plain[request.replace("-", "")] for request in charged)
    captures = Counter(slug for (slug,) in studio.rows("SELECT served_by FROM credits_entry WHERE kind = 'capture'"))
    doubts = Counter(
        slug for (slug,) in studio.rows("SELECT provider FROM jobs_job WHERE is_unknown UNION ALL "
                                        "SELECT served_by FROM credits_entry WHERE kind = 'unconfirmed'")
    )  # fmt: skip
    states = Counter("unknown" if job["unknown"] else job["status"] for job in jobs.values())
    return {
        "jobs": len(jobs),
        "states": dict(states),
        "errors": dict(Counter(job["error"] for job in jobs.values() if job["error"])),
        "moved": studio.rows("SELECT COUNT(*) FROM jobs_job WHERE CAST(moves AS text) <> '[]'")[0][0],
        "charges": {slug: sum(n for (_job, of), n in of_job.items() if of == slug) for slug in ("apiframe", "own")},
        "captures": {slug: captures[slug] for slug in ("apiframe", "own")},
        "doubts": {slug: doubts[slug] for slug in ("apiframe", "own")},
        "twice": [job for job, n in Counter(job for job, _slug in of_job.elements()).items() if n > 1],
        "orphans": sorted(set(facts["originals"]) ^ set(facts["images"])) + facts["strangers"],
    }


def problems(found: dict[str, Any], options: argparse.Namespace, taken: int, verified: int) -> list[str]:
    charges, captures, doubts = found["charges"], found["captures"], found["doubts"]
    checks = {
        f"{taken} of {options.jobs} orders taken, {found['jobs']} jobs": taken == found["jobs"] == options.jobs,
        "a job is still open": not {"QUEUED", "PROCESSING"} & set(found["states"]),
        "verify_ledger": verified == 0,
        f"two charges for one job: {found['twice']}": not found["twice"],
        f"orphans: {found['orphans'][:5]}": not found["orphans"],
    }
    for slug in charges:
        said = f"{slug}: {charges[slug]} charges, {captures[slug]} captures, {doubts[slug]} in doubt"
        checks[said] = captures[slug] <= charges[slug] <= captures[slug] + doubts[slug]
    return [said for said, is_right in checks.items() if not is_right]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--jobs", type=int, default=300)
    parser.add_argument("--every", type=float, nargs=2, default=(3.0, 9.0), help="seconds between two kills")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args()
    engine = "postgres" if options.postgres else "sqlite"
    with fake_provider(seconds=2, kilobytes=60) as fake, Bench(engine, fake.url) as studio:
        (key,) = studio.run("tests.proof.story:prepare_chaos", fake.url)
        product = Product(studio, free_port())
        try:
            taken = rage(studio, product, key, options)
            recovered = recover(studio, product)
        finally:
            product.stop()
        verify = studio.manage("verify_ledger")
        found = judge(studio, fake)
    wrong = problems(found, options, taken, verify.returncode)
    print(f"{options.jobs} jobs in {options.seconds:g} s on {engine}, seed {options.seed}: ", end="")
    print(f"{product.kills} processes killed, {product.starts} starts, ended {recovered:.0f} s after the last kill")
    for name in ("states", "errors", "moved", "charges", "captures", "doubts"):
        print(f"  {name:10} {found[name]}")
    print(f"  ledger     {verify.stdout.strip()}")
    print("\n".join(f"WRONG: {said}" for said in wrong) or "Nothing lost, doubled or left behind.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
