"""The real `manage.py qcluster`, as a child in a session of its own."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psutil

from tests.children import ROOT
from tests.databases import Scratch


class Cluster:
    """One running cluster; what it says goes to a file."""

    def __init__(self, studio: Scratch, **extra: str) -> None:
        self.said = tempfile.TemporaryFile("w+")  # noqa: SIM115 -- it lives as long as the cluster
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "qcluster"],
            **{"cwd": ROOT, "stdout": self.said, "stderr": subprocess.STDOUT, "start_new_session": True},
            env={**studio.env, **extra},
        )

    @property
    def output(self) -> str:
        self.said.seek(0)
        return self.said.read()

    def family(self) -> list[psutil.Process]:
        with suppress(psutil.NoSuchProcess):
            leader = psutil.Process(self.process.pid)
            return [leader, *leader.children(recursive=True)]
        return []

    def pss(self) -> int:
        """Bytes of memory of the whole tree, shared pages counted once."""
        total = 0
        for process in self.family():
            with suppress(OSError, psutil.Error):
                total += process.memory_full_info().pss
        return total

    def cpu(self) -> float:
        """Seconds of processor time of the whole tree so far."""
        total = 0.0
        for process in self.family():
            with suppress(psutil.Error):
                times = process.cpu_times()
                total += times.user + times.system
        return total

    def stop(self, seconds: float = 30.0) -> tuple[int, float]:
        """(exit code, seconds it took) of a SIGTERM."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds), time.monotonic() - began

    def kill(self) -> None:
        """SIGKILL for every process of the tree."""
        for process in self.family():
            with suppress(psutil.Error):
                process.kill()
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)


@contextmanager
def running(studio: Scratch, **extra: str) -> Iterator[Cluster]:
    cluster = Cluster(studio, **extra)
    try:
        yield cluster
    finally:
        cluster.kill()


def wait_for(done: Callable[[], bool], *, seconds: float = 30.0, every: float = 0.05) -> float:
    """Seconds until `done`."""
    began = time.monotonic()
    while not done():
        assert time.monotonic() - began < seconds, f"not within {seconds} s"
        time.sleep(every)
    return time.monotonic() - began


def count(studio: Scratch, *states: str) -> int:
    """How many jobs are in these states, by plain SQL."""
    marks = ", ".join(["%s"] * len(states))
    number: int = studio.rows(f"SELECT COUNT(*) FROM jobs_job WHERE status IN ({marks})", *states)[0][0]
    return number


def run_anew(studio: Scratch, function: str, *args: Any, **extra: str) -> Any:
    """What a function of story.py returns in a whole new process, whose queue rows are signed with its own key."""
    child = studio.start("-m", "tests.proof", function, json.dumps(args), **extra)
    out, err = child.communicate(timeout=180)
    assert child.returncode == 0, err
    return json.loads(out)
