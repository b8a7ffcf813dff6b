"""What a request costs and who serves it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db import connection, transaction
from django.db.models import Subquery

from studio.core.at_once import Together, may_go_at_once
from studio.core.memory import Memory
from studio.core.rows import Rows
from studio.providers import catalogue, overlay
from studio.providers.catalogue import ImageModel, Offer, Rule, registry
from studio.providers.connections import (
    Pace,
    connection_of,
    enabled_rows,
    environment_address,
    has_connection,
    is_from_environment,
    paces,
    provider_for,
    sandbox_is_open,
    sandbox_may_be_chosen,
    sender_of,
)
from studio.providers.errors import ModelOff, UnknownModel, Unpriced
from studio.providers.kinds import KINDS, SANDBOX
from studio.providers.models import CatalogueVersion, ModelPrice, ModelRow, PriceList, ProviderRow
from studio.providers.routing import Retirement, Route, offers_for, retirement_of

__all__ = [
    "Listing",
    "Pace",
    "Quote",
    "Route",
    "composer_models",
    "connection_of",
    "load_catalogue",
    "model_named",
    "offers_for",
    "paces",
    "price_of",
    "provider_for",
    "provider_name",
    "quote",
    "sandbox_may_be_chosen",
    "sender_of",
    "shelf_of",
]


@dataclass(frozen=True)
class Quote:
    """What a request costs: `credits` in all, `unit` a picture, by which version of the prices and how."""

    credits: int
    unit: int
    version: int
    formula: str
    is_estimate: bool


@dataclass(frozen=True)
class Listing:
    """A model as it can be used at this moment: `offered` has only what somebody connected here honours."""

    model: ImageModel
    offers: tuple[Offer, ...]  # of real providers; empty: the whole model
    rule: Rule | None  # None: unpriced
    version: int
    served_by: tuple[str, ...]  # names of providers; empty: nobody
    is_sandbox: bool
    ends_on: date | None = None  # the announced day on which the last of them stops
    retired: Retirement | None = None  # why nobody serves it, where a vendor stopped selling it

    @cached_property
    def offered(self) -> ImageModel:
        return self.model.offered_by(list(self.offers)) if self.offers else self.model

    @property
    def price_range(self) -> tuple[int, int] | None:
        """The least and the most that the smallest order costs, in credits; None: unpriced."""
        if self.rule is None:
            return None
        least, most = self.rule.range
        return least * self.model.least, most * self.model.least


def model_named(name: str) -> ImageModel:
    """The model with this id or alias. Raises UnknownModel (with the closest three) and ModelOff."""
    model = catalogue.find(name)
    if model is None:
        raise UnknownModel(name, catalogue.closest(name))
    if ModelRow.objects.filter(model=model.id, enabled=False).exists():
        raise ModelOff(model.name)
    return model


@dataclass(frozen=True)
class Shelf:
    """A model with its newest price, and the real providers that orders may go to at this moment."""

    model: ImageModel
    price: ModelPrice
    rows: list[ProviderRow]


_memory: Memory[tuple[Shelf, str]] = Memory()
_ROWS = Rows(ModelPrice, ProviderRow)
_IS_OFF = "EXISTS (SELECT 1 FROM providers_modelrow AS off WHERE off.model = %s AND NOT off.enabled)"
_NUMBER = "(SELECT number FROM providers_catalogueversion ORDER BY id LIMIT 1)"
# The versions of all rows that a shelf is made of: whatever is changed, added or taken away, it is another text.
_VERSIONS = f"""concat_ws(' ', {_IS_OFF}, {_NUMBER},
  (SELECT concat(id, ':', xmin) FROM providers_modelprice WHERE model = %s ORDER BY price_list_id DESC LIMIT 1),
  (SELECT string_agg(concat(id, ':', xmin), ',') FROM providers_providerrow WHERE enabled AND kind <> %s))
"""  # noqa: S608 -- our own names
_SAME = f"SELECT 1 WHERE {_VERSIONS} = %s"  # noqa: S608 -- as above
_SHELF = f"""
SELECT {_ROWS.columns}, {_IS_OFF}, {_NUMBER} {{versions}}
  FROM (SELECT * FROM providers_modelprice WHERE model = %s ORDER BY price_list_id DESC LIMIT 1) AS providers_modelprice
  LEFT JOIN providers_providerrow ON providers_providerrow.enabled AND providers_providerrow.kind <> %s
 ORDER BY providers_providerrow."order", providers_providerrow.slug
