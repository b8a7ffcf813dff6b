"""The contact sheet: the active jobs as one live region, and everything earlier in groups by day."""

import math
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from studio.accounts.models import ApiKey, User
from studio.core.numbers import credits_text, grouped
from studio.credits.models import day_start
from studio.jobs.cards import Card, cards_of, with_all
from studio.jobs.models import Image, Job
from studio.jobs.served import Providers
from studio.jobs.times import ARRIVES_WITHIN

PAGE = 40  # finished jobs a page
MOST_LIVE = 60  # cards of the live region; the rest of a long queue is a number
IDLE = 5  # seconds
Seen = dict[UUID, str]  # the cards that a page shows, with the version it shows; "a" behind it: arriving


@dataclass
class Live:
    """The region of the active cards as of now."""

    cards: list[Card]
    oldest: datetime  # no card of the region is older: what keeps the question small
    every: int | None  # seconds to the next look; None: nothing moves any more
    more: int = 0  # active jobs beyond those shown

    @property
    def active(self) -> list[Card]:
        return [card for card in self.cards if card.job.is_active]

    @property
    def heading(self) -> str:
        """`3 under way, 63 credits held`; after the last one ended `All done`."""
        number = len(self.active) + self.more
        if not number:
            return _("all done")
        held = credits_text(sum(card.job.price for card in self.active))
        return ngettext("%(number)s under way, %(held)s held", "%(number)s under way, %(held)s held", number) % {
            "number": grouped(number),
            "held": held,
        }

    @property
    def seen(self) -> str:
        return write_seen({card.job.pk: card.version for card in self.cards})

    @property
    def oldest_ms(self) -> int:
        return math.floor(self.oldest.timestamp() * 1000)


@dataclass
class Group:
    """The jobs of one day; the sums are the whole day's, also when it goes on on the next page."""

    day: date
    cards: list[Card] = field(default_factory=list)
    pictures: int = 0
    credits: int = 0
    has_heading: bool = True

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
        pictures = ngettext("%(number)s picture", "%(number)s pictures", self.pictures) % {
            "number": grouped(self.pictures)
        }
        return _("%(pictures)s, %(credits)s") % {"pictures": pictures, "credits": credits_text(self.credits)}


def write_seen(seen: Seen) -> str:
    return ",".join(f"{pk.hex}.{version}" for pk, version in seen.items())


def read_seen(text: str) -> Seen:
    """What a page says it shows; anything unreadable counts as not shown."""
    seen: Seen = {}
    for item in text.split(",")[: 2 * MOST_LIVE]:
        pk, _dot, version = item.partition(".")
        try:
            seen[UUID(hex=pk)] = version[:12]
        except ValueError:
            continue
    return seen


def read_moment(text: str) -> datetime:
    """A moment out of milliseconds since 1970; now for anything else."""
    try:
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return timezone.now()


def interval(status: str, *, is_unknown: bool, created_at: datetime) -> int | None:
    """Seconds until another look at one job is worth while; None when it is over."""
    if status not in Job.ACTIVE:
        return None
    if is_unknown:
        return 15
    age = (timezone.now() - created_at).total_seconds()
    return 1 if age < 20 else 2 if age < 90 else 5 if age < 600 else 15


def peek(user: User, *, oldest: datetime, seen: Seen) -> tuple[Seen, int | None]:
    """What the live region would show now and when to look next, in one query: the unchanged look ends here."""
    rows = (
        Job.objects.of(user)
        .filter(Q(status__in=Job.ACTIVE) | Q(pk__in=seen), created_at__gte=oldest)
        .order_by("-created_at", "-pk")
        .only("version", "status", "is_unknown", "created_at", "finished_at")[:MOST_LIVE]
    )
    now: Seen = {}
    every: list[int] = []
    for job in rows:
        now[job.pk], seconds = glance(job, seen.get(job.pk, ""))
        if seconds:
            every.append(seconds)
    return now, min(every, default=None) or _idle(user)


def _idle(user: User) -> int | None:
    """How often a sheet on which nothing happens looks whether a program of this person ordered something."""
    keys = ApiKey.objects.filter(user=user, is_active=True, revoked_at=None)
    return IDLE if keys.exists() else None


def glance(job: Job, seen: str) -> tuple[str, int | None]:
    """What a page should show of one job and when to look next, told by the job's row alone."""
    seconds = interval(job.status, is_unknown=job.is_unknown, created_at=job.created_at)
    if seen == f"{job.version}a" and job.finished_at and timezone.now() - job.finished_at < ARRIVES_WITHIN:
        return seen, 1
    return str(job.version), seconds


def live_region(user: User, *, oldest: datetime | None = None, seen: Seen | None = None) -> Live:
    """The active jobs, and those in `seen` wherever they are by now: a card that finishes stays where it is."""
    jobs = Job.objects.of(user).filter(Q(status__in=Job.ACTIVE) | Q(pk__in=seen or {}))
    if oldest is not None:
        jobs = jobs.filter(created_at__gte=oldest)
    found = list(with_all(jobs).order_by("-created_at", "-pk")[: MOST_LIVE + 1])
    more = jobs.filter(status__in=Job.ACTIVE).count() - MOST_LIVE if len(found) > MOST_LIVE else 0
    cards = cards_of(found[:MOST_LIVE], is_live=True)
    # A job ordered by a program a moment ago may carry a clock a little behind this one.
    first = oldest or min((card.job.created_at for card in cards), default=timezone.now()) - timedelta(seconds=5)
    return Live(cards, first, next_look(cards) or _idle(user), max(0, more))


def next_look(cards: list[Card]) -> int | None:
    every = [
        interval(card.job.status, is_unknown=card.job.is_unknown, created_at=card.job.created_at)
        if card.state != "arriving"
        else 1
        for card in cards
    ]
    return min((seconds for seconds in every if seconds), default=None)


def groups(user: User, *, before: str = "", after_day: str = "") -> tuple[list[Group], str]:
    """One page of finished jobs by day, newest first, and the key of the next page; empty when there is none.

    `after_day` is the day the page before ended with: its heading stands there already.
    """
    jobs = Job.objects.of(user).finished()
    at = read_key(before)
    if at is not None:
        jobs = jobs.filter(Q(created_at__lt=at[0]) | Q(created_at=at[0], pk__lt=at[1]), created_at__lte=at[0])
    found = list(with_all(jobs).order_by("-created_at", "-pk")[: PAGE + 1])
    shown, has_more = found[:PAGE], len(found) > PAGE
    if not shown:
        return [], ""
    days: dict[date, Group] = {}
    for card in cards_of(shown, Providers.load()):
        day = timezone.localdate(card.job.created_at)
        days.setdefault(day, Group(day, has_heading=day.isoformat() != after_day)).cards.append(card)
    _add_sums(user, days)
    return list(days.values()), write_key(shown[-1]) if has_more else ""


def _add_sums(user: User, days: dict[date, Group]) -> None:
    start, end = day_start(min(days)), day_start(max(days) + timedelta(days=1))
    jobs = Job.objects.of(user).filter(created_at__gte=start, created_at__lt=end).order_by()
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
