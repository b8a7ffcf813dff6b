"""Keeps what this process shows of the catalogue in step with what administrators accepted."""

import threading
import time
from dataclasses import replace
from datetime import date

from django.utils import timezone

from studio.providers.catalogue import ImageModel, Offer, Rule, registry
from studio.providers.catalogue.overlay import Learnt, Overlay
from studio.providers.connections import is_at_own_address
from studio.providers.models import CatalogueVersion, LearntOffer, ProviderRow

LOOK_EVERY = 1.0  # seconds between looks for a name that nobody knows

_lock = threading.Lock()
_next_look = 0.0


def refresh(number: int | None = None) -> None:
    """Lay the newest overlay unless this process shows it; `number` is the newest one where it was read already."""
    if number is None:
        number = current_number()
    if number == registry.number():
        return
    with _lock:
        # read before the rows: what is accepted in between is read twice rather than missed
        number = current_number()
        kinds = dict(ProviderRow.objects.values_list("slug", "kind"))
        rows = LearntOffer.objects.order_by("pk")
        learnt = [_learnt(row, kinds[row.provider]) for row in rows if row.provider in kinds]
        registry.lay(Overlay(number, {(one.provider, one.offer_model): one for one in learnt}))


def current_number() -> int:
    return CatalogueVersion.objects.values_list("number", flat=True).first() or 0


def look() -> None:
    """Look whether something was accepted, but no more often than every second."""
    global _next_look
    now = time.monotonic()
    if now >= _next_look:
        _next_look = now + LOOK_EVERY
        refresh()


def _learnt(row: LearntOffer, kind: str) -> Learnt:
    known = row.cost_least is not None and row.cost_most is not None
    return Learnt(
        provider=row.provider,
        kind=kind,
        offer_model=row.offer_model,
        model=row.model,
        is_added=row.is_added,
        name=row.name,
        made_by=row.made_by,
        cost=(row.cost_least or 0, row.cost_most or 0) if known else None,
        cost_unit=row.cost_unit,
        gone_on=row.gone_on,
        ends_on=row.ends_on,
        instead=row.instead,
    )


def known_at(model: ImageModel, row: ProviderRow) -> list[tuple[Offer, Learnt | None]]:
    """The offers of a model at this provider, with what was learnt of them; one accepted as gone still among them.

    One that a release calls ended is not, unless an administrator accepted that the vendor sells it again.
    """
    is_own_address, today = is_at_own_address(row), timezone.localdate()
    found = []
    for offer in model.offers:
        if not offer.is_at(row.slug, row.kind):
            continue
        learnt = registry.learnt(row.slug, offer.model)
        if offer.is_sold(is_own_address=is_own_address, today=today) or (learnt is not None and learnt.is_added):
            found.append((offer, learnt))
    return found


def offers_at(model: ImageModel, row: ProviderRow) -> list[Offer]:
    """What orders of a model may go to at this provider, as it is known today, at the cost accepted last."""
    found = []
    today = timezone.localdate()
    for offer, learnt in known_at(model, row):
        if learnt is not None and learnt.has_ended(today):
            continue
        if learnt is not None and learnt.cost is not None:
            # of a range the most: what is expected is then never less than what is taken
            offer = replace(offer, cost=Rule(flat=learnt.cost[1]), cost_unit=learnt.cost_unit)
        found.append(offer)
    return found


def ends_on(model: ImageModel, rows: list[ProviderRow]) -> date | None:
    """The announced day on which the last of these providers stops serving a model; None while one goes on."""
    days = []
    for row in rows:
        for offer in offers_at(model, row):
            learnt = registry.learnt(row.slug, offer.model)
            if learnt is None or learnt.ends_on is None:
                return None
            days.append(learnt.ends_on)
    return max(days, default=None)
