"""The twelve palettes, and how named colours, light and style bend them."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import NamedTuple

from studio.providers.art.oklch import Colour, from_hex, from_lch, hue_distance, mix, to_lch


class Palette(NamedTuple):
    """Six inks from the lightest to the darkest; the accent is the one that calls."""

    paper: Colour
    light: Colour
    accent: Colour
    mid: Colour
    deep: Colour
    ink: Colour

    def each(self, change: Callable[[Colour], Colour]) -> Palette:
        """The palette with a change made to every ink."""
        return Palette(*(change(colour) for colour in self))


def _palette(inks: str) -> Palette:
    return Palette(*(from_hex(ink) for ink in inks.split()))


PALETTES: dict[str, Palette] = {
    "kiln": _palette("f3e7d1 f0b352 e4572e 8f2d3a 29335c 141a33"),
    "tidal": _palette("f3efe4 f6a17b e4593f 7fa3bd 1d4a73 0b2138"),
    "dusk": _palette("fff0d9 f7c79e e58a86 96578a 4a3266 1f1836"),
    "violet": _palette("fde7c4 f9b23e ee5a45 b02e5c 53265c 1f1330"),
    "polar": _palette("f6faf7 bfe6df ffab4a 3fa3b5 12607f 0a1a33"),
    "rose": _palette("fff1e8 ffc9b3 ff7b5c d53a5b 6d1f4c 260b24"),
    "lichen": _palette("f1f4df d3d99a f2a154 7d9c6a 2f6255 12312f"),
    "sakura": _palette("fdeee6 f7b5b0 e2607a 8f6c9c 3d4373 1b1d3a"),
    "mint": _palette("f4f7ee bfe0c0 f5d04e 5fb08d 1d6a66 0b2b33"),
    "cobalt": _palette("f7f2e6 ffc65a ff6a3a 6f8df0 1f3bb3 0a1045"),
    "moss": _palette("f8f1d8 e3a857 b9602a 8c9a4c 46592b 1e2a16"),
    "bone": _palette("f4efe6 dccdb8 d7492f a7988a 4d4741 191716"),
}

_FAMILIES: dict[str, tuple[str, ...]] = {
    "day": ("kiln", "tidal", "mint", "lichen", "sakura", "cobalt", "moss"),
    "dawn": ("rose", "sakura", "dusk", "kiln", "tidal"),
    "dusk": ("violet", "dusk", "kiln", "rose"),
    "night": ("polar", "cobalt", "tidal", "violet", "dusk"),
    "fog": ("bone", "lichen", "sakura", "tidal", "mint"),
    "snow": ("polar", "tidal", "cobalt", "sakura"),
    "neon": ("violet", "cobalt", "rose"),
}

# Yellow and orange have no dark of their own hue that pleases: their shadows go to brown.
_SHADOW_HUES = ((70.0, 118.0, 58.0), (45.0, 70.0, 38.0))
_WARM = 20.0, 115.0  # hues that may call from a field of their own
_OCHRES = 32.0, 112.0  # orange, terracotta, gold, yellow
_GREY = 0.035  # chroma below which a named colour has no hue to speak of
_CALM = 0.8  # what style "natural" leaves of every chroma


def choose(
    rng: random.Random, *, light: str, colours: tuple[Colour, ...], style: str, liked: tuple[str, ...]
) -> Palette:
    """The palette of one picture: nearest to the named colours, else of the light's family, else one the scene likes.

    Exactly one random number is used, whatever the words are.
    """
    pick = rng.random()
    hues = [lch for colour in colours if (lch := to_lch(colour))[1] >= _GREY]
    family = _FAMILIES.get(light, _FAMILIES["day"])
    names = [name for name in family if name in liked] or list(family if light != "day" else liked or family)
    if hues:
        palette = min(PALETTES.values(), key=lambda option: _distance(option, hues[0][2]))
        palette = _rebuilt(palette, hues)
    else:
        palette = PALETTES[names[int(pick * len(names))]]
    palette = _greyed(palette, colours) if colours and not hues else palette
    if style == "natural":
        palette = palette.each(_calmed)
    return palette


def nocturne(palette: Palette) -> Palette:
    """The palette as it looks with the lamps out: every ink moved towards the dark, the accent least."""
    return Palette(
        mix(palette.paper, palette.deep, 0.42),
        mix(palette.light, palette.deep, 0.38),
        mix(palette.accent, palette.deep, 0.18),
        mix(palette.mid, palette.ink, 0.42),
        mix(palette.deep, palette.ink, 0.5),
        mix(palette.ink, (4, 5, 12), 0.4),
    )


def _distance(palette: Palette, hue: float) -> float:
    weights = zip((palette.mid, palette.deep, palette.light), (0.45, 0.4, 0.15), strict=True)
    return sum(hue_distance(to_lch(colour)[2], hue) * weight for colour, weight in weights)


def _shadow_hue(hue: float) -> float:
    for low, high, shadow in _SHADOW_HUES:
        if low <= hue < high:
            return shadow
    return hue


def _rebuilt(palette: Palette, hues: list[tuple[float, float, float]]) -> Palette:
    """The palette turned to the first named colour; a second one becomes the accent."""
    lightness, chroma, hue = hues[0]
    shadow = _shadow_hue(hue)
    mid, deep, ink = (to_lch(colour) for colour in (palette.mid, palette.deep, palette.ink))
    if len(hues) > 1:
        accent = from_lch(*hues[1])
    elif _WARM[0] <= hue <= _WARM[1]:
        accent = from_lch(min(max(lightness, 0.58), 0.8), max(chroma, 0.14), hue)
    else:
        own = to_lch(palette.accent)
        accent = palette.accent if hue_distance(own[2], hue) > 50 else from_lch(max(own[0], 0.72), 0.15, hue + 165)
    pale_hue, dark_hue, dark_chroma = (hue, shadow, max(min(chroma * 0.7, 0.14), 0.06))
    if _OCHRES[0] <= hue <= _OCHRES[1] and len(hues) == 1:  # against ochre and terracotta, ink blue: all brown is mud
        pale_hue, dark_hue, dark_chroma = max(hue, 78.0), 272.0, 0.065
    return Palette(
        from_lch(0.95, min(0.03, chroma * 0.25), pale_hue),
        from_lch(0.84, min(0.1, chroma * 0.7), pale_hue),
        accent,
        from_lch((mid[0] + lightness) / 2, max(chroma * 0.85, 0.07), (hue + shadow) / 2),
        from_lch(deep[0], dark_chroma, dark_hue),
        from_lch(min(ink[0], 0.25), 0.045, dark_hue),
    )


def _greyed(palette: Palette, colours: tuple[Colour, ...]) -> Palette:
    """White, grey and black: almost no chroma but in the accent, and the whole as light or dark as the word."""
    lightness = to_lch(colours[0])[0]

    def grey(colour: Colour) -> Colour:
        own, chroma, hue = to_lch(colour)
        return from_lch(own + (lightness - 0.6) * 0.3 * own, chroma * 0.18, hue)

    return palette.each(grey)._replace(accent=palette.accent)


def _calmed(colour: Colour) -> Colour:
    lightness, chroma, hue = to_lch(colour)
    return from_lch(lightness, chroma * _CALM, hue)
