"""Which web server, with how many processes and threads: the product itself, in turns within one run.

    uv run --group lint python -m tests.benchmarks.web_server

Prints requests a second for the bare health page, the sign-in page and the unchanged poll of a live card, the memory
of each server, and how long a page takes while 200 calls wait for their pictures.
"""

import asyncio
import http.client
import json
import os
import platform
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import psutil

from tests.benchmarks.load import hold, press

ROOT = Path(__file__).resolve().parent.parent.parent
FIRST_PORT = 8137
ROUNDS, SECONDS, CONNECTIONS, WAITING = 3, 2.0, 16, 200

PREPARE = """
import json, re
from django.test import Client
from studio.accounts.models import User
from studio.credits.services import account_of
from studio.providers.services import load_catalogue
load_catalogue()
user = User.objects.create_user("bench", password="a long enough word")
account_of(user)
client = Client(SERVER_NAME="127.0.0.1")
client.force_login(user)
form = dict(re.findall(r'<input type="hidden" name="(\\w+)" value="([^"]*)"', client.get("/").content.decode()))
form.pop("next", None)
client.post("/", {"prompt": "a lighthouse", "model": "dall-e-3", **form})
page = client.get("/").content.decode()
assert "/studio/live/" in page
print(json.dumps({"cookie": f"session={client.cookies['session'].value}"}))
"""


@dataclass
class Candidate:
    """One server in one shape, running on a port of its own."""

    kind: str
    workers: int
    threads: int
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    rates: dict[str, list[float]] = field(default_factory=dict)
    costs: dict[str, list[float]] = field(default_factory=dict)  # milliseconds of processor time for one answer
    memory: float = 0.0

    @property
    def name(self) -> str:
        return f"{self.kind} {self.workers} x {self.threads}"

    def start(self, environment: dict[str, str]) -> None:
        app, workers, threads = "tests.benchmarks.waiting_app:application", str(self.workers), str(self.threads)
        if self.kind == "granian":
            command = ["granian", "--interface", "wsgi", "--workers", workers, "--blocking-threads", threads]
            command += ["--backpressure", str(max(self.threads, 128)), "--port", str(self.port)]
            command += ["--log-level", "error", app]
        else:
            command = ["gunicorn", "--workers", workers, "--worker-class", "gthread", "--threads", threads]
            command += ["--keep-alive", "60", "--bind", f"127.0.0.1:{self.port}", "--log-level", "error", app]
        self.process = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, env=environment, start_new_session=True
        )

    async def wait(self) -> None:
        for _try in range(900):
            try:
                await press(self.port, "/healthz", connections=1, seconds=0.01)
                return
            except OSError:
                await asyncio.sleep(0.1)
        raise SystemExit(f"{self.name} does not answer")

    def family(self) -> list[psutil.Process]:
        assert self.process
        top = psutil.Process(self.process.pid)
        return [top, *top.children(recursive=True)]

    def measure_memory(self) -> None:
        self.memory = sum(one.memory_full_info().pss for one in self.family()) / 1e6

    def processor_time(self) -> float:
        times = [one.cpu_times() for one in self.family()]
        return sum(one.user + one.system for one in times)


def candidates() -> list[Candidate]:
    shapes = [("granian", 1, 1), ("granian", 2, 1), ("granian", 1, 8), ("granian", 1, 256), ("granian", 2, 256)]
    shapes += [("gunicorn", 1, 8), ("gunicorn", 2, 8), ("gunicorn", 1, 256)]
    return [Candidate(kind, workers, threads, FIRST_PORT + n) for n, (kind, workers, threads) in enumerate(shapes)]


def prepared(environment: dict[str, str]) -> dict[str, str]:
    """A database with one signed-in member whose job nobody works on; its session and its poll's address."""
    run = [sys.executable, "manage.py"]
    subprocess.run([*run, "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
    subprocess.run([*run, "collectstatic", "--noinput", "-v0"], cwd=ROOT, env=environment, check=True)
    shell = [*run, "shell", "-v0", "-c", PREPARE]
    out = subprocess.run(shell, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout
    return dict(json.loads(out.strip().splitlines()[-1]))


def poll_address(port: int, cookie: str) -> str:
    """What the live cards of the page ask for at this moment; the interval in it grows as the job gets older."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/", headers={"Cookie": cookie})
    found = re.search(r'hx-get="(/studio/live/[^"]*)"', connection.getresponse().read().decode())
    assert found
    return found.group(1).replace("&amp;", "&")


async def measure(servers: list[Candidate], known: dict[str, str]) -> None:
    pages = {"health": ("/healthz", ""), "sign-in": ("/accounts/login/", ""), "poll": ("", known["cookie"])}
    for round_number in range(ROUNDS):
        for name, (path, cookie) in pages.items():
            for one in servers[round_number:] + servers[:round_number]:
                address = path or poll_address(one.port, cookie)
                before = one.processor_time()
                result = await press(one.port, address, connections=CONNECTIONS, seconds=SECONDS, cookie=cookie)
                expected = 204 if name == "poll" else 200
                assert result.statuses.get(expected, 0) > 0.9 * len(result.times), (one.name, name, result.statuses)
                one.rates.setdefault(name, []).append(result.rate)
                spent = one.processor_time() - before
                one.costs.setdefault(name, []).append(spent / len(result.times) * 1000)
    for one in servers:
        one.measure_memory()


async def page_while_waiting(one: Candidate) -> str:
    if one.workers * one.threads < WAITING:
        return "cannot hold them"
    waiting = await hold(one.port, "/wait", WAITING)
    await asyncio.sleep(1)
    result = await press(one.port, "/accounts/login/", connections=4, seconds=4, pause=0.05)
    for writer in waiting:
        writer.close()
    return f"p95 {result.percentile(0.95):.0f} ms"


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="northlight-bench-") as folder:
        environment = {**os.environ, "STUDIO_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "studio.settings"}
        known, servers = prepared(environment), candidates()
        try:
            for one in servers:
                one.start(environment)
                await one.wait()
            time.sleep(2)
            await measure(servers, known)
            print(f"{date.today()}, {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")
            print("Answers a second (milliseconds of processor time each); MB; a page while so many calls wait.")
            print(f"{'server':18}{'health':>14}{'sign-in':>14}{'poll':>14}{'MB':>6}  {WAITING} waiting")
            for one in servers:
                figures = "".join(
                    f"{statistics.median(rates):7.0f} ({statistics.median(one.costs[name]):4.1f})"
                    for name, rates in one.rates.items()
                )
                print(f"{one.name:18}{figures}{one.memory:6.0f}  {await page_while_waiting(one)}", flush=True)
        finally:
            for one in servers:
                if one.process:
                    os.killpg(one.process.pid, signal.SIGKILL)


if __name__ == "__main__":
    asyncio.run(main())
