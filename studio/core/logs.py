"""Log lines: one line each whatever was said in it, with the request's id, without secrets."""

import logging
import re
from contextvars import ContextVar
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="-")
client_ip: ContextVar[str | None] = ContextVar("client_ip", default=None)

# Keys of ours and of vendors, bearer headers, signing secrets, link tokens in addresses.
_SECRETS = re.compile(
    r"(afk_\w{4}|whsec_|sk-|Bearer\s+|(?:token|key|secret|password|signature)[\"']?[=:]\s*[\"']?)[\w\-+/=.]{8,}", re.I
)
_LINK_TOKENS = re.compile(r"(/(?:hooks/[\w-]+|accounts/(?:invitation|password/reset/key)|boards/link)/)[^/?\s]+")
_SIGNATURES = re.compile(r"(/files/[^\s]*?[?&]s=)[\w-]+")


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class LineFormatter(logging.Formatter):
    """`time level logger [request] message`; line breaks escaped, so that no prompt can forge a line."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        line = redact(super().format(record))
        return line.replace("\\", "\\\\").replace("\r", "\\r").replace("\n", "\\n")


def redact(line: str) -> str:
    """`line` with everything that looks like a secret replaced."""
    for pattern in (_SECRETS, _LINK_TOKENS, _SIGNATURES):
        line = pattern.sub(r"\1[redacted]", line)
    return line


def logging_config() -> dict[str, Any]:
    """Django's LOGGING: everything from INFO on goes to stderr; libraries that say little of use, from WARNING on."""
    quiet = {"handlers": [], "level": "WARNING", "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request_id": {"()": "studio.core.logs.RequestIdFilter"}},
        "formatters": {"line": {"()": "studio.core.logs.LineFormatter"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            "django": {**quiet, "level": "INFO"},
            "django.request": {"level": "ERROR"},
            "django.server": quiet,
            "django_q": quiet,
            "django-q": quiet,
        },
    }
