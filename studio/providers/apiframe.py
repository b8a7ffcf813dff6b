"""Apiframe: places orders by POST /v2/images/generate under an idempotency key, asks by GET /v2/jobs/{id}."""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from studio.core.outbound import Answer, form_with_file
from studio.providers import lists
from studio.providers.base import (
    Accepted,
    Ambiguous,
    Finished,
    Gone,
    Known,
    ListedModel,
    ListedOrder,
    ModelList,
    NotTaken,
    Order,
    Picture,
    ProviderError,
    Reference,
    Refused,
    Running,
    TurnedAway,
)
from studio.providers.vendor import Vendor, is_link, whole_number
from studio.providers.wording import is_busy, is_content_policy, retry_after

SUBMIT_SECONDS = 60.0
POLL_SECONDS = 30.0
COST_UNIT = "apiframe"
UNFINISHED = ("QUEUED", "PROCESSING")
_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")  # it becomes part of an address: nothing but what an id is made of


class Apiframe(Vendor):
    """Asynchronous; the same key within 24 hours is the same order there; it cannot cancel."""

    slug = "apiframe"
    name = "Apiframe"
    is_asynchronous = True
    is_idempotent = True
    can_cancel = False

    def auth(self) -> dict[str, str]:
        return {"X-API-Key": self.key}

    def submit(self, order: Order, report: Callable[[int], None]) -> Accepted:
        """Place the order. Raises NotTaken, Refused and Ambiguous, the last where the order may exist."""
        body = {"prompt": order.prompt, "model": order.offer_model, **order.wire_params}
        if order.webhook_url:
            body |= {"webhookUrl": order.webhook_url, "webhookEvents": ["completed", "failed"]}
        headers = {"Idempotency-Key": order.idempotency_key, "X-Client-Request-Id": order.attempt_id}
        deadline = min(SUBMIT_SECONDS, order.deadline_seconds)
        answer = self.send("POST", "/v2/images/generate", headers=headers, json=body, deadline=deadline)
        if answer.status in (200, 201, 202):
            return Accepted(self._job_id(answer))
        raise self.submit_error(answer)

    def upload(self, reference: Reference, *, deadline: float) -> str:
        """Keep a picture there for an hour or two by POST /v2/uploads. Raises NotTaken and Refused."""
        media_type, body = form_with_file("file", reference.name, reference.media_type, reference.read())
        headers = {"Content-Type": media_type}
        try:
            answer = self.send("POST", "/v2/uploads", headers=headers, body=body, deadline=deadline)
            url = self.object_of(answer).get("url") if answer.status in (200, 201) else None
        except Ambiguous as error:  # whatever became of the picture, nothing was ordered
            raise NotTaken(error.code, error.text) from None
        if isinstance(url, str) and is_link(url):
            return url
        if answer.status in (200, 201):
            raise NotTaken("nonsense", "The answer to an upload has no address.")
        refusal = self.submit_error(answer)
        if isinstance(refusal, Refused):
            raise refusal
        raise NotTaken(refusal.code, refusal.text, status=refusal.status, retry_after=refusal.retry_after)

    def _job_id(self, answer: Answer) -> str:
        found = self.object_of(answer).get("jobId")
        if not isinstance(found, str) or not _ID.fullmatch(found):
            raise Ambiguous("nonsense", "The answer has no jobId.")
        return found

    def poll(self, provider_job_id: str, order: Order) -> Running | Finished:
        """Ask for an accepted order. Raises Refused (it failed there), Gone, NotTaken and Ambiguous (ask later)."""
        deadline = min(POLL_SECONDS, order.deadline_seconds)
        answer = self.send("GET", f"/v2/jobs/{provider_job_id}", deadline=deadline)
        if answer.status != 200:
            raise self._poll_error(answer)
        job = self.object_of(answer)
        status = job.get("status")
        if status in UNFINISHED:
            return Running(_percent(job.get("progress")))
        if status == "COMPLETED":
            return self._finished(job, order)
        if status in ("FAILED", "CANCELLED"):
            raise self._failure(str(status), job)
        raise Ambiguous("nonsense", "The job has no status we know.")

    def look_up(self, provider_job_id: str) -> Known:
        """What an order of this account was for. Raises Gone, NotTaken and Ambiguous."""
        answer = self.send("GET", f"/v2/jobs/{provider_job_id}", deadline=POLL_SECONDS)
        if answer.status != 200:
            raise self._poll_error(answer)
        job = self.object_of(answer)
        asked = job.get("input")
        prompt = asked.get("prompt") if isinstance(asked, Mapping) else ""
        return Known(model=str(job.get("model") or ""), prompt=str(prompt or ""))

    def list_orders(self, *, after: str, of_team: bool) -> tuple[list[ListedOrder], str]:
        """One page of a hundred of GET /v2/jobs (vendor facts A4). Raises NotTaken, Ambiguous, Refused (403)."""
        asked = {"limit": "100", "scope": "team" if of_team else "user"} | ({"cursor": after} if after else {})
        answer = self.send("GET", f"/v2/jobs?{urlencode(asked)}", deadline=POLL_SECONDS)
        if answer.status == 403:
            raise Refused("provider_key", self.complaint(answer).text, status=403)
        if answer.status != 200:
            raise self._poll_error(answer)
        page = self.object_of(answer)
        jobs, cursor = page.get("jobs"), page.get("nextCursor")
        if not isinstance(jobs, list):
            raise Ambiguous("nonsense", "The answer has no list of jobs.")
        return [_order_of(job) for job in jobs], cursor if isinstance(cursor, str) and page.get("hasMore") else ""

    def _poll_error(self, answer: Answer) -> ProviderError:
        status, text = answer.status, self.complaint(answer).text
        if status == 404:
            return Gone("provider_error", text, status=status)
        if status == 429:
            return NotTaken("rate_limited", text, status=status, retry_after=retry_after(answer.headers))
        # Whatever it says of our key or of itself, the order exists: it is asked for again until the deadline.
        code = "provider_key" if status in (401, 403) else "provider_error" if status >= 400 else "nonsense"
        return Ambiguous(code, text, status=status, retry_after=retry_after(answer.headers))

    def _finished(self, job: Mapping[str, Any], order: Order) -> Finished:
        cost = whole_number(job.get("creditCost"))
        unit = "" if cost is None else COST_UNIT
        if job.get("expired") is True:
            return Finished([], cost, unit, none_because="expired")
        result = job.get("result")
        pictures = [Picture(url=url) for url in self._links(result)]
        is_empty = result in ([], {"images": []})  # it says itself that there is nothing; asking again changes nothing
        if not pictures and not is_empty:
            raise Ambiguous("nonsense", "The job is completed, but its result has no pictures.")
        return Finished(pictures, cost, unit)

    def _links(self, result: Any) -> list[str]:
        """The addresses of pictures: {"images": [...]}, a list, or one bare address; each once, in order."""
        if isinstance(result, Mapping):
            result = result.get("images", result.get("url", result.get("imageUrl")))
        if isinstance(result, str):
            result = [result]
        if not isinstance(result, list):
            return []
        links = [item.get("url") if isinstance(item, Mapping) else item for item in result]
        return list(dict.fromkeys(link for link in links if isinstance(link, str) and is_link(link)))

    def list_models(self, *, etag: str = "") -> ModelList:
        """Read GET /v2/models?modality=image (facts A2, A10). Raises ProviderError."""
        answer = lists.get(self, "/v2/models?modality=image", etag=etag)
        if answer.status == 304:
            return ModelList(None, etag)
        found = lists.read(self.object_of(answer).get("models"), _listed)
        return ModelList(found, lists.etag_of(answer))

    def _failure(self, status: str, job: Mapping[str, Any]) -> ProviderError:
        text = self.scrubbed(job.get("error"))
        if is_content_policy(text):
            return Refused("content_policy", text)
        if is_busy(text):
            # The order is over and was refunded there, so another one is no second purchase.
            return TurnedAway("rate_limited", text)
        return Refused("provider_error", text or status)

    def has_signed(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Whether a webhook is theirs: HMAC-SHA256 over the raw body, keyed with the SHA-256 of our key.

        Their own library takes the 32 bytes of that hash, with or without "sha256=" before the signature; its hex
        digits are in use as well.
        """
        given = headers.get("X-Webhook-Signature", "").strip().removeprefix("sha256=").lower().encode()
        digest = hashlib.sha256(self.key.encode())
        keys = (digest.digest(), digest.hexdigest().encode())
        fits = [hmac.compare_digest(hmac.new(key, body, "sha256").hexdigest().encode(), given) for key in keys]
        return bool(self.key) and any(fits)

    def job_told_of(self, message: Mapping[str, Any]) -> str:
        found = message.get("jobId")
        return found if isinstance(found, str) else ""


def _order_of(job: Any) -> ListedOrder:
    try:
        made_at = datetime.fromisoformat(job["createdAt"])
        status = {"COMPLETED": "done", "FAILED": "failed", "CANCELLED": "failed"}.get(job["status"], "running")
        made_at = made_at if made_at.tzinfo else made_at.replace(tzinfo=UTC)
        model, cost = str(job["model"])[:100], whole_number(job.get("creditCost"))
        if _ID.fullmatch(str(job["id"])):
            return ListedOrder(str(job["id"]), status, model, cost, made_at)
    except (KeyError, TypeError, ValueError, AttributeError):
        pass
    raise Ambiguous("nonsense", "A job of the list has no id, model, status or time.")


def _percent(value: Any) -> int | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return int(value) if is_number and 0 <= value <= 100 else None


def _listed(row: Mapping[str, Any]) -> ListedModel | None:
    if row.get("modality") != "image":
        return None
    cost = lists.cost(row.get("costMin"), row.get("costMax"))
    if row.get("pricingMode") not in ("flat", "per-output"):
        cost = None  # by the second, or a way of counting nobody has told us about
    return ListedModel(
        str(row["id"]), name=lists.words(row.get("label")), cost=cost, cost_unit=COST_UNIT if cost else ""
    )
