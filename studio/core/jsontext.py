"""Reads JSON that strangers wrote, with bounds on its depth and on the number of its values."""

import json
import re
from typing import Any, NoReturn

MAX_DEPTH = 32
MAX_VALUES = 200_000

_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.S)
_BRACKET = re.compile(rb"[\[\]{}]")


def parse(text: bytes, *, max_depth: int = MAX_DEPTH, max_values: int = MAX_VALUES) -> Any:
    """The value of a UTF-8 JSON text.

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
    try:
        return json.loads(text.decode("utf-8"), parse_constant=_refuse)
    except RecursionError:
        raise ValueError("too deeply nested") from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
