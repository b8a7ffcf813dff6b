"""Where a URL leads, and whether a call may go there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from studio.core.addresses import Address, Network, inside, is_public, literal
from studio.core.wire import Clock, NotSent

SCHEMES = {"http": 80, "https": 443}
PUBLIC_PORTS = frozenset({80, 443, 8443})
MAX_URL = 8192


@dataclass(frozen=True)
class Origin:
    """Scheme, host (lower case, ASCII, no brackets) and port of a URL."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> Self:
        """Raises NotSent("url" | "scheme" | "userinfo") for what is no plain http(s) URL."""
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").encode("idna").decode(), parts.port
        except ValueError:
            raise NotSent("url", "not a URL") from None
        if parts.scheme not in SCHEMES:
            raise NotSent("scheme", "only http and https")
        if "@" in parts.netloc:
            raise NotSent("userinfo", "no user name or password in a URL")
        # What is odd here is what two parsers read differently.
        odd = len(url) > MAX_URL or re.search(r"[\x00-\x20\x7f\\]", url) or not re.fullmatch(r"[a-z0-9._:-]+", host)
        if odd or not host.strip(".") or port == 0:
            raise NotSent("url", "not a URL")
        return cls(parts.scheme, host, port or SCHEMES[parts.scheme])


@dataclass
class Call:
    """The rules and the state of one exchange with one origin.

    `trusted` is the origin an operator set: fine on any address and port. Addresses inside `allow` are fine on any
    port too. All else must be public, and on one of the public ports.
    """

    origin: Origin
    trusted: Origin | None
    allow: tuple[Network, ...]
    clock: Clock
    keep: bool = False  # may use and leave a kept connection
    reused: bool = False  # does use one
    connected: bool = False  # from here on bytes of the request may reach the peer

    def check(self) -> None:
        """Refuses what needs no look-up to be refused. Raises NotSent("port" | "address")."""
        ip = literal(self.origin.host)
        if ip is not None:
            self.judge([ip])
        elif self.origin != self.trusted and self.origin.port not in PUBLIC_PORTS and not self.allow:
            raise NotSent("port", f"port {self.origin.port}")

    def judge(self, ips: Sequence[Address]) -> None:
        """Raises NotSent unless each of the origin's addresses may be connected to."""
        if self.origin == self.trusted:
            return
        for ip in ips:
            if inside(ip, self.allow):
                continue
            if not is_public(ip):
                raise NotSent("address", f"{self.origin.host} is {ip}, which is not a public address")
            if self.origin.port not in PUBLIC_PORTS:
                raise NotSent("port", f"port {self.origin.port}")
