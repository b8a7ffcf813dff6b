"""A cURL command that somebody pasted, for the composer: what it asks for, without whatever was secret in it."""

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from studio.core import jsontext
from studio.core.errors import StudioError
from studio.jobs.bodies import PATHS

LONGEST = 100_000  # characters; a prompt has 40,000 at most, and every one may be escaped
VENDORS = {"api.apiframe.ai", "api.aimlapi.com", "api.openai.com"}
_BODY = {"-d", "--data", "--data-raw", "--data-ascii", "--data-binary", "--json"}
_TAKE_A_VALUE = {"-H", "--header", "-X", "--request", "-o", "--output", "-m", "--max-time", "-A", "--user-agent"} | {
    "-u", "--user", "-b", "--cookie", "--oauth2-bearer", "--connect-timeout", "--retry", "-w", "--write-out", "-e",
    "--referer",
}  # fmt: skip
_ALONE = {"--silent", "--show-error", "--location", "--include", "--verbose", "--insecure", "--compressed"} | {
    "--fail", "--no-progress-meter", "--globoff", "--http1.1", "--http2", "--no-buffer", "--fail-with-body",
}  # fmt: skip
_SHORT = set("sSLivkfgN")
_START = re.compile(r"\s*(?:\$\s+)?curl\s")
_SECRET = re.compile(
    r"""(?ix) ( (?: x-api-key | authorization | cookie | idempotency-key ) \s* : \s* (?: bearer \s+ )? ) [^'"\r\n]* """
    r"""| ( (?: \s-u | \s-b | --user | --cookie | --oauth2-bearer ) [\s=]+ ) ( '[^']*' | "[^"]*" | \S+ )"""
    r"""| ( \b(?: afk_ | sk- ) ) [A-Za-z0-9_-]{6,}"""
)


class NotACall(StudioError):
    """It cannot be read as an API call; the sentence says why and holds nothing of what was pasted but names."""

    code = "not_a_call"


@dataclass(frozen=True)
class Pasted:
    """What a call asks for, in our names; `left_out` names fields of its body that a form has no place for."""

    model: str
    prompt: str
    params: dict[str, Any]
    count: int | None
    left_out: list[str] = field(default_factory=list)


Reader = Callable[[str, dict[str, Any]], Pasted]
_reader: Reader | None = None


def read_by(reader: Reader) -> None:
    """Who understands the body of a call to a path: the dialects, which stand on a floor above this one."""
    global _reader
    _reader = reader


def is_call(text: str) -> bool:
    """Whether a text is meant as a cURL command rather than as a prompt."""
    return bool(_START.match(text))


def without_secrets(text: str) -> str:
    """The text with every key in it replaced, to be shown again."""
    return _SECRET.sub(lambda match: (match[1] or match[2] or match[4] or "") + "…", text)


def read(text: str, *, host: str) -> Pasted:
    """What a pasted command asks for; `host` is the studio's own, as this request has it. Raises NotACall."""
    if len(text) > LONGEST:
        raise NotACall(_("This call is too long to be read."))
    url, bodies = _words_of(text)
    path = _path(url, host)
    if len(bodies) != 1:
        raise NotACall(_("The call must have one body, after -d or --json."))
    if bodies[0].startswith("@"):
        raise NotACall(_("The body stands in a file. Paste it into the call, after -d."))
    try:
        body = jsontext.parse(bodies[0].encode(), is_strict=True)
    except (ValueError, UnicodeEncodeError):
        raise NotACall(_("The body of the call is not JSON.")) from None
    if not isinstance(body, dict):
        raise NotACall(_("The body of the call must be a JSON object."))
    assert _reader is not None, "the dialects have not said how they read"
    return _reader(path, body)


def _words_of(text: str) -> tuple[str, list[str]]:
    """The address and the bodies of a command; options that do not matter are passed over with their values."""
    try:
        words = shlex.split(re.sub(r"[\\^]\r?\n", " ", _START.sub("", text, count=1)))
    except ValueError:
        raise NotACall(_("A quotation mark in the call is not closed.")) from None
    urls: list[str] = []
    bodies: list[str] = []
    rest = iter(words)
    for word in rest:
        name, value = _option(word)
        if not word.startswith("-"):
            urls.append(word)
        elif name in _BODY or name in _TAKE_A_VALUE or name == "--url":
            value = next(rest, "") if value is None else value
            if name in _BODY:
                bodies.append(value)
            elif name == "--url":
                urls.append(value)
            elif name in ("-X", "--request") and value.upper() != "POST":
                raise NotACall(_("The call must be a POST."))
        elif name not in _ALONE and not (set(word[1:]) <= _SHORT):
            raise NotACall(_("The option %(name)s of curl is not understood here.") % {"name": name[:30]})
    if len(urls) != 1:
        raise NotACall(_("Paste one curl command with one address, and nothing behind it."))
    return urls[0], bodies


def _option(word: str) -> tuple[str, str | None]:
    """(name, value or None) of `--data=x`, `-XPOST`, `-d`; a word that is no option is its own name."""
    if word.startswith("--"):
        name, sign, value = word.partition("=")
        return name, value if sign else None
    if word[:2] in _BODY | _TAKE_A_VALUE and len(word) > 2:
        return word[:2], word[2:]
    return word, None


def _path(url: str, host: str) -> str:
    try:
        parts = urlsplit(url if "//" in url else f"//{url}")
        where, path = parts.netloc.rpartition("@")[2].lower(), parts.path.rstrip("/")
    except ValueError:
        raise NotACall(_("The address of the call cannot be read.")) from None
    if where not in VENDORS | {host.lower(), urlsplit(settings.STUDIO_BASE_URL).netloc.lower()}:
        raise NotACall(_("The call goes to another server than this studio or a vendor whose words it understands."))
    if path not in PATHS.values():
        raise NotACall(_("The call must order pictures: %(paths)s.") % {"paths": ", ".join(PATHS.values())})
    return path
