"""An order of a program here and at LiteLLM's proxy, in one run: `uv run python -m tests.benchmarks.litellm`.

Both stand before the same fake provider, which answers at once, on the same cores as the client (a process of its own)
and PostgreSQL. LiteLLM, in an environment of its own that is made in the user's cache, keeps nothing and checks one
key; the studio runs as `up` runs it, holds credits and writes a job, with its queue asking the provider meanwhile.
"Nobody at work": the same web processes without the queue, what is ordered waits in line. The bare view (bare.py) does
the statements of an order in Django alone. It takes some three minutes and stops by itself.
"""

import asyncio
import json
import os
import platform
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests import databases
from tests.benchmarks.bench import fake_provider
from tests.benchmarks.generate import open_studio as open_studio
from tests.benchmarks.generate import serving
from tests.benchmarks.load import press
from tests.children import ROOT, Server
from tests.databases import Scratch
from tests.proof import KEY

HERE = "tests.benchmarks.litellm"
PINNED = "litellm[proxy]==1.106.2"
ASKED = {"prompt": "A lighthouse at dawn", "model": "dall-e-3"}
WARM_SECONDS, SECONDS, CLIENTS = 2.0, 6.0, 50
START_SECONDS = 90.0  # LiteLLM imports for long
CONFIG = """
model_list:
  - model_name: dall-e-3
    litellm_params: {{model: openai/dall-e-3, api_base: "{url}/v1", api_key: "{key}"}}
general_settings: {{master_key: "sk-benchmark"}}
litellm_settings: {{telemetry: false}}
"""


@dataclass(frozen=True)
class Target:
    """What is asked: where, and with which header."""

    name: str
    port: int
    path: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Figures:
    """Milliseconds at one client, answers a second at fifty."""

    name: str
    p50: float
    p95: float
    rate: float
    together: float


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def running(command: list[str], port: int, env: Mapping[str, str]) -> Iterator[None]:
    """A server in a process group of its own, which is ended whole."""
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    child = subprocess.Popen(command, cwd=ROOT, env=dict(env), start_new_session=True, **quiet)
    try:
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if child.poll() is not None or time.monotonic() > until:
                    raise SystemExit(f"{' '.join(command)} does not listen") from None
                time.sleep(0.2)
        yield
    finally:
        child.terminate()
        try:
            child.wait(timeout=40)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait(timeout=10)


