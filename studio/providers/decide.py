"""What an administrator decides about the diary; what is accepted is laid over the declarations."""

import math
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.accounts.models import User
from studio.core.models import audit
from studio.providers import changes, overlay
from studio.providers.catalogue import Rule
from studio.providers.models import CatalogueVersion, DiaryEntry, LearntOffer, ModelRow

Kind = DiaryEntry.Kind


@transaction.atomic
def ignore(*, entries: Sequence[DiaryEntry], by: User, note: str = "") -> int:
    """Leave these as they are until they change again; returns how many were open."""
    done = 0
    for entry in entries:
        if _decide(entry, DiaryEntry.State.IGNORED, by=by, note=note, out_of=(DiaryEntry.State.OPEN,)):
            done += 1
    return done


@transaction.atomic
def accept(
    *,
    entries: Sequence[DiaryEntry],
    by: User,
    note: str = "",
    rules: Mapping[str, Rule] | None = None,
    same: Mapping[int, str] | None = None,
) -> int:
    """Lay what these say over the catalogue; `rules` are new prices of ours by canonical model id.

    `same` says of new models, by the entry's pk, which of our models (canonical id) they are under another name.

    An entry that is decided or over by now is left as it is, and its price with it. Returns how many were accepted.
    """
    models: dict[str, bool] = {}
    done = 0
    overlay.refresh()
    for entry in entries:
        model = entry.model or (same or {}).get(entry.pk) or entry.offer_model
        models.setdefault(model, False)
        if _decide(entry, DiaryEntry.State.ACCEPTED, by=by, note=note, out_of=DiaryEntry.STANDING):
            _learn(entry, model)
            models[model] = True
            done += 1
    if not done:
        return 0
    _count_up()
    transaction.on_commit(overlay.refresh)  # other processes find out by themselves, this one at once
    priced = {model: rule for model, rule in (rules or {}).items() if models.get(model)}
    if priced:
        changes.add_prices(note=note or _("Accepted from the price diary"), rules=priced, by=by)
    return done


def _decide(entry: DiaryEntry, state: DiaryEntry.State, *, by: User, note: str, out_of: Collection[str]) -> bool:
    standing = DiaryEntry.objects.filter(pk=entry.pk, state__in=out_of, after=entry.after)
    if not standing.update(state=state, decided_by=by, decided_at=timezone.now(), note=note):
        return False
    facts = {"what": entry.kind, "provider": entry.provider, "before": entry.before, "after": entry.after}
    audit(f"diary.{state}", actor=by, target=entry.offer_model, note=note, **facts)
    return True


def _learn(entry: DiaryEntry, model: str) -> None:
    row, _new = LearntOffer.objects.get_or_create(
        provider=entry.provider, offer_model=entry.offer_model, defaults={"model": model}
    )
    after = entry.after
    if entry.kind == Kind.NEW:
        row.gone_on = row.ends_on = None
        row.is_added, row.model = True, model
        DiaryEntry.objects.filter(pk=entry.pk).update(model=model)
        row.name, row.made_by = after.get("name", ""), after.get("made_by", "")
        ModelRow.objects.get_or_create(model=model)
    if entry.kind in (Kind.NEW, Kind.REPRICED) and after.get("cost"):
        row.cost_least, row.cost_most = after["cost"]
        row.cost_unit = after["unit"]
    if entry.kind in (Kind.GONE, Kind.SUNSET):
        on = date.fromisoformat(after["on"]) if after.get("on") else None
        row.instead = after.get("instead", "")
        if entry.kind == Kind.SUNSET:
            row.ends_on = on
        else:
            today = timezone.localdate()
            row.gone_on = min(on, today) if on else today
    row.save()


def _count_up() -> None:
    """Say that there is something new; whoever else accepts at this moment waits here until we are done."""
    CatalogueVersion.objects.update_or_create(pk=1, defaults={"number": F("number") + 1}, create_defaults={"number": 1})


def proposal(entry: DiaryEntry, price: Rule | None) -> Rule | None:
    """What our `price` would be if it followed the vendor's cost; None where that cannot be said.

    An accepted model at Apiframe starts with Apiframe's own credits, which our prices follow (contract 2); a price we
    have is moved by the same factor as the cost.
    """
    after = entry.after.get("cost")
    if not after:
        return None
    if price is None:
        return Rule(flat=after[1]) if entry.after.get("unit") == "apiframe" else None
    before = entry.before.get("cost")
    if not before or not before[1] or entry.before.get("unit") != entry.after.get("unit"):
        return None
    return _moved(price, after[1] / before[1])


def _moved(rule: Rule, factor: float) -> Rule | None:
    def move(amount: int) -> int:
        return min(1_000_000, math.ceil(round(amount * factor, 6)))

    moved = Rule(flat=move(rule.flat), by=rule.by, table={value: move(amount) for value, amount in rule.table.items()})
    return None if moved.as_json() == rule.as_json() else moved
