"""What a picture costs: a pure function of model, parameters, count and the price list's version."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from studio.providers.catalogue.values import Value


@dataclass(frozen=True)
class Rule:
    """A flat amount a picture, or one for each value of the parameter `by`; times the count. Whole, not negative."""

    flat: int = 0
    by: str = ""
    table: Mapping[str, int] = field(default_factory=dict)
    is_estimate: bool = False  # our own figure: no source names one

    def __post_init__(self) -> None:
        amounts = list(self.table.values()) if self.by else [self.flat]
        if not amounts or any(type(amount) is not int or not 0 <= amount <= 1_000_000 for amount in amounts):
            raise ValueError("A price needs whole amounts from 0 to 1,000,000.")

    def unit(self, params: Mapping[str, Value], defaults: Mapping[str, Value]) -> int:
        """Credits a picture; a value the table does not know costs as much as the dearest, so a hold is never short."""
        if not self.by:
            return self.flat
        value = str(params.get(self.by, defaults.get(self.by, "")))
        return self.table.get(value, max(self.table.values()))

    def formula(self, params: Mapping[str, Value], defaults: Mapping[str, Value], count: int) -> str:
        """How the amount came about, in no language: `21 × 1`, `quality high: 23 × 2`."""
        amount = f"{self.unit(params, defaults)} × {count}"
        return f"{self.by} {params.get(self.by, defaults.get(self.by, '?'))}: {amount}" if self.by else amount

    @property
    def range(self) -> tuple[int, int]:
        """The least and the most a picture can cost."""
        amounts = list(self.table.values()) if self.by else [self.flat]
        return min(amounts), max(amounts)

    def as_json(self) -> dict[str, Any]:
        return {"by": self.by, "table": dict(self.table)} if self.by else {"flat": self.flat}

    @classmethod
    def from_json(cls, data: Mapping[str, Any], *, is_estimate: bool = False) -> "Rule":
        """Raises ValueError for what is no rule."""
        try:
            if "by" in data:
                return cls(by=str(data["by"]), table=dict(data["table"]), is_estimate=is_estimate)
            return cls(flat=data["flat"], is_estimate=is_estimate)
        except (KeyError, TypeError):
            raise ValueError("A price is {flat} or {by, table}.") from None
