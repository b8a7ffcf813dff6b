"""One call to the network: what is sent, what comes back, and what is said when nothing does."""

import gzip
import io
import socket
import threading
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Any

import pytest
from django.db import connection, transaction

from studio.core import wire
from studio.core.outbound import MaybeSent, NotSent, Origin, OutboundError, download, send
from tests.core.peers import Internet, Peer, answer, reset, serving

SECRET = "sk-planted-4711"
AT_LAST = 30.0  # seconds after which a peer gives up by itself: only where nobody cut it off before


@pytest.fixture
def peer() -> Iterator[Peer]:
    with serving() as peer:
        yield peer


def get(peer: Peer, **options: Any) -> Any:
    return send("GET", peer.url(), trusted=Origin.of(peer.url()), **options)


def failure(peer: Peer, kind: type[OutboundError], **options: Any) -> str:
    with pytest.raises(kind) as caught:
        get(peer, **options)
    return caught.value.code


def test_trusted_origin_on_loopback_is_reached_and_another_port_of_it_is_not(peer: Peer) -> None:
    assert get(peer).body == b"ok"
    with serving() as other, pytest.raises(NotSent) as caught:
        send("GET", other.url(), trusted=Origin.of(peer.url()))
    assert caught.value.code == "address"
    assert other.connections == 0


