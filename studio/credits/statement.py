"""What the usage page says: sums read from running totals, so that they cost the same with ten entries or a million."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from studio.accounts.models import User
from studio.credits.models import Account, Entry, Hold, day_start, month_bounds
from studio.credits.services import account_of


@dataclass(frozen=True, slots=True)
class Day:
    """One bar of the chart, in credits; `held` is what was set aside that day and is still held now."""

    day: date
    spent: int
    held: int
    returned: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A person's credits now, this calendar month's sums, and one Day per day, oldest first, today last.

    `pace_days`: over how many days, today included, this month's credits were spent; not those before they joined.
    """

    account: Account
    month: date
    pace_days: int
    spent: int
    returned: int
    days: list[Day]

    @property
    def a_day(self) -> int:
        """Credits spent per day of this month so far, rounded."""
        return round(self.spent / self.pace_days)

    @property
    def days_left(self) -> int | None:
        """How long what is to spend lasts at this month's pace; None without spending."""
        return self.account.spendable * self.pace_days // self.spent if self.spent else None


def statement_of(user: User, *, days: int = 30) -> Statement:
    """Four queries, whatever the number of entries; days and months are those of the current time zone."""
    account = account_of(user)
    today = timezone.localdate()
    starts = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
    month_start, _end = month_bounds(today)
    marks = _totals_before(account, [day_start(day) for day in starts] + [month_start])
    totals = [*marks[:-1], (account.spent, account.returned)]
    held = _still_held(account, starts[0])
    bars = [
        Day(day, spent=after[0] - before[0], held=held[day], returned=after[1] - before[1])
        for day, before, after in zip(starts, totals, totals[1:], strict=False)
    ]
    spent, returned = marks[-1]
    first = max(today.replace(day=1), min(timezone.localdate(user.date_joined), today))
    return Statement(
        account=account,
        month=today.replace(day=1),
        pace_days=(today - first).days + 1,
        spent=account.spent - spent,
        returned=account.returned - returned,
        days=bars,
    )


def _totals_before(account: Account, moments: list[datetime]) -> list[tuple[int, int]]:
    """(spent, returned) since the account was opened, up to each moment: the last entry before it tells."""
    own = Entry.objects.filter(account=OuterRef("pk"))
    before = {
        f"e{n}": Subquery(own.filter(created_at__lt=moment).order_by("-created_at", "-seq").values("pk")[:1])
        for n, moment in enumerate(moments)
    }
    row = Account.objects.filter(pk=account.pk).annotate(**before).values(*before).get()
    entries = Entry.objects.filter(pk__in={pk for pk in row.values() if pk})
    totals = {entry.pk: (entry.spent_total, entry.returned_total) for entry in entries}
    return [totals.get(row[name], (0, 0)) for name in before]


def _still_held(account: Account, since: date) -> dict[date, int]:
    held: dict[date, int] = defaultdict(int)
    opened = Hold.objects.open().filter(account=account, opened_at__gte=day_start(since))
    for at, amount in opened.values_list("opened_at", "amount"):
        held[timezone.localdate(at)] += amount
    return held
