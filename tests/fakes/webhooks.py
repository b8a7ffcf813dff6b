"""How a fake vendor tells of its orders, signed as Apiframe does: when it should, and at moments it should not.

`[fake:webhook=WHEN]`: `early` (twice, before the order is even confirmed), `lies` (before that, a failure and a picture
somewhere else that are not true; the truth at the end), `twice`, `five` (at the same time, at the end), `backwards`
(finished, then its progress), `late` (when we were told by a poll already: finished, then its progress), `forged`
(signed with another key), `none` (lost). Without such a word: once, when it is finished.
"""

import hashlib
import hmac
import json
import threading
import time
import urllib.error
import urllib.request
from contextlib import suppress
from typing import Any

from tests.fakes.orders import FakeOrder

REPEATED = {"twice": 2, "five": 5}
AT_THE_END = ("", "once", "twice", "five", "backwards", "lies", "forged")
SOMEWHERE_ELSE = "http://127.0.0.1:1"


def message(order: FakeOrder, origin: str, event: str) -> dict[str, Any]:
    """The body of one event."""
    job = order.as_json(origin)
    told: dict[str, Any] = {"event": event, "jobId": order.id, "model": job["model"]}
    if event == "completed":
        told |= {"status": "COMPLETED", "progress": 100, "result": order.result(origin), "creditCost": 21}
        return told | {"completedAt": "2026-11-21T09:00:05.000Z"}
    if event == "failed":
        return told | {"status": "FAILED", "error": job["error"] or "It failed"}
    return told | {"status": "PROCESSING", "progress": 7}


def send(url: str, told: dict[str, Any], key: str) -> int:
    """The status of one delivery; 0 where nobody answered."""
    body = json.dumps(told).encode()
    signature = hmac.new(hashlib.sha256(key.encode()).digest(), body, "sha256").hexdigest()
    headers = {"Content-Type": "application/json", "X-Webhook-Event": str(told["event"])}
    request = urllib.request.Request(url, body, headers | {"X-Webhook-Signature": f"sha256={signature}"})
    with suppress(OSError):
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
    return 0


def taken(order: FakeOrder, origin: str, key: str) -> None:
    """What is told of an order that was just taken, before it is confirmed and when it is finished."""
    when = order.script.get("webhook")
    if not order.body.get("webhookUrl") or order.submits > 1:
        return
    if when == "early":
        _deliver(order, origin, key, "completed", "completed")
    if when == "lies":
        _deliver(order, SOMEWHERE_ELSE, key, "failed", "completed")
    if when in AT_THE_END:
        threading.Thread(target=_at_the_end, args=[order, origin, key], daemon=True).start()


def asked(order: FakeOrder, origin: str, key: str) -> None:
    """What is told right after a poll was answered."""
    if order.script.get("webhook") == "late" and order.body.get("webhookUrl") and order.share >= 1:
        _deliver(order, origin, key, "completed", "progress")


def _deliver(order: FakeOrder, origin: str, key: str, *events: str) -> None:
    for event in events:
        order.told.append(send(order.body["webhookUrl"], message(order, origin, event), key))


def _at_the_end(order: FakeOrder, origin: str, key: str) -> None:
    time.sleep(max(0.0, order.born + order.seconds - time.monotonic()))
    if order.share < 1:
        return  # it never finishes
    when = order.script.get("webhook")
    key = "afk_somebody_else" if when == "forged" else key
    event = "completed" if order.status == "COMPLETED" else "failed"
    threads = [
        threading.Thread(target=_deliver, args=[order, origin, key, event]) for _ in range(REPEATED.get(when, 1))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if when == "backwards":
        _deliver(order, origin, key, "progress")
