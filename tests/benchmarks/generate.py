"""What an order of a program takes: `python -m tests.benchmarks.generate`, once per engine that is to be had.

The product's own web server on a free port of the loopback, one key and one account, the client on the same cores; in
the same run the same requests to a bare Django view (bare.py) on the same server and database. Compare the ratios.
"""

import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import Process
from pathlib import Path
from urllib.parse import urlsplit

from tests import databases
from tests.children import ROOT, Server
from tests.databases import Scratch

HERE = "tests.benchmarks.generate"
WARM, ORDERS = 100, 1000
CLIENTS, SECONDS = 50, 8
BODY = json.dumps({"prompt": "A lighthouse at dawn", "model": "dall-e-3", "dalleParams": {"style": "natural"}}).encode()


def open_studio() -> str:
    """The catalogue, and a key of somebody rich."""
    from studio.accounts.key_services import create_api_key
    from studio.providers.services import load_catalogue
    from tests.factories import make_user

    load_catalogue()
    return create_api_key(user=make_user("mina", credits=10**11), name="benchmark")[1]


def serve(which: str, port: str) -> None:
    """Be the web server of the product, or of the bare view, in as many processes as `up` has."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "studio.settings"
    import django
    from django.conf import settings

    django.setup()
    from studio.ops import web
    from studio.ops.port import listen

    if which == "bare":  # after the checks of apps that insist on their middleware
        settings.MIDDLEWARE, settings.ROOT_URLCONF = [], "tests.benchmarks.bare"
    listener = listen("127.0.0.1", int(port))
    others = [Process(target=web.serve, args=[listener], daemon=True) for _number in range(web.PROCESSES - 1)]
    for other in others:
        other.start()
    status = web.serve(listener)
    for other in others:
        other.terminate()
        other.join(30)
    sys.exit(status)


@contextmanager
def serving(which: str, scratch: Scratch) -> Iterator[tuple[str, int]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", HERE, "serve", which, str(port)]
    # Two orders a millisecond at most: the limit is counted, and never met.
    child = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**scratch.env, "STUDIO_RATE_LIMIT": "1000000/min", "STUDIO_PERSON_RATE_LIMIT": "1000000/min"},
    )
    try:
        for _try in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield "127.0.0.1", port
    finally:
        child.terminate()
        child.wait(timeout=40)


class Program:
    """One client with one connection that it keeps."""

    def __init__(self, address: tuple[str, int], key: str) -> None:
        self.connection = http.client.HTTPConnection(*address, timeout=60)
        self.headers = {"X-API-Key": key, "Content-Type": "application/json"}

    def order(self) -> float:
        """Milliseconds from the first byte sent to the last received."""
        began = time.perf_counter()
        self.connection.request("POST", "/v2/images/generate", BODY, self.headers)
        response = self.connection.getresponse()
        body = response.read()
        assert response.status == 202, body
        return 1000 * (time.perf_counter() - began)


def one_client(address: tuple[str, int], key: str) -> list[float]:
    program = Program(address, key)
    for _time in range(WARM):
        program.order()
    return [program.order() for _time in range(ORDERS)]


def many_clients(address: tuple[str, int], key: str) -> tuple[float, list[float]]:
    """Orders a second, and what each took."""
    took: list[float] = []
    end = time.perf_counter() + SECONDS

    def run() -> None:
        program = Program(address, key)
        while time.perf_counter() < end:
            took.append(program.order())

    threads = [threading.Thread(target=run) for _number in range(CLIENTS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(took) / (time.perf_counter() - began), took


def measure(scratch: Scratch) -> None:
    (key,) = scratch.run(f"{HERE}:open_studio")
    found: dict[str, tuple[float, float]] = {}
    for which in ("bare", "studio"):
        with serving(which, scratch) as address:
            alone = one_client(address, key)
            rate, together = many_clients(address, key)
        p50, p95 = statistics.median(alone), statistics.quantiles(alone, n=20)[-1]
        found[which] = (p50, rate)
        print(
            f"{scratch.engine:8} {which:6} 1 client: p50 {p50:5.2f} ms, p95 {p95:5.2f} ms;"
            f" {CLIENTS} clients: {rate:5.0f}/s, p50 {statistics.median(together):5.1f} ms"
        )
    (bare, bare_rate), (studio, rate) = found["bare"], found["studio"]
    print(f"{scratch.engine:8} studio to bare: p50 × {studio / bare:.2f}, rate × {rate / bare_rate:.2f}")
    orders = scratch.rows("SELECT count(*) FROM jobs_job")[0][0]
    size = urlsplit(scratch.url).path if scratch.engine == "sqlite" else "PostgreSQL"
    print(f"{scratch.engine:8} {orders} orders written to {Path(size).name}")


def main() -> None:
    with Server() as server:
        for engine in databases.ENGINES:
            if engine == "postgres" and databases.postgres_missing():
                print(databases.postgres_missing(), file=sys.stderr)
                continue
            with tempfile.TemporaryDirectory() as folder, databases.migrated(engine, Path(folder), server) as scratch:
                measure(scratch)


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(*sys.argv[2:4])
    else:
        main()
