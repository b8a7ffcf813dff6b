"""A real `manage.py up`: its own data folder, a free port, everything it prints, every process it starts."""

import contextlib
import http.client
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent.parent
QUIET = {"APIFRAME_API_KEY", "AIMLAPI_API_KEY", "OPENAI_API_KEY", "OPENAI_BASE_URL"} | {
    "DATABASE_URL",
    "STUDIO_BASE_URL",
    "STUDIO_DATA_DIR",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(folder: Path, **settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in QUIET}
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    return {**kept, "STUDIO_DATA_DIR": str(folder), **settings}


def manage(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """`manage.py` with `arguments` on a data folder, run to its end."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment(folder, **settings),
        capture_output=True,
        text=True,
        timeout=120,
    )


class StudioProcess:
    """`up` in the background. `lines` collects what it says; nothing is left running by `close`."""

    def __init__(self, folder: Path, port: int = 0, arguments: tuple[str, ...] = (), **settings: str) -> None:
        self.port = port or free_port()
        self._may_move = not port
        self._folder, self._arguments, self._settings = folder, arguments, settings
        self._start()

    def _start(self) -> None:
        self.lines: list[str] = []
        self._fresh: queue.Queue[str | None] = queue.Queue()
        self.popen = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--port", str(self.port), *self._arguments],
            cwd=ROOT,
            env=environment(self._folder, **self._settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # Whoever runs the tests in the background ignores Ctrl-C, and so would what they start.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.popen.stdout
        for line in self.popen.stdout:
            self.lines.append(line.rstrip("\n"))
            self._fresh.put(line)
        self._fresh.put(None)

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    def wait_for(self, words: str, seconds: float = 90) -> None:
        """Until a line with `words` was printed."""
        until = time.monotonic() + seconds
        while not any(words in line for line in self.lines):
            try:
                if self._fresh.get(timeout=max(until - time.monotonic(), 0.01)) is None:
                    break
            except queue.Empty:
                break
        assert words in self.output, f"{words!r} was not printed within {seconds} s:\n{self.output}"

    def ready(self) -> "StudioProcess":
        """Until it says so; on another port where somebody took the free one before `up` did."""
        try:
            self.wait_for(f"Studio is ready at http://127.0.0.1:{self.port}")
        except AssertionError:
            self.close()  # nobody else has it yet
            if not (self._may_move and f"port {self.port} on 127.0.0.1 is taken" in self.output):
                raise
            self.port = free_port()
            self._start()
            return self.ready()
        return self

    def part(self, name: str) -> psutil.Process:
        """The first process of a part: `granian` or `qcluster`; waits while it is being started again."""
        until = time.monotonic() + 10
        while time.monotonic() < until:
            for part in psutil.Process(self.popen.pid).children():
                with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                    if name in " ".join(part.cmdline()):
                        return part
            time.sleep(0.05)
        raise AssertionError(f"no {name} below up:\n{self.output}")

    def family(self) -> list[psutil.Process]:
        """Everything below `up`."""
        return psutil.Process(self.popen.pid).children(recursive=True)

    def get(self, path: str, *, timeout: float = 10) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        finally:
            connection.close()

    def wait_for_status(self, path: str, status: int, seconds: float) -> float:
        """Seconds until `path` answered with `status`."""
        began = time.monotonic()
        while (now := self._status(path)) != status:
            assert time.monotonic() - began < seconds, f"{path} still answers {now} after {seconds} s:\n{self.output}"
            time.sleep(0.1)
        return time.monotonic() - began

    def _status(self, path: str) -> int:
        try:
            return self.get(path)[0]
        except (OSError, http.client.HTTPException):
            return 0

    def stop(self, number: signal.Signals = signal.SIGTERM, seconds: float = 30) -> int:
        self.popen.send_signal(number)
        return self.popen.wait(seconds)

    def close(self) -> None:
        if self.popen.poll() is None:
            self.popen.kill()  # everything below goes down with it; that is one of the things tested
        self.popen.wait()
        time.sleep(0.1)
        assert self.popen.stdout
        self.popen.stdout.close()


def gone(processes: list[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Those of `processes` that are still there after `seconds`."""
    _ended, alive = psutil.wait_procs(processes, timeout=seconds)
    return [process for process in alive if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]
