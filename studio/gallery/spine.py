"""The years and months at the edge of the gallery, to jump to."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Max, Min, QuerySet
from django.utils import formats, timezone

from studio.credits.models import day_start
from studio.gallery.filters import Filters
from studio.gallery.models import Listed

IN_MONTHS = 3  # years that are shown month by month; of older ones only the year


@dataclass
class Stop:
    """A month (or, with key `2021-12`, a year) and where it leads."""

    key: str
    label: str
    title: str
    query: str
    is_current: bool


@dataclass
class Year:
    stop: Stop
    months: list[Stop] = field(default_factory=list)


def read_month(text: str) -> date | None:
    """`2025-03` as the first day of that month; None for anything else."""
    try:
        found = date.fromisoformat(f"{text}-01") if len(text) == 7 else None
    except ValueError:
        return None
    return found if found and 1970 <= found.year < 9999 else None


def up_to(rows: "QuerySet[Listed]", month: date) -> "QuerySet[Listed]":
    """Those of this month and older."""
    return rows.filter(created_at__lt=day_start(_after(month)))


def spine(rows: "QuerySet[Listed]", filters: Filters, current: str) -> list[Year]:
    """From the newest of `rows` to the oldest; two queries at most. `current` is the month the page begins with."""
    newest, oldest = _ends(rows, is_few=bool(filters.stars or filters.scope == "starred"))
    if newest is None or oldest is None:
        return []
    month = timezone.localdate(newest).replace(day=1)
    last = timezone.localdate(oldest).replace(day=1)
    years: list[Year] = []
    while month >= last:
        if not years or years[-1].stop.label != str(month.year):
            years.append(Year(_stop(month, str(month.year), filters, "")))
        if len(years) <= IN_MONTHS:
            years[-1].months.append(_stop(month, formats.date_format(month, "M"), filters, current))
        month = (month - timedelta(days=1)).replace(day=1)
    return years if len(years) > 1 or len(years[0].months) > 1 else []


def _ends(rows: "QuerySet[Listed]", *, is_few: bool) -> tuple[datetime | None, datetime | None]:
    """Times of the newest and the oldest row: the two ends of an index, but of a few rows what they say themselves."""
    if is_few:
        found = rows.aggregate(newest=Max("created_at"), oldest=Min("created_at"))
        return found["newest"], found["oldest"]
    times = rows.values_list("created_at", flat=True)
    return times.order_by("-created_at", "-pk").first(), times.order_by("created_at", "pk").first()


def _stop(month: date, label: str, filters: Filters, current: str) -> Stop:
    key = f"{month:%Y-%m}"
    query = f"{filters.query}&at={key}" if filters.query else f"at={key}"
    return Stop(key, label, formats.date_format(month, "YEAR_MONTH_FORMAT"), query, key == current)


def _after(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)
