"""Polls to a trusted origin share kept connections; nothing else does."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network
from threading import Event

import pytest

from studio.core.outbound import MaybeSent, Origin, send
from tests.core.peers import Peer, answer, reset, serving


@pytest.fixture
def peer() -> Iterator[Peer]:
    with serving() as peer:
        yield peer


def poll(peer: Peer, method: str = "GET") -> int:
    return send(method, peer.url(), trusted=Origin.of(peer.url()), reuse=True).status


def test_polls_share_a_connection(peer: Peer) -> None:
    assert [poll(peer) for _ in range(5)] == [200] * 5
    assert peer.connections == 1


def test_orders_and_untrusted_origins_get_a_fresh_connection(peer: Peer) -> None:
    for _ in range(2):
        poll(peer, "POST")
        send("GET", peer.url(), trusted=Origin.of(peer.url()))
        send("GET", peer.url(), allow=[ip_network("127.0.0.0/8")], reuse=True)
    assert peer.connections == 6


def test_connection_the_peer_closed_is_replaced(peer: Peer) -> None:
    peer.reply = lambda connection: connection.sendall(answer())  # announces keep-alive, and closes
    assert [poll(peer) for _ in range(3)] == [200] * 3
    assert peer.connections == 3


def test_connection_that_turns_out_dead_is_replaced_once(peer: Peer) -> None:
    assert poll(peer) == 200
    peer.reply = reset
    with pytest.raises(MaybeSent, match="reset"):
        poll(peer)
    assert (peer.connections, len(peer.requests)) == (2, 3)


def test_an_order_is_never_sent_twice(peer: Peer) -> None:
    poll(peer)
    peer.reply = reset
    with pytest.raises(MaybeSent):
        poll(peer, "POST")
    assert sum(request.startswith(b"POST") for request in peer.requests) == 1


def test_answer_that_was_not_read_to_its_end_is_not_kept(peer: Peer) -> None:
    peer.reply = answer(b"x" * 2000)
    with pytest.raises(MaybeSent, match="too_large"):
        send("GET", peer.url(), trusted=Origin.of(peer.url()), reuse=True, max_bytes=10)
    peer.reply = answer()
    assert poll(peer) == 200
    assert peer.connections == 2


def test_bytes_after_the_answer_are_no_answer_to_the_next_poll(peer: Peer) -> None:
    said_more = Event()

    def twice(connection: socket.socket) -> None:
        connection.sendall(answer())
        peer.stopped.wait(0.05)
        connection.sendall(answer(b"smuggled"))
        said_more.set()
        peer.stopped.wait(5)

    peer.reply = twice
    for _ in range(2):
        said_more.clear()
        assert send("GET", peer.url(), trusted=Origin.of(peer.url()), reuse=True).body == b"ok"
        assert said_more.wait(2)
    assert peer.connections == 2


def test_threads_poll_at_once(peer: Peer) -> None:
    with ThreadPoolExecutor(20) as threads:
        assert set(threads.map(lambda _: poll(peer), range(200))) == {200}
    assert peer.connections <= 20
