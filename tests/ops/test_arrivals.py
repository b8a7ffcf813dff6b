"""Slow and silent callers, of whom nobody needs to know anything: they stop nobody, and do not stay."""

import fcntl
import http.client
import io
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest

from studio.ops.arrivals import CROWD, HURRY, PATIENCE, Arrivals, hang_up_at
from studio.ops.web import SPARE_THREADS
from tests.ops.conftest import Start
from tests.ops.studio_process import ROOT, environment, free_port

MORE_THAN_THREADS = 600  # of both web processes together
HALF = (
    b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nCookie: csrf=abcdefghijklmnopqrstuvwxyz012345\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nlogin=a"
)


@pytest.fixture
def connect() -> Iterator[Callable[..., list[socket.socket]]]:
    """Opens so many connections, says `words` on each, and closes them when the test ends."""
    with ExitStack() as stack:

        def open_all(port: int, count: int, words: bytes = b"") -> list[socket.socket]:
            made = [stack.enter_context(socket.create_connection(("127.0.0.1", port), 90)) for _number in range(count)]
            for connection in made:
                connection.sendall(words)
            return made

        yield open_all


def is_ended(connection: socket.socket) -> bool:
    """Waits for the other side's end, for up to the connection's own timeout."""
    with suppress(ConnectionError):
        return connection.recv(1) == b""
    return True


def status(port: int, path: str = "/healthz") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def test_silent_connections_stop_nobody_and_end(start: Start, connect: Callable[..., list[socket.socket]]) -> None:
    studio = start().ready()
    silent = connect(studio.port, MORE_THAN_THREADS)
    halves = connect(studio.port, 5, b"GET /healthz HTTP/1.1\r\nHost: local")
    assert [status(studio.port) for _time in range(5)] == [200] * 5
    assert all(is_ended(connection) for connection in silent + halves)


def test_a_crowd_of_half_sent_bodies_is_sent_away(start: Start, connect: Callable[..., list[socket.socket]]) -> None:
    studio = start().ready()
    halves = connect(studio.port, MORE_THAN_THREADS, HALF)
    assert all(is_ended(connection) for connection in halves)
    assert status(studio.port) == 200
    assert "Traceback" not in studio.output


def test_a_half_sent_body_holds_no_stop_up(start: Start, connect: Callable[..., list[socket.socket]]) -> None:
    studio = start(STUDIO_DRAIN_SECONDS="25").ready()
    halves = connect(studio.port, 4, HALF)
    assert status(studio.port) == 200
    assert studio.stop() == 0
    assert "Not everything ended by itself" not in studio.output
    assert all(is_ended(connection) for connection in halves)


@pytest.fixture
def patient_web(folder: Path) -> Iterator[int]:
    """The port of a web server in which nobody goes past the gate's two places."""
    port = free_port()
    command = [sys.executable, "-m", "tests.ops.patient_web", str(port)]
    with subprocess.Popen(command, cwd=ROOT, env=environment(folder)) as server:
        try:
            until = time.monotonic() + 60
            while not answers(port):
                assert time.monotonic() < until
                time.sleep(0.1)
            yield port
        finally:
            server.kill()


def answers(port: int) -> bool:
    try:
        return status(port) == 200
    except OSError:
        return False


def test_who_sends_slowly_takes_no_place(patient_web: int, connect: Callable[..., list[socket.socket]]) -> None:
    slow = connect(patient_web, 6, HALF)
    assert [status(patient_web) for _time in range(20)] == [200] * 20
    for connection in slow:
        connection.sendall(b"x" * (1000 - len("login=a")))
        assert connection.recv(12) == b"HTTP/1.1 403", "no token of the form"


class Held:
    """A body that comes when it is let go, or breaks off."""

    def __init__(self, body: bytes) -> None:
        self.body = io.BytesIO(body)
        self.is_asked, self.may_come = threading.Event(), threading.Event()

    def read(self, size: int) -> bytes:
        self.is_asked.set()
        assert self.may_come.wait(30)
        return self.body.read(size)


def said(environ: dict[str, Any], start_response: Callable[..., None]) -> Iterator[bytes]:
    """An application that answers with the body it was sent, in pieces."""
    start_response("200 OK", [])
    body = environ["wsgi.input"]
    return iter(lambda: body.read(100_000), b"")


def environ(body: Any, *, address: str = "192.0.2.1", **more: str) -> dict[str, Any]:
    return {"PATH_INFO": "/", "REMOTE_ADDR": address, "wsgi.input": body, **more}


def answer(application: Any, given: dict[str, Any]) -> tuple[str, bytes]:
    statuses: list[str] = []
    parts = application(given, lambda status, _headers: statuses.append(status))
    try:
        return statuses[0], b"".join(parts)
    finally:
        if hasattr(parts, "close"):
            parts.close()


