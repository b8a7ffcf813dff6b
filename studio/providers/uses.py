"""Who uses a model. Floors above say it: what uses models (jobs, and whatever comes) adds a function to COUNTERS."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

DAYS = 30


@dataclass(frozen=True)
class Use:
    """How often somebody used a model: `who` and `through` what (a key, the studio), the last time `last`."""

    who: str
    through: str
    number: int
    last: datetime


COUNTERS: list[Callable[[str, datetime], list[Use]]] = []


def uses_of(model: str) -> list[Use]:
    """Every use of a model (its canonical id) in the last DAYS days, the most frequent first."""
    since = timezone.now() - timedelta(days=DAYS)
    found = [use for count in COUNTERS for use in count(model, since)]
    return sorted(found, key=lambda use: (-use.number, use.who, use.through))
