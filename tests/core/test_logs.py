"""Log lines: one each, without secrets, as text and as JSON."""

import json
import logging
import sys

import pytest
from django.test import RequestFactory

from studio.core.logs import JsonFormatter, LineFormatter, RequestIdFilter, about, current_request

SECRETS = [
    "afk_abcd1234efgh5678ijkl9012mnop3456",
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "sk-proj-0123456789abcdefghij",
    "eyJhbGciOiJIUzI1NiJ9.c2VjcmV0.c2lnbmF0dXJl",
    "q3vd0b7n2m8k5j4h1g6f9s0a7p2o4i6u",
]
LINES = [
    "Authorization: Bearer {}",
    "{{'Authorization': 'Bearer {}', 'Accept': '*/*'}}",
    "Cookie: session={}; csrf=x",
    "Cookie: __Host-session={}",
    "POST /accounts/invitation/{}/",
    "GET /hooks/apiframe/{}/",
    "GET /b/{}/",
    "api_key={} was refused",
    '{{"token": "{}"}}',
    "GET /files/1.png?e=9&s={}",
]


def record(message: str, *args: object, **more: object) -> logging.LogRecord:
    made = logging.LogRecord("studio", logging.DEBUG, __file__, 1, message, args, None)
    made.__dict__.update(more)
    RequestIdFilter().filter(made)
    return made


@pytest.mark.parametrize("formatter", [LineFormatter(), JsonFormatter()])
@pytest.mark.parametrize("secret", SECRETS)
def test_no_secret_of_the_corpus_is_written(formatter: logging.Formatter, secret: str) -> None:
    for line in LINES:
        assert secret not in formatter.format(record("%s", line.format(secret))), line
    for plain in SECRETS[:3]:  # those that are known by their beginning
        assert plain not in formatter.format(record(f"They sent {plain}, alone."))


@pytest.mark.parametrize("formatter", [LineFormatter(), JsonFormatter()])
def test_a_secret_in_an_exception_is_not_written(formatter: logging.Formatter) -> None:
    try:
        raise ValueError(f"Bearer {SECRETS[3]}")
    except ValueError:
        made = record("It broke")
        made.exc_info = sys.exc_info()
    line = formatter.format(made)
    assert SECRETS[3] not in line
    assert "ValueError" in line


@pytest.mark.parametrize("words", ["a\nERROR b", "a\r\nb", "a\rb", "a\u2028b\u2029c\x85d", 'a", "level": "CRITICAL'])
def test_nothing_that_was_typed_begins_a_new_line_or_field(words: str) -> None:
    line = JsonFormatter().format(record("Prompt: %s", words))
    assert len(line.splitlines()) == 1
    told = json.loads(line)
    assert told["message"] == f"Prompt: {words}"
    assert told["level"] == "DEBUG"
    assert not {"\n", "\r"} & set(LineFormatter().format(record("Prompt: %s", words)))


def test_lines_carry_the_id_of_the_request_they_are_about() -> None:
    assert current_request() == ""
    with about("req-7"):
        assert current_request() == "req-7"
        assert json.loads(JsonFormatter().format(record("x")))["request_id"] == "req-7"
        assert "[other]" in LineFormatter().format(record("x", request_id="other"))
    assert json.loads(JsonFormatter().format(record("x")))["request_id"] == "-"


def test_what_is_said_after_all_middleware_is_about_its_request_too() -> None:
    request = RequestFactory().get("/")
    request.id = "req-8"  # type: ignore[attr-defined]
    assert "[req-8]" in LineFormatter().format(record("Bad Gateway: /", request=request))
    assert "[-]" in LineFormatter().format(record("Bad Gateway: /", request=RequestFactory().get("/")))