"""  # noqa: S608 -- names of our own columns


def shelf_of(name: str, together: Together | None = None) -> Shelf:
    """What an order of the model with this id or alias needs to know, in one query.

    With a `together` it may be what was read a moment ago; `together` then fails where any of it changed since.
    Raises UnknownModel, ModelOff, Unpriced.
    """
    model = catalogue.find(name)
    if model is None:
        raise UnknownModel(name, catalogue.closest(name))
    seen = _memory.get(model.id) if together is not None else None
    if together is not None and seen is not None:
        shelf, versions = seen
        together.add("the_same_shelf", _SAME, [model.id, model.id, SANDBOX, versions])
        return shelf
    return _read_shelf(model)


def _read_shelf(model: ImageModel) -> Shelf:
    is_server = connection.vendor == "postgresql"
    sql = _SHELF.format(versions=f", {_VERSIONS}" if is_server else "")
    values = [model.id, *([model.id, model.id, SANDBOX] if is_server else []), model.id, SANDBOX]
    found = _ROWS.get(sql, values)
    if not found:
        raise Unpriced(model.name)
    _price, _row, is_off, number, *versions = found[0]
    overlay.refresh(number or 0)
    model = catalogue.find(model.id) or model
    if is_off:
        raise ModelOff(model.name)
    rows = [row for _price, row, *_rest in found if row is not None and has_connection(row)]
    shelf = Shelf(model, found[0][0], rows)
    if versions and may_go_at_once():
        _memory.keep(model.id, (shelf, versions[0]))
    return shelf


def quote(row: ModelPrice, *, model: ImageModel, params: Mapping[str, Any], count: int = 1) -> Quote:
    """The price of a request by one row of the prices."""
    rule = row.rule
    unit = model.unit_price(params, rule)
    return Quote(unit * count, unit, row.price_list_id, model.formula(params, count, rule), rule.is_estimate)


def price_of(*, model: ImageModel, params: Mapping[str, Any], count: int = 1, version: int | None = None) -> Quote:
    """The price of a request by the newest prices, or by those of `version`. Raises Unpriced."""
    rows = ModelPrice.objects.filter(model=model.id)
    if version is not None:
        rows = rows.filter(price_list_id__lte=version)
    row = rows.order_by("-price_list_id").first()
    if row is None:
        raise Unpriced(model.name)
    return quote(row, model=model, params=params, count=count)


def composer_models(*, is_sandbox: bool = False) -> list[Listing]:
    """Every model that is switched on, as it can be used now; in three queries.

    A model nobody connected here offers stands there whole, served by nobody.
    """
    rows = [] if is_sandbox else enabled_rows()
    by_sandbox = is_sandbox or sandbox_is_open(has_real=bool(rows))
    off = set(ModelRow.objects.filter(enabled=False).values_list("model", flat=True))
    number = Subquery(CatalogueVersion.objects.order_by("pk").values("number")[:1])
    newest = ModelPrice.objects.annotate(catalogue=number).order_by("price_list_id")
    prices = {row.model: row for row in newest}  # the newest stays
    overlay.refresh(next((row.catalogue for row in prices.values()), None) or 0)
    listings = []
    for model in catalogue.models():
        if model.id in off:
            continue
        serving = [(row, here) for row in rows if (here := overlay.offers_at(model, row))]
        names = (KINDS[SANDBOX].name,) if by_sandbox else tuple(row.name for row, _here in serving)
        offers = () if by_sandbox else tuple(offer for _row, here in serving for offer in here)
        price = prices.get(model.id)
        rule, version = (price.rule, price.price_list_id) if price else (None, 0)
        ends_on = None if by_sandbox else overlay.ends_on(model, [row for row, _here in serving])
        retired = None if names else retirement_of(model, rows)
        listings.append(Listing(model, offers, rule, version, names, by_sandbox, ends_on, retired))
    return listings


@transaction.atomic
def load_catalogue() -> None:
    """Bring the database up to what this release ships; what an administrator set stays. Safe to repeat.

    The first price list is version 1. A later release that prices a model anew adds a version, unless an
    administrator has set that model's price.
    """
    _load_rows()
    newest = {row.model: row for row in ModelPrice.objects.select_related("price_list").order_by("price_list_id")}
    changed = []
    for model in registry.shipped():
        row = newest.get(model.id)
        if row is None or (row.price_list.is_shipped and row.rule != model.price):
            changed.append(model)
    if not changed:
        return
    last = PriceList.objects.order_by("-version").first()
    version = last.version + 1 if last else 1
    note = "Shipped prices" if last is None else "Prices of a new release"
    # another host may be doing the same at this moment
    price_list, _new = PriceList.objects.get_or_create(version=version, defaults={"note": note, "is_shipped": True})
    rows = [
        ModelPrice(
            price_list=price_list,
            model=model.id,
            flat=None if model.price.by else model.price.flat,
            by=model.price.by,
            table=dict(model.price.table),
            is_estimate=model.price.is_estimate,
        )
        for model in changed
    ]
    ModelPrice.objects.bulk_create(rows, ignore_conflicts=True)


def _load_rows() -> None:
    for order, (slug, kind) in enumerate(KINDS.items(), start=1):
        if slug == SANDBOX or is_from_environment(slug):
            name = kind.name_at(environment_address(slug))
            defaults = {"kind": slug, "name": name, "order": 10 * order, "pace_concurrent": kind.concurrent}
            row, _new = ProviderRow.objects.get_or_create(slug=slug, defaults=defaults)
            if row.name != name and row.name in (
                kind.name,
                kind.name_elsewhere,
            ):  # the environment names another server
                ProviderRow.objects.filter(pk=row.pk).update(name=name)
    CatalogueVersion.objects.get_or_create(pk=1)
    known = set(ModelRow.objects.values_list("model", flat=True))
    ModelRow.objects.bulk_create(
        [ModelRow(model=model.id) for model in registry.shipped() if model.id not in known], ignore_conflicts=True
    )


def provider_name(slug: str) -> str:
    """What people read for a provider's slug."""
    row = ProviderRow.objects.filter(slug=slug).only("name").first()
    return row.name if row else KINDS[slug].name if slug in KINDS else slug
