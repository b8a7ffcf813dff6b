"""Lookups that Django does not have."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Lookup
from django.db.models.sql.compiler import SQLCompiler


@CharField.register_lookup
class Among(Lookup):
    """`status__among=(…)`: as `in`, with the values in the statement itself; for words of our own code alone.

    SQLite takes an index that has a condition only where the statement says that condition in the same words, and a
    value that is handed over beside the statement says nothing (https://www.sqlite.org/partialindex.html, 2).
    """

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        field, params = self.process_lhs(compiler, connection)
        words = [str(value) for value in self.rhs]
        if not words or not all(word.isidentifier() and word.isascii() for word in words):
            raise ValueError(f"Only plain words may stand in a statement: {words}")
        listed = "', '".join(words)
        return f"{field} IN ('{listed}')", params
