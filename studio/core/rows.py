"""Rows of fixed statements on the busiest roads, where composing the SQL costs the ORM more than the database takes."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from operator import attrgetter
from typing import Any

from django.db import NotSupportedError, connection, models
from django.db.models.expressions import Col
from psycopg.types.json import Jsonb

from studio.core.at_once import Together


class Rows:
    """Reads instances of `models` out of the rows of a SELECT that begins with `columns`.

    The SQL names each table by its own name. What comes behind those columns is handed on as the driver gives it.
    `only`: names of the fields that are wanted, the key among them; others are fetched where they are used.
    """

    def __init__(self, *models: type[models.Model], only: Collection[str] = ()) -> None:
        self.models = models
        self.fields = [
            [field for field in model._meta.concrete_fields if not only or field.name in only] for model in models
        ]
        self.columns = ", ".join(
            f'"{model._meta.db_table}"."{field.column}"'
            for model, fields in zip(models, self.fields, strict=True)
            for field in fields
        )
        self._converters: dict[str, list[list[Any]]] = {}

    def get(self, sql: str, params: Sequence[Any]) -> list[list[Any]]:
        """For each row the instances, None for one that an outer join did not find, and then the other columns."""
        try:
            with fixed_cursor() as cursor:
                cursor.execute(sql, params)
                rows = cursor.fetchall()
        except NotSupportedError:
            rows = _anew(sql, params)
        return [self._read(row) for row in rows]

    def _read(self, row: Sequence[Any]) -> list[Any]:
        found: list[Any] = []
        start = 0
        for model, fields, converters in zip(self.models, self.fields, self._of_vendor(), strict=True):
            values = list(row[start : start + len(fields)])
            start += len(fields)
            for position, converter in converters:
                values[position] = converter(values[position])
            names = [field.attname for field in fields]
            found.append(model.from_db(connection.alias, names, values) if values[0] is not None else None)
        return found + list(row[start:])

    def _of_vendor(self) -> list[list[Any]]:
        if connection.vendor not in self._converters:
            self._converters[connection.vendor] = [_conversions(fields) for fields in self.fields]
        return self._converters[connection.vendor]


def _conversions(fields: "Sequence[models.Field[Any, Any]]") -> list[Any]:
    """Position and function of every conversion that the ORM makes of these columns, too."""
    found = []
    for position, field in enumerate(fields):
        column = Col(field.model._meta.db_table, field)
        for converter in (*connection.ops.get_db_converters(column), *field.get_db_converters(connection)):
            found.append((position, _of_column(converter, column)))
    return found


def _of_column(converter: Any, column: Col) -> Any:
    return lambda value: converter(value, column, connection)


def _anew(sql: str, params: Sequence[Any]) -> Any:
    """The rows of a prepared SELECT that the server refuses since a migration gave one of its columns another type.

    PostgreSQL never plans it anew ("cached plan must not change result type"), so the connection goes, too. Inside of
    a transaction it is raised again, whose ROLLBACK has the driver forget everything it prepared.
    """
    if connection.in_atomic_block or connection.connection is None:
        raise
    connection.connection.close()  # the pool then has no use for it
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def insert(row: models.Model) -> None:
    """Write a new row as `save(force_insert=True)` does; no signal is sent, and a key the database makes stays None."""
    sql, fields = _insert_of(type(row))
    values = [field.get_db_prep_save(field.pre_save(row, True), connection=connection) for field in fields]
    with fixed_cursor() as cursor:
        cursor.execute(sql, values)
    row._state.adding, row._state.db = False, connection.alias


def insert_at_once(together: Together, name: str, row: models.Model) -> None:
    """The same as one part of many. The values of `row` have the types of its fields."""
    sql, fetch, documents = _part_of(type(row))
    values = list(fetch(row))
    for position in documents:
        values[position] = Jsonb(values[position])
    together.add(name, sql, values)
    row._state.adding, row._state.db = False, connection.alias


@cache
def _insert_of(model: type[models.Model]) -> "tuple[str, list[models.Field[Any, Any]]]":
    fields = [field for field in model._meta.local_concrete_fields if not isinstance(field, models.AutoField)]
    names, marks = ", ".join(f'"{field.column}"' for field in fields), ", ".join(["%s"] * len(fields))
    return f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({marks})', fields  # noqa: S608 -- our own names


@cache
def _part_of(model: type[models.Model]) -> tuple[str, Callable[[models.Model], tuple[Any, ...]], list[int]]:
    """The statement, what takes the values from a row, and where among them the documents are."""
    sql, fields = _insert_of(model)
    documents = [number for number, field in enumerate(fields) if isinstance(field, models.JSONField)]
    return f"{sql} RETURNING 1", attrgetter(*(field.attname for field in fields)), documents


def fixed_cursor() -> Any:
    """A cursor for a statement whose text never changes: prepared, where the database is a server."""
    if connection.vendor == "postgresql":
        return connection.prepared_cursor()  # type: ignore[attr-defined]
    return connection.cursor()


@contextmanager
def pipelined() -> Iterator[None]:
    """Send what is written in the block without waiting for each answer, where the database is a server.

    What it refuses is raised at the next read, or at the end of the block.
    """
    if connection.vendor != "postgresql":
        yield
        return
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield
