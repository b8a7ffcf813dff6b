"""What a vendor said, made fit to be kept: short, printable, without keys, with a code that is ours."""

import re
from collections.abc import Mapping
from typing import Any

from studio.core import answers

LONGEST = 500
_KEYS = re.compile(r"\b(?:(?:afk|sk|pk|rk|whsec)[_-]|Bearer\s+)[A-Za-z0-9_\-.=+/]{8,}", re.IGNORECASE)
_POLICY = re.compile(
    r"content[ _-]?(?:policy|moderation|filter)|moderation[ _]blocked|safety[ _](?:system|filter|checker|polic)"
    r"|violat\w* .{0,60}polic|usage polic|nsfw|sensitive content|flagged",
    re.IGNORECASE,
)
_BUSY = re.compile(r"no available capacity|overloaded|too many requests|temporarily unavailable", re.IGNORECASE)


def scrubbed(text: Any, *secrets: str) -> str:
    """At most 500 printable characters of `text`, with `secrets` and whatever looks like a key taken out (PRV-9)."""
    shown = text if isinstance(text, str) else "" if text is None else str(text)
    shown = shown[: 20 * LONGEST]  # a body may be megabytes
    for secret in secrets:
        if secret:
            shown = shown.replace(secret, "[key]")
    shown = _KEYS.sub("[key]", shown)
    shown = "".join(letter if letter.isprintable() else " " for letter in shown)
    return " ".join(shown.split())[:LONGEST]


def is_content_policy(text: str) -> bool:
    """Whether a vendor's words say that the prompt or the picture was refused for what it shows."""
    return bool(_POLICY.search(text))


def is_busy(text: str) -> bool:
    """Whether a vendor's words say that it had no room and another try is worth it."""
    return bool(_BUSY.search(text))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds of a Retry-After header, a number or a date; None where it says nothing usable. At most an hour."""
    return answers.retry_after(headers, most=3600.0)
