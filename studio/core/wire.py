"""Sockets that keep a deadline: name look-up, connecting, TLS, and every single read and write."""

import functools
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

import certifi

from studio.core.addresses import Address, literal

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

CHUNK = 65536
LOOKUP_SECONDS = 5.0
CONNECT_SECONDS = 5.0
HANDSHAKE_SECONDS = 10.0
MAX_ADDRESSES = 4  # of one name that are tried

# Each look-up that may hang has a thread of its own (getaddrinfo has no time limit); this bounds how many can.
_lookups = threading.BoundedSemaphore(256)

Found = tuple[int, Address, Any]  # address family, address, what connect() takes


class OutboundError(Exception):
    """A call that brought no answer. `code` is stable, `detail` a short technical line without headers or keys."""

    def __init__(self, code: str, detail: str = "", *, status: int | None = None) -> None:
        self.code = code
        self.detail = detail[:300]
        self.status = status  # of the answer, where there was one
        super().__init__(f"{code}: {self.detail}" if detail else code)


class NotSent(OutboundError):
    """Surely nothing of the request reached the peer."""


class MaybeSent(OutboundError):
    """The request may have reached the peer, wholly or in part."""


class Clock:
    """How long a call may take: `read_timeout` seconds for each read or write, `deadline` seconds in all from now."""

    __slots__ = ("ends", "read_timeout")

    def __init__(self, *, read_timeout: float, deadline: float) -> None:
        self.read_timeout = read_timeout
        self.ends = monotonic() + deadline

    @property
    def expired(self) -> bool:
        return monotonic() >= self.ends

    def allow(self, longest: float) -> float:
        """Seconds the next blocking step may take. Raises TimeoutError once the deadline has passed."""
        left = self.ends - monotonic()
        if left <= 0:
            raise TimeoutError("deadline")
        return min(longest, left)


class _Timed(socket.socket):
    """Sets its timeout anew before every read and write, so that a drip of bytes cannot outlive the deadline."""

    clock: Clock

    def recv_into(self, buffer: "WriteableBuffer", *args: Any) -> int:
        self.settimeout(self.clock.allow(self.clock.read_timeout))
        return super().recv_into(buffer, *args)

    def sendall(self, data: "ReadableBuffer", flags: int = 0) -> None:
        with memoryview(data) as view, view.cast("B") as octets:
            for start in range(0, len(octets), CHUNK):
                self.settimeout(self.clock.allow(self.clock.read_timeout))
                super().sendall(octets[start : start + CHUNK], flags)


class TimedSocket(_Timed):
    """A plain TCP socket."""


class TimedTLSSocket(_Timed, ssl.SSLSocket):
    """A TLS socket; OpenSSL's own loops keep to the timeout that was set as a whole."""


@functools.cache
def tls_context() -> ssl.SSLContext:
    """The one TLS context of this process: verifies certificate and name, sends SNI. A fresh one costs 16 ms."""
    # Not create_default_context(): that one writes session keys to the file named by SSLKEYLOGFILE.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_default_certs()
    if not context.cert_store_stats()["x509_ca"]:  # a machine without a certificate store
        context.load_verify_locations(certifi.where())
    context.set_alpn_protocols(["http/1.1"])
    context.sslsocket_class = TimedTLSSocket
    return context


def resolve(host: str, port: int, clock: Clock) -> list[Found]:
    """The addresses of a host, asked for once. Raises NotSent("dns")."""
    if (ip := literal(host)) is not None:
        return [(socket.AF_INET if ip.version == 4 else socket.AF_INET6, ip, (str(ip), port))]
    answers: SimpleQueue[list[Any] | Exception] = SimpleQueue()

    def look() -> None:
        try:
            answers.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            answers.put(error)
        finally:
            _lookups.release()

    try:
        if not _lookups.acquire(timeout=clock.allow(LOOKUP_SECONDS)):
            raise NotSent("dns", "too many look-ups are waiting")
        try:
            threading.Thread(target=look, name="look-up", daemon=True).start()
        except RuntimeError:
            _lookups.release()
            raise NotSent("dns", "no thread for the look-up") from None
        answer = answers.get(timeout=clock.allow(LOOKUP_SECONDS))
    except (Empty, TimeoutError):
        raise NotSent("dns", f"no answer for {host} in time") from None
    if isinstance(answer, Exception):
        raise NotSent("dns", f"{host}: {getattr(answer, 'strerror', None) or 'not a name'}")
    inet = [entry for entry in answer if entry[0] in (socket.AF_INET, socket.AF_INET6)]
    found: dict[str, Found] = {entry[4][0]: (entry[0], ip_address(entry[4][0]), entry[4]) for entry in inet}
    if not found:
        raise NotSent("dns", f"{host} has no address")
    return list(found.values())


def dial(host: str, port: int, clock: Clock, judge: Callable[[Sequence[Address]], None]) -> TimedSocket:
    """Connects to a host, to exactly the addresses that `judge` has seen and not raised NotSent for."""
    found = resolve(host, port, clock)
    judge([ip for _, ip, _ in found])
    code, detail = "connect_timeout", "no time left"
    until = min(clock.ends, monotonic() + CONNECT_SECONDS)
    for tried, (family, ip, address) in enumerate(found[:MAX_ADDRESSES]):
        left = until - monotonic()
        if left <= 0:
            break
        connection = TimedSocket(family, socket.SOCK_STREAM)
        connection.clock = clock
        try:
            # An address that swallows packets must leave time for the next one.
            connection.settimeout(left / (min(len(found), MAX_ADDRESSES) - tried))
            connection.connect(address)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _keep_alive(connection)
            return connection
        except OSError as error:
            connection.close()
            code = {TimeoutError: "connect_timeout", ConnectionRefusedError: "refused"}.get(type(error), "unreachable")
            detail = f"{ip} port {port}: {error.strerror or 'timed out'}"
    raise NotSent(code, detail)


def _keep_alive(connection: socket.socket) -> None:
    """Routers forget connections on which nothing moves, and a picture may take minutes to be made."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, seconds in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 30)):
        if hasattr(socket, name):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), seconds)


def secure(connection: TimedSocket, host: str) -> TimedTLSSocket:
    """Wraps a connected socket in TLS for this host name. Raises NotSent("tls") and closes the socket."""
    clock = connection.clock
    wrapped: socket.socket = connection
    try:
        tls = cast(
            TimedTLSSocket,
            tls_context().wrap_socket(connection, server_hostname=host, do_handshake_on_connect=False),
        )
        wrapped = tls
        tls.clock = clock
        tls.settimeout(clock.allow(HANDSHAKE_SECONDS))
        tls.do_handshake()
        return tls
    except (OSError, ValueError) as error:
        wrapped.close()
        reason = getattr(error, "verify_message", None) or getattr(error, "reason", None) or type(error).__name__
        raise NotSent("tls", f"{host}: {reason}") from None
