"""What every vendor's class has in common: errors of any form are read, and never with a key in them."""

import json
from typing import Any

import pytest

from studio.core.outbound import Answer
from studio.providers.base import Ambiguous, Connection, NotTaken, ProviderError, Refused
from studio.providers.vendor import Vendor, whole_number

KEY = "odd-key-of-a-vendor-0123456789"
VENDOR = Vendor(Connection("https://api.vendor.example/v1/", KEY))


def answer(status: int, body: Any, **headers: str) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, raw)


@pytest.mark.parametrize(
    ("body", "text", "code"),
    [
        ({"error": {"message": "No such size", "type": "x", "code": "invalid_size"}}, "No such size", "invalid_size"),
        ({"error": {"message": None, "code": None}}, "", ""),
        ({"error": "width is too large"}, "width is too large", ""),
        ({"error": "server_error", "message": "out of memory"}, "server_error out of memory", ""),
        ({"detail": "Model is not loaded"}, "Model is not loaded", ""),
        ({"detail": [{"loc": ["body", "n"], "msg": "too many", "type": "x"}, "odd"]}, "n: too many; odd", ""),
        ({"message": "Body validation error", "statusCode": "400", "path": "/v1"}, "Body validation error", ""),
        (
            {"error": "Validation error", "details": {"model": ["unknown"]}},
            "Validation error {'model': ['unknown']}",
            "",
        ),
        (["a", 1], "['a', 1]", ""),
        (b"<html>Bad\n gateway</html>", "<html>Bad gateway</html>", ""),
        (b"\xff\xfe", "\ufffd\ufffd", ""),
        ({}, "", ""),
    ],
)
def test_a_complaint_of_any_form_is_read(body: Any, text: str, code: str) -> None:
    told = VENDOR.complaint(answer(400, body))
    assert (told.text, told.code) == (text, code)


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"message": f"{KEY} is wrong", "code": KEY}},
        {"detail": [{"loc": [KEY], "msg": KEY}]},
        {"message": "Bearer abcdefghijklmnop and sk-proj-abcdefghijk"},
        KEY.encode() * 100,
    ],
)
def test_no_complaint_holds_a_key(body: Any) -> None:
    told = VENDOR.complaint(answer(401, body))
    for secret in (KEY, "abcdefghijk"):
        assert secret not in told.text + told.code
    assert len(told.text) <= 500


@pytest.mark.parametrize(
    ("status", "body", "expected", "code"),
    [
        (400, {"error": {"message": "No.", "code": "moderation_blocked"}}, Refused, "content_policy"),
        (400, {"error": {"message": "No.", "code": "content_policy_violation"}}, Refused, "content_policy"),
        (403, {"message": "Flagged by the safety system"}, Refused, "content_policy"),
        (400, {"error": "bad size"}, Refused, "bad_request"),
        (402, {}, Refused, "provider_credits"),
        (403, {}, Refused, "provider_key"),
        (404, {}, Refused, "provider_error"),
        (404, {"message": "Model is deprecated", "statusCode": 404}, Refused, "model_gone"),
        (409, {}, Ambiguous, "nonsense"),
        (413, {}, Refused, "bad_request"),
        (429, {}, NotTaken, "rate_limited"),
        (500, {}, Ambiguous, "provider_error"),
        (302, {}, Ambiguous, "nonsense"),
        (204, b"", Ambiguous, "nonsense"),
    ],
)
def test_a_status_means_the_same_at_every_vendor(
    status: int, body: Any, expected: type[ProviderError], code: str
) -> None:
    error = VENDOR.submit_error(answer(status, body, Retry_After="7"))
    assert (type(error), error.code) == (expected, code)
    assert error.retry_after == (7 if status in (429, 500) else None)


@pytest.mark.parametrize(
    ("value", "number"),
    [(5, 5), ("84000", 84000), (0, 0), (True, None), (-1, None), ("-1", None), (1.5, None), ("", None), (10**20, None)],
)
def test_a_count_is_a_whole_number_or_nothing(value: Any, number: int | None) -> None:
    assert whole_number(value) == number
