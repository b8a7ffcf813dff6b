"""What belongs together, written in one statement: a transaction of its own, in one way to the server and back."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import psycopg
from django.db import connection


def may_go_at_once() -> bool:
    """Whether a Together would be a transaction of its own: on a server, and outside of any other."""
    return connection.vendor == "postgresql" and connection.get_autocommit() and not connection.in_atomic_block


class Together:
    """Statements that become one, in which each changes exactly as many rows as it should, or none changes anything.

    Nothing can be read or decided in between, so its locks are held while the server works and never while it waits
    for us. The parts run in the order in which they were added: PostgreSQL promises none, but counts them one after
    another below, and so takes their locks. One reads another's rows by its name; none sees what another has changed in
    a table. Only where `may_go_at_once`.
    """

    def __init__(self) -> None:
        self._parts: list[tuple[str, str, int]] = []
        self._params: list[Any] = []

    def add(self, name: str, sql: str, params: Sequence[Any] = (), *, rows: int = 1) -> None:
        """A fixed statement that RETURNs something of each row, with `%s` for what psycopg can adapt by itself."""
        self._parts.append((name, sql, rows))
        self._params += params

    @property
    def is_empty(self) -> bool:
        return not self._parts

    def write(self) -> None:
        """Send it. Raises what the database refuses, and DataError where a part changed more rows or fewer."""
        connection.ensure_connection()
        with connection.wrap_database_errors:
            # Not Django's cursor: the driver would look for the marks of so many values anew each time.
            psycopg.RawCursor(connection.connection).execute(_statement(tuple(self._parts)), self._params)


@cache
def _statement(parts: tuple[tuple[str, str, int], ...]) -> str:
    texts = ",\n".join(f"{name} AS ({sql})" for name, sql, _rows in parts)
    counted = " AND ".join(f"(SELECT count(*) FROM {name}) = {rows}" for name, _sql, rows in parts)  # noqa: S608 -- our own names
    numbers = iter(range(1, texts.count("%s") + 1))
    texts = re.sub("%s", lambda _mark: f"${next(numbers)}", texts)
    return f"WITH {texts}\nSELECT 1 / (CASE WHEN {counted} THEN 1 ELSE 0 END)"  # noqa: S608 -- as above
