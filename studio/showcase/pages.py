"""What the two public pages show: the list of models, and one model."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.text import slugify
from django.utils.translation import gettext as _

from studio.core.languages import page_in_language
from studio.core.numbers import comma, listed, spread
from studio.jobs.bodies import V1, V2
from studio.jobs.call_words import example_call
from studio.jobs.picker import sample_of
from studio.jobs.snippets import KEY, Snippet, snippets
from studio.jobs.times import Band, expected, learnt_of, made_here
from studio.providers.catalogue import ImageModel, is_found
from studio.providers.services import Listing
from studio.showcase import texts, told
from studio.showcase.examples import pictures_of, samples_for
from studio.showcase.questions import questions

SHOWN_IN = (("curl", V2), ("requests", V2), ("openai-python", V1), ("fetch", V2), ("openai-js", V1))


@dataclass(frozen=True)
class Entry:
    """A model in the list; `note` says why it cannot be had, or when it ends."""

    id: str
    name: str
    family: str
    maker: str
    good_at: str
    sample: str
    price: str
    is_estimate: bool
    band: Band | None
    expected: Band
    served_by: str
    note: str
    is_retired: bool


@dataclass
class Group:
    title: str
    entries: list[Entry] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return slugify(self.title) or "more"

    @property
    def maker(self) -> str:
        makers = dict.fromkeys(entry.maker for entry in self.entries if entry.maker not in ("", self.title))
        return listed(makers)


@dataclass(frozen=True)
class Shelf:
    """The list as it was asked for; `served_by` is who serves all of them, empty where they differ."""

    groups: list[Group]
    retired: list[Entry]
    makers: list[str]
    shown: int
    total: int
    served_by: str
    query: str = ""
    maker: str = ""


def shelf(listings: list[Listing], *, query: str, maker: str) -> Shelf:
    """The models that fit, by family; those that can no longer be had stand last. One query, or none."""
    makers = sorted({one.model.made_by for one in listings if one.model.made_by}, key=str.casefold)
    maker = maker if maker in makers else ""
    found = [one for one in listings if is_found(one.model, query) and maker in ("", one.model.made_by)]
    is_sandbox = any(one.is_sandbox for one in listings)
    learnt = learnt_of([one.model for one in listings], is_sandbox=is_sandbox)
    entries = [_entry(one, learnt[one.model.id]) for one in found]
    everybody = {_served_by(one) for one in listings}
    return Shelf(
        groups=_by_family(entry for entry in entries if not entry.is_retired),
        retired=[entry for entry in entries if entry.is_retired],
        makers=makers,
        shown=len(entries),
        total=len(listings),
        served_by=everybody.pop() if len(everybody) == 1 else "",
        query=query,
        maker=maker,
    )


def _served_by(listing: Listing) -> str:
    """Who makes it here, as people read it; empty for nobody. The sandbox has no name of its own but a word."""
    return _("Sandbox") if listing.is_sandbox else listed(listing.served_by)


def _entry(listing: Listing, band: Band | None) -> Entry:
    model, prices = listing.model, listing.rule and listing.rule.range
    price = spread(*prices) if prices else ""
    note = ""
    if listing.retired:
        note = listing.retired.sentence
    elif listing.ends_on:
        note = _("Ends %(day)s") % {"day": date_format(listing.ends_on, "j F Y")}
    return Entry(
        id=model.id,
        name=model.name,
        family=model.family,
        maker=model.made_by,
        good_at=good_at(model),
        sample=sample_of(model.id),
        price=price,
        is_estimate=bool(listing.rule and listing.rule.is_estimate),
        band=band,
        expected=expected(model, is_sandbox=listing.is_sandbox),
        served_by=_served_by(listing),
        note=note,
        is_retired=listing.retired is not None,
    )


def good_at(model: ImageModel) -> str:
    return _("Basic: a prompt only") if model.is_basic else str(model.good_at)


def _by_family(entries: Iterable[Entry]) -> list[Group]:
    groups: dict[str, Group] = {}
    for entry in entries:
        groups.setdefault(entry.family, Group(entry.family)).entries.append(entry)
    return sorted(groups.values(), key=lambda group: group.title.casefold())


def page_of(listing: Listing, neighbours: list[Listing]) -> dict[str, Any]:
    """Everything the page of one model shows; two queries. `neighbours` are all listings."""
    model = listing.model
    made, band = made_here(model, is_sandbox=listing.is_sandbox)
    pictures = pictures_of(model)
    rows = told.rows(listing)
    return {
        "listing": listing,
        "model": model,
        "names": format_html_join(comma(), "<code>{}</code>", [(name,) for name in (model.id, *model.aliases)]),
        "good_at": good_at(model),
        "about": texts.about(model),
        "about_family": texts.about_family(model),
        "price": told.price_of_one(listing.rule),
        "prices": told.price_lines(model, listing.rule) if listing.rule else [],
        "in_one_order": listing.rule and listing.price_range if model.least > 1 else None,
        "made": made,
        "band": band,
        "expected": expected(model, is_sandbox=listing.is_sandbox),
        "served_by": _served_by(listing),
        "capabilities": told.capabilities(listing),
        "rows": [row for row in rows if row.place != "api"],
        "rows_for_programs": [row for row in rows if row.place == "api"],
        "pictures": pictures or samples_for(model),
        "are_samples": not pictures,
        "has_sandbox": any(picture.is_sandbox for picture in pictures),
        "snippets": quick_starts(model),
        "key_name": KEY,
        "questions": questions(listing),
        "family": [_neighbour(one.model) for one in neighbours if one.model.family == model.family and one != listing],
    }


def _neighbour(model: ImageModel) -> tuple[str, str]:
    return model.name, page_in_language("showcase:model", model.id)


def quick_starts(model: ImageModel) -> list[Snippet]:
    """The programs of the API's page for this model: each language in the dialect that suits it."""
    by_dialect = {
        dialect: {each.id: each for each in snippets(example_call(dialect, model), settings.STUDIO_BASE_URL)}
        for dialect in (V2, V1)
    }
    return [by_dialect[dialect][name] for name, dialect in SHOWN_IN]
