"""The facts of a diary entry as a person reads them."""

from typing import Any

from django.utils import formats
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from studio.core.numbers import grouped
from studio.providers.aimlapi import CREDITS_PER_DOLLAR
from studio.providers.catalogue import Rule
from studio.providers.models import DiaryEntry


def cost(facts: dict[str, Any]) -> str:
    """`7 Apiframe credits`, `4 to 23 Apiframe credits`, `$0.042`, `not known`."""
    amounts = facts.get("cost")
    if not amounts:
        return _("not known")
    unit = facts.get("unit", "")
    if unit == "aimlapi":
        least, most = (f"${amount / CREDITS_PER_DOLLAR:.6f}".rstrip("0").rstrip(".") for amount in amounts)
    else:
        least, most = (grouped(amount) for amount in amounts)
    amount = least if least == most else _("%(least)s to %(most)s") % {"least": least, "most": most}
    if unit == "apiframe":
        return _("%(amount)s Apiframe credits") % {"amount": amount}
    return amount if unit == "aimlapi" else f"{amount} {unit}".strip()


def price(rule: Rule) -> str:
    """`21`, or `low 4, medium 9, high 23`: credits a picture."""
    if not rule.by:
        return grouped(rule.flat)
    return ", ".join(f"{value} {grouped(amount)}" for value, amount in rule.table.items())


def day(text: str | None) -> str:
    """An ISO day as people here write it."""
    found = parse_date(text) if text else None
    return formats.date_format(found, "j F Y") if found else ""


def before(entry: DiaryEntry) -> str:
    """What we know, in a few words."""
    kind = DiaryEntry.Kind
    if entry.kind == kind.NEW:
        return _("not in the catalogue") if not entry.model else _("not offered there")
    if entry.kind == kind.SUNSET:
        return day(entry.before.get("on")) or _("goes on")
    return cost(entry.before) if entry.kind == kind.REPRICED else _("offered there")


def after(entry: DiaryEntry) -> str:
    """What the vendor's list says, in a few words."""
    kind = DiaryEntry.Kind
    if entry.kind == kind.GONE:
        on = day(entry.after.get("on"))
        words = _("ended on %(day)s") % {"day": on} if on else _("no longer in the list")
    elif entry.kind == kind.SUNSET:
        on = day(entry.after.get("on"))
        words = _("ends on %(day)s") % {"day": on} if on else _("goes on")
    elif entry.kind == kind.NEW:
        known = {"cost": cost(entry.after)}
        words = _("offered at %(cost)s") % known if entry.after.get("cost") else _("offered, cost not known")
    else:
        words = cost(entry.after)
    instead = entry.after.get("instead")
    return f"{words}, {_('instead: %(model)s') % {'model': instead}}" if instead else words


def told(entry: DiaryEntry) -> str:
    """`21 Apiframe credits → 25 Apiframe credits`."""
    return f"{before(entry)} → {after(entry)}"
