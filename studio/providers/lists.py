"""Reads vendors' lists of models without trust: sizes, types, nonsense."""

import math
import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from studio.core.outbound import MIB, Answer
from studio.providers.base import Ambiguous, ListedModel, ProviderError
from studio.providers.vendor import Vendor
from studio.providers.wording import retry_after

LIST_SECONDS = 60.0
MOST_BYTES = 16 * MIB
MOST_MODELS = 5000
MOST_COST = 1_000_000  # of whatever unit: what a price rule can hold
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,99}")


def get(vendor: Vendor, path: str, *, etag: str = "") -> Answer:
    """A list as the vendor answers: 200, or 304 where `etag` was sent. Raises ProviderError for anything else."""
    headers = {"If-None-Match": etag} if etag else {}
    answer = vendor.send("GET", path, headers=headers, deadline=LIST_SECONDS, max_bytes=MOST_BYTES)
    if answer.status == 200 or (answer.status == 304 and etag):
        return answer
    code = {401: "provider_key", 403: "provider_key", 429: "rate_limited"}.get(answer.status, "provider_error")
    text = vendor.complaint(answer).text or "nothing"
    raise ProviderError(
        code, f"HTTP {answer.status}: {text}", status=answer.status, retry_after=retry_after(answer.headers)
    )


def etag_of(answer: Answer) -> str:
    """The ETag to send next time, or "" for one that is no ETag."""
    found = str(answer.headers.get("ETag", ""))
    return found if re.fullmatch(r'(?:W/)?"[\x21\x23-\x7e]{0,200}"', found) else ""


def read(rows: Any, model_of: Callable[[dict[str, Any]], ListedModel | None]) -> tuple[ListedModel, ...]:
    """The image models among `rows`, each id once; `model_of` answers None for what is no image model.

    Raises Ambiguous("nonsense") for what is no list, is too long, is mostly unreadable or has no image model at all: a
    vendor that sells nothing any more is less likely than an answer that went wrong.
    """
    if not isinstance(rows, list):
        raise Ambiguous("nonsense", "The answer has no list of models.")
    if len(rows) > MOST_MODELS:
        raise Ambiguous("nonsense", f"The list has {len(rows)} models, more than {MOST_MODELS}.")
    found: dict[str, ListedModel] = {}
    unreadable = 0
    for row in rows:
        if not isinstance(row, dict) or model_id(row.get("id")) is None:
            unreadable += 1
            continue
        model = model_of(row)
        if model is not None:
            found.setdefault(model.id, model)
    if unreadable * 2 > len(rows):
        raise Ambiguous("nonsense", f"{unreadable} of {len(rows)} models in the list cannot be read.")
    if not found:
        raise Ambiguous("nonsense", "The list has no image model.")
    return tuple(found.values())


def model_id(value: Any) -> str | None:
    """A name that can be a model's id here; it stands in addresses, orders and rows."""
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


def names(values: Any) -> tuple[str, ...]:
    """The ids in what should be a list of other names."""
    if not isinstance(values, Sequence) or isinstance(values, str):
        return ()
    return tuple(name for name in map(model_id, values[:50]) if name)


def words(value: Any) -> str:
    """A name for people, on one line."""
    if not isinstance(value, str):
        return ""
    return " ".join("".join(c if c.isprintable() else " " for c in value[:1000]).split())[:100]


def cost(least: Any, most: Any) -> tuple[int, int] | None:
    """Whole amounts, rounded up, the lesser first; None for what is no cost."""
    amounts = [_whole(least), _whole(most)]
    numbers = sorted(amount for amount in amounts if amount is not None)
    return (numbers[0], numbers[-1]) if len(numbers) == 2 else None


def number(value: Any) -> float | None:
    """A number that is not negative and not beyond reason; None for anything else."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number and 0 <= value <= 1e12 else None


def _whole(value: Any) -> int | None:
    found = number(value)
    return math.ceil(round(found, 6)) if found is not None and found <= MOST_COST else None


def day(value: Any) -> date | None:
    """The day out of an ISO date or time; None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None
