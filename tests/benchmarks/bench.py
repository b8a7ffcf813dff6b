"""What the benchmarks share: a studio on a scratch database, and a fake provider in a process of its own."""

import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests import databases
from tests.children import ROOT, Server
from tests.databases import Scratch
from tests.proof import KEY, SECRETS


class Fake:
    """The fake provider behind an address."""

    def __init__(self, url: str) -> None:
        self.url = url

    def stats(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.url}/_stats", timeout=30) as answer:  # loopback, started below
            stats: dict[str, Any] = json.load(answer)
        return stats


@contextmanager
def fake_provider(*, seconds: float, kilobytes: int) -> Iterator[Fake]:
    options = {"--port": "0", "--seconds": f"{seconds}", "--kilobytes": f"{kilobytes}", "--key": KEY}
    words = [word for pair in options.items() for word in pair]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.provider", *words], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        yield Fake(process.stdout.readline().rsplit(" ", 1)[1].strip())
    finally:
        process.kill()
        process.wait(10)


class Bench:
    """A migrated scratch database with the catalogue, alice, bob and the fake; gone when the block ends."""

    def __init__(self, engine: str, url: str) -> None:
        self.engine, self.url, self._stack = engine, url, ExitStack()

    def __enter__(self) -> Scratch:
        server = self._stack.enter_context(Server())
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        (folder / "copy").mkdir()
        original = self._stack.enter_context(databases.migrated(self.engine, folder / "template", server))
        studio = self._stack.enter_context(databases.copy_of(original, folder / "copy", **SECRETS))
        studio.run("tests.proof.story:prepare", self.url, 1_000_000)
        return studio

    def __exit__(self, *exc: Any) -> None:
        time.sleep(0.2)
        self._stack.close()
