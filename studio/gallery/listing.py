"""The pictures somebody may see, narrowed as they asked, newest first, page after page by key."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import NamedTuple
from uuid import UUID

from django.db import models
from django.db.models import Q, QuerySet, Sum
from django.utils import formats, timezone

from studio.accounts.models import User
from studio.credits.models import day_start
from studio.gallery.filters import Filters
from studio.gallery.models import Board, BoardPicture, Listed
from studio.gallery.search import find
from studio.gallery.tiles import Tile
from studio.jobs.models import Image, ImageQuerySet, Job
from studio.jobs.stars import stars_of

PAGE = 60
COUNTED = 1000  # hits of a search; more are not counted
CLOSE = Fraction(2, 100)  # how far a shape may be from the one asked for: the error of the ladder of ratios
WORDS = {"wide": Q(ratio__gt=1020), "square": Q(ratio__gte=980, ratio__lte=1020), "tall": Q(ratio__lt=980)}


@dataclass
class Month:
    """The pictures of one month that stand on one page."""

    first: date
    tiles: list[Tile] = field(default_factory=list)
    has_heading: bool = True

    @property
    def key(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def title(self) -> str:
        return formats.date_format(self.first, "YEAR_MONTH_FORMAT")


@dataclass
class Page:
    """One page of the grid; `older` is the key of the next, empty when this is the last."""

    months: list[Month]
    older: str = ""

    @property
    def last_month(self) -> str:
        return self.months[-1].key if self.months else ""


Mark = tuple[int, int]  # how many rows, and the sum of their numbers


class Count(NamedTuple):
    """How many there are, or `has_more` than that. The mark is another one when a row that is marked came or went."""

    number: int
    has_more: bool = False
    mark: Mark | None = None


@dataclass
class Selection:
    """Everything that was asked for. `rows` are not ordered."""

    rows: "QuerySet[Listed]"
    is_search: bool = False
    is_partial: bool = False  # not all texts were looked through
    marked: Q = field(default_factory=Q)  # the rows that only this person changes

    def count(self) -> "Count":
        """How many they are: hits of a search are counted up to COUNTED."""
        if not self.is_search:
            only = self.marked or None
            found = self.rows.order_by().aggregate(
                number=models.Count("pk"), marked=models.Count("pk", filter=only), total=Sum("pk", filter=only)
            )
            return Count(found["number"], mark=(found["marked"], found["total"] or 0))
        number = self.rows[: COUNTED + 1].count()
        return Count(min(number, COUNTED), has_more=number > COUNTED)


def pictures(user: User, filters: Filters, *, among: ImageQuerySet | None = None) -> Selection:
    """What `user` may see of what they asked for; `among`: of these pictures only (a board's), whatever the scope."""
    rows = narrowed(user, filters, among=among)
    if not filters.q:
        is_own = filters.scope in ("mine", "starred") or user.is_staff  # staff also delete what is another's
        return Selection(rows, marked=Q() if is_own else Q(user=user))
    found = find(rows, filters.q)
    return Selection(found.rows, is_search=True, is_partial=found.is_partial)


def narrowed(user: User, filters: Filters, *, among: ImageQuerySet | None = None) -> "QuerySet[Listed]":
    """All of it but the search."""
    rows = Listed.objects.filter(outcome=filters.outcome or Listed.Outcome.MADE)
    if among is not None:
        rows = rows.filter(Q(user=user) | Q(shared=1), image__in=among.order_by().values("pk"))
    elif filters.scope == "team":
        rows = rows.filter(shared=1)
    elif filters.scope in ("starred", "all"):
        rows = rows.filter(Q(user=user) | Q(shared=1))
    else:
        rows = rows.filter(user=user)
    if filters.stars or (filters.scope == "starred" and among is None):
        # A join, not a list of ids: the database then begins with the few that have stars.
        rows = rows.filter(image__stars__user=user, image__stars__stars__gte=filters.stars or 1)
    if filters.board:
        boards = Board.objects.visible_to(user).filter(pk=filters.board)
        rows = rows.filter(image__in=BoardPicture.objects.filter(board__in=boards).values("image"))
    if filters.model:
        rows = rows.filter(model=filters.model)
    if filters.provider:
        rows = rows.filter(provider=filters.provider)
    if filters.person:
        rows = rows.filter(user__in=User.objects.filter(username=filters.person).values("pk"))
    if filters.shape:
        rows = rows.filter(_shape(filters.shape))
    if filters.since:
        rows = rows.filter(created_at__gte=day_start(filters.since))
    if filters.until:
        rows = rows.filter(created_at__lt=day_start(filters.until + timedelta(days=1)))
    return rows


def _shape(name: str) -> Q:
    """`wide`, or `3:2` and what cannot be told from it."""
    if name in WORDS:
        return WORDS[name]
    width, _colon, height = name.partition(":")
    ratio = Fraction(int(width), int(height)) * 1000
    return Q(ratio__gte=round(ratio * (1 - CLOSE)), ratio__lte=round(ratio * (1 + CLOSE)))


def page(user: User, rows: "QuerySet[Listed]", *, before: str = "", after_month: str = "") -> Page:
    """PAGE pictures of `rows` from the key `before` on, by month; a fixed number of queries.

    `after_month` is the month the page before ended with: its heading stands there already.
    """
    at = read_key(before)
    if at is not None:
        rows = rows.filter(Q(created_at__lt=at[0]) | Q(created_at=at[0], pk__lt=at[1]), created_at__lte=at[0])
    keys = list(rows.order_by("-created_at", "-pk").values_list("created_at", "pk", "job_id", "image_id")[: PAGE + 1])
    shown = keys[:PAGE]
    months: dict[date, Month] = {}
    for tile in tiles_of(user, [(job, image) for _at, _pk, job, image in shown]):
        first = timezone.localdate(tile.at).replace(day=1)
        month = months.setdefault(first, Month(first, has_heading=f"{first:%Y-%m}" != after_month))
        month.tiles.append(tile)
    return Page(list(months.values()), write_key(*shown[-1][:2]) if len(keys) > PAGE else "")


def write_key(at: datetime, pk: int) -> str:
    return f"{at.isoformat()}_{pk}"


def read_key(text: str) -> tuple[datetime, int] | None:
    """The place a page begins after; None for anything that is no such key, which is the first page."""
    moment, _underscore, pk = text.partition("_")
    try:
        at = datetime.fromisoformat(moment)
        number = int(pk)
        at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return (at, number) if 0 <= number < 2**63 else None


def tiles_of(user: User, wanted: list[tuple[UUID, UUID | None]]) -> list[Tile]:
    """Tiles of (job, picture of it or None) in this order, without what this person may not see; three queries."""
    ids = [image for _job, image in wanted if image]
    jobs = Job.objects.visible_to(user).select_related("user").in_bulk([job for job, _image in wanted])
    images = Image.objects.there().filter(job__in=list(jobs)).in_bulk(ids) if ids else {}
    given = stars_of(user, ids)
    tiles = []
    for job_id, image_id in wanted:
        image = images.get(image_id) if image_id else None
        if job_id in jobs and (image or not image_id):
            if image:
                image.job = jobs[job_id]
            tiles.append(Tile(jobs[job_id], image, given.get(image_id, 0) if image_id else 0))
    return tiles


def tile_of(user: User, image_id: UUID) -> Tile:
    """One picture as a tile. Raises Image.DoesNotExist, also for what they may not see."""
    image = Image.objects.visible_to(user).get(pk=image_id)
    return tiles_of(user, [(image.job_id, image.pk)])[0]
