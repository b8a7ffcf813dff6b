"""One parameter of a model: what it is called, what may be asked for, how a person is told about it."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

Value = str | int | float | bool
Label = str | Promise


class Kind(StrEnum):
    CHOICE = "choice"
    RATIO = "ratio"  # the shape of the picture; drawn as outlines
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TEXT = "text"


class Place(StrEnum):
    MAIN = "main"  # a row of the composer
    MORE = "more"  # behind "More"
    API = "api"  # programs may send it, the composer does not show it


@dataclass(frozen=True)
class Choice:
    """One allowed value; an empty label shows the value itself. Forms may leave rare ones out."""

    value: str
    label: Label = ""
    is_rare: bool = False

    @property
    def text(self) -> str:
        return str(self.label or self.value)


@dataclass(frozen=True)
class Parameter:
    """`least` and `most` bound numbers, `max_length` and `pattern` bound text; a ratio has choices or a pattern.

    `default` is what the model does when nothing is asked; it is never filled into an order. With a pattern, `choices`
    are suggestions for the form. The parameter with `is_count` says how many pictures; it never stands among params.
    """

    name: str
    kind: Kind
    label: Label
    help: Label = ""
    default: Value | None = None
    choices: tuple[Choice, ...] = ()
    pattern: str = ""
    least: float | None = None
    most: float | None = None
    max_length: int | None = None
    place: Place = Place.MAIN
    is_count: bool = False

    @property
    def is_ratio(self) -> bool:
        return self.kind is Kind.RATIO

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(choice.value for choice in self.choices)

    @property
    def is_open(self) -> bool:
        """Whether values beyond `choices` are allowed."""
        return self.kind not in (Kind.CHOICE, Kind.RATIO) or bool(self.pattern)

    def clean(self, value: Any) -> Value:
        """`value` as it is when this parameter allows it. Raises ValueError with a sentence; nothing is converted."""
        if self.kind is Kind.BOOLEAN:
            if not isinstance(value, bool):
                raise ValueError(_("%(name)s must be true or false.") % {"name": self.name})
            return value
        if self.kind in (Kind.INTEGER, Kind.NUMBER):
            return self._clean_number(value)
        if not isinstance(value, str):
            raise ValueError(_("%(name)s must be text.") % {"name": self.name})
        if not self.is_open:
            return self._clean_choice(value)
        if self.max_length is not None and len(value) > self.max_length:
            raise ValueError(
                _("%(name)s may have at most %(most)s characters.") % {"name": self.name, "most": self.max_length}
            )
        if self.pattern and not re.fullmatch(self.pattern, value, re.ASCII):
            raise ValueError(_("%(name)s is not written as it must be.") % {"name": self.name})
        if self.is_ratio and ratio_of(value) is None:
            raise ValueError(_("%(name)s must be a ratio such as 3:2.") % {"name": self.name})
        return value

    def _clean_choice(self, value: str) -> str:
        if value in self.values:
            return value
        raise ValueError(
            _("%(name)s must be one of %(values)s.") % {"name": self.name, "values": ", ".join(self.values)}
        )

    def _clean_number(self, value: Any) -> int | float:
        is_whole = self.kind is Kind.INTEGER
        if isinstance(value, bool) or not isinstance(value, int if is_whole else int | float):
            sentence = _("%(name)s must be a whole number.") if is_whole else _("%(name)s must be a number.")
            raise ValueError(sentence % {"name": self.name})
        # json.loads makes integers of any length; a vendor reads 64 bits
        too_big = isinstance(value, int) and not -(2**63) <= value < 2**63
        if too_big or not math.isfinite(value) or not self._is_inside(value):
            raise ValueError(self._range_sentence())
        return value

    def _is_inside(self, value: float) -> bool:
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    def _range_sentence(self) -> str:
        words = {"name": self.name, "least": self.least, "most": self.most}
        if self.least is not None and self.most is not None:
            return _("%(name)s must be between %(least)s and %(most)s.") % words
        if self.least is not None:
            return _("%(name)s must be at least %(least)s.") % words
        if self.most is not None:
            return _("%(name)s must be at most %(most)s.") % words
        return _("%(name)s is too large.") % words

    def from_text(self, text: str) -> Value:
        """The value a form field's text stands for. Raises ValueError with a sentence."""
        converted: Any = text
        try:
            if self.kind is Kind.INTEGER:
                converted = int(text)
            elif self.kind is Kind.NUMBER:
                converted = float(text)
            elif self.kind is Kind.BOOLEAN:
                converted = {"true": True, "on": True, "1": True, "false": False, "0": False}.get(text, text)
        except ValueError:
            converted = text  # clean() has the sentence
        return self.clean(converted)

    def narrowed(self, values: Mapping[str, Any] | None, least: float | None, most: float | None) -> "Parameter":
        """This parameter with only those of its values that also stand in `values`, and inside the narrower range."""
        keep = self.choices if values is None else tuple(c for c in self.choices if c.value in values)
        return replace(
            self,
            choices=keep,
            pattern=self.pattern if values is None else "",
            least=self.least if least is None else max(least, least if self.least is None else self.least),
            most=self.most if most is None else min(most, most if self.most is None else self.most),
        )

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the value."""
        kinds = {Kind.INTEGER: "integer", Kind.NUMBER: "number", Kind.BOOLEAN: "boolean"}
        schema: dict[str, Any] = {"type": kinds.get(self.kind, "string")}
        if not self.is_open:
            schema["enum"] = list(self.values)
        optional = {
            "pattern": self.pattern or None,
            "minimum": self.least,
            "maximum": self.most,
            "maxLength": self.max_length,
            "default": self.default,
            "description": str(self.help) or None,
        }
        return schema | {key: value for key, value in optional.items() if value is not None}


def ratio_of(text: str) -> float | None:
    """Width over height of "3:2" or "1792x1024"; None for what is no shape."""
    match = re.fullmatch(r"(\d{1,5})[:x](\d{1,5})", text, re.ASCII)
    if not match:
        return None
    width, height = int(match[1]), int(match[2])
    return width / height if width and height else None


def is_same_ratio(one: float, other: float) -> bool:
    """Ratios match within 1 %: 3:2 and 1792x1024 are two values."""
    return abs(one / other - 1) <= 0.01
