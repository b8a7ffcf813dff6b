"""What the racing processes of test_races do."""

import json
import os
import threading
import time
from contextlib import suppress
from datetime import timedelta

import time_machine
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from django.utils import timezone

from studio.accounts.key_services import authenticate_key, create_api_key
from studio.core.at_once import Together
from studio.core.connections import release
from studio.credits.audit import verify
from studio.jobs import calls
from studio.jobs.idempotency import fingerprint
from studio.jobs.models import Job
from studio.providers.services import load_catalogue
from tests.factories import make_user

PROGRAM = Client(SERVER_NAME="127.0.0.1")
PROGRAM.handler.load_middleware()  # once, before the processes part
get_resolver().url_patterns  # noqa: B018
ORDER = {"prompt": "A lighthouse at dawn", "model": "dall-e-3"}


def open_studio(credits: int, cap: int | None = None) -> str:
    """The catalogue, and a key of a new member; `cap`: credits it may spend in a month."""
    load_catalogue()
    return create_api_key(user=make_user("mina", credits=credits), name="script", monthly_cap=cap)[1]


def another_key() -> str:
    """A key of another member, who is rich."""
    return create_api_key(user=make_user("rika", credits=10_000), name="script")[1]


def order(key: str, name: str | None, times: int = 1) -> list[list[object]]:
    """Status, job and replay mark of each of `times` orders under the name; without one each is a new order."""
    headers = {"X-API-Key": key} | ({"Idempotency-Key": name} if name else {})
    answers: list[list[object]] = []
    connect()
    for _time in range(times):
        response = PROGRAM.post("/v2/images/generate", ORDER, content_type="application/json", headers=headers)
        answers.append([response.status_code, response.json().get("jobId"), "Idempotent-Replayed" in response])
    return answers


def order_something_else(key: str, name: str) -> int:
    """The status of an order that differs from process to process, all under one name."""
    connect()
    body = ORDER | {"prompt": f"Number {os.environ['CHILD_NUMBER']}"}
    headers = {"X-API-Key": key, "Idempotency-Key": name}
    return PROGRAM.post("/v2/images/generate", body, content_type="application/json", headers=headers).status_code


def connect() -> None:
    """Have a connection: a busy server may take longer to accept one than an order waits for it before its 503."""
    for _try in range(12):
        with suppress(OperationalError):
            return connection.ensure_connection()
    raise AssertionError("no connection to the database within a minute")


def statements(key: str) -> list[list[str]]:
    """The SQL of an order without a name and of one with, by a key that ordered a moment ago."""
    order(key, None, 2)  # the first says that the key is used, the second reads that
    found: list[list[str]] = []
    write = Together.write

    def seen(together: Together) -> None:
        found[-1].append("all together")
        write(together)

    Together.write = seen  # type: ignore[method-assign]
    for name in (None, "one"):
        found.append([])
        with CaptureQueriesContext(connection) as captured:
            assert order(key, name)[0][0] == 202
        found[-1] += [query["sql"] for query in captured.captured_queries]
    return found


def many_threads(key: str) -> int:
    """How many connections to PostgreSQL this process has after requests in forty threads at once."""
    application = get_wsgi_application()
    gate = threading.Barrier(40)

    def request() -> None:
        gate.wait()
        environ = RequestFactory(headers={"X-API-Key": key}, SERVER_NAME="127.0.0.1")._base_environ(PATH_INFO="/v2/me")
        response = application(environ, lambda *_head: None)
        assert b"apiKey" in b"".join(response)
        response.close()

    threads = [threading.Thread(target=request) for _number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def broken_invariants() -> list[str]:
    return list(verify())


PICTURE = {"prompt": "A lighthouse at dawn"}


def wait_for_picture(key: str, headers: dict[str, str]) -> list[object]:
    """Status, code and job of a /v1 call that no engine works on."""
    told = {"X-API-Key": key, **headers}
    response = PROGRAM.post("/v1/images/generations", PICTURE, content_type="application/json", headers=told)
    error = json.loads(response.getvalue())["error"]
    return [response.status_code, error["code"], response.headers.get("X-Studio-Job")]


def wait_as_numbered(key: str) -> list[object]:
    """The same, the first process's as a call and every other one's as a repetition of it."""
    return wait_for_picture(key, {"X-Stainless-Retry-Count": os.environ["CHILD_NUMBER"]})


def held_while_waiting(key: str, callers: int) -> int:
    """How many of the pool's connections are in use while so many calls of one process wait for their pictures."""
    headers = {"X-API-Key": key}
    threads = [threading.Thread(target=wait_for_picture, args=[key, headers]) for _number in range(callers)]
    for thread in threads:
        thread.start()
    while Job.objects.count() < callers:
        time.sleep(0.02)
    release()
    time.sleep(0.1)
    stats = connection.pool.get_stats()  # type: ignore[attr-defined]
    for thread in threads:
        thread.join()
    return int(stats["pool_size"] - stats["pool_available"])


def begin_call(key: str) -> None:
    """What a /v1 call leaves that was killed before its job was made."""
    row = authenticate_key({"X-API-Key": key})
    calls.open_call(row, fingerprint("POST", "/v1/images/generations", PICTURE), repetition=0)


def calls_in_turn(key: str, repetitions: list[int]) -> list[int]:
    """Calls of one order, 0 or which repetition: the same number for those that are one call."""
    row = authenticate_key({"X-API-Key": key})
    ids = [calls.open_call(row, "same", repetition=each) for each in repetitions]
    return [list(dict.fromkeys(ids)).index(each) for each in ids]


def tidied_calls() -> list[int]:
    """How many calls stand there before and after their quarter of an hour."""
    counts = []
    for minutes in (14, 16):
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False):
            calls.prune()
        counts.append(calls.OpenCall.objects.count())
    return counts
