"""A fake vendor over real HTTP: Apiframe's /v2 (asynchronous), and what tests/fakes/dialects.py speaks (synchronous).

The synchronous ones know no idempotency key: every order is another one, and another charge.

    python -m tests.fakes.provider --port 8150 --seconds 5 --kilobytes 300

`GET /_stats` counts orders and charges; `POST /_script {"seconds", "words", "refuse", "clear", "lists"}` changes what
it does from then on (`refuse`: seconds without a listener; `lists`: see `tests/fakes/lists.py`). Words in a prompt do
so for one order: see `tests/fakes/script.py`.
"""

import argparse
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import ThreadingHTTPServer
from typing import Any

from tests.fakes.handler import Handler
from tests.fakes.lists import FakeLists
from tests.fakes.orders import Ledger


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024
    fake: "FakeProvider"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Peers that hang up are what this server is for."""


class FakeProvider:
    """One vendor: a server in threads of this process. `key`: the only key it takes; empty takes any but none."""

    def __init__(self, *, port: int = 0, seconds: float = 0.0, kilobytes: int = 0, key: str = "") -> None:
        self.ledger = Ledger(seconds=seconds)
        self.lists = FakeLists()
        self.kilobytes = kilobytes
        self.key = key
        self.upload_faults: list[str] = []
        self.stopped = threading.Event()
        self._server = self._listen(port)
        self.port = self._server.server_address[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _listen(self, port: int) -> _Server:
        server = _Server(("127.0.0.1", port), Handler)
        server.fake = self
        threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
        return server

    def refuse(self, seconds: float) -> None:
        """Nobody listens for a while; then it is back on the same port with the same orders."""
        self._shut()

        def come_back() -> None:
            self.stopped.wait(seconds)
            if not self.stopped.is_set():
                self._server = self._listen(self.port)

        threading.Thread(target=come_back, daemon=True).start()

    def _shut(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def close(self) -> None:
        self.stopped.set()
        self._shut()

    def script(self, **change: Any) -> None:
        """What `POST /_script` does."""
        if change.get("clear"):
            self.ledger.clear()
            self.lists = FakeLists()
        self.lists.script(change.get("lists", {}))
        self.ledger.seconds = float(change.get("seconds", self.ledger.seconds))
        self.ledger.words = str(change.get("words", self.ledger.words))
        if change.get("refuse"):
            self.refuse(float(change["refuse"]))

    def stats(self) -> dict[str, Any]:
        return self.ledger.stats()


@contextmanager
def running(**options: Any) -> Iterator[FakeProvider]:
    """A fake provider while the block runs; options as of FakeProvider."""
    fake = FakeProvider(**options)
    try:
        yield fake
    finally:
        fake.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--kilobytes", type=int, default=0)
    parser.add_argument("--key", default="")
    options = parser.parse_args()
    with running(**vars(options)) as fake:
        print(f"Fake provider at {fake.url}", flush=True)
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
