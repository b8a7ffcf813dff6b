"""Everything earlier than the live region of the contact sheet, in groups by day."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from studio.accounts.models import User
from studio.core.numbers import credits_text
from studio.credits.models import day_start
from studio.jobs.batch_sheet import Part, batches_among, heads_of, parts_of
from studio.jobs.cards import Card, cards_of, with_all
from studio.jobs.models import Image, Job, JobQuerySet
from studio.jobs.served import Providers
from studio.jobs.sheet import live_batches, pictures_text

FIRST, PAGE = 20, 40  # finished jobs: what the page itself brings, within its 60 kB, and each further part of it


@dataclass
class Group:
    """The jobs of one day that do not stand under Now; the sums are of all of them, also of those on the next page."""

    day: date
    cards: list[Card] = field(default_factory=list)
    pictures: int = 0
    credits: int = 0
    has_heading: bool = True
    parts: list[Part] = field(default_factory=list)  # the same cards, those of a batch together

    @property
    def title(self) -> str:
        today = timezone.localdate()
        if self.day == today:
            return _("Today")
        if self.day == today - timedelta(days=1):
            return _("Yesterday")
        return formats.date_format(self.day, "j F" if self.day.year == today.year else "j F Y")

    @property
    def sums(self) -> str:
        words = {"pictures": pictures_text(self.pictures), "credits": credits_text(self.credits)}
        return _("%(pictures)s, %(credits)s") % words


def groups(
    user: User, *, before: str = "", after_day: str = "", without: Collection[UUID] = ()
) -> tuple[list[Group], str]:
    """One page of finished jobs by day, newest first, and the key of the next page; empty when there is none.

    `after_day` is the day the page before ended with: its heading stands there already. `without` are those that
    stand under Now: one that ended since that was read would stand there twice.
    """
    ended = jobs = Job.objects.of(user).finished()
    if live := live_batches(user):
        ended = jobs = jobs.exclude(batch__in=live)
    if without:
        ended = jobs = jobs.exclude(pk__in=without)
    at = read_key(before)
    if at is not None:
        jobs = jobs.filter(Q(created_at__lt=at[0]) | Q(created_at=at[0], pk__lt=at[1]), created_at__lte=at[0])
    most = PAGE if at else FIRST
    found = list(with_all(jobs).select_related("batch").order_by("-created_at", "-pk")[: most + 1])
    shown, has_more = found[:most], len(found) > most
    if not shown:
        return [], ""
    days: dict[date, Group] = {}
    for card in cards_of(shown, Providers.load()):
        day = timezone.localdate(card.job.created_at)
        days.setdefault(day, Group(day, has_heading=day.isoformat() != after_day)).cards.append(card)
    _add_sums(ended, days)
    heads = heads_of(batches_among(card for group in days.values() for card in group.cards), Job.objects.of(user))
    for group in days.values():
        group.parts = parts_of(group.cards, heads)
    return list(days.values()), write_key(shown[-1]) if has_more else ""


def _add_sums(ended: JobQuerySet, days: dict[date, Group]) -> None:
    start, end = day_start(min(days)), day_start(max(days) + timedelta(days=1))
    jobs = ended.filter(created_at__gte=start, created_at__lt=end).order_by()
    of_day = jobs.annotate(day=TruncDate("created_at")).values("day")
    for row in of_day.annotate(credits=Sum("paid", default=0)):
        if row["day"] in days:
            days[row["day"]].credits = row["credits"]
    pictures = Image.objects.filter(job__in=jobs.filter(status=Job.Status.COMPLETED), deleted_at=None).order_by()
    by_day = pictures.annotate(day=TruncDate("job__created_at")).values("day")
    for counted in by_day.annotate(number=Count("pk")):
        if counted["day"] in days:
            days[counted["day"]].pictures = counted["number"]


def write_key(job: Job) -> str:
    return f"{job.created_at.isoformat()}_{job.pk.hex}"


def read_key(text: str) -> tuple[datetime, UUID] | None:
    """The place a page begins after; None for anything that is no such key, which is the first page."""
    moment, _underscore, pk = text.partition("_")
    try:
        at = datetime.fromisoformat(moment)
        return (at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)), UUID(hex=pk)
    except (ValueError, OverflowError):  # the first moment of the calendar, in a zone that was ahead
        return None