@pytest.mark.parametrize("length", [1, 1000, 2**20, 2**20 + 1, 3 * 2**20])
@pytest.mark.parametrize("is_announced", [True, False])
def test_a_body_arrives_whole(length: int, is_announced: bool) -> None:
    body = bytes(range(256)) * (length // 256) + b"." * (length % 256)
    how = {"CONTENT_LENGTH": str(length)} if is_announced else {"HTTP_TRANSFER_ENCODING": "chunked"}
    assert answer(Arrivals([].append).watched(said), environ(io.BytesIO(body), **how)) == ("200 OK", body)


def test_a_body_that_broke_off_reaches_nobody() -> None:
    application = Arrivals([].append).watched(said)
    assert answer(application, environ(io.BytesIO(b"half"), CONTENT_LENGTH="8")) == ("400 Bad Request", b"")


@pytest.fixture
def gone() -> list[str]:
    """The addresses that were hung up on."""
    return []


@pytest.fixture
def arrivals(gone: list[str]) -> Arrivals:
    return Arrivals(gone.append)


@pytest.fixture
def hold(arrivals: Arrivals) -> Iterator[Callable[[str, int], None]]:
    """Lets `count` bodies of an address be waited for."""
    held: list[Held] = []
    application = arrivals.watched(said)
    with ThreadPoolExecutor(CROWD + 8) as pool:

        def wait_for(address: str, count: int) -> None:
            for _number in range(count):
                held.append(Held(b"x"))
                pool.submit(answer, application, environ(held[-1], address=address, CONTENT_LENGTH="1"))
            assert all(body.is_asked.wait(30) for body in held)

        yield wait_for
        for body in held:
            body.may_come.set()


Hold = Callable[[str, int], None]


def test_patience_ends(arrivals: Arrivals, gone: list[str], hold: Hold) -> None:
    hold("192.0.2.7", 2)
    now = time.monotonic()
    arrivals.check(now + PATIENCE - 30)
    assert gone == []
    arrivals.check(now + PATIENCE + 1)
    assert gone == ["192.0.2.7"]


def test_who_has_something_at_work_is_spared_until_it_was_sent(arrivals: Arrivals, gone: list[str], hold: Hold) -> None:
    hold("192.0.2.7", 1)
    hold("192.0.2.8", 1)
    at_work = arrivals.watched(said)(environ(io.BytesIO(b""), address="192.0.2.7"), lambda *_told: None)
    later = time.monotonic() + PATIENCE + 1
    arrivals.check(later)
    assert gone == ["192.0.2.8"]
    at_work.close()  # type: ignore[attr-defined]
    arrivals.check(later)
    assert sorted(gone[1:]) == ["192.0.2.7", "192.0.2.8"]


def test_nobody_of_a_crowd_is_waited_for_long(arrivals: Arrivals, gone: list[str], hold: Hold) -> None:
    hold("192.0.2.7", CROWD)
    later = time.monotonic() + HURRY + 1
    arrivals.check(later)
    assert gone == []
    hold("192.0.2.8", 1)
    arrivals.check(later + HURRY)
    assert sorted(gone) == ["192.0.2.7", "192.0.2.8"]


def test_a_piece_of_a_long_body_is_waited_for_like_a_short_one(arrivals: Arrivals, gone: list[str]) -> None:
    held = Held(b"x" * (2**20 + 1))
    given = environ(held, address="192.0.2.7", CONTENT_LENGTH=str(2**20 + 1))
    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(answer, arrivals.watched(said), given)
        assert held.is_asked.wait(30)
        arrivals.check(time.monotonic() + PATIENCE - 30)
        assert gone == []
        arrivals.check(time.monotonic() + PATIENCE + 1)
        assert gone == ["192.0.2.7"], "its own work does not protect it"
        held.may_come.set()
        assert len(told.result(30)[1]) == 2**20 + 1
    arrivals.check(time.monotonic() + PATIENCE + 1)
    assert len(gone) == 1


def test_a_crowd_is_seen_while_all_calls_that_may_wait_do() -> None:
    assert 2 * CROWD < SPARE_THREADS


def test_hanging_up_leaves_nothing_open_and_no_lock_given_up(tmp_path: Path) -> None:
    with (tmp_path / "locked").open("w+b") as file, socket.create_server(("127.0.0.1", 0)) as listener:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as caller:
            served, _address = listener.accept()
            reader, writer = os.pipe()
            before = len(os.listdir("/dev/fd"))
            for _time in range(5):
                hang_up_at(port)("127.0.0.1")
            assert len(os.listdir("/dev/fd")) == before
            assert caller.recv(1) == b""
            for number in (reader, writer):
                os.close(number)
            served.close()
        other = "import fcntl, sys; fcntl.lockf(open(sys.argv[1], 'r+b'), fcntl.LOCK_EX | fcntl.LOCK_NB)"
        tried = subprocess.run([sys.executable, "-c", other, str(tmp_path / "locked")], capture_output=True, text=True)
        assert "BlockingIOError" in tried.stderr, "the lock was given up"


def test_an_error_of_the_application_ends_the_work(arrivals: Arrivals, gone: list[str], hold: Hold) -> None:
    def broken(_environ: object, _start_response: object) -> Iterator[bytes]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        arrivals.watched(broken)(environ(io.BytesIO(b""), address="192.0.2.7"), None)
    hold("192.0.2.7", 1)
    arrivals.check(time.monotonic() + PATIENCE + 1)
    assert gone == ["192.0.2.7"]
