"""A download streams the peer's bytes, bounded, hashed and untouched."""

import hashlib
import io
import socket
import tracemalloc
from typing import Any

import pytest

from studio.core.outbound import Download, MaybeSent, Origin, download
from tests.core.peers import Peer, answer, serving


def fetch(peer: Peer, to: Any, **options: Any) -> Download:
    return download(peer.url(), trusted=Origin.of(peer.url()), to=to, **options)


class Sink(io.RawIOBase):
    size = 0

    def write(self, data: Any) -> int:
        self.size += len(data)
        return len(data)


def test_bytes_arrive_unchanged_with_size_hash_and_type() -> None:
    body = bytes(range(256)) * 2000
    to = io.BytesIO()
    with serving(answer(body, "Content-Type: Image/PNG; charset=x")) as peer:
        got = fetch(peer, to)
    assert to.getvalue() == body
    assert got == Download(len(body), hashlib.sha256(body).hexdigest(), "image/png")


@pytest.mark.parametrize("status", ["204 No Content", "206 Partial", "301 Moved", "304 Same", "404 Gone", "500 Oh"])
def test_any_status_but_200_is_an_error(status: str) -> None:
    with serving(answer(b"", "Location: /x", status=status)) as peer, pytest.raises(MaybeSent) as caught:
        fetch(peer, io.BytesIO())
    assert caught.value.status == int(status[:3])
    assert len(peer.requests) == 1


def test_more_than_50_mb_announced_is_refused_unread() -> None:
    to = io.BytesIO()
    reply = b"HTTP/1.1 200 OK\r\nContent-Length: 52428801\r\n\r\n"
    with serving(lambda connection: connection.sendall(reply)) as peer, pytest.raises(MaybeSent, match="too_large"):
        fetch(peer, to)
    assert to.getvalue() == b""


def test_endless_body_is_cut_at_50_mb_in_little_memory() -> None:
    def flood(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        block = bytes(1024 * 1024)
        while True:
            connection.sendall(block)

    to: Any = Sink()
    with serving(flood) as peer:
        tracemalloc.start()
        try:
            with pytest.raises(MaybeSent, match="too_large"):
                fetch(peer, to)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert 52_000_000 < to.size <= 52_428_800
    assert peak < 4_000_000  # of which the flooding peer holds 1 MiB


def test_error_of_the_file_is_not_taken_for_one_of_the_network() -> None:
    class Full(io.RawIOBase):
        def write(self, data: Any) -> int:
            raise OSError(28, "No space left on device")

    to: Any = Full()
    with serving(answer(b"x" * 1000)) as peer, pytest.raises(OSError, match="No space"):
        fetch(peer, to)
