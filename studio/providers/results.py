"""Reads the pictures out of an answer that has them: every shape the vendors of synchronous image calls are known for.

Nothing in an answer is taken on trust: texts are bounded and printable, numbers fit their columns, addresses are
addresses.
"""

import base64
import math
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urljoin

from studio.providers.base import Picture
from studio.providers.vendor import is_link
from studio.providers.wording import scrubbed

LONGEST_PROMPT = 8000  # characters of a rewritten prompt that are kept
LONGEST_EXTRA, MOST_EXTRAS, DEEPEST_EXTRA = 100, 30, 3
# What OpenAI says of the pictures beside them; people who move from there expect it back.
EXTRAS = ("background", "output_format", "quality", "size", "usage")


def pictures_of(parsed: Mapping[str, Any], *, prompt: str, asked_at: str, key: str = "") -> list[Picture] | None:
    """The pictures of {"data": [...]}, {"images": [...]} or {"output": {"choices": [...]}}; None without such a list.

    `asked_at` is the address that answered: relative addresses start there. `prompt` is what was asked for; only other
    words count as rewritten, and `key` never stands in them. A picture that is named twice is one picture.
    """
    output = parsed.get("output")
    choices = output.get("choices") if isinstance(output, Mapping) else None
    listed = next((found for found in (parsed.get("data"), parsed.get("images"), choices) if found is not None), None)
    if not isinstance(listed, list):
        return None
    found: dict[str, Picture] = {}
    for item in listed:
        fields = item if isinstance(item, Mapping) else {"url": item}
        revised, seed = _rewritten(fields, prompt, key), _seed(fields.get("seed", parsed.get("seed")))
        if bits := _bits_of(fields):
            found.setdefault(bits, Picture(data=_decoded(bits), revised_prompt=revised, seed=seed))
        elif url := _address_of(fields, asked_at):
            found.setdefault(url, Picture(url=url, revised_prompt=revised, seed=seed))
    return list(found.values())


def _bits_of(fields: Mapping[str, Any]) -> str:
    """The Base64 text of a picture, also where it stands in a data: address."""
    for name in ("b64_json", "image_base64", "url"):
        text = fields.get(name)
        if isinstance(text, str) and text.startswith("data:"):
            return text.partition(",")[2]
        if isinstance(text, str) and name != "url":
            return text
    return ""


def _address_of(fields: Mapping[str, Any], asked_at: str) -> str:
    url = fields.get("url")
    if not isinstance(url, str) or not url:
        return ""
    try:
        absolute = urljoin(asked_at, url)
    except ValueError:
        return ""
    return absolute if is_link(absolute) else ""


def _decoded(bits: str) -> bytes:
    for text in (bits, "".join(bits.split())):  # some break it into lines
        with suppress(ValueError):
            return base64.b64decode(text, validate=True)
    return b"not Base64"  # judged like every other file that is no picture


def _rewritten(fields: Mapping[str, Any], prompt: str, key: str) -> str:
    text = fields.get("revised_prompt") or fields.get("prompt")
    if not isinstance(text, str) or text.strip() == prompt.strip():
        return ""
    text = text.replace(key, "[key]") if key else text
    return "".join(letter if letter.isprintable() or letter in "\n\t" else " " for letter in text[:LONGEST_PROMPT])


def _seed(value: Any) -> int | None:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and abs(value) < 2**63 else None


def extras_of(parsed: Mapping[str, Any], *secrets: str) -> dict[str, Any]:
    """What an answer says beside its pictures, as far as it is known, small and without keys."""
    told = {name: _small(parsed[name], secrets, depth=0) for name in EXTRAS if name in parsed}
    return {name: value for name, value in told.items() if value is not None}


def _small(value: Any, secrets: tuple[str, ...], *, depth: int) -> Any:
    if isinstance(value, str):
        return scrubbed(value, *secrets)[:LONGEST_EXTRA]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return value if math.isfinite(value) and abs(value) < 2**53 else None
    if isinstance(value, Mapping) and depth < DEEPEST_EXTRA:
        some = list(value.items())[:MOST_EXTRAS]
        return {scrubbed(name, *secrets)[:LONGEST_EXTRA]: _small(item, secrets, depth=depth + 1) for name, item in some}
    return None
