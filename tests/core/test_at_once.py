"""What is written together is one statement: whole, or not at all."""

import os
from contextlib import nullcontext
from threading import Timer

import psycopg
import pytest
from django.db import DataError, IntegrityError, NotSupportedError, OperationalError, connection, transaction
from django.utils import timezone

from studio.accounts.backends import Backend
from studio.core.at_once import Together, may_go_at_once
from studio.core.failpoints import failpoint
from studio.core.models import Counter, count_at_once
from studio.core.rows import insert_at_once
from tests.children import ChildDied
from tests.databases import Scratch, on_postgres
from tests.factories import make_user

HERE = "tests.core.test_at_once"
FREE = """INSERT INTO core_counter (key, "window", count, expires_at) VALUES (%s, 1, 1, now())
          ON CONFLICT DO NOTHING RETURNING id"""


def counter(key: str) -> Counter:
    return Counter(key=key, window=1, expires_at=timezone.now())


def write(keys: list[str], then: str = "") -> list[object]:
    """Counters of these names at once, and what comes behind them; what it raised, and how many are there after."""
    told = ""
    try:
        together = Together()
        for number, key in enumerate(keys):
            insert_at_once(together, f"counter{number}", counter(key))
        if then == "taken":
            together.add("taken", FREE, [keys[0]])
        if then == "fewer":
            together.add("fewer", "UPDATE core_counter SET count = 9 WHERE key = %s RETURNING id", ["nobody's"])
        if then == "more":
            together.add(
                "more",
                f"{FREE.split('VALUES')[0]} SELECT i, 1, 1, now() FROM generate_series(1, %s) i RETURNING id",
                [2],
            )
        failpoint(then or "-")
        together.write()
    except (IntegrityError, DataError) as error:
        told = type(error).__name__
    return [told, Counter.objects.count()]


def write_many() -> list[list[object]]:
    return [write([f"{number}", "same" if number == 2 else f"{number}b"]) for number in range(1, 4)] + [
        write(["4", "same"])
    ]


def count_to(most: int, times: int) -> list[object]:
    """How often one may count before it fails, and what the counters say then."""
    went = 0
    for _number in range(times):
        try:
            together = Together()
            count_at_once(together, {"of a key": (most, 10**9), "of a person": (100, 10**9)})
            together.write()
            went += 1
        except DataError:
            pass
    return [went, *Counter.objects.order_by("key").values_list("count", flat=True)]


def is_possible() -> list[bool]:
    with transaction.atomic():
        inside = may_go_at_once()
    return [may_go_at_once(), inside]


def server_backends() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        return int(cursor.fetchone()[0])


def prepared_after(times: int) -> int:
    for number in range(times):
        write([f"{os.getpid()}-{number}"])
    return server_backends()


def read_through_a_migration(within: bool) -> list[str]:
    """Who is signed in, before and after another process changes the type of a column of theirs."""
    person, told = make_user("alice"), []
    for _number in range(4):  # prepared by now
        told.append(str(Backend().get_user(person.pk)))
    with psycopg.connect(os.environ["DATABASE_URL"]) as other:
        other.execute("ALTER TABLE accounts_user ALTER COLUMN email TYPE varchar(300)")
    for _number in range(4):
        try:
            with transaction.atomic() if within else nullcontext():
                told.append(str(Backend().get_user(person.pk)))
        except NotSupportedError:
            told.append("refused")
    return told


def lose_the_server(key: str) -> list[object]:
    """What is written at once waits for another's row when its connection is ended; and then goes on with a new one."""
    Counter.objects.create(key=key, window=1, expires_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (ours,) = cursor.fetchone()
    with psycopg.connect(os.environ["DATABASE_URL"]) as other:
        other.execute("UPDATE core_counter SET count = 7")
        Timer(1.0, _end, [ours]).start()
        try:
            together = Together()
            insert_at_once(together, "first", counter("first"))
            together.add("moved", "UPDATE core_counter SET count = 8 WHERE key = %s RETURNING id", [key])
            together.write()
            told = "written"
        except OperationalError:
            told = "lost"
    connection.close()
    return [told, *write(["after"]), Counter.objects.get(key=key).count]


def _end(backend: int) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [backend])


def test_it_is_for_a_server_and_outside_of_other_transactions(scratch: Scratch):
    assert scratch.run(f"{HERE}:is_possible") == [[scratch.engine == "postgres", False]]


@on_postgres
def test_it_is_written_whole_or_refused_whole(scratch: Scratch):
    assert scratch.run(f"{HERE}:write", ["a", "b"]) == [["", 2]]
    assert scratch.run(f"{HERE}:write", ["c", "a", "d"]) == [["IntegrityError", 2]]
    assert scratch.run(f"{HERE}:write", ["e"], "fewer") == [["DataError", 2]]
    assert scratch.run(f"{HERE}:write", ["f"], "more") == [["DataError", 2]]
    assert scratch.run(f"{HERE}:write", ["f"], "taken") == [["DataError", 2]]


@on_postgres
def test_one_connection_goes_on_after_a_refusal(scratch: Scratch):
    assert scratch.run(f"{HERE}:write_many") == [[["", 2], ["", 4], ["", 6], ["IntegrityError", 6]]]


@on_postgres
def test_a_process_that_dies_before_the_end_leaves_nothing(scratch: Scratch):
    with pytest.raises(ChildDied):
        scratch.run(f"{HERE}:write", ["a", "b"], "before.the.end", STUDIO_FAILPOINT="before.the.end")
    assert scratch.rows("SELECT count(*) FROM core_counter") == [(0,)]


@on_postgres
def test_counting_fails_at_the_limit_and_counts_nothing_then(scratch: Scratch):
    assert scratch.run(f"{HERE}:count_to", 3, 5) == [[3, 3, 3]]


@on_postgres
def test_what_is_sent_often_is_prepared_once(scratch: Scratch):
    (once,), (often,) = scratch.run(f"{HERE}:prepared_after", 4), scratch.run(f"{HERE}:prepared_after", 12)
    assert once == often == 1


@on_postgres
def test_behind_a_pooler_nothing_is_prepared_and_all_goes_on(scratch: Scratch):
    assert scratch.run(f"{HERE}:prepared_after", 4, DATABASE_URL=f"{scratch.url}?prepare_threshold=None") == [0]


@on_postgres
def test_a_process_that_lives_through_a_migration_goes_on_reading(scratch: Scratch):
    assert scratch.run(f"{HERE}:read_through_a_migration", False) == [["alice"] * 8]


@on_postgres
def test_inside_a_transaction_it_fails_once(scratch: Scratch):
    assert scratch.run(f"{HERE}:read_through_a_migration", True) == [[*["alice"] * 4, "refused", *["alice"] * 3]]


@on_postgres
def test_a_server_that_is_lost_meanwhile_has_written_nothing_and_the_next_one_is_asked(scratch: Scratch):
    assert scratch.run(f"{HERE}:lose_the_server", "a") == [["lost", "", 2, 7]]
