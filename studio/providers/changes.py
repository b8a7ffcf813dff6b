"""What an administrator changes about providers, models and prices; each change is written to the audit log."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from studio.accounts.models import User
from studio.core.models import audit
from studio.providers import catalogue
from studio.providers.catalogue import Rule
from studio.providers.models import ModelPrice, ModelRow, PriceList, ProviderRow

EDITABLE = ("name", "base_url", "enabled", "order", "pace_concurrent", "pace_per_minute")


@transaction.atomic
def save_provider(*, row: ProviderRow, changed: Iterable[str], key: str = "", by: User) -> None:
    """Store a new provider, or of an old one only what `changed`; `key` empty keeps the key there is.

    The circuit is the engine's and is never written here.
    """
    fields = [name for name in changed if name in EDITABLE]
    if key:
        row.set_key(key)
        fields += ["key_encrypted", "key_ending"]
    is_new = row._state.adding
    if is_new:
        row.save(force_insert=True)
    elif fields:
        row.save(update_fields=fields)
    said = [name for name in fields if not name.startswith("key_")] + (["key"] if key else [])
    if is_new or said:
        audit("provider.added" if is_new else "provider.changed", actor=by, target=row.slug, fields=said)


@transaction.atomic
def close_circuit(*, row: ProviderRow, by: User) -> bool:
    """Let orders through again at once; False when nothing was open."""
    changed = ProviderRow.objects.filter(pk=row.pk).exclude(failures=0, opened_until=None)
    if not changed.update(failures=0, opened_until=None):
        return False
    audit("provider.circuit_closed", actor=by, target=row.slug)
    return True


@transaction.atomic
def set_model_enabled(*, row: ModelRow, enabled: bool, by: User) -> bool:
    """Switch a model on or off; False when it was so already."""
    if not ModelRow.objects.filter(pk=row.pk).exclude(enabled=enabled).update(enabled=enabled):
        return False
    audit("model.enabled" if enabled else "model.disabled", actor=by, target=row.model)
    return True


@transaction.atomic
def add_prices(*, note: str, rules: dict[str, Rule], by: User) -> PriceList:
    """A new version of the prices in which these models have these rules; all others stay as they were."""
    last = PriceList.objects.order_by("-version").first()
    version = last.version + 1 if last else 1
    price_list = PriceList(version=version, note=note, created_by=by)
    price_list.save(force_insert=True)  # two at once: the second fails instead of overwriting the first
    ModelPrice.objects.bulk_create(
        ModelPrice(
            price_list=price_list,
            model=model,
            flat=None if rule.by else rule.flat,
            by=rule.by,
            table=dict(rule.table),
            is_estimate=rule.is_estimate,
        )
        for model, rule in rules.items()
    )
    shown: dict[str, Any] = {model: rule.as_json() for model, rule in rules.items()}
    audit("prices.changed", actor=by, target=version, note=note, prices=shown)
    return price_list


def checked_rule(*, model: str, flat: int | None, by: str, table: Any) -> Rule:
    """The price these fields say. Raises ValueError with a sentence."""
    declared = catalogue.find(model)
    if not by:
        if flat is None:
            raise ValueError(_("Say how many credits a picture costs."))
        return Rule(flat=flat)
    parameter = declared.by_name.get(by) if declared else None
    if declared is None or parameter is None or not parameter.values or parameter.is_open:
        raise ValueError(_("This model has no choice with the name %(name)s.") % {"name": by})
    if flat is not None or not isinstance(table, dict) or set(table) != set(parameter.values):
        words = {"values": ", ".join(parameter.values)}
        raise ValueError(_("Leave the flat amount empty and give one amount for each of %(values)s.") % words)
    try:
        return Rule(by=by, table=table)
    except ValueError:
        raise ValueError(_("Amounts are whole numbers from 0 to 1,000,000.")) from None
