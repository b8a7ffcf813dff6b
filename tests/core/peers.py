"""Peers on loopback that behave well or badly, and a pretended internet at the level of sockets."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

Handler = Callable[[socket.socket], None]


def answer(body: bytes = b"ok", *headers: str, status: str = "200 OK") -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(head).encode() + body


def reset(connection: socket.socket) -> None:
    """Makes the close that follows a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class Peer:
    """A listener that answers each request with fixed bytes, or hands the connection to a function."""

    def __init__(self, reply: bytes | Handler = b"", *, tls: ssl.SSLContext | None = None) -> None:
        self.reply = reply or answer()
        self.tls = tls
        self.connections = 0
        self.requests: list[bytes] = []
        self.stopped = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, path: str = "/", scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.port}{path}"

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError):
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            with connection:
                while request := self._read(connection):
                    self.requests.append(request)
                    if callable(self.reply):
                        self.reply(connection)
                        return
                    connection.sendall(self.reply)
                    if b"connection: close" in request.lower():
                        return

    def _read(self, connection: socket.socket) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data:
            if not (more := connection.recv(65536)):
                return b""
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0)
        while len(body) < length:
            body += connection.recv(65536)
        return head + b"\r\n\r\n" + body

    def close(self) -> None:
        self.stopped.set()
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self.listener.close()


@contextmanager
def serving(reply: bytes | Handler = b"", *, tls: ssl.SSLContext | None = None) -> Iterator[Peer]:
    peer = Peer(reply, tls=tls)
    try:
        yield peer
    finally:
        peer.close()


class Internet:
    """Names and addresses as the process sees them: every connect is noted, and led to one listener on loopback."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, peer: Peer) -> None:
        self.peer = peer
        self.names: dict[str, list[list[str]]] = {}  # for each name, what each next look-up answers
        self.lookups: list[str] = []
        self.connects: list[tuple[str, int]] = []
        real_connect = socket.socket.connect

        def connect(sock: socket.socket, address: Any) -> None:
            self.connects.append(address[:2])
            if sock.family == socket.AF_INET6:
                raise OSError(101, "Network is unreachable")
            real_connect(sock, ("127.0.0.1", self.peer.port))

        monkeypatch.setattr(socket.socket, "connect", connect)
        monkeypatch.setattr(socket, "getaddrinfo", self.getaddrinfo)

    def getaddrinfo(self, host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        self.lookups.append(host)
        answers = self.names.get(host)
        if not answers:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        ips = answers.pop(0) if len(answers) > 1 else answers[0]
        return [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (ip, port, 0, 0))
            if ":" in ip
            else (socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port))
            for ip in ips
        ]
