"""The form of all prices: one row a model, and only what was changed in it becomes a new version."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from studio.providers import catalogue, changes, overlay, told
from studio.providers.catalogue import ImageModel, Rule
from studio.providers.models import ModelPrice, ProviderRow

MOST_SHOWN = 200


@dataclass
class Amount:
    """One field: credits a picture, flat or for one value."""

    name: str
    label: str
    text: str


@dataclass
class PriceRow:
    """One model: its price as it is, and as the form says it; `old` is what the form was made from."""

    model: ImageModel
    current: Rule | None
    costs: str = ""
    by: str = ""
    amounts: list[Amount] = field(default_factory=list)
    is_ours: bool = False  # the estimate is to be our price from now on
    is_shown: bool = True
    is_touched: bool = False
    rule: Rule | None = None  # the new price, once it is right
    error: str = ""
    old: str = ""

    @property
    def now(self) -> str:
        return told.price(self.current) if self.current else ""

    @property
    def is_estimate(self) -> bool:
        return bool(self.current and self.current.is_estimate)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The parameters a price can depend on: those with a closed list of values."""
        closed = [p for p in self.model.parameters if p.values and not p.is_open and not p.is_count]
        return [("", _("the same for all")), *((p.name, str(p.label)) for p in closed)]

    def name(self, what: str) -> str:
        return f"{what}:{self.model.id}"

    def fill(self, data: Mapping[str, str] | None) -> None:
        """Take what was sent, or what is so far."""
        present = json.dumps(self.current.as_json(), sort_keys=True) if self.current else ""
        if data is None or self.name("old") not in data:
            self.by = self._by_now()
            self.old = present
            self.amounts = self._fields({})
            return
        self.old = data[self.name("old")]
        self.by = data.get(self.name("by"), "")
        self.is_ours = self.name("ours") in data
        if self.by not in dict(self.choices):
            self.by = self._by_now()
        self.amounts = self._fields(data)
        self._judge(data, present)

    def _by_now(self) -> str:
        by = self.current.by if self.current else ""
        return by if by in dict(self.choices) else ""  # a release may have taken the parameter away

    def _fields(self, data: Mapping[str, str]) -> list[Amount]:
        values = self.model.by_name[self.by].values if self.by else ("",)
        return [self._field(value, data) for value in values]

    def _field(self, value: str, data: Mapping[str, str]) -> Amount:
        name = f"{self.name('amount')}:{self.by}:{value}"
        present = ""
        if self.current:
            alike = self.current.by == self.by
            # what a picture costs today whatever the value: the least surprising start of a table, and of a flat price
            amount = self.current.table.get(value) if alike and self.by else self.current.range[1]
            present = "" if amount is None else str(amount)
        return Amount(name, value, data.get(name, present).strip())

    def _judge(self, data: Mapping[str, str], present: str) -> None:
        texts = [amount.text for amount in self.amounts]
        is_rendered = all(amount.name in data for amount in self.amounts)
        rule, error = self._read(texts)
        written = json.dumps(rule.as_json(), sort_keys=True) if rule else ""
        is_empty = not any(texts) and not self.by
        self.is_touched = (not is_empty and (rule is None or written != self.old)) or self.is_ours
        if not self.is_touched:
            self.old = present
            return
        if not is_rendered:
            error = _("Give an amount for each, then save again.")
        elif self.old != present:
            error = _("Somebody changed this price in the meantime: it is %(price)s now.") % {"price": self.now or "–"}
            self.old = present
        self.error = error
        self.rule = None if error else rule

    def _read(self, texts: list[str]) -> tuple[Rule | None, str]:
        numbers = [int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else None for text in texts]
        if any(number is None or number > 1_000_000 for number in numbers):
            return None, _("Amounts are whole numbers from 0 to 1,000,000.")
        flat = None if self.by else numbers[0]
        table = dict(zip((amount.label for amount in self.amounts), numbers, strict=True)) if self.by else {}
        try:
            return changes.checked_rule(model=self.model.id, flat=flat, by=self.by, table=table), ""
        except ValueError as error:
            return None, str(error)


class PriceSheet:
    """All rows; `data` is what was sent, None for a fresh form. Read in four queries, whatever the number of models."""

    def __init__(self, data: Mapping[str, str] | None, *, words: str = "", family: str = "") -> None:
        overlay.refresh()
        self.words, self.family = words.strip(), family
        newest = {row.model: row for row in ModelPrice.objects.order_by("price_list_id")}
        providers = list(ProviderRow.objects.filter(enabled=True))
        models = catalogue.models()
        self.families = list(dict.fromkeys(model.family for model in models))
        self.rows = [PriceRow(model, newest[model.id].rule if model.id in newest else None) for model in models]
        shown = 0
        for row in self.rows:
            row.fill(data)
            row.is_shown = self._is_wanted(row.model) and shown < MOST_SHOWN
            shown += row.is_shown
            if row.is_shown:
                row.costs = _costs(row.model, providers)
            elif row.error:
                row.is_shown = True  # what is wrong is always seen
        self.left_out = sum(self._is_wanted(row.model) for row in self.rows) - shown

    def _is_wanted(self, model: ImageModel) -> bool:
        words = self.words.casefold()
        if self.family and model.family != self.family:
            return False
        return not words or any(words in name.casefold() for name in (model.id, model.name, model.family))

    @property
    def touched(self) -> list[PriceRow]:
        return [row for row in self.rows if row.is_touched]

    @property
    def shown(self) -> list[PriceRow]:
        return [row for row in self.rows if row.is_shown]

    @property
    def kept(self) -> list[PriceRow]:
        """Changed rows that the search leaves out: they go along unseen, so that nothing typed is lost."""
        return [row for row in self.rows if row.is_touched and not row.is_shown]

    @property
    def errors(self) -> int:
        return sum(bool(row.error) for row in self.rows)

    def rules(self) -> dict[str, Rule]:
        """The new prices by model."""
        return {row.model.id: row.rule for row in self.rows if row.rule is not None}


def _costs(model: ImageModel, providers: list[ProviderRow]) -> str:
    """What the connected vendors take, for comparison."""
    found = []
    for row in providers:
        for offer in overlay.offers_at(model, row):
            if offer.cost:
                facts = {"cost": list(offer.cost.range), "unit": offer.cost_unit}
                found.append(f"{row.name}: {told.cost(facts)}")
    return "; ".join(found)
