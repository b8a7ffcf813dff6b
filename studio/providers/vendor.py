"""What every vendor behind HTTP has in common: one call through the guarded client, read without trust.

A vendor's class sets `auth` and adds its routes. Every answer of a create call becomes an outcome of base.py here, so
that a status means the same everywhere.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlsplit

from studio.core.outbound import MIB, Answer, MaybeSent, NotSent, Origin, send
from studio.providers.base import Ambiguous, Connection, NotTaken, ProviderError, Refused
from studio.providers.wording import is_content_policy, retry_after, scrubbed

LEAST_SECONDS = 1.0  # even right at the deadline an answer is given the time to come
REFUSALS = {400: "bad_request", 401: "provider_key", 402: "provider_credits", 403: "provider_key", 422: "bad_request"}
_GONE = re.compile(
    r"\bmodel\b.{0,120}\b(?:deprecated|not found|not exist|no longer|removed|retired|shut ?down)|model_not_found",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True)
class Complaint:
    """What a vendor says went wrong: `text` fit to be kept (no keys, <= 500), `code` its own word for it or ""."""

    text: str
    code: str = ""

    @property
    def is_content_policy(self) -> bool:
        return is_content_policy(self.code) or is_content_policy(self.text)

    @property
    def is_model_gone(self) -> bool:
        return bool(_GONE.search(self.code) or _GONE.search(self.text))


class Vendor:
    """One vendor at one address under one key.

    `refusals`: our code for a status that surely made nothing; `too_late`: our code for an answer that did not come.
    """

    refusals: ClassVar[Mapping[int, str]] = REFUSALS
    too_late: ClassVar[str] = "provider_unreachable"

    def __init__(self, connection: Connection) -> None:
        self.base_url = connection.base_url.rstrip("/")
        self.key = connection.key
        self.origin: Origin | None = Origin.of(self.base_url)

    def auth(self) -> dict[str, str]:
        """The headers that say who asks: a bearer key, or nothing for a server that wants none."""
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}

    def send(
        self,
        method: str,
        path: str,
        *,
        deadline: float,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        body: bytes | None = None,
        read_timeout: float = 30.0,
        max_bytes: int = 8 * MIB,
    ) -> Answer:
        """One request to `base_url` + `path`, sent at most once; times in seconds.

        Raises NotTaken where surely nothing was sent, Ambiguous where it may have been.
        """
        try:
            return send(
                method,
                f"{self.base_url}{path}",
                trusted=self.origin,
                headers={"Accept": "application/json", **self.auth(), **(headers or {})},
                json=json,
                body=body,
                read_timeout=read_timeout,
                deadline=max(LEAST_SECONDS, deadline),
                max_bytes=max_bytes,
                reuse=method == "GET",
            )
        except NotSent as error:
            raise NotTaken("provider_unreachable", self.scrubbed(error)) from None
        except MaybeSent as error:
            codes = {"reset": "provider_unreachable", "deadline": self.too_late, "read_timeout": self.too_late}
            raise Ambiguous(codes.get(error.code, "nonsense"), self.scrubbed(error)) from None

    def scrubbed(self, text: Any) -> str:
        """A vendor's words without this connection's key and whatever else looks like one, <= 500 characters."""
        return scrubbed(text, self.key)

    def object_of(self, answer: Answer) -> dict[str, Any]:
        """The JSON object of an answer. Raises Ambiguous("nonsense")."""
        try:
            parsed = answer.json()
        except ValueError:
            raise Ambiguous("nonsense", "The answer is not JSON.") from None
        if not isinstance(parsed, dict):
            raise Ambiguous("nonsense", "The answer is not an object.")
        return parsed

    def complaint(self, answer: Answer) -> Complaint:
        """The vendor's own words in an error of any of the usual forms, or what the body begins with.

        Forms: {"error": {"message", "code"}}, {"error": "..."}, {"detail": "..." or a list}, {"message"}; with
        {"details": {...}} beside them.
        """
        try:
            parsed = answer.json()
        except ValueError:
            return Complaint(self.scrubbed(answer.body[:4096].decode(errors="replace")))
        if not isinstance(parsed, dict):
            return Complaint(self.scrubbed(parsed))
        error = parsed.get("error")
        inner = error if isinstance(error, dict) else parsed
        parts = [inner.get("message")] if isinstance(error, dict) else [error, parsed.get("message")]
        parts += [_details(parsed.get("detail")), parsed.get("details") or None]
        text = " ".join(dict.fromkeys(str(part) for part in parts if part))
        return Complaint(self.scrubbed(text), self.scrubbed(inner.get("code"))[:100])

    def submit_error(self, answer: Answer) -> ProviderError:
        """What an answer to an order means that is no success."""
        status, told = answer.status, self.complaint(answer)
        wait = retry_after(answer.headers)
        if status in (400, 403, 422, 451, 500) and told.is_content_policy:
            return Refused("content_policy", told.text, status=status)
        if status in (400, 404, 410) and told.is_model_gone:
            return Refused("model_gone", told.text, status=status)
        if status in self.refusals:
            return Refused(self.refusals[status], told.text, status=status)
        if status == 429:
            return NotTaken("rate_limited", told.text, status=status, retry_after=wait)
        if status == 404:  # the operator's address leads nowhere
            return Refused("provider_error", told.text, status=status)
        if status == 409:  # our key with another body: an order of this key exists, and it is not this one
            return Ambiguous("nonsense", told.text)
        if status == 408 or status >= 500:
            return Ambiguous("provider_error", told.text, status=status, retry_after=wait)
        if 400 <= status < 500:
            return Refused("bad_request", told.text, status=status)
        return Ambiguous("nonsense", f"HTTP {status} instead of an answer.")


def _details(detail: Any) -> str:
    """FastAPI's `detail`: a sentence, or a list of {"loc": [...], "msg": "..."}."""
    if not isinstance(detail, list):
        return "" if detail is None else str(detail)
    lines = []
    for item in detail[:10]:
        if isinstance(item, Mapping):
            place = ".".join(str(part) for part in item.get("loc", []) if part != "body")
            lines.append(f"{place}: {item.get('msg', '')}" if place else str(item.get("msg", "")))
        else:
            lines.append(str(item))
    return "; ".join(lines)


def is_link(text: str) -> bool:
    """Whether this can be an absolute http(s) address at all; the guarded client judges where it leads."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and len(text) <= 8192


def whole_number(value: Any) -> int | None:
    """A count from 0 up to what a column holds, out of a number or the digits of a header; else None."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,18}", value):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and 0 <= value < 10**18 else None
