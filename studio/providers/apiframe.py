"""Apiframe: places orders by POST /v2/images/generate under an idempotency key, asks by GET /v2/jobs/{id}."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from studio.core.outbound import Answer, MaybeSent, NotSent, Origin, send
from studio.providers.base import (
    Accepted,
    Ambiguous,
    Connection,
    Finished,
    Gone,
    NotTaken,
    Order,
    Picture,
    ProviderError,
    Refused,
    Running,
    TurnedAway,
)
from studio.providers.wording import is_busy, is_content_policy, retry_after, scrubbed

SUBMIT_SECONDS = 60.0
POLL_SECONDS = 30.0
LEAST_SECONDS = 1.0  # even right at the deadline an answer is given the time to come
COST_UNIT = "apiframe"
UNFINISHED = ("QUEUED", "PROCESSING")
REFUSALS = {400: "bad_request", 401: "provider_key", 402: "provider_credits", 403: "provider_key", 422: "bad_request"}


class Apiframe:
    """Asynchronous; the same key within 24 hours is the same order there; it cannot cancel."""

    slug = "apiframe"
    name = "Apiframe"
    is_asynchronous = True
    is_idempotent = True
    can_cancel = False

    def __init__(self, connection: Connection) -> None:
        self.base_url = connection.base_url.rstrip("/")
        self._key = connection.key
        self.origin: Origin | None = Origin.of(self.base_url)

    def submit(self, order: Order, report: Callable[[int], None]) -> Accepted:
        """Place the order. Raises NotTaken, Refused and Ambiguous, the last where the order may exist."""
        body = {"prompt": order.prompt, "model": order.offer_model, **order.wire_params}
        if order.webhook_url:
            body |= {"webhookUrl": order.webhook_url, "webhookEvents": ["completed", "failed"]}
        headers = {"Idempotency-Key": order.idempotency_key, "X-Client-Request-Id": order.attempt_id}
        deadline = max(LEAST_SECONDS, min(SUBMIT_SECONDS, order.deadline_seconds))
        answer = self._send("POST", "/v2/images/generate", headers=headers, json=body, deadline=deadline)
        if answer.status in (200, 201, 202):
            return Accepted(self._job_id(answer))
        raise self._submit_error(answer)

    def _job_id(self, answer: Answer) -> str:
        found = self._object(answer).get("jobId")
        # it becomes part of an address: nothing but what an id is made of
        if not isinstance(found, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,100}", found):
            raise Ambiguous("nonsense", "The answer has no jobId.")
        return found

    def _submit_error(self, answer: Answer) -> ProviderError:
        status, text = answer.status, self._error_text(answer)
        if status == 400 and is_content_policy(text):
            return Refused("content_policy", text, status=status)
        if status in REFUSALS:
            return Refused(REFUSALS[status], text, status=status)
        if status == 429:
            return NotTaken("rate_limited", text, status=status, retry_after=retry_after(answer.headers))
        if status == 404:  # the operator's address leads nowhere
            return Refused("provider_error", text, status=status)
        if status == 409:  # our key with another body: an order of this key exists, and it is not this one
            return Ambiguous("nonsense", text)
        if status == 408 or status >= 500:
            return Ambiguous("provider_error", text, status=status, retry_after=retry_after(answer.headers))
        if 300 <= status < 400 or status < 200:
            return Ambiguous("nonsense", f"HTTP {status} instead of an answer.")
        if 400 <= status < 500:
            return Refused("bad_request", text, status=status)
        return Ambiguous("nonsense", f"HTTP {status} instead of an answer.")

    def poll(self, provider_job_id: str, order: Order) -> Running | Finished:
        """Ask for an accepted order. Raises Refused (it failed there), Gone, NotTaken and Ambiguous (ask later)."""
        deadline = max(LEAST_SECONDS, min(POLL_SECONDS, order.deadline_seconds))
        answer = self._send("GET", f"/v2/jobs/{provider_job_id}", headers={}, json=None, deadline=deadline)
        if answer.status != 200:
            raise self._poll_error(answer)
        job = self._object(answer)
        status = job.get("status")
        if status in UNFINISHED:
            return Running(_percent(job.get("progress")))
        if status == "COMPLETED":
            return self._finished(job, order)
        if status in ("FAILED", "CANCELLED"):
            raise self._failure(str(status), job)
        raise Ambiguous("nonsense", "The job has no status we know.")

    def _poll_error(self, answer: Answer) -> ProviderError:
        status, text = answer.status, self._error_text(answer)
        if status == 404:
            return Gone("provider_error", text, status=status)
        if status == 429:
            return NotTaken("rate_limited", text, status=status, retry_after=retry_after(answer.headers))
        # Whatever it says of our key or of itself, the order exists: it is asked for again until the deadline.
        code = "provider_key" if status in (401, 403) else "provider_error" if status >= 400 else "nonsense"
        return Ambiguous(code, text, status=status, retry_after=retry_after(answer.headers))

    def _finished(self, job: Mapping[str, Any], order: Order) -> Finished:
        if job.get("expired") is True:
            raise Refused("expired", "The pictures were deleted there.")
        result = job.get("result")
        pictures = [Picture(url=url) for url in self._links(result)]
        is_empty = result in ([], {"images": []})  # it says itself that there is nothing; asking again changes nothing
        if not pictures and not is_empty:
            raise Ambiguous("nonsense", "The job is completed, but its result has no pictures.")
        cost = job.get("creditCost")
        is_number = isinstance(cost, int) and not isinstance(cost, bool) and 0 <= cost < 10**9
        return Finished(pictures, cost=cost if is_number else None, cost_unit=COST_UNIT if is_number else "")

    def _links(self, result: Any) -> list[str]:
        """The addresses of pictures: {"images": [...]}, a list, or one bare address; each once, in order."""
        if isinstance(result, Mapping):
            result = result.get("images", result.get("url", result.get("imageUrl")))
        if isinstance(result, str):
            result = [result]
        if not isinstance(result, list):
            return []
        links = [item.get("url") if isinstance(item, Mapping) else item for item in result]
        return list(dict.fromkeys(link for link in links if isinstance(link, str) and _is_link(link)))

    def _failure(self, status: str, job: Mapping[str, Any]) -> ProviderError:
        text = scrubbed(job.get("error"), self._key)
        if is_content_policy(text):
            return Refused("content_policy", text)
        if is_busy(text):
            # The order is over and was refunded there, so another one is no second purchase.
            return TurnedAway("rate_limited", text)
        return Refused("provider_error", text or status)

    def _send(self, method: str, path: str, *, headers: Mapping[str, str], json: Any, deadline: float) -> Answer:
        given = {"X-API-Key": self._key, "Accept": "application/json", **headers}
        try:
            return send(
                method,
                f"{self.base_url}{path}",
                trusted=self.origin,
                headers=given,
                json=json,
                deadline=deadline,
                reuse=method == "GET",
            )
        except NotSent as error:
            raise NotTaken("provider_unreachable", scrubbed(error, self._key)) from None
        except MaybeSent as error:
            raise Ambiguous(_code_of(error), scrubbed(error, self._key)) from None

    def _object(self, answer: Answer) -> dict[str, Any]:
        try:
            parsed = answer.json()
        except ValueError:
            raise Ambiguous("nonsense", "The answer is not JSON.") from None
        if not isinstance(parsed, dict):
            raise Ambiguous("nonsense", "The answer is not an object.")
        return parsed

    def _error_text(self, answer: Answer) -> str:
        """The vendor's sentence out of {"error": "..."} with the first details, or what the body begins with."""
        try:
            parsed = answer.json()
        except ValueError:
            return scrubbed(answer.body[:4096].decode(errors="replace"), self._key)
        if not isinstance(parsed, dict):
            return scrubbed(parsed, self._key)
        error = parsed.get("error", parsed.get("message"))
        text = error.get("message") if isinstance(error, dict) else error
        details = parsed.get("details")
        if isinstance(details, dict) and details:
            text = f"{text or ''} {details}"
        return scrubbed(text, self._key)


def _code_of(error: MaybeSent) -> str:
    timeouts = ("deadline", "read_timeout")
    return "provider_unreachable" if error.code in (*timeouts, "reset") else "nonsense"


def _percent(value: Any) -> int | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return int(value) if is_number and 0 <= value <= 100 else None


def _is_link(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and len(text) <= 8192
