"""Calls of /v1 that wait in a real studio: killed web servers, a stop, and more callers than places."""

import json
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from tests.fakes.provider import FakeProvider, running
from tests.ops.conftest import Start
from tests.ops.studio_process import StudioProcess, manage
from tests.sdk.libraries import LANGUAGES, Library, need, told_by

ORDER: dict[str, Any] = {"model": "own-server", "prompt": "a fox [fake:side=64]"}


@pytest.fixture
def fake() -> Iterator[FakeProvider]:
    """An image server of one's own."""
    with running(seconds=2) as made:
        yield made


@pytest.fixture
def key(folder: Path) -> str:
    made = manage(folder, "create_api_key", "admin")
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


def connected(start: Start, fake: FakeProvider, **settings: str) -> StudioProcess:
    return start(OPENAI_BASE_URL=f"{fake.url}/own/v1", **settings).ready()


def order(studio: StudioProcess, key: str, body: dict[str, Any] = ORDER, **more: str) -> requests.Response:
    address = f"http://127.0.0.1:{studio.port}/v1/images/generations"
    return requests.post(address, json=body, headers={"X-API-Key": key, **more}, timeout=30)


def orders(fake: FakeProvider, count: int = 1) -> bool:
    """Whether so many orders came within a few seconds."""
    until = time.monotonic() + 10
    while fake.stats()["orders"] < count and time.monotonic() < until:
        time.sleep(0.05)
    return bool(fake.stats()["orders"] == count)


def web_servers(studio: StudioProcess) -> list[psutil.Process]:
    return [part for part in studio.family() if "granian" in " ".join(part.cmdline())]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_killed_web_server_costs_one_order_and_the_library_gets_its_picture(
    start: Start, fake: FakeProvider, key: str, language: str
) -> None:
    need(language)
    studio = connected(start, fake)
    library = Library(language, f"http://127.0.0.1:{studio.port}/v1", key)
    program = library.begin("generate", ORDER)
    assert orders(fake)
    for part in web_servers(studio):
        part.kill()
    (made,) = told_by(program)["answer"]["data"]
    assert requests.get(made["url"], timeout=10).status_code == 200
    assert orders(fake)


def test_a_stop_sends_waiting_callers_away_at_once(start: Start, fake: FakeProvider, key: str) -> None:
    studio = connected(start, fake, STUDIO_DRAIN_SECONDS="5")
    answers: list[tuple[requests.Response, float]] = []

    def wait() -> None:
        answers.append((order(studio, key), time.monotonic()))

    callers = [threading.Thread(target=wait) for _number in range(4)]
    for caller in callers:
        caller.start()
    assert orders(fake, 4)
    began = time.monotonic()
    studio.popen.send_signal(signal.SIGTERM)
    for caller in callers:
        caller.join()
    for answer, at in answers:
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "still_running")
        assert answer.headers["x-should-retry"] == "false"
        assert answer.headers["X-Studio-Job"]
        assert at - began < 5, "they waited for the end of the drain"
    assert studio.popen.wait(15) == 0, studio.output


def test_more_callers_than_places_are_turned_away_before_a_job_is_made(
    start: Start, fake: FakeProvider, key: str
) -> None:
    studio = connected(start, fake, STUDIO_SYNC_MAX_WAITING="3")
    answers: list[requests.Response] = []
    callers = [threading.Thread(target=lambda: answers.append(order(studio, key))) for _number in range(3)]
    for caller in callers:
        caller.start()
    assert orders(fake, 3)
    for _time in range(4):  # whichever of the web servers it comes to
        turned_away = order(studio, key)
        assert (turned_away.status_code, turned_away.json()["error"]["code"]) == (429, "too_many_waiting")
        assert int(turned_away.headers["Retry-After"]) > 0
        assert "X-Studio-Job" not in turned_away.headers
    for caller in callers:
        caller.join()
    assert [answer.status_code for answer in answers] == [200] * 3
    assert order(studio, key).status_code == 200, "a place is free again"
    assert orders(fake, 4)


def test_a_killed_web_server_takes_no_place_with_it(start: Start, fake: FakeProvider, key: str) -> None:
    studio = connected(start, fake, STUDIO_SYNC_MAX_WAITING="1")
    caller = threading.Thread(target=lambda: pytest.raises(requests.RequestException, order, studio, key))
    caller.start()
    assert orders(fake)
    for part in web_servers(studio):
        part.kill()
    caller.join()
    answer = order(studio, key, **{"X-Stainless-Retry-Count": "1"})
    assert answer.status_code == 200, answer.text
    assert orders(fake)


def test_an_answer_that_was_only_half_taken_is_given_again(start: Start, fake: FakeProvider, key: str) -> None:
    fake.kilobytes = 12_000  # more than the system's buffers take between two processes
    studio = connected(start, fake, STUDIO_SYNC_MAX_WAITING="1")
    body = {**ORDER, "response_format": "b64_json"}
    data = json.dumps(body).encode()
    head = f"POST /v1/images/generations HTTP/1.1\r\nHost: 127.0.0.1:{studio.port}\r\nX-API-Key: {key}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)  # or the system takes all of it for us
        connection.connect(("127.0.0.1", studio.port))
        connection.sendall(head.encode() + data)
        assert connection.recv(1000).startswith(b"HTTP/1.1 200")
    again = order(studio, key, body, **{"X-Stainless-Retry-Count": "1"})
    assert (again.status_code, len(again.json()["data"])) == (200, 1)
    assert orders(fake)
    time.sleep(0.2)
    anew = order(studio, key, body, **{"X-Stainless-Retry-Count": "1"})
    assert anew.headers["X-Studio-Job"] != again.headers["X-Studio-Job"], "that answer was taken"
