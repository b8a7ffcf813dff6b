"""Hands due webhook deliveries to threads of their own and writes what came of them."""

import logging
import threading
from collections import Counter

from django.db import DatabaseError, connection

from studio.jobs.engine import Engine
from studio.jobs.threads import Pool
from studio.webhooks import services as webhooks
from studio.webhooks.models import Delivery

log = logging.getLogger(__name__)

AT_ONCE = 64  # as many threads, started when needed: what is claimed is under way at once


class Courier:
    """One in each engine; claims are conditional, so that several would only share the work."""

    def __init__(self) -> None:
        self._calls = Pool("webhook", AT_ONCE)
        self._busy: Counter[str | int] = Counter()  # by host and by owner
        self._under_way = 0
        self._lock = threading.Lock()

    def __call__(self, engine: Engine) -> None:
        """Send what is due, as far as there is room."""
        with self._lock:
            if engine.stopping.is_set():
                return
            for delivery in webhooks.due(limit=AT_ONCE - self._under_way, busy=self._busy):
                self._busy.update((delivery.host, delivery.owner_id))
                self._under_way += 1
                self._calls.submit(self._attempt, engine, delivery)

    def _attempt(self, engine: Engine, delivery: Delivery) -> None:
        outcome = webhooks.attempt(delivery)
        engine.records.submit(self._record, engine, delivery, outcome)

    def _record(self, engine: Engine, delivery: Delivery, outcome: webhooks.Outcome) -> None:
        try:
            webhooks.record(delivery, outcome)
        except DatabaseError as error:  # its lease runs out, and it is sent again
            log.warning("Delivery %s could not be written: %s", delivery.message_id, error)
            connection.close()
        finally:
            with self._lock:
                self._busy.subtract((delivery.host, delivery.owner_id))
                self._busy += Counter()  # drops those with nothing under way
                self._under_way -= 1
        self(engine)  # its place is free: the next one need not wait for the clock
