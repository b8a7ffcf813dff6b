"""One parameter of a model: what it is called, what may be asked for, how a person is told about it."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from studio.providers.catalogue.values import (
    COLOUR,
    LONGEST_ADDRESS,
    Value,
    clean_colour,
    clean_picture,
    is_same,
    ratio_of,
)

Label = str | Promise


class Kind(StrEnum):
    CHOICE = "choice"
    RATIO = "ratio"  # the shape of the picture; drawn as outlines
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TEXT = "text"
    PICTURE = "picture"  # the address of one: http(s), or ref:<uuid> for one that is kept here
    PICTURES = "pictures"  # a list of such addresses
    COLOURS = "colours"  # a list of #rrggbb


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

    `most` is how many a list may hold. A switch with choices has only one of its two positions, "true" or "false".
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
    is_required: bool = False
    takes_null: bool = False  # null says the same as leaving it out

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

    @property
    def is_picture(self) -> bool:
        """Whether its values are pictures: addresses, or ref:<uuid>."""
        return self.kind in (Kind.PICTURE, Kind.PICTURES)

    @property
    def is_list(self) -> bool:
        return self.kind in (Kind.PICTURES, Kind.COLOURS)

    def clean(self, value: Any) -> Value:
        """`value` as it is when this parameter allows it. Raises ValueError with a sentence; nothing is converted."""
        if self.kind is Kind.BOOLEAN:
            return self._clean_switch(value)
        if self.kind in (Kind.INTEGER, Kind.NUMBER):
            return self._clean_number(value)
        if self.is_list:
            return self._clean_list(value)
        if self.kind is Kind.PICTURE:
            return clean_picture(self.name, value)
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
        if self.is_ratio and value[:1].isdigit() and ratio_of(value) is None:
            raise ValueError(_("%(name)s must be a ratio such as 3:2.") % {"name": self.name})
        return value

    def _clean_choice(self, value: str) -> str:
        if value in self.values:
            return value
        raise ValueError(
            _("%(name)s must be one of %(values)s.") % {"name": self.name, "values": ", ".join(self.values)}
        )

    def _clean_switch(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise ValueError(_("%(name)s must be true or false.") % {"name": self.name})
        if self.choices:
            self._clean_choice(str(value).lower())
        return value

    def _clean_list(self, value: Any) -> list[str]:
        if not isinstance(value, list):
            raise ValueError(_("%(name)s must be a list.") % {"name": self.name})
        if self.most is not None and len(value) > self.most:
            most = int(self.most)
            sentence = ngettext("%(name)s may hold %(most)d at most.", "%(name)s may hold %(most)d at most.", most)
            raise ValueError(sentence % {"name": self.name, "most": most})
        check = clean_picture if self.kind is Kind.PICTURES else clean_colour
        return [check(self.name, item) for item in value]

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
            elif self.is_list:
                converted = re.split(r"[\s,]+", text.strip()) if self.kind is Kind.COLOURS else text.split()
            elif self.kind is Kind.BOOLEAN:
                converted = {"true": True, "on": True, "1": True, "false": False, "0": False}.get(text, text)
        except ValueError:
            converted = text  # clean() has the sentence
        return self.clean(converted)

    def narrowed(
        self, values: Mapping[Any, Any] | None, least: float | None = None, most: float | None = None
    ) -> "Parameter":
        """This parameter with only those of its values that also stand in `values`, and inside the narrower range."""
        keep = self.choices
        if values is not None and self.kind is Kind.BOOLEAN:
            keep = tuple(Choice(str(value).lower()) for value in values)
        elif values is not None:
            keep = tuple(c for c in self.choices if c.value in values)
        narrow = replace(
            self,
            choices=keep,
            pattern=self.pattern if values is None else "",
            least=self.least if least is None else max(least, least if self.least is None else self.least),
            most=self.most if most is None else min(most, most if self.most is None else self.most),
        )
        return narrow if narrow.allows(self.default) else replace(narrow, default=None)

    def allows(self, value: Value | None) -> bool:
        """Whether `value` may be asked for; nothing may always."""
        try:
            return value is None or is_same(self.clean(value), value)
        except ValueError:
            return False

    def spanning(self, parts: "list[Parameter]") -> "Parameter":
        """This parameter with whatever at least one of `parts`, narrowings of it, allows."""
        if self.kind is Kind.BOOLEAN:
            return self if len({part.choices for part in parts}) > 1 else parts[0]
        kept = {choice.value for part in parts for choice in part.choices}
        least = [part.least for part in parts if part.least is not None]
        most = [part.most for part in parts if part.most is not None]
        wide = replace(
            self,
            choices=tuple(choice for choice in self.choices if choice.value in kept),
            pattern=self.pattern if any(part.pattern for part in parts) else "",
            least=min(least) if len(least) == len(parts) else None,
            most=max(most) if len(most) == len(parts) else None,
        )
        return wide if wide.allows(self.default) else replace(wide, default=None)

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the value."""
        schema = self._form() | {
            key: value
            for key, value in {"default": self.default, "description": str(self.help) or None}.items()
            if value is not None
        }
        if self.takes_null and "anyOf" in schema:
            schema["anyOf"] = [*schema["anyOf"], {"type": "null"}]
        elif self.takes_null:
            schema["type"] = [schema["type"], "null"]
            if "enum" in schema:
                schema["enum"] = [*schema["enum"], None]
        return schema

    def _form(self) -> dict[str, Any]:
        picture = {"type": "string", "format": "uri", "maxLength": LONGEST_ADDRESS}
        if self.kind is Kind.PICTURE:
            return picture
        if self.is_list:
            items = picture if self.kind is Kind.PICTURES else {"type": "string", "pattern": f"^{COLOUR}$"}
            return {"type": "array", "items": items} | ({} if self.most is None else {"maxItems": self.most})
        kinds = {Kind.INTEGER: "integer", Kind.NUMBER: "number", Kind.BOOLEAN: "boolean"}
        schema: dict[str, Any] = {"type": kinds.get(self.kind, "string")}
        if self.kind is Kind.BOOLEAN and self.choices:
            schema["enum"] = [value == "true" for value in self.values]
        elif not self.is_open:
            schema["enum"] = list(self.values)
        bounds = {
            "pattern": f"^(?:{self.pattern})$" if self.pattern else None,
            "minimum": self.least,
            "maximum": self.most,
            "maxLength": self.max_length,
            "format": "int64" if self.kind is Kind.INTEGER and self.most is None else None,
        }
        return schema | {key: value for key, value in bounds.items() if value is not None}
