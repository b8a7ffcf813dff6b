"""Log lines: one line each whatever was said in it, with the request's id, without secrets."""

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="-")
client_ip: ContextVar[str | None] = ContextVar("client_ip", default=None)

# Keys of ours and of vendors, bearer headers, session cookies, signing secrets, link tokens in addresses.
_SECRETS = re.compile(
    r"(afk_\w{4}|whsec_|sk-|Bearer\s+|(?:token|key|secret|password|signature|session|csrf)[\"']?[=:]\s*[\"']?)[\w\-+/=.]{8,}",
    re.I,
)
_LINK_TOKENS = re.compile(r"(/(?:hooks/[\w-]+|accounts/(?:invitation|password/reset/key))/)[^/?\s]+")
_BOARD_LINKS = re.compile(r"(/b/)[\w-]{20,}")
_SIGNATURES = re.compile(r"(/(?:files|b)/[^\s]*?[?&][sp]=)[\w.-]+")


def current_request() -> str:
    """The id of the request that is being answered, or whose job is being worked on; empty outside of any."""
    found = request_id.get()
    return "" if found == "-" else found


@contextmanager
def about(request: str) -> Iterator[None]:
    """Lines inside belong to the request with this id, wherever they are written (OBS-3)."""
    token = request_id.set(request or "-")
    try:
        yield
    finally:
        request_id.reset(token)


class RequestIdFilter(logging.Filter):
    """Gives every line its request's id, also what Django says of an answer that all middleware is done with."""

    def filter(self, record: logging.LogRecord) -> bool:
        own = getattr(getattr(record, "request", None), "id", "")
        record.request_id = getattr(record, "request_id", "") or own or request_id.get()
        return True


class LineFormatter(logging.Formatter):
    """`time level logger [request] message`; line breaks escaped, so that no prompt can forge a line."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        line = redact(super().format(record))
        return line.replace("\\", "\\\\").replace("\r", "\\r").replace("\n", "\\n")


class JsonFormatter(logging.Formatter):
    """One JSON object a line, in ASCII: whatever was said in it stays inside its string."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request_id": record.request_id,  # type: ignore[attr-defined]
            "process": record.process,
            "message": redact(record.getMessage()),
        }
        if record.exc_info:
            told["exception"] = redact(self.formatException(record.exc_info))
        if record.stack_info:
            told["stack"] = redact(record.stack_info)
        return json.dumps(told)


def redact(line: str) -> str:
    """`line` with everything that looks like a secret replaced."""
    for pattern in (_SECRETS, _LINK_TOKENS, _BOARD_LINKS, _SIGNATURES):
        line = pattern.sub(r"\1[redacted]", line)
    return line


def logging_config(kind: str) -> dict[str, Any]:
    """Django's LOGGING as `text` or `json`: from INFO on to stderr, libraries that say little from WARNING on."""
    quiet = {"handlers": [], "level": "WARNING", "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request_id": {"()": "studio.core.logs.RequestIdFilter"}},
        "formatters": {
            "text": {"()": "studio.core.logs.LineFormatter"},
            "json": {"()": "studio.core.logs.JsonFormatter"},
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": kind, "filters": ["request_id"]}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            "django": {**quiet, "level": "INFO"},
            "django.request": {"level": "ERROR"},
            "django.security.DisallowedHost": {"handlers": [], "propagate": False},  # studio.core.hosts says it shorter
            "django.server": quiet,
            "django_q": quiet,
            "django-q": quiet,
        },
    }
