"""Whether a kept database connection needs to be asked if it still works."""

from time import monotonic
from typing import Any

from django.core.signals import request_finished, request_started
from django.db import connections

FRESH = 1.0  # seconds after an answer in which a connection is taken to work
_ANSWERED = "_studio_answered_at"


def trust_fresh_connections() -> None:
    """Ask a connection only when it was idle: the question costs every request a round trip.

    One that breaks within FRESH seconds is found by the request that needs it, which is answered with 503.
    """
    request_started.connect(_started, dispatch_uid="studio.core.connections")
    request_finished.connect(_finished, dispatch_uid="studio.core.connections")


def _started(**_kwargs: Any) -> None:
    for connection in connections.all(initialized_only=True):
        if monotonic() - getattr(connection, _ANSWERED, -FRESH) < FRESH:
            connection.health_check_done = True  # type: ignore[attr-defined]


def _finished(**_kwargs: Any) -> None:
    for connection in connections.all(initialized_only=True):
        is_well = connection.connection is not None and not connection.errors_occurred
        setattr(connection, _ANSWERED, monotonic() if is_well else -FRESH)
