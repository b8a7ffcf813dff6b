"""Django's PostgreSQL, whose pool is not asked over the wire whether a connection still lives, at every request."""

import select
from typing import Any

import psycopg
from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A server that ended or dropped a connection has said so: there is something to read that nobody asked for.

    Only then is the question worth its way there and back. CONN_HEALTH_CHECKS would ask it of every connection.
    """

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
