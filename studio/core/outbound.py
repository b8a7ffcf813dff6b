"""The only door to the network: pinned and judged addresses, deadlines, bounded answers, no proxies, no redirects.

`requests` prepares and speaks HTTP; the connection under it is ours, because the object that connects must be the one
that judges the address. No `requests.Session` exists here: sessions are what reads netrc and proxies, follows
redirects, keeps cookies.
"""

import hashlib
import json as jsonlib
import logging
import os
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Any, BinaryIO

import requests
from django.db import connections
from django.utils.translation import gettext as _
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPConnectionPool, HTTPResponse
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError, ReadTimeoutError
from urllib3.filepost import encode_multipart_formdata
from urllib3.util.connection import is_connection_dropped

from studio.core.addresses import Network
from studio.core.answers import Answer, Download, encoding, inflate
from studio.core.origin import SCHEMES, Call, Origin
from studio.core.wire import CHUNK, Clock, MaybeSent, NotSent, OutboundError, TimedSocket, TimedTLSSocket, dial, secure

__all__ = [
    "Answer",
    "Download",
    "MaybeSent",
    "NotSent",
    "Origin",
    "OutboundError",
    "download",
    "form_with_file",
    "is_forbidden_literal",
    "send",
]

MIB = 1024 * 1024
IDLE_SECONDS = 20.0  # a kept connection older than this is closed rather than used
MAX_IDLE = 32  # kept connections per origin

# urllib3's log lines carry whole paths, which may hold tokens.
logging.getLogger("urllib3").setLevel(logging.ERROR)


class _Connection(HTTPConnection):
    """An HTTP or HTTPS connection that judges each address it is about to connect to."""

    sock: TimedSocket | TimedTLSSocket | None

    def __init__(self, call: Call) -> None:
        super().__init__(call.origin.host, call.origin.port, blocksize=CHUNK)
        self.default_port = SCHEMES[call.origin.scheme]  # keeps ":443" out of the Host header
        self.call = call

    def connect(self) -> None:
        call, origin = self.call, self.call.origin
        plain = dial(origin.host, origin.port, call.clock, call.judge)
        self.sock = plain if origin.scheme == "http" else secure(plain, origin.host.rstrip("."))
        call.connected = True

    def adopt(self, call: Call) -> bool:
        """Serves another call on the same socket, by that call's clock; False when the socket is dead."""
        if self.sock is None or is_connection_dropped(self):  # type: ignore[no-untyped-call]
            return False
        self.call = call
        self.sock.clock = call.clock
        call.connected = call.reused = True
        return True


_idle: dict[Origin, deque[tuple[float, _Connection]]] = {}
os.register_at_fork(after_in_child=_idle.clear)  # a child must not speak on its parent's connections


class _Pool(HTTPConnectionPool):
    """One call's connection: fresh, or a kept one to a trusted origin."""

    def __init__(self, call: Call) -> None:
        super().__init__(call.origin.host, call.origin.port, maxsize=1)
        self.call = call

    def _get_conn(self, timeout: float | None = None) -> _Connection:
        kept = _idle.get(self.call.origin) if self.call.keep else None
        while kept:
            try:
                since, connection = kept.pop()
            except IndexError:  # another thread was quicker
                break
            if monotonic() - since < IDLE_SECONDS and connection.adopt(self.call):
                return connection
            connection.close()
        return _Connection(self.call)

    def _put_conn(self, conn: _Connection | None) -> None:
        if conn is None:
            return
        kept = _idle.setdefault(self.call.origin, deque()) if self.call.keep else None
        if kept is None or conn.sock is None or len(kept) >= MAX_IDLE:
            conn.close()
        else:
            kept.append((monotonic(), conn))


class _Adapter(HTTPAdapter):
    """Puts our connection under requests. Retries are 0, its default."""

    def __init__(self, call: Call) -> None:
        super().__init__()
        self.call = call

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Nothing to set: the connection verifies by the process's own TLS context."""

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, verify: Any, proxies: Any = None, cert: Any = None
    ) -> HTTPConnectionPool:
        return _Pool(self.call)  # not by request.url: nobody but Origin.of() decides where a URL leads


def send(
    method: str,
    url: str,
    *,
    trusted: Origin | None = None,
    allow: Sequence[Network] = (),
    headers: Mapping[str, str] | None = None,
    json: Any = None,
    body: bytes | None = None,
    read_timeout: float = 30.0,
    deadline: float = 60.0,
    max_bytes: int = 8 * MIB,
    reuse: bool = False,
) -> Answer:
    """One request, sent at most once; times are in seconds, `deadline` is for everything together.

    `trusted` is reached on any address and port, networks in `allow` on any port, all else only on public addresses
    and ports 80, 443, 8443. Redirects come back as answers. `reuse` lets a GET to `trusted` share kept connections (and
    try a second, fresh one when the kept one turns out dead). Raises NotSent, MaybeSent; RuntimeError inside a
    database transaction.
    """
    _refuse_in_transaction()
    clock = Clock(read_timeout=read_timeout, deadline=deadline)
    origin = Origin.of(url)
    call = Call(origin, trusted, tuple(allow), clock, keep=reuse and method == "GET" and origin == trusted)
    given = dict(headers or {})
    if json is not None:
        body = jsonlib.dumps(json, allow_nan=False).encode()
        given = {"Content-Type": "application/json", **given}
    try:
        return _answer(method, url, given, body, call, max_bytes)
    except MaybeSent as error:
        if not call.reused or error.code != "reset":
            raise
    return _answer(method, url, given, body, Call(origin, trusted, tuple(allow), clock), max_bytes)


