"""What a thread of the engine leaves behind after its work."""

import threading

import pytest
from django.db import connection

from studio.jobs.threads import Pool


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_was_left_open_is_taken_back_and_named(caplog: pytest.LogCaptureFixture) -> None:
    pool, ended = Pool("careless", 1), threading.Event()
    seen: list[bool] = []

    def careless() -> None:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN IMMEDIATE" if connection.vendor == "sqlite" else "SELECT 1")
        connection.in_atomic_block = True

    def look() -> None:
        seen.append(connection.connection is None and not connection.in_atomic_block)
        connection.ensure_connection()
        connection.close()
        ended.set()

    pool.submit(careless)
    pool.submit(look)
    assert ended.wait(30)
    assert seen == [True]
    assert [line.getMessage() for line in caplog.records] == ["careless left a transaction open; it was taken back."]
