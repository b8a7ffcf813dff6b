"""What a webhook does to the engine that holds the job: it asks at once, once for several, never twice at a time."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from studio.jobs.models import Job

if TYPE_CHECKING:
    from studio.jobs.engine import Engine
    from studio.jobs.lifecycle import Flight

    Ask = Callable[[Engine, Flight], None]

LOOK_EVERY = 0.1  # seconds between looks for nudges, while a provider was given an address to tell of its orders
PROMPT = 3  # so many nudges of one job are followed at once; whoever sends more is asked at most once a second
APART = 1.0
RARER = 3.0  # so much rarer a provider is asked without a nudge, as long as its webhooks come
MOST_MISSED = 3  # orders in a row found finished without a webhook, after which none are waited for

_planning = threading.Lock()


@dataclass
class Asking:
    """When a flight's order is asked for next, and what webhooks said of it."""

    plan: int = 0  # the number of the plan that counts
    ask: "Ask | None" = None  # None: nothing is planned, because a step of the flight is being taken
    nudged_at: datetime | None = None  # the last webhook seen
    nudges: int = 0
    is_nudged: bool = False  # by a webhook that came after the last poll began
    began: float = 0.0  # when that poll did
    quiet_until: float = 0.0  # the provider said nothing useful: also with a nudge it is not asked before


class Hearing:
    """Which providers' webhooks reach this studio, as far as this process has seen; it begins with none."""

    def __init__(self) -> None:
        self._missed: dict[str, int] = {}

    def note(self, provider: str, *, is_heard: bool) -> None:
        """The provider told of an order, or the order was found finished without."""
        if is_heard:
            self._missed[provider] = 0
        elif provider in self._missed:
            self._missed[provider] += 1

    def reaches(self, provider: str) -> bool:
        return self._missed.get(provider, MOST_MISSED) < MOST_MISSED


def are_awaited(engine: "Engine") -> bool:
    """Whether any provider was given an address to tell of an order that this engine holds."""
    return any(flight.order.webhook_url for flight in list(engine.flights.values()))


def look(engine: "Engine") -> None:
    """Follow the nudges that came since the last look: one query for all that the engine holds."""
    told = Job.objects.filter(lease_owner=engine.owner, status=Job.Status.PROCESSING, nudged_at__isnull=False)
    for job_id, at in told.order_by().values_list("pk", "nudged_at"):
        flight = engine.flights.get(str(job_id))
        if flight is not None and flight.asking.nudged_at != at:
            flight.asking.nudged_at = at
            engine.hearing.note(flight.provider, is_heard=True)
            _ring(engine, flight)


def found_finished(engine: "Engine", flight: "Flight") -> None:
    """The provider says that the order is over; remember it when no webhook did."""
    if flight.order.webhook_url and not flight.asking.nudges:
        engine.hearing.note(flight.provider, is_heard=False)


def pace(engine: "Engine", flight: "Flight") -> float:
    """How many times longer than without webhooks we wait before we ask by ourselves."""
    is_trusted = flight.order.webhook_url and engine.hearing.reaches(flight.provider)
    return RARER if is_trusted and not flight.asking.nudges else 1.0


def plan(engine: "Engine", flight: "Flight", seconds: float, ask: "Ask", *, at_least: float = 0.0) -> None:
    """Ask after `seconds`, or already after `at_least` where there is a nudge; whatever was planned before is void."""
    asking = flight.asking
    with _planning:
        asking.quiet_until = time.monotonic() + at_least
        if asking.is_nudged:
            seconds = min(seconds, _pause(asking))
        number = _renumber(asking, ask)
    engine.later(seconds, _follow, engine, flight, number)


def _ring(engine: "Engine", flight: "Flight") -> None:
    asking = flight.asking
    with _planning:
        asking.is_nudged = True
        asking.nudges += 1
        if asking.ask is None:
            return  # whoever plans the next poll finds the mark
        number = _renumber(asking, asking.ask)
    engine.later(_pause(asking), _follow, engine, flight, number)


def _renumber(asking: Asking, ask: "Ask") -> int:
    asking.plan += 1
    asking.ask = ask
    return asking.plan


def _follow(engine: "Engine", flight: "Flight", number: int) -> None:
    asking = flight.asking
    with _planning:
        ask = asking.ask
        if ask is None or asking.plan != number:
            return
        asking.ask, asking.is_nudged, asking.began = None, False, time.monotonic()
    ask(engine, flight)


def _pause(asking: Asking) -> float:
    now = time.monotonic()
    apart = asking.began + APART if asking.nudges > PROMPT else now
    return max(0.0, apart - now, asking.quiet_until - now)
