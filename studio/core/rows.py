"""Rows of fixed statements on the busiest roads, where composing the SQL costs the ORM more than the database takes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.db import connection, models
from django.db.models.expressions import Col


class Rows:
    """Reads instances of `models` out of the rows of a SELECT that begins with `columns`.

    The SQL names each table by its own name. What comes behind those columns is handed on as the driver gives it.
    """

    def __init__(self, *models: type[models.Model]) -> None:
        self.models = models
        self.fields = [list(model._meta.concrete_fields) for model in models]
        self.columns = ", ".join(
            f'"{model._meta.db_table}"."{field.column}"'
            for model, fields in zip(models, self.fields, strict=True)
            for field in fields
        )
        self._converters: dict[str, list[list[Any]]] = {}

    def get(self, sql: str, params: Sequence[Any]) -> list[list[Any]]:
        """For each row the instances, None for one that an outer join did not find, and then the other columns."""
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return [self._read(row) for row in cursor.fetchall()]

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


def insert(row: models.Model) -> None:
    """Write a new row as `save(force_insert=True)` does; no signal is sent, and a key the database makes stays None."""
    sql, fields = _insert_of(type(row))
    values = [field.get_db_prep_save(field.pre_save(row, True), connection=connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
    row._state.adding, row._state.db = False, connection.alias


@cache
def _insert_of(model: type[models.Model]) -> "tuple[str, list[models.Field[Any, Any]]]":
    fields = [field for field in model._meta.local_concrete_fields if not isinstance(field, models.AutoField)]
    names, marks = ", ".join(f'"{field.column}"' for field in fields), ", ".join(["%s"] * len(fields))
    return f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({marks})', fields  # noqa: S608 -- our own names


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
