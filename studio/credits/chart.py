"""The bars of the usage page: geometry in pixels and percent, so that no script and no style attribute is needed."""

import math
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.utils import formats
from django.utils.translation import gettext as _

from studio.core.numbers import grouped
from studio.credits.statement import Day

HEIGHT = 148  # pixels of the highest bar
TOP = 6
LABELS = 26  # below the bars
GAP = 2
EVERY = 7  # days between two labels


class Part(NamedTuple):
    """One part of a bar, in pixels from the top."""

    y: float
    height: float


@dataclass(frozen=True)
class Bar:
    """One day; `x` and `width` in percent of the chart."""

    day: date
    x: float
    width: float
    solid: Part | None
    hatched: Part | None
    hollow: Part | None
    title: str
    label: str
    days_ago: int

    @property
    def label_x(self) -> float:
        """The middle of the bar; the label of today ends with its bar, as the chart does."""
        return round(self.x + self.width / (2 if self.days_ago else 1), 3)

    @property
    def is_far(self) -> bool:
        """Not shown where there is room for two weeks only."""
        return self.days_ago > 12


@dataclass(frozen=True)
class Chart:
    bars: list[Bar]
    reference: int  # credits at the one line; 0 without spending
    reference_y: float

    height = TOP + HEIGHT + LABELS
    floor = TOP + HEIGHT
    label_y = TOP + HEIGHT + 19


def chart_of(days: list[Day]) -> Chart:
    """The bars of `days`, oldest first."""
    most = max((day.spent + day.held + day.returned for day in days), default=0)
    room = HEIGHT - 2 * GAP
    scale = room / most if most else 0.0
    slot = 100 / len(days)
    bars = [_bar(day, n, len(days), slot, scale) for n, day in enumerate(days)]
    reference = round_below(most * 0.8) if most else 0
    return Chart(bars, reference, round(TOP + HEIGHT - reference * scale, 1))


def round_below(amount: float) -> int:
    """The largest of 1, 2, 5, 10, 20, 50 … that is not above `amount`."""
    if amount < 1:
        return 0
    power = int(10 ** math.floor(math.log10(amount)))
    return max(step * power for step in (1, 2, 5) if step * power <= amount)


def _bar(day: Day, n: int, number: int, slot: float, scale: float) -> Bar:
    y = float(TOP + HEIGHT)
    parts: list[Part | None] = []
    for amount in (day.spent, day.held, day.returned):
        if not amount:
            parts.append(None)
            continue
        height = max(2.0, amount * scale)
        y -= height
        parts.append(Part(round(y, 1), round(height, 1)))
        y -= GAP
    words = {"spent": grouped(day.spent), "held": grouped(day.held), "returned": grouped(day.returned)}
    title = _("%(day)s: %(spent)s spent, %(held)s held, %(returned)s returned") % {
        "day": formats.date_format(day.day, "j F"),
        **words,
    }
    solid, hatched, hollow = parts
    back = number - 1 - n
    label = "" if back % EVERY else formats.date_format(day.day, "j M") if back else _("Today")
    return Bar(
        day.day, round(n * slot + slot * 0.15, 3), round(slot * 0.7, 3), solid, hatched, hollow, title, label, back
    )
