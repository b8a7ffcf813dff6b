"""Connections of the pool that the server ended are never handed out; those that live are not asked first."""

import psycopg
import pytest
from django.db import connection

from tests.databases import Scratch

HERE = "tests.core.test_postgres"


def backend() -> int:
    """Which process of the server answers; its connection goes back to the pool."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        found = int(cursor.fetchone()[0])
    connection.close()
    return found


def ask_again_after_the_end(url: str) -> list[bool]:
    """Whether a connection is used again, and whether another one is as soon as the server has ended it."""
    first, again = backend(), backend()
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [first])
    return [first == again, first != backend()]


def words_on_the_way() -> list[str]:
    """What is said to the server to get a connection that the pool has, and to use it."""
    backend()
    said: list[str] = []
    execute = psycopg.Connection.execute
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg.Connection, "execute", lambda *args, **kw: said.append(args[1]) or execute(*args, **kw))
        backend()
    return said


def test_what_the_server_ended_is_replaced(scratch: Scratch):
    if scratch.engine == "postgres":
        assert scratch.run(f"{HERE}:ask_again_after_the_end", scratch.url) == [[True, True]]


def test_nothing_is_asked_of_a_connection_that_lives(scratch: Scratch):
    if scratch.engine == "postgres":
        assert scratch.run(f"{HERE}:words_on_the_way") == [[]]
