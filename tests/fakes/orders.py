"""What a fake vendor knows: orders, who was charged for what, how often it was asked."""

import json
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.fakes.script import Script

FAILURES = {
    "fail": "The provider could not make this picture",
    "nsfw": "Provider error: the prompt violates the content policy",
    "busy": "No available capacity",
}
PER_PICTURE = 21


@dataclass
class FakeOrder:
    """One order that was taken: one charge."""

    id: str
    key: str  # the idempotency key, or one of its own
    body: dict[str, Any]
    script: Script
    seconds: float
    client_request_id: str = ""
    key_given: str = ""  # who placed it
    born: float = field(default_factory=time.monotonic)
    made_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    taken_at: float = field(default_factory=time.time)
    bill: dict[str, Any] = field(default_factory=dict)  # what the vendor says of it otherwise than it was
    submits: int = 1
    told: list[int] = field(default_factory=list)  # how its webhooks were answered
    polls: int = 0

    @property
    def prompt(self) -> str:
        return str(self.body.get("prompt", ""))

    @property
    def params(self) -> dict[str, Any]:
        """The parameters by the vendor's names, whether they stand in a block of their own or not."""
        block = next((value for name, value in self.body.items() if name.endswith("Params")), {})
        return {**self.body, **block}

    @property
    def count(self) -> int:
        usual = 4 if self.body.get("model") == "midjourney" else 1
        named = (self.params.get(name) for name in ("number_of_images", "num_outputs", "num_images", "n"))
        return int(self.script.get("pictures") or next((count for count in named if count), usual))

    @property
    def size(self) -> tuple[int, int]:
        if side := self.script.get("side"):
            return int(side), int(side)
        asked = self.params.get("aspect_ratio", self.params.get("size", self.params.get("image_size", "1:1")))
        if isinstance(asked, dict):
            return int(asked["width"]), int(asked["height"])
        wide, _, tall = str(asked).replace("x", ":").partition(":")
        ratio = int(wide) / int(tall or 1) if wide.isdecimal() else 4 / 3
        return (1024, 1024) if ratio == 1 else (1536, 1024) if ratio > 1 else (1024, 1536)

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1."""
        if self.script.get("job") == "never":
            return min(0.6, (time.monotonic() - self.born) / max(self.seconds, 0.1))
        return 1.0 if not self.seconds else min(1.0, (time.monotonic() - self.born) / self.seconds)

    @property
    def left(self) -> float:
        """Seconds until it is done."""
        return self.born + self.seconds - time.monotonic() if self.script.get("job") != "never" else self.seconds

    @property
    def status(self) -> str:
        if self.share < 1:
            return "PROCESSING" if self.share > 0.05 else "QUEUED"
        outcome = self.script.get("job")
        return "FAILED" if outcome in FAILURES else "CANCELLED" if outcome == "cancelled" else "COMPLETED"

    @property
    def is_refunded(self) -> bool:
        return self.status in ("FAILED", "CANCELLED")

    def as_json(self, origin: str) -> dict[str, Any]:
        """The vendor's Job object."""
        status, outcome = self.status, self.script.get("job")
        says = self.script.get("progress") != "none"
        job: dict[str, Any] = {
            "id": self.id,
            "status": status,
            "model": self.body.get("model"),
            "progress": int(self.share * 100) if says else None,
            "result": None,
            "error": FAILURES.get(outcome) if status == "FAILED" else None,
            "creditCost": 0 if self.is_refunded else PER_PICTURE * self.count,
            "webhookStatus": None,
            "input": self.body,
            "createdAt": self.made_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "completedAt": "2026-11-21T09:00:05.000Z" if self.share >= 1 else None,
        }
        if status == "COMPLETED" and outcome != "nothing":
            job["result"] = self.result(origin)
            job["expired"] = outcome == "expired"
        return job | self.bill

    def links(self, origin: str) -> list[str]:
        fault = self.script.first("image")
        if fault and fault.name == "metadata":
            return ["http://169.254.169.254/latest/meta-data/"] * self.count
        if fault and fault.name == "loopback":
            return ["http://127.0.0.1:1/picture.png"] * self.count
        return [f"{origin}/cdn/{self.id}-{index}.png" for index in range(1, self.count + 1)]

    def result(self, origin: str) -> Any:
        links = self.links(origin) if self.script.get("job") != "empty" else []
        shape = self.script.get("result")
        if shape == "list":
            return links
        if shape == "string":
            return links[0]
        if shape == "objects":
            return [{"url": link} for link in links]
        if shape == "duplicate":
            return {"images": [links[0], *links]}
        if self.body.get("model") == "midjourney":
            return {"images": links, "gridUrl": f"{origin}/cdn/{self.id}-grid.png"}
        return {"images": links}


class Ledger:
    """All orders of a fake vendor, safe for many threads."""

    def __init__(self, *, seconds: float) -> None:
        self.seconds = seconds
        self.words = ""  # added to every prompt
        self.lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        self.list_fault = ""  # done to the next look at the list of orders
        self.is_member_key = False  # the key may not see the orders of the team
        self.orders: dict[str, FakeOrder] = {}
        self.by_key: dict[str, FakeOrder] = {}
        self.waiting: dict[str, Script] = {}  # scripts of keys that have no order yet
        self.uploads: dict[str, bytes] = {}  # by address
        self.requests: Counter[str] = Counter()
        self.asked: list[tuple[str, str]] = []  # of each order placed: X-Client-Request-Id, Idempotency-Key
        self.most_open = 0

    def count(self, what: str) -> None:
        with self.lock:
            self.requests[what] += 1

    def script_of(self, key: str, prompt: str) -> Script:
        """The script of a request, by its key up to the last "-": what happens twice is counted over all its tries."""
        with self.lock:
            if key in self.by_key:
                return self.by_key[key].script
            return self.waiting.setdefault(key.rpartition("-")[0] or key, Script.of(prompt + self.words))

    def take(self, key: str, body: dict[str, Any], *, client_request_id: str = "") -> FakeOrder | None:
        """The order of this key, made when there is none; None when the key stands for another body."""
        script = self.script_of(key, str(body.get("prompt", "")))
        with self.lock:
            order = self.by_key.get(key)
            if order is None:
                seconds = float(script.get("seconds") or self.seconds)
                order = FakeOrder(str(uuid.uuid4()), key, body, script, seconds, client_request_id)
                self.by_key[key] = self.orders[order.id] = order
                self.most_open = max(self.most_open, sum(o.share < 1 for o in self.orders.values()))
                return order
            order.submits += 1
            same = json.dumps(order.body, sort_keys=True) == json.dumps(body, sort_keys=True)
            return order if same else None

    def stats(self) -> dict[str, Any]:
        with self.lock:
            orders = list(self.orders.values())
            return {
                "orders": len(orders),
                "charges": sum(not order.is_refunded for order in orders),
                "unfinished": sum(order.share < 1 for order in orders),
                "most_open": self.most_open,
                "requests": dict(self.requests),
                "each": [
                    {
                        "id": order.id,
                        "key": order.key,
                        "prompt": order.prompt,
                        "status": order.status,
                        "ready_at": order.taken_at + order.seconds,
                        "submits": order.submits,
                        "polls": order.polls,
                        "client_request_id": order.client_request_id,
                        "body": order.body,
                    }
                    for order in orders
                ],
            }
