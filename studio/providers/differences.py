"""What a vendor's list says and our catalogue, as it is known today, does not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from studio.providers import overlay
from studio.providers.base import Ending, ListedModel
from studio.providers.catalogue import ImageModel, Offer, registry
from studio.providers.catalogue.overlay import Learnt
from studio.providers.connections import is_at_own_address
from studio.providers.models import DiaryEntry, ProviderRow

Facts = dict[str, Any]
Cost = tuple[int, int]


@dataclass(frozen=True)
class Difference:
    """One entry of the diary before it is written; facts as DiaryEntry describes them."""

    kind: str
    offer_model: str
    model: str = ""
    before: Facts = field(default_factory=dict)
    after: Facts = field(default_factory=dict)

    def is_same_as(self, entry: DiaryEntry) -> bool:
        """Whether somebody who ignored `entry` has decided about this one too.

        A new model is the same whatever it costs by now; another cost or another day is something else.
        """
        return self.kind == DiaryEntry.Kind.NEW or self.after == entry.after

    def entry(self, provider: str, now: datetime) -> DiaryEntry:
        return DiaryEntry(
            provider=provider,
            kind=self.kind,
            offer_model=self.offer_model,
            model=self.model,
            before=self.before,
            after=self.after,
            first_seen=now,
            last_seen=now,
        )


@dataclass(frozen=True)
class _Known:
    """One offer of this provider as the catalogue has it today."""

    model: ImageModel
    offer: Offer
    learnt: Learnt | None

    @property
    def is_gone(self) -> bool:
        return self.learnt is not None and self.learnt.has_ended(timezone.localdate())

    @property
    def cost(self) -> Facts:
        if self.learnt is not None and self.learnt.cost is not None:
            return _cost(self.learnt.cost, self.learnt.cost_unit)
        return _cost(self.offer.cost.range if self.offer.cost else None, self.offer.cost_unit)


def _cost(cost: Cost | None, unit: str) -> Facts:
    return {"cost": list(cost) if cost else None, "unit": unit if cost else ""}


def differences(
    row: ProviderRow, listed: Sequence[ListedModel], endings: Mapping[str, Ending] | None
) -> list[Difference]:
    """Every difference between a provider's list and the catalogue; the overlay must be fresh.

    `endings` None: nothing was said about ends, so nothing about them has changed.
    """
    known = _known_at(row)
    by_name = {name: model for model in reversed(listed) for name in (*model.aliases, model.id)}
    by_name |= {model.id: model for model in listed}
    found = []
    for name, at in known.items():
        found += _about_known(row, at, by_name.get(name), endings)
    ours = {by_name[name].id for name in known if name in by_name}
    found += [_new(model) for model in listed if model.id not in ours]
    return found


def _known_at(row: ProviderRow) -> dict[str, _Known]:
    return {
        offer.model: _Known(model, offer, learnt)
        for model in registry.models()
        for offer, learnt in overlay.known_at(model, row)
        if offer.model
    }


def _about_known(
    row: ProviderRow, at: _Known, listed: ListedModel | None, endings: Mapping[str, Ending] | None
) -> list[Difference]:
    kind, offer_model, model = DiaryEntry.Kind, at.offer.model, at.model.id
    ending = (endings or {}).get(offer_model)
    if listed is None:
        if at.is_gone or not _is_missed(row, at):
            return []
        return [Difference(kind.GONE, offer_model, model, before=at.cost, after=_end(ending))]
    if at.is_gone:
        return [Difference(kind.NEW, offer_model, model, after=_facts(listed))]
    found = []
    now = _cost(listed.cost, listed.cost_unit)
    if listed.cost is not None and now != at.cost:
        found.append(Difference(kind.REPRICED, offer_model, model, before=at.cost, after=now))
    accepted = at.learnt.ends_on if at.learnt else None
    if endings is not None and (ending.on if ending else None) != accepted:
        before = {"on": accepted.isoformat()} if accepted else {}
        found.append(Difference(kind.SUNSET, offer_model, model, before=before, after=_end(ending)))
    return found


def _is_missed(row: ProviderRow, at: _Known) -> bool:
    """Whether the list should have it: a server of one's own never promised what we declare for its kind."""
    is_own = row.kind == "openai" and not is_at_own_address(row)
    return not is_own or (at.learnt is not None and at.learnt.is_added)


def _new(listed: ListedModel) -> Difference:
    known = registry.find(listed.id) or next(filter(None, map(registry.find, listed.aliases)), None)
    return Difference(DiaryEntry.Kind.NEW, listed.id, known.id if known else "", after=_facts(listed))


def _facts(listed: ListedModel) -> Facts:
    return {**_cost(listed.cost, listed.cost_unit), "name": listed.name, "made_by": listed.made_by}


def _end(ending: Ending | None) -> Facts:
    return {"on": ending.on.isoformat(), "instead": ending.instead} if ending else {}
