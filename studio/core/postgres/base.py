"""Django's PostgreSQL, whose pool is not asked over the wire whether a connection still lives, at every request."""

import select
from typing import Any

import psycopg
from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A server that ended or dropped a connection has said so: there is something to read that nobody asked for.

    Only then is the question worth its way there and back. CONN_HEALTH_CHECKS would ask it of every connection.
    """

    def prepared_cursor(self) -> Any:
        """A cursor for a fixed statement that is run over and over: the server parses and plans it once a connection.

        The parameters travel apart, so each must have a type that the server can tell (cast what is computed with).
        """
        self.ensure_connection()
        with self.wrap_database_errors:
            made = base.ServerBindingCursor(self.connection)  # type: ignore[call-arg]
            return self._prepare_cursor(made)  # type: ignore[attr-defined]

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection of the pool that lives, or a new one. Raises OperationalError where the server is not there."""
        made = super().get_new_connection(conn_params)
        while self.pool and _has_words(made) and not _lives(made):
            made.close()
            self.pool.putconn(made)
            made = super().get_new_connection(conn_params)
        return made


def _has_words(made: "psycopg.Connection[Any]") -> bool:
    if made.closed:
        return True
    poll = select.poll()
    poll.register(made.fileno(), select.POLLIN)
    return bool(poll.poll(0))


def _lives(made: "psycopg.Connection[Any]") -> bool:
    try:
        made.execute("")
        if not made.autocommit:
            made.rollback()
    except psycopg.Error:
        return False
    return True
