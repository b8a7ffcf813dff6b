"""Colour arithmetic in OKLab and OKLCH, after Björn Ottosson's definition of 2020."""

from __future__ import annotations

import math
from functools import lru_cache

Colour = tuple[int, int, int]
"""An sRGB colour, 0 to 255 per channel."""

Lch = tuple[float, float, float]
"""Lightness 0 to 1, chroma 0 to about 0.4, hue in degrees 0 to 360."""


def from_hex(text: str) -> Colour:
    """The colour written as six hexadecimal digits, with or without a leading #."""
    value = int(text.removeprefix("#"), 16)
    return (value >> 16 & 255, value >> 8 & 255, value & 255)


def _to_linear(channel: int) -> float:
    c = channel / 255
    return float(((c + 0.055) / 1.055) ** 2.4) if c > 0.04045 else c / 12.92


def _to_gamma(value: float) -> float:
    return float(1.055 * value ** (1 / 2.4) - 0.055) if value > 0.0031308 else 12.92 * value


@lru_cache(maxsize=4096)
def to_lab(colour: Colour) -> tuple[float, float, float]:
    """OKLab coordinates (L, a, b) of an sRGB colour."""
    r, g, b = (_to_linear(channel) for channel in colour)
    long = math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    medium = math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _linear_rgb(lightness: float, a: float, b: float) -> tuple[float, float, float]:
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def from_lab(lightness: float, a: float, b: float) -> Colour:
    """The sRGB colour nearest to OKLab coordinates, clipped per channel."""
    r, g, b_ = (min(255, max(0, round(_to_gamma(c) * 255))) for c in _linear_rgb(lightness, a, b))
    return (r, g, b_)


def to_lch(colour: Colour) -> Lch:
    """OKLCH coordinates of an sRGB colour."""
    lightness, a, b = to_lab(colour)
    return (lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360)


def from_lch(lightness: float, chroma: float, hue: float) -> Colour:
    """The sRGB colour of an OKLCH triple; chroma is reduced until it exists in sRGB."""
    angle = math.radians(hue)
    for step in range(20):
        c = chroma * (1 - step / 20)
        a, b = c * math.cos(angle), c * math.sin(angle)
        if all(-0.002 <= channel <= 1.002 for channel in _linear_rgb(lightness, a, b)):
            return from_lab(lightness, a, b)
    return from_lab(lightness, 0, 0)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """A colour `share` (0 to 1) of the way from one to other, straight through OKLab."""
    a, b = to_lab(one), to_lab(other)
    return from_lab(*(x + (y - x) * share for x, y in zip(a, b, strict=True)))


def hue_distance(one: float, other: float) -> float:
    """The angle between two hues, 0 to 180 degrees."""
    return abs((one - other + 180) % 360 - 180)


_KNOTS = 25  # places of a ramp worked out in OKLab; between them straight in sRGB, which no eye tells apart


@lru_cache(maxsize=2048)
def ramp(stops: tuple[Colour, ...]) -> bytes:
    """A palette of 256 sRGB colours (768 bytes) that runs evenly through the stops in OKLab."""
    spans = len(stops) - 1
    knots = []
    for knot in range(_KNOTS):
        place = knot / (_KNOTS - 1) * spans
        index = min(int(place), max(spans - 1, 0))
        knots.append(mix(stops[index], stops[index + 1], place - index) if spans else stops[0])
    palette = bytearray()
    for value in range(256):
        at, share = divmod(value * (_KNOTS - 1) / 255, 1)
        low, high = knots[int(at)], knots[min(int(at) + 1, _KNOTS - 1)]
        palette += bytes(round(a + (b - a) * share) for a, b in zip(low, high, strict=True))
    return bytes(palette)
