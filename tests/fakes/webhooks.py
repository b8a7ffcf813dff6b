"""Webhooks as Apiframe sends them, at moments it should not: before the order is confirmed, after it is over."""

import hashlib
import hmac
import json
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from tests.fakes.orders import FakeOrder

# What is told at which moment: `early` before the 202, `lies` a failure that did not happen, `late` after the end.
EVENTS: dict[str, tuple[Mapping[str, Any], ...]] = {
    "early": ({"event": "completed", "status": "COMPLETED", "progress": 100},) * 2,
    "lies": ({"event": "failed", "status": "FAILED", "error": "It failed"},),
    "late": (
        {"event": "completed", "status": "COMPLETED"},
        {"event": "progress", "status": "PROCESSING", "progress": 7},
    ),
}


def tell(order: FakeOrder, moment: str, key: str) -> None:
    """POST the events of this moment to the order's address, signed with the key that placed it."""
    url, told = order.body.get("webhookUrl"), order.script.get("webhook")
    if not url or told != moment:
        return
    for event in EVENTS[told]:
        body = json.dumps({"jobId": order.id, "model": order.body.get("model"), **event}).encode()
        signature = hmac.new(hashlib.sha256(key.encode()).digest(), body, "sha256").hexdigest()
        headers = {
            "Content-Type": "application/json",
            "X-Webhook-Signature": f"sha256={signature}",
            "X-Webhook-Event": str(event["event"]),
        }
        with suppress(OSError), urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=5) as answer:
            order.told.append(answer.status)
