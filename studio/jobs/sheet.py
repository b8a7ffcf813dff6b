"""The contact sheet's live region: the active jobs, and what ended while somebody looks. The rest: `days`."""

import math
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from studio.accounts.models import ApiKey, User
from studio.core.numbers import credits_text, grouped
from studio.core.rows import Rows
from studio.jobs.batch_sheet import Head, Part, batches_among, heads_of, parts_of
from studio.jobs.cards import Card, cards_of, with_all
from studio.jobs.models import Image, Job
from studio.jobs.times import ARRIVES_WITHIN

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
    parts: list[Part] = field(default_factory=list)  # the same cards, those of a batch together

    @property
    def active(self) -> list[Card]:
        return [card for card in self.cards if card.job.is_active]

    @property
    def number(self) -> int:
        """Orders under way."""
        return len(self.active) + self.more

    @property
    def heading(self) -> str:
        """`3 under way, 63 credits held, 1 ready`; after the last one ended `all done: 4 pictures, 84 credits`."""
        number, made = self.number, sum(len(card.images) for card in self.cards)
        if not number and not made:
            return _("all done")
        if not number:
            paid = credits_text(sum(card.job.paid or 0 for card in self.cards))
            return _("all done: %(pictures)s, %(credits)s") % {"pictures": pictures_text(made), "credits": paid}
        held = credits_text(sum(card.job.price for card in self.active))
        words = {"number": grouped(number), "held": held, "ready": grouped(made)}
        if made:
            return (
                ngettext(
                    "%(number)s under way, %(held)s held, %(ready)s ready",
                    "%(number)s under way, %(held)s held, %(ready)s ready",
                    number,
                )
                % words
            )
        return ngettext("%(number)s under way, %(held)s held", "%(number)s under way, %(held)s held", number) % words

    def heads_over(self, cards: Collection[Card]) -> list[Head]:
        """The heads of the batches that have one of these."""
        return [part.head for part in self.parts if part.head and any(card in cards for card in part.cards)]

    @property
    def seen(self) -> str:
        return write_seen({card.job.pk: card.version for card in self.cards})

    @property
    def oldest_ms(self) -> int:
        return math.floor(self.oldest.timestamp() * 1000)


def pictures_text(number: int) -> str:
    return ngettext("%(number)s picture", "%(number)s pictures", number) % {"number": grouped(number)}


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
    now: Seen = {}
    every: list[int] = []
    for job in _glances(user, oldest, list(seen)):
        now[job.pk], seconds = glance(job, seen.get(job.pk, ""))
        if seconds:
            every.append(seconds)
    return now, min(every, default=None) or _idle(user)


_GLANCE = Rows(Job, only=("id", "version", "status", "is_unknown", "created_at", "finished_at"))


def _glances(user: User, oldest: datetime, shown: list[UUID]) -> list[Job]:
    """What `glance` reads of this person's active jobs and of those that a page shows; asked every second by all.

    Few different texts, for each is a statement that the server keeps prepared: the marks come by sixteens.
    """
    key, moment = Job._meta.pk, Job._meta.get_field("created_at")
    empty = -len(shown) % 16
    marks = ", ".join(["%s"] * (len(shown) + empty)) or "NULL"
    sql = (
        f"SELECT {_GLANCE.columns} FROM jobs_job WHERE user_id = %s AND created_at >= %s "  # noqa: S608 -- marks only
        f"AND (status IN (%s, %s) OR id IN ({marks})) ORDER BY created_at DESC, id DESC LIMIT {MOST_LIVE}"
    )
    values = [user.pk, moment.get_db_prep_value(oldest, connection), *(status.value for status in Job.ACTIVE)]
    values += [key.get_db_prep_value(pk, connection) for pk in shown] + [None] * empty
    return [job for (job,) in _GLANCE.get(sql, values)]


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


def live_batches(user: User) -> list[UUID]:
    """Batches of which something is under way: all their cards stand together until the last one has ended."""
    active = Job.objects.of(user).active().exclude(batch=None)
    return list(active.order_by().values_list("batch", flat=True).distinct())


def _arriving(user: User) -> tuple[list[UUID], list[UUID]]:
    """Jobs that ended a moment ago and whose copies are being made, for their cards still change; their batches."""
    since = timezone.now() - ARRIVES_WITHIN
    images = Image.objects.filter(copies_made_at=None, deleted_at=None, created_at__gte=since, job__user=user)
    found = list(images.order_by("-created_at").values_list("job", "job__batch")[:MOST_LIVE])
    return [job for job, _batch in found], [batch for _job, batch in found if batch]


def live_region(user: User, *, oldest: datetime | None = None, seen: Seen | None = None) -> Live:
    """The active jobs, and those in `seen` wherever they are by now: a card that finishes stays where it is.

    The first look of a page has no `oldest`; it also takes in what is arriving.
    """
    mine = Job.objects.of(user)
    kept, batches = (list(seen or ()), []) if oldest else _arriving(user)
    jobs = mine.filter(Q(status__among=Job.ACTIVE) | Q(pk__in=kept) | Q(batch__in=[*live_batches(user), *batches]))
    if oldest is not None:
        jobs = jobs.filter(created_at__gte=oldest)
    found = list(with_all(jobs).order_by("-created_at", "-pk")[: MOST_LIVE + 1])
    cards = cards_of(found[:MOST_LIVE], is_live=True)
    mark_changes(cards, seen or {})
    more = 0
    if len(found) > MOST_LIVE:
        more = jobs.active().count() - sum(card.job.is_active for card in cards)
    # A job ordered by a program a moment ago may carry a clock a little behind this one.
    first = oldest or min((card.job.created_at for card in cards), default=timezone.now()) - timedelta(seconds=5)
    parts = parts_of(cards, heads_of(batches_among(cards), mine))
    return Live(cards, first, next_look(cards) or _idle(user), max(0, more), parts)


def mark_changes(cards: list[Card], seen: Seen) -> None:
    """Which cards ended since the page looked last, and which places in each line are the same person's."""
    own: dict[str, set[int]] = {}
    for card in cards:
        own.setdefault(card.job.provider, set()).add(card.job.place or 0)
    for card in cards:
        card.own_places = frozenset(own[card.job.provider])
        is_over = not card.job.is_active and card.state != "arriving"
        card.is_news = is_over and seen.get(card.job.pk, card.version) != card.version


def next_look(cards: list[Card]) -> int | None:
    every = [
        interval(card.job.status, is_unknown=card.job.is_unknown, created_at=card.job.created_at)
        if card.state != "arriving"
        else 1
        for card in cards
    ]
    return min((seconds for seconds in every if seconds), default=None)
