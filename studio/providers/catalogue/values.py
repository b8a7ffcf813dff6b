"""What a parameter's value may be, and the forms that are checked by more than a range or a list of choices."""

import re
from typing import Any

from django.utils.translation import gettext as _

Value = str | int | float | bool | list[str]

LONGEST_ADDRESS = 8192  # characters; longer ones do not pass every server and proxy
COLOUR = r"#[0-9a-fA-F]{6}"


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


def is_same(one: Any, other: Any) -> bool:
    """Equal and of one type: 1 is not true, but 1 and 1.0 are the same number."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other)


def as_text(value: Value) -> str:
    """What a form field holds for a value; the parameter's `from_text` reads it back."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return " ".join(value) if isinstance(value, list) else str(value)


def clean_picture(name: str, value: Any) -> str:
    """The form of a picture's address; whether it leads anywhere is found out later. Raises ValueError."""
    if not isinstance(value, str):
        raise ValueError(_("%(name)s must be the address of a picture.") % {"name": name})
    if not value.strip():
        raise ValueError(_("%(name)s is empty.") % {"name": name})
    if len(value) > LONGEST_ADDRESS:
        raise ValueError(_("%(name)s may have at most %(most)s characters.") % {"name": name, "most": LONGEST_ADDRESS})
    return value


def clean_colour(name: str, value: Any) -> str:
    """Raises ValueError for what is not written like #1a2b3c."""
    if not isinstance(value, str) or not re.fullmatch(COLOUR, value):
        raise ValueError(_("%(name)s must hold colours such as #1a2b3c.") % {"name": name})
    return value


def rgb_of(colour: str) -> dict[str, int]:
    return {part: int(colour[at : at + 2], 16) for part, at in (("r", 1), ("g", 3), ("b", 5))}


def colour_of(name: str, rgb: Any) -> str:
    """#rrggbb of {r, g, b} with whole numbers from 0 to 255. Raises ValueError."""
    parts = [rgb.get(part) for part in "rgb"] if isinstance(rgb, dict) and set(rgb) == set("rgb") else []
    if not parts or any(type(part) is not int or not 0 <= part <= 255 for part in parts):
        raise ValueError(_("%(name)s must hold colours as r, g and b from 0 to 255.") % {"name": name})
    return "#" + "".join(f"{part:02x}" for part in parts)