def download(
    url: str,
    *,
    trusted: Origin | None,
    to: BinaryIO,
    allow: Sequence[Network] = (),
    headers: Mapping[str, str] | None = None,
    read_timeout: float = 30.0,
    deadline: float = 120.0,
    max_bytes: int = 50 * MIB,
) -> Download:
    """Streams the bytes of a GET into `to`, which the caller owns and throws away on an error.

    Raises as send() does; MaybeSent("redirect" | "status") for any status but 200, and OSError from `to` as it is.
    """
    _refuse_in_transaction()
    call = Call(Origin.of(url), trusted, tuple(allow), Clock(read_timeout=read_timeout, deadline=deadline))
    with _exchange("GET", url, headers or {}, None, call) as response:
        if response.status != 200:
            code = "redirect" if 300 <= response.status < 400 else "status"
            raise MaybeSent(code, f"HTTP {response.status}", status=response.status)
        if encoding(response.headers):
            raise MaybeSent("encoding", "compressed although it was asked not to be")
        digest, size = hashlib.sha256(), 0
        for chunk in _chunks(response, call, max_bytes):
            digest.update(chunk)
            to.write(chunk)
            size += len(chunk)
        media_type = str(response.headers.get("Content-Type", "")).partition(";")[0].strip().lower()
        return Download(size, digest.hexdigest(), media_type[:100])


def form_with_file(field: str, name: str, media_type: str, content: bytes) -> tuple[str, bytes]:
    """Content-Type and body of a form (multipart/form-data) that holds one file."""
    body, form_type = encode_multipart_formdata({field: (name, content, media_type)})
    return form_type, body


def is_forbidden_literal(url: str, *, allow: Sequence[Network] = ()) -> str | None:
    """Why a URL can be refused as it stands, as a sentence for its author; None when only its name can be judged.

    Asks no name server.
    """
    try:
        Call(Origin.of(url), None, tuple(allow), Clock(read_timeout=0, deadline=0)).check()
    except NotSent as error:
        return {
            "scheme": _("Only http and https addresses can be called."),
            "userinfo": _("The address must not hold a user name or a password."),
            "port": _("Only the ports 80, 443 and 8443 can be called."),
            "address": _("The address is not on the public internet."),
        }.get(error.code, _("This is not a web address."))
    return None


def _refuse_in_transaction() -> None:
    for connection in connections.all(initialized_only=True):
        if connection.in_atomic_block:
            raise RuntimeError("no network call inside a database transaction")


def _answer(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None, call: Call, max_bytes: int
) -> Answer:
    with _exchange(method, url, headers, body, call) as response:
        try:
            content = b"".join(_chunks(response, call, max_bytes))
            if content and (name := encoding(response.headers)):
                content = inflate(content, name, max_bytes)
        except MaybeSent as error:
            error.status = response.status
            raise
        return Answer(response.status, CaseInsensitiveDict(response.headers), content)


@contextmanager
def _exchange(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None, call: Call
) -> Iterator[HTTPResponse]:
    """Sends the request; the answer's head is read, its body is not."""
    call.check()
    fixed = {"Accept-Encoding": "identity", "Connection": "keep-alive" if call.keep else "close"}
    sent: CaseInsensitiveDict[str] = CaseInsensitiveDict({"User-Agent": "Northlight", **headers})
    sent.update(fixed)
    with _named(call):
        request = requests.Request(method, url, headers=sent, data=body).prepare()
        response: HTTPResponse = _Adapter(call).send(request, stream=True).raw
    try:
        yield response
    finally:
        response.close()


@contextmanager
def _named(call: Call) -> Iterator[None]:
    """Turns what the libraries raise into NotSent or MaybeSent, by whether a connection stood."""
    try:
        yield
    except (OSError, HTTPError, ValueError) as error:
        # Texts of the libraries are left out: they quote headers and URLs.
        kind = MaybeSent if call.connected else NotSent
        raise kind(*_reason(error, call)) from None


def _reason(error: BaseException, call: Call) -> tuple[str, str]:
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, TimeoutError | ReadTimeoutError):
            return ("deadline", "took too long in all") if call.clock.expired else ("read_timeout", "no answer in time")
        if isinstance(seen, ConnectionError):
            return "reset", "the peer closed the connection"
        seen = seen.__cause__ or seen.__context__
    return ("protocol", "not a valid HTTP answer") if call.connected else ("url", "not a valid request")


def _chunks(response: HTTPResponse, call: Call, max_bytes: int) -> Iterator[bytes]:
    """The body as it came over the wire, at most `max_bytes` of it; raises MaybeSent("too_large") beyond."""
    announced = str(response.headers.get("Content-Length", ""))
    size = 0 if not re.fullmatch(r"[0-9]{1,18}", announced) or int(announced) <= max_bytes else int(announced)
    while size <= max_bytes:
        with _named(call):
            chunk = response.read(CHUNK, decode_content=False)
        if not chunk:
            return
        size += len(chunk)
        if size <= max_bytes:
            yield chunk
    raise MaybeSent("too_large", f"more than {max_bytes} bytes", status=response.status)
