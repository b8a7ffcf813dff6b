"""The rows of Listed and the index of their words, kept by triggers that are made after every `migrate`.

Not by migrations: on SQLite any later migration that rebuilds a table drops its triggers, and one that rebuilds a
table which another's trigger names does not run at all. So they are taken away before a migration and made again after
it, with everything that they missed.
"""

from collections.abc import Callable
from types import ModuleType
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from studio.gallery import index_postgres, index_sqlite
from studio.gallery.folding import fold


def _kind(connection: BaseDatabaseWrapper) -> ModuleType:
    return index_sqlite if connection.vendor == "sqlite" else index_postgres


def before_migrate(*, using: str, plan: list[Any], **_kwargs: Any) -> None:
    """Take the triggers of SQLite away where a migration is about to run."""
    connection = connections[using]
    if plan and connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            index_sqlite.drop(cursor.execute, index_sqlite.present(connection))


def after_migrate(*, using: str, **_kwargs: Any) -> None:
    """Make what is missing, and list what came while it was."""
    connection = connections[using]
    if "gallery_listed" not in connection.introspection.table_names():
        return  # migrated back to before there was a gallery
    with transaction.atomic(using=using), connection.cursor() as cursor:
        kind = _kind(connection)
        if kind.ensure(connection, cursor.execute):
            catch_up(cursor.execute, kind)


def catch_up(execute: Callable[..., Any], kind: ModuleType) -> None:
    """Make the rows what they would be had the triggers always been there."""
    for statement in kind.CATCH_UP:
        execute(statement)


def teach(*, connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    """Give a new connection of SQLite the function that its triggers fold words with."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("studio_fold", 1, fold, deterministic=True)
