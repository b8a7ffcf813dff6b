"""Several of our parameters as one of a vendor's: the size as a word, as "1024x1792" or as {width, height}."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from studio.providers.catalogue.parameter import Parameter
from studio.providers.catalogue.values import Value, colour_of

SIDES = ("width", "height")


@dataclass(frozen=True)
class Exact:
    """Sizes in pixels that a vendor takes beside its own words: sides from `least` to `most` in whole `step`s.

    Written as {width, height}, or as text. `missing` stands for a side that an object leaves out.
    """

    least: int
    most: int
    step: int = 1
    most_pixels: int | None = None
    most_ratio: float | None = None  # of the longer to the shorter side
    is_text: bool = False
    missing: tuple[int, int] = (1024, 768)

    def problem(self, name: str, width: int, height: int) -> str:
        """What is wrong with a size, as a sentence; empty when nothing is."""
        words = {"name": name, "least": self.least, "most": self.most, "step": self.step}
        if not all(self.least <= side <= self.most for side in (width, height)):
            return _("%(name)s needs a width and a height from %(least)s to %(most)s.") % words
        if width % self.step or height % self.step:
            return _("%(name)s needs a width and a height that are multiples of %(step)s.") % words
        if self.most_ratio and max(width, height) > self.most_ratio * min(width, height):
            return _("%(name)s may be at most %(ratio)g times as long as wide.") % {**words, "ratio": self.most_ratio}
        if self.most_pixels and width * height > self.most_pixels:
            return _("%(name)s may have at most %(pixels)s pixels.") % {**words, "pixels": self.most_pixels}
        return ""

    def spelt(self, width: int, height: int) -> Any:
        return f"{width}x{height}" if self.is_text else {"width": width, "height": height}

    def sides(self, raw: Any) -> tuple[int, int] | None:
        """The width and height of what a request says, unchecked; None for what is no size."""
        if self.is_text:
            match = re.fullmatch(r"([1-9]\d{0,4})x([1-9]\d{0,4})", raw, re.ASCII) if isinstance(raw, str) else None
            return (int(match[1]), int(match[2])) if match else None
        if not isinstance(raw, dict) or not raw or not set(raw) <= set(SIDES):
            return None
        width, height = raw.get("width", self.missing[0]), raw.get("height", self.missing[1])
        return (width, height) if type(width) is int and type(height) is int else None

    def schema(self) -> dict[str, Any]:
        if self.is_text:
            return {"type": "string", "pattern": "^[1-9][0-9]{0,4}x[1-9][0-9]{0,4}$"}
        side = {"type": "integer", "minimum": self.least, "maximum": self.most}
        side |= {"multipleOf": self.step} if self.step > 1 else {}
        sides = dict.fromkeys(SIDES, side)
        return {"type": "object", "additionalProperties": False, "minProperties": 1, "properties": sides}


@dataclass(frozen=True)
class Join:
    """One key of a vendor for several of our parameters.

    `words` are the vendor's own, each with what it means here; a word that means nothing leaves it to the model.
    `ratios` are shapes it has no word for, with the pixels that are written instead. `exact` takes width and height.
    `defaults` are what the parts mean where only some of them were asked for.
    """

    name: str
    words: Mapping[str, Mapping[str, Value]]
    exact: Exact | None = None
    ratios: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    ratio_name: str = "aspect_ratio"
    defaults: Mapping[str, Value] = field(default_factory=dict)
    takes_null: bool = False

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The parameters of ours that it joins."""
        found = [name for meaning in self.words.values() for name in meaning]
        found += [self.ratio_name] if self.ratios else []
        return tuple(dict.fromkeys([*found, *(SIDES if self.exact else ())]))

    def write(self, asked: Mapping[str, Value]) -> Any:
        """The vendor's value for some of the parts; None for what it cannot say."""
        wanted = {**self.defaults, **asked}
        for word, meaning in self.words.items():
            if self.exact and set(meaning) == set(SIDES):
                continue  # pixels are written as pixels
            if asked and {**self.defaults, **meaning} == wanted:
                return word
        if set(asked) == {self.ratio_name} and self.exact:
            size = self.ratios.get(str(asked[self.ratio_name]))
            return self.exact.spelt(*size) if size else None
        if set(asked) == set(SIDES) and self.exact:
            width, height = asked["width"], asked["height"]
            if type(width) is int and type(height) is int and not self.exact.problem(self.name, width, height):
                return self.exact.spelt(width, height)
        return None

    def read(self, raw: Any) -> dict[str, Value]:
        """What the vendor's value means in our parameters. Raises ValueError with a sentence."""
        if isinstance(raw, str) and raw in self.words:
            return dict(self.words[raw])
        sides = self.exact.sides(raw) if self.exact else None
        if self.exact is None or sides is None:
            raise ValueError(self._sentence())
        if problem := self.exact.problem(self.name, *sides):
            raise ValueError(problem)
        for ratio, size in self.ratios.items():
            if size == sides:
                return {self.ratio_name: ratio}
        return dict(zip(SIDES, sides, strict=True))

    def _sentence(self) -> str:
        words = {"name": self.name, "values": ", ".join(self.words)}
        if self.exact is None:
            return _("%(name)s must be one of %(values)s.") % words
        if self.exact.is_text:
            return _("%(name)s must be one of %(values)s, or a width and height such as 1024x768.") % words
        return _("%(name)s must be one of %(values)s, or an object of width and height.") % words

    def narrow(self, parameter: Parameter) -> Parameter | None:
        """One of the parts as far as this vendor can be asked for it alone; None when it cannot."""
        if parameter.name in SIDES and self.exact:
            return parameter.narrowed(None, self.exact.least, self.exact.most)
        said = {value: None for value in parameter.values if self.write({parameter.name: value}) is not None}
        return parameter.narrowed(said) if said else None


@dataclass(frozen=True, kw_only=True)
class SpokenJoin(Parameter):
    """The vendor's one parameter, for the validation and the schema of its dialect."""

    join: Join

    def clean(self, value: Any) -> Any:
        """Raises ValueError with a sentence."""
        self.join.read(value)
        return value

    def _form(self) -> dict[str, Any]:
        words: dict[str, Any] = {"type": "string", "enum": list(self.join.words)}
        return {"anyOf": [words, self.join.exact.schema()]} if self.join.exact else words


@dataclass(frozen=True)
class SpokenColours(Parameter):
    """A list of colours as {r, g, b}."""

    def clean(self, value: Any) -> Any:
        """Raises ValueError with a sentence."""
        if not isinstance(value, list):
            raise ValueError(_("%(name)s must be a list.") % {"name": self.name})
        super().clean([colour_of(self.name, rgb) for rgb in value])
        return value

    def _form(self) -> dict[str, Any]:
        part = {"type": "integer", "minimum": 0, "maximum": 255}
        rgb = {
            "type": "object",
            "additionalProperties": False,
            "required": ["r", "g", "b"],
            "properties": dict.fromkeys("rgb", part),
        }
        return {"type": "array", "items": rgb} | ({} if self.most is None else {"maxItems": self.most})
