"""The list of models a person chooses from: by family, by price or by time, and what a search leaves of it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cache

from django.contrib.staticfiles import finders
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from studio.accounts.models import User
from studio.core.numbers import listed, spread
from studio.jobs.models import Job
from studio.jobs.times import Band, usual_of
from studio.providers.catalogue import is_found
from studio.providers.services import Listing

LOOKED_AT = 50  # of a person's last jobs
MOST_LATELY = 3  # models offered again on top
SORTS = ("price", "time")


@dataclass(frozen=True)
class Row:
    """One model of the list; `prices` are the least and the most its smallest order costs, None without a price."""

    id: str
    name: str
    family: str
    maker: str
    good_at: str
    band: Band
    prices: tuple[int, int] | None
    is_estimate: bool
    served_by: str
    sample: str
    is_on: bool
    is_beside: bool = False

    @property
    def price(self) -> str:
        if self.prices is None:
            return ""
        return spread(*self.prices)


@dataclass
class Group:
    """Rows under one heading; without a title they stand alone."""

    title: str = ""
    rows: list[Row] = field(default_factory=list)

    @property
    def maker(self) -> str:
        """Who makes them, where the title does not say so already."""
        makers = dict.fromkeys(row.maker for row in self.rows if row.maker != self.title)
        return "" if self.title != self.rows[0].family else listed(makers)


@dataclass(frozen=True)
class Picker:
    """The list as it was asked for; `total` counts the models before the search."""

    groups: list[Group]
    total: int
    query: str = ""
    sort: str = ""

    @property
    def served_by(self) -> str:
        """Who serves all of them; empty where they differ, which is then said row by row."""
        names = {row.served_by for group in self.groups for row in group.rows}
        return names.pop() if len(names) == 1 else ""

    @property
    def shown(self) -> int:
        return len({row.id for group in self.groups for row in group.rows})


def picker(
    listings: list[Listing],
    *,
    chosen: str,
    user: User,
    query: str = "",
    sort: str = "",
    beside: Collection[str] = (),
) -> Picker:
    """Every model that somebody here serves, and the chosen one; `beside` it some may be asked too. Two queries."""
    query, sort = query.strip()[:100], sort if sort in SORTS else ""
    usable = [listing for listing in listings if listing.served_by or listing.model.id == chosen]
    rows = _rows(usable, chosen, beside)
    wanted = {listing.model.id for listing in usable if is_found(listing.model, query)}
    found = [row for row in rows if row.id in wanted]
    if sort == "price":
        groups = [Group(rows=sorted(found, key=lambda row: (row.prices is None, row.prices, row.name)))]
    elif sort == "time":
        groups = [Group(rows=sorted(found, key=lambda row: (row.band.high, row.band.low, row.name)))]
    else:
        groups = _by_family(found)
        if not query and (lately := _lately(rows, user)):
            groups.insert(0, Group(_("Used lately"), rows=lately))
    return Picker([group for group in groups if group.rows], len(rows), query, sort)


def _rows(listings: list[Listing], chosen: str, beside: Collection[str]) -> list[Row]:
    bands = usual_of([listing.model for listing in listings], is_sandbox=any(one.is_sandbox for one in listings))
    rows = []
    for listing in listings:
        model = listing.model
        rows.append(
            Row(
                id=model.id,
                name=model.name,
                family=model.family,
                maker=model.made_by,
                good_at=_about(listing),
                band=bands[model.id],
                prices=listing.price_range,
                is_estimate=bool(listing.rule and listing.rule.is_estimate),
                served_by=listed(listing.served_by),
                sample=sample_of(model.id),
                is_on=model.id == chosen,
                is_beside=model.id in beside,
            )
        )
    return rows


def _by_family(rows: Iterable[Row]) -> list[Group]:
    families: dict[str, Group] = {}
    for row in rows:
        families.setdefault(row.family, Group(row.family)).rows.append(row)
    return sorted(families.values(), key=lambda group: group.title.casefold())


def _lately(rows: list[Row], user: User) -> list[Row]:
    by_id = {row.id: row for row in rows}
    used = Job.objects.of(user).order_by("-created_at", "-pk").values_list("model", flat=True)[:LOOKED_AT]
    return [by_id[model] for model in dict.fromkeys(used) if model in by_id][:MOST_LATELY]


def _about(listing: Listing) -> str:
    """What is said of a model: the day it ends, where one was announced, before all else."""
    if listing.ends_on:
        return _("Ends %(day)s") % {"day": date_format(listing.ends_on, "j F Y")}
    return _("Basic: a prompt only") if listing.model.is_basic else str(listing.model.good_at)


@cache
def sample_of(model: str) -> str:
    """The path of a model's small sample below static/; empty for a model without one."""
    path = f"img/models/{model.replace('/', '.')}.webp"
    return path if finders.find(path) else ""
