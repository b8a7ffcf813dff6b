"""What forking means for the database connections the threads of a process share."""

import os
from typing import Any

from django.db import connections


def leave_pools_to_the_parent() -> None:
    """Let every forked child begin without its parent's pool: its sockets are the parent's, its threads are not there.

    The connections in it are only forgotten; psycopg closes none that another process opened.
    """
    os.register_at_fork(after_in_child=_forget)


def _forget() -> None:
    for connection in connections.all(initialized_only=True):
        if connection.vendor == "postgresql":
            connection.connection = None
            pools: dict[str, Any] = connection._connection_pools  # type: ignore[attr-defined]
            pools.clear()


def release() -> None:
    """Give back the connections of this thread, which will be busy with something else for a while."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()


def close_all() -> None:
    """Close every connection of this thread and the pools of this process."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        if connection.vendor == "postgresql":
            connection.close_pool()  # type: ignore[attr-defined]
