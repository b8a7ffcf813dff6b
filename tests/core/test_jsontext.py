"""JSON from strangers is read with bounds."""

import json
import sys
from types import FrameType
from typing import Any

import pytest

from studio.core import jsontext


@pytest.mark.parametrize("value", [None, True, 1.5, 'é"\\[[[[', [], {}, {"a": [1, {"b": "}]"}]}, ["[" * 100, "\\"]])
def test_ordinary_values_are_read(value: Any) -> None:
    assert jsontext.parse(json.dumps(value).encode()) == value


def test_large_picture_in_a_string_is_read_without_looking_at_each_character() -> None:
    picture = "ab/+" * 2_000_000
    text, lines = json.dumps({"b64_json": picture}).encode(), 0

    def count(_frame: FrameType, _event: str, _arg: Any) -> Any:
        nonlocal lines
        lines += 1
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        found = jsontext.parse(text)
    finally:
        sys.settrace(before)
    assert found["b64_json"] == picture
    assert 0 < lines < 1000, "lines of Python that were run; the rest is done by what is written in C"


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"<html>",
        b"{'a': 1}",
        b'{"a": NaN}',
        b"-Infinity",
        b"\xff\xfe[\x00]\x00",
        b'"\xff"',
        b"[" * 33 + b"]" * 33,
        b"[" * 1_000_000,
        b'{"a":' * 100_000,
        b"[" + b"[]," * 200_000 + b"[]]",
        b"[" + b"1," * 300_000 + b"1]",
        b"9" * 5000,
        b'"' + b"\\" * 999_999,
    ],
)
def test_everything_else_is_a_value_error(text: bytes) -> None:
    with pytest.raises(ValueError, match="."):
        jsontext.parse(text)


@pytest.mark.parametrize("text", [b"9" * 4001, b'{"a": -' + b"9" * 4000 + b"}", b"1" * 100_000])
def test_a_whole_number_that_is_too_long_is_refused_in_our_words(text: bytes) -> None:
    with pytest.raises(ValueError, match="^a number is too large$"):
        jsontext.parse(text)


def test_depth_at_the_bound_is_read() -> None:
    assert jsontext.parse(b"[" * 32 + b"]" * 32) == json.loads("[" * 32 + "]" * 32)


@pytest.mark.parametrize(
    "text",
    [
        b'{"a": 1, "a": 1}',
        b'[{"b": {"a": 1, "\\u0061": 2}}]',
        b"1e999",
        b"[-1e400]",
        b'"\\ud800"',
        b'{"\\udfff": 1}',
        b'[["a\\u0000"]]',
    ],
)
def test_strict_refuses_what_readers_differ_about_or_cannot_keep(text: bytes) -> None:
    jsontext.parse(text)
    with pytest.raises(ValueError, match="."):
        jsontext.parse(text, is_strict=True)


@pytest.mark.parametrize("text", [b'"\\ud83c\\udf0a"', b'{"a": {"a": 1.5}, "b": [1e300]}', b'"\\\\u0000"', b"[]"])
def test_strict_reads_ordinary_values(text: bytes) -> None:
    assert jsontext.parse(text, is_strict=True) == json.loads(text)