def test_request_carries_what_was_asked_and_nothing_more(peer: Peer) -> None:
    url = peer.url("/v1/images?x=1")
    send("POST", url, trusted=Origin.of(url), json={"prompt": "猫"}, headers={"Authorization": f"Bearer {SECRET}"})
    head, _, body = peer.requests[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /v1/images?x=1 HTTP/1.1"
    assert sorted(line.lower() for line in lines[1:]) == [
        "accept-encoding: identity",
        f"authorization: bearer {SECRET}",
        "connection: close",
        f"content-length: {len(body)}",
        "content-type: application/json",
        f"host: 127.0.0.1:{peer.port}",
        "user-agent: northlight",
    ]
    assert body == b'{"prompt": "\\u732b"}'


def test_bytes_are_sent_as_they_are(peer: Peer) -> None:
    body = bytes(range(256)) * 4096
    send("POST", peer.url(), trusted=Origin.of(peer.url()), body=body, headers={"Content-Type": "image/png"})
    assert peer.requests[0].endswith(b"\r\n\r\n" + body)


def test_answer_has_status_headers_and_json(peer: Peer) -> None:
    peer.reply = answer(
        b'{"id": 7}', "Content-Type: application/json", "Retry-After: 3", status="429 Too Many Requests"
    )
    reply = get(peer)
    assert (reply.status, reply.headers["retry-after"], reply.json()) == (429, "3", {"id": 7})
    assert len(peer.requests) == 1
    peer.reply = answer(b"<html>")
    with pytest.raises(ValueError, match="Expecting value"):
        get(peer).json()


def test_netrc_and_proxies_of_the_environment_are_ignored(
    peer: Peer, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text(f"machine 127.0.0.1 login someone password {SECRET}\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    with serving() as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url())
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        get(peer)
        download(peer.url(), trusted=Origin.of(peer.url()), to=io.BytesIO())
        assert proxy.connections == 0
    assert len(peer.requests) == 2
    assert all(b"authorization" not in request.lower() for request in peer.requests)


def test_refused_connection_is_not_sent(peer: Peer) -> None:
    peer.close()
    assert failure(peer, NotSent) == "refused"


def test_unknown_name_is_not_sent(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    internet = Internet(monkeypatch, peer)
    with pytest.raises(NotSent) as caught:
        send("POST", "https://nowhere.example/", json={})
    assert caught.value.code == "dns"
    assert internet.connects == []


def test_connect_that_hangs_is_not_sent(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(self: socket.socket, address: Any) -> None:
        raise TimeoutError

    monkeypatch.setattr(socket.socket, "connect", hang)
    assert failure(peer, NotSent) == "connect_timeout"


def test_header_that_cannot_be_sent_is_not_sent_and_not_quoted(peer: Peer) -> None:
    with pytest.raises(NotSent) as caught:
        get(peer, headers={"Authorization": f"{SECRET}\r\nX: y"})
    assert SECRET not in str(caught.value)
    assert peer.connections == 0


def test_reset_after_the_request_is_maybe_sent(peer: Peer) -> None:
    peer.reply = reset
    assert failure(peer, MaybeSent) == "reset"


def test_close_without_an_answer_is_maybe_sent(peer: Peer) -> None:
    peer.reply = lambda connection: None
    assert failure(peer, MaybeSent) == "reset"


def test_silence_is_maybe_sent(peer: Peer) -> None:
    peer.reply = lambda connection: peer.stopped.wait(5) and None
    assert failure(peer, MaybeSent, read_timeout=0.1) == "read_timeout"


@pytest.mark.parametrize(
    "reply",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"a" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: a\r\n" * 200 + b"\r\n",
        answer(b"not gzip", "Content-Encoding: gzip"),
        answer(gzip.compress(b"x" * 1000, mtime=0)[:20], "Content-Encoding: gzip"),
    ],
)
def test_nonsense_is_maybe_sent(peer: Peer, reply: bytes) -> None:
    peer.reply = lambda connection: connection.sendall(reply)
    assert failure(peer, MaybeSent) == "protocol"


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"])
def test_drip_is_cut_at_the_deadline(peer: Peer, start: bytes) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(start)
        until = monotonic() + AT_LAST  # then it breaks off, which is another failure
        while monotonic() < until and not peer.stopped.wait(0.05):
            connection.sendall(b"H")

    peer.reply = drip
    began = monotonic()
    assert failure(peer, MaybeSent, deadline=0.4, read_timeout=30) == "deadline"
    assert monotonic() - began > 0.3
    with pytest.raises(MaybeSent, match="deadline"):
        download(peer.url(), trusted=Origin.of(peer.url()), to=io.BytesIO(), deadline=0.2)


def test_peer_that_does_not_read_is_cut_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}/"
        with pytest.raises(MaybeSent, match="deadline"):
            send("POST", url, trusted=Origin.of(url), body=b"x" * 40_000_000, deadline=0.3)


def test_peer_that_reads_slowly_is_cut_at_the_deadline(peer: Peer) -> None:
    def sip(connection: socket.socket) -> bytes:
        while not peer.stopped.wait(0.02) and connection.recv(65536):
            pass
        return b""

    peer._read = sip  # type: ignore[method-assign]
    with pytest.raises(MaybeSent, match="deadline"):
        send("POST", peer.url(), trusted=Origin.of(peer.url()), body=b"x" * 40_000_000, deadline=0.3)


def test_name_server_that_hangs_is_cut_at_the_deadline(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()

    def hang(*args: Any, **kwargs: Any) -> list[Any]:
        peer.stopped.wait(AT_LAST)
        answered.set()
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    with pytest.raises(NotSent, match="dns"):
        send("GET", "https://slow.example/", deadline=0.2)
    assert not answered.is_set()


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_compressed_answer_is_decoded_although_not_asked_for(peer: Peer, encoding: str) -> None:
    packed = gzip.compress(b'{"a": 1}', mtime=0) if encoding == "gzip" else zlib.compress(b'{"a": 1}')
    peer.reply = answer(packed, f"Content-Encoding: {encoding}")
    assert get(peer).json() == {"a": 1}
    with pytest.raises(MaybeSent, match="encoding"):
        download(peer.url(), trusted=Origin.of(peer.url()), to=io.BytesIO())


def test_unknown_compression_is_refused(peer: Peer) -> None:
    peer.reply = answer(b"xx", "Content-Encoding: br")
    assert failure(peer, MaybeSent) == "encoding"


def test_gzip_bomb_dies(peer: Peer) -> None:
    peer.reply = answer(gzip.compress(bytes(50_000_000), 6), "Content-Encoding: gzip")
    assert failure(peer, MaybeSent) == "too_large"


@pytest.mark.parametrize("head", [b"Content-Length: 1001", b"Connection: close", b"Transfer-Encoding: chunked"])
def test_answer_beyond_the_bound_is_maybe_sent(peer: Peer, head: bytes) -> None:
    body = b"3e9\r\n" + b"a" * 1001 + b"\r\n0\r\n\r\n" if b"chunked" in head else b"a" * 1001
    peer.reply = lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n" + body)
    assert failure(peer, MaybeSent, max_bytes=1000) == "too_large"
    assert len(get(peer, max_bytes=1001).body) == 1001


def test_in_a_transaction_nothing_is_sent(peer: Peer, transactional_db: None) -> None:
    assert get(peer).status == 200
    connection.ensure_connection()
    assert get(peer).status == 200
    with transaction.atomic():
        with pytest.raises(RuntimeError, match="transaction"):
            get(peer)
        with pytest.raises(RuntimeError, match="transaction"):
            download(peer.url(), trusted=Origin.of(peer.url()), to=io.BytesIO())
    assert peer.connections == 2


def test_a_hundred_calls_wait_side_by_side(peer: Peer) -> None:
    all_there = threading.Barrier(100, timeout=AT_LAST)

    def together(connection: socket.socket) -> None:
        all_there.wait()
        connection.sendall(answer())

    peer.reply = together
    with ThreadPoolExecutor(100) as threads:
        replies = list(threads.map(lambda _: get(peer).status, range(100)))
    assert replies == [200] * 100


def test_no_error_quotes_a_header_or_a_path(peer: Peer) -> None:
    secret_url = peer.url(f"/hook/{SECRET}?token={SECRET}")
    for reply in (
        reset,
        lambda connection: connection.sendall(b"nonsense"),
        answer(b"", f"X: {SECRET}", status="500 X"),
    ):
        peer.reply = reply
        with pytest.raises(OutboundError) as caught:
            download(secret_url, trusted=Origin.of(secret_url), to=io.BytesIO(), headers={"X-API-Key": SECRET})
        assert SECRET not in f"{caught.value} {caught.value.detail} {caught.value.code}"
    assert len(wire.NotSent("x", "y" * 999).detail) == 300


def test_a_connection_on_which_nothing_moves_is_kept_alive(peer: Peer) -> None:
    with wire.dial("127.0.0.1", peer.port, wire.Clock(read_timeout=1, deadline=1), lambda ips: None) as connection:
        assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
