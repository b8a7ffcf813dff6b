"""Reads JSON that strangers wrote, with bounds on its depth and on the number of its values."""

import json
import math
import re
from typing import Any, NoReturn

MAX_DEPTH = 32
MAX_VALUES = 200_000
MAX_DIGITS = 4000  # of a whole number; Python reads a little more, and says so in words about itself

_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.S)
_UNKEEPABLE = re.compile("[\0\ud800-\udfff]")
_BRACKET = re.compile(rb"[\[\]{}]")


def parse(text: bytes, *, max_depth: int = MAX_DEPTH, max_values: int = MAX_VALUES, is_strict: bool = False) -> Any:
    """The value of a UTF-8 JSON text.

    `is_strict` also refuses what two readers may understand differently or no database keeps: a name given twice in
    one object, a number beyond what a float holds, half a character, NUL.
    Raises ValueError for anything else: other encodings, NaN, deeper than `max_depth`, more values than `max_values`.
    """
    bare = _STRING.sub(b"", text)
    if bare.count(b",") + bare.count(b"[") + bare.count(b"{") > max_values:
        raise ValueError("too many values")
    depth = 0
    for bracket in _BRACKET.finditer(bare):
        depth += 1 if bracket.group() in b"[{" else -1
        if depth > max_depth:
            raise ValueError("too deeply nested")
    hooks: dict[str, Any] = {"object_pairs_hook": _once, "parse_float": _finite} if is_strict else {}
    try:
        value = json.loads(text.decode("utf-8"), parse_constant=_refuse, parse_int=_whole, **hooks)
    except RecursionError:
        raise ValueError("too deeply nested") from None
    if is_strict and b"\\u" in text:
        _check_characters(value)
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is given twice in one object")
    return found


def _whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError("a number is too large")
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _check_characters(value: Any) -> None:
    """Escapes can spell what no text may hold: surrogates without their other half, and NUL."""
    if isinstance(value, str):
        if _UNKEEPABLE.search(value):
            raise ValueError("a text holds half a character or NUL")
    elif isinstance(value, list):
        for item in value:
            _check_characters(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            _check_characters(name)
            _check_characters(item)
