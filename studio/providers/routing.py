"""Who serves a request, exactly as it was asked; and what became of a model that a vendor no longer sells."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from studio.providers import catalogue, overlay
from studio.providers.catalogue import ImageModel, Offer, registry
from studio.providers.connections import can_be_shown_pictures, enabled_rows, is_at_own_address, sandbox_is_open
from studio.providers.errors import NoOffer, NoProvider, Retired
from studio.providers.kinds import KINDS, SANDBOX
from studio.providers.models import ProviderRow


@dataclass(frozen=True)
class Route:
    """One way to have a request made: by the provider `slug`, asked for `offer.model`."""

    slug: str
    name: str
    offer: Offer
    is_sandbox: bool
    cost: int | None  # what the vendor takes for all of it; None: not known
    cost_unit: str
    is_left_alone: bool = False  # its circuit is open: it is asked only where nobody else can serve


@dataclass(frozen=True)
class Retirement:
    """A vendor that is connected here stopped selling a model; `instead` can be had here from the same provider."""

    model: str
    provider: str
    on: date
    instead: tuple[ImageModel, ...]

    @property
    def sentence(self) -> str:
        """`OpenAI stopped selling DALL·E 3 on 12 May 2026. It recommends GPT Image 1.5.`"""
        words = {"model": self.model, "provider": self.provider, "date": formats.date_format(self.on, "j F Y")}
        sentence = _("%(provider)s stopped selling %(model)s on %(date)s.") % words
        if not self.instead:
            return sentence
        names = _(" or ").join(model.name for model in self.instead)
        return f"{sentence} {_('It recommends %(names)s.') % {'names': names}}"


def retirement_of(model: ImageModel, rows: list[ProviderRow]) -> Retirement | None:
    """What the first of these providers that stopped selling the model says; None where none of them did."""
    today = timezone.localdate()
    for row in rows:
        sold = overlay.offers_at(model, row)
        for offer in model.offers:
            if offer in sold or not offer.is_at(row.slug, row.kind):
                continue
            ended = offer.ended if is_at_own_address(row) else None
            learnt = registry.learnt(row.slug, offer.model)
            on = (learnt.gone_on or learnt.ends_on if learnt else None) or (ended.on if ended else None)
            if on is not None and on <= today:
                names = [*(ended.instead if ended else ()), *([learnt.instead] if learnt else ())]
                named = {other.id: other for name in names if (other := catalogue.find(name))}
                there = [other for other in named.values() if overlay.offers_at(other, row)]
                return Retirement(model.name, row.name, on, tuple(there))
    return None


def offers_for(
    *,
    model: ImageModel,
    params: Mapping[str, Any],
    count: int = 1,
    prompt_length: int = 0,
    is_sandbox: bool = False,
    rows: list[ProviderRow] | None = None,
) -> list[Route]:
    """Who can serve this request exactly as asked, the first choice first; never empty.

    `is_sandbox` insists on the sandbox (a sandbox key, a person's choice, an old job of it). Otherwise the sandbox
    serves only while no real provider is enabled. `rows` are the enabled providers where they were read already.
    Raises NoOffer and NoProvider.
    """
    if is_sandbox:
        rows = []
    elif rows is None:
        rows = enabled_rows()
    if not rows:
        return [_sandbox_route(model, params, count, prompt_length)]
    routes: list[Route] = []
    in_the_way: list[str] = []
    shown = next((name for name in params if model.by_name[name].is_picture), "")
    blind = [row for row in rows if shown and not can_be_shown_pictures(row.kind)]
    for row in [row for row in rows if row not in blind]:
        for offer in overlay.offers_at(model, row):
            names = offer.refused(model.by_name, params, count=count, prompt_length=prompt_length)
            if names:
                in_the_way += names
                continue
            cost = model.unit_price(params, offer.cost) * count if offer.cost else None
            routes.append(Route(row.slug, row.name, offer, False, cost, offer.cost_unit, row.is_left_alone))
    if not routes and not in_the_way and (retired := retirement_of(model, rows)):
        raise Retired(retired.sentence)
    if not routes:
        is_unseen = not in_the_way and any(overlay.offers_at(model, row) for row in blind)
        in_the_way += [shown] if is_unseen else ["model"]
        raise NoOffer(in_the_way[0], model.name, is_unseen=is_unseen)
    return _in_order(routes, {row.slug: row.order for row in rows})


def _in_order(routes: list[Route], order: Mapping[str, int]) -> list[Route]:
    """Healthy ones first; by the administrator's order, then known cost (in one unit only), then declaration."""
    is_one_unit = len({route.cost_unit for route in routes if route.cost is not None}) == 1

    def place(route: Route) -> tuple[bool, int, bool, int]:
        return route.is_left_alone, order[route.slug], route.cost is None, route.cost or 0 if is_one_unit else 0

    return sorted(routes, key=place)


def _sandbox_route(model: ImageModel, params: Mapping[str, Any], count: int, prompt_length: int) -> Route:
    if not sandbox_is_open(has_real=False):
        raise NoProvider
    offer = model.everything()
    names = offer.refused(model.by_name, params, count=count, prompt_length=prompt_length)
    if prompt_length > model.prompt_max:
        names.append("prompt")
    if names:
        raise NoOffer(names[0], model.name)
    return Route(SANDBOX, KINDS[SANDBOX].name, offer, True, None, "")