def environment_of_litellm() -> Path:
    """The folder of LiteLLM's programs; installed the first time."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    made = cache / f"northlight-{PINNED.replace('[proxy]==', '-')}"
    uv = shutil.which("uv")
    if not (made / "ready").exists():
        if uv is None:
            raise SystemExit("uv is needed to make LiteLLM's environment.")
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        cache.mkdir(parents=True, exist_ok=True)  # and from there: what this project overrides is not for LiteLLM
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", version, str(made)], check=True, cwd=cache)
        install = [uv, "pip", "install", "--quiet", "--python", str(made / "bin/python"), PINNED]
        subprocess.run(install, check=True, cwd=cache)
        (made / "ready").touch()
    return made / "bin"


@contextmanager
def litellm(programs: Path, provider: str, folder: Path, workers: int) -> Iterator[Target]:
    config, port = folder / "litellm.yaml", free_port()
    config.write_text(CONFIG.format(url=provider, key=KEY))
    command = [str(programs / "litellm"), "--config", str(config), "--host", "127.0.0.1", "--port", str(port)]
    command += ["--num_workers", str(workers)] if workers > 1 else []
    env = {"PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(folder), "LITELLM_LOG": "ERROR"}
    with running(command, port, {**env, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}):
        headers = {"Authorization": "Bearer sk-benchmark"}
        yield Target(f"LiteLLM, {workers} process{'es' * (workers > 1)}", port, "/v1/images/generations", headers)


@contextmanager
def studio(scratch: Scratch, provider: str, key: str) -> Iterator[Target]:
    port = free_port()
    ours = {
        "DJANGO_SETTINGS_MODULE": "studio.settings",
        "STUDIO_RATE_LIMIT": "1000000/min",
        "STUDIO_PERSON_RATE_LIMIT": "1000000/min",
    }
    at_provider = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": f"{provider}/v1"}
    command = [sys.executable, "manage.py", "up", "--port", str(port)]
    with running(command, port, {**scratch.env, **ours, **at_provider}):
        yield Target("studio, 2 processes, queue at work", port, "/v2/images/generate", {"X-API-Key": key})


@contextmanager
def web_alone(which: str, name: str, scratch: Scratch, key: str) -> Iterator[Target]:
    with serving(which, scratch) as (_host, port):
        yield Target(f"{name}, 2 processes", port, "/v2/images/generate", {"X-API-Key": key})


def pressed(target: Target, connections: int, seconds: float) -> tuple[float, list[float]]:
    """Answers a second and the milliseconds of each, by a client in a process of its own."""
    words = [str(target.port), target.path, str(connections), str(seconds), json.dumps(dict(target.headers))]
    command = [sys.executable, "-m", HERE, "press", *words]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=seconds + 90)
    found = json.loads(done.stdout)
    if set(found["statuses"]) - {"200", "202"}:
        raise SystemExit(f"{target.name} answered {found['statuses']}")
    return found["rate"], found["times"]


def client(port: str, path: str, connections: str, seconds: str, headers: str) -> None:
    """Be the client: ask, and print what came of it."""
    options = {"connections": int(connections), "seconds": float(seconds), "headers": json.loads(headers)}
    result = asyncio.run(press(int(port), path, body=json.dumps(ASKED).encode(), **options))
    times = [1000 * took for took in result.times]
    print(json.dumps({"rate": result.rate, "statuses": result.statuses, "times": times}))


def measure(target: Target) -> Figures:
    for connections in (CLIENTS, 1):
        pressed(target, connections, WARM_SECONDS)
    _rate, alone = pressed(target, 1, SECONDS)
    rate, together = pressed(target, CLIENTS, SECONDS)
    p95 = statistics.quantiles(alone, n=20)[-1]
    return Figures(target.name, statistics.median(alone), p95, rate, statistics.median(together))


def show(found: list[Figures], load: tuple[float, float, float]) -> None:
    print(
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, {platform.machine()}, load average", end=" "
    )
    print(f"{load[0]:.1f} before, {os.getloadavg()[0]:.1f} after; {PINNED}, Python {platform.python_version()}")
    best = max(one.rate for one in found if one.name.startswith("LiteLLM"))
    print(f"{'':36} 1 client: p50     p95  {CLIENTS} clients: rate     p50  to LiteLLM's best")
    for one in found:
        print(
            f"{one.name:36} {one.p50:10.1f} ms {one.p95:5.1f} ms {one.rate:14.0f}/s {one.together:5.0f} ms"
            f"  × {one.rate / best:.2f}"
        )


def main() -> None:
    if databases.postgres_missing():
        raise SystemExit(databases.postgres_missing())
    load, found = os.getloadavg(), []
    programs = environment_of_litellm()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        server = stack.enter_context(Server())
        fake = stack.enter_context(fake_provider(seconds=0, kilobytes=0))
        scratch = stack.enter_context(databases.migrated("postgres", folder, server))
        (key,) = scratch.run(f"{HERE}:open_studio")
        # A database of its own for each: what one row leaves in line is not for the queue of another.
        bare, alone, whole = (
            stack.enter_context(databases.copy_of(scratch, Path(stack.enter_context(tempfile.TemporaryDirectory()))))
            for _number in range(3)
        )
        for opened in (
            litellm(programs, fake.url, folder, 1),
            web_alone("bare", "bare view", bare, key),
            web_alone("studio", "studio, nobody at work", alone, key),
            studio(whole, fake.url, key),
            litellm(programs, fake.url, folder, 2),
        ):
            with opened as target:
                found.append(measure(target))
        show(found, load)
        ended = whole.rows("SELECT status, count(*) FROM jobs_job GROUP BY 1 ORDER BY 1")
        print("orders of the studio:", ", ".join(f"{count} {status}" for status, count in ended))


if __name__ == "__main__":
    if sys.argv[1:2] == ["press"]:
        client(*sys.argv[2:7])
    else:
        main()
