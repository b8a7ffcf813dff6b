"""Things several scenes share: skies, suns, stars, birds, weather and wandering lines."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from functools import partial

from studio.providers.art import shades, shapes
from studio.providers.art.brush import Canvas, Layer
from studio.providers.art.oklch import Colour, mix
from studio.providers.art.palettes import Palette
from studio.providers.art.shapes import Point

DARK = frozenset({"night", "neon"})


def light_of(canvas: Canvas, *usual: str) -> str:
    """The light the prompt asks for, or one of the usual ones of a scene; always uses one random number."""
    pick = usual[int(canvas.rng.random() * len(usual))]
    return canvas.brief.light or pick


def sky_colours(palette: Palette, light: str) -> list[Colour]:
    """Tones of the sky from the top to the horizon."""
    p = palette
    return {
        "day": [mix(p.light, p.paper, 0.2), mix(p.light, p.paper, 0.55), p.paper],
        "dawn": [mix(p.accent, p.light, 0.55), p.light, mix(p.light, p.paper, 0.6), p.paper],
        "dusk": [p.deep, mix(p.deep, p.mid, 0.75), mix(p.mid, p.accent, 0.7), p.light],
        "night": [mix(p.ink, p.deep, 0.15), mix(p.ink, p.deep, 0.7), p.deep, mix(p.deep, p.mid, 0.55)],
        "fog": [mix(p.mid, p.paper, 0.62), mix(p.paper, p.light, 0.4), mix(p.paper, p.light, 0.2)],
        "snow": [mix(p.mid, p.paper, 0.45), mix(p.mid, p.paper, 0.75), p.paper],
        "neon": [p.ink, mix(p.ink, p.deep, 0.6), p.mid, mix(p.mid, p.accent, 0.6)],
    }[light]


def sky(canvas: Canvas, light: str, horizon: float) -> Layer:
    """The sky from the top edge down to the horizon (page pixels)."""
    colours = sky_colours(canvas.palette, light)
    shape = shapes.rectangle(0, 0, canvas.width, horizon + 2)
    return partial(canvas.fill, shape, colours, shades.linear((0, 0), (0, horizon)), grit=0.34)


def sun_colours(palette: Palette, light: str) -> tuple[Colour, Colour]:
    """Top and foot of the sun, or of the moon in the dark."""
    if light in DARK:
        return palette.paper, mix(palette.paper, palette.light, 0.6)
    if light == "dusk":
        return palette.paper, palette.light
    if light in ("fog", "snow"):
        return mix(palette.accent, palette.paper, 0.15), mix(palette.accent, palette.light, 0.5)
    return palette.accent, mix(palette.accent, palette.light, 0.75)


def sun(canvas: Canvas, light: str, x: float, y: float, r: float, *, halo: float = 2.2) -> Layer:
    """A sun or moon with its glow."""
    top, foot = sun_colours(canvas.palette, light)

    def paint() -> None:
        glow = shades.radial((x, y), r * halo, lambda place: 0.6 * shades.fade(place))
        canvas.spray(shapes.disc(x, y, r * halo), mix(foot, canvas.palette.light, 0.4), glow, grit=0.55)
        ramp = shades.linear((x, y - r), (x, y + r * 1.05), shades.smooth)
        canvas.fill(shapes.disc(x, y, r), (top, foot), ramp, grit=0.5)
        if light in DARK:
            spots = [
                (x - r * 0.3, y - r * 0.2, r * 0.2),
                (x + r * 0.3, y + r * 0.25, r * 0.28),
                (x + r * 0.1, y - r * 0.5, r * 0.12),
            ]
            canvas.spray(shapes.discs(spots), mix(foot, canvas.palette.mid, 0.35), 0.45, grit=0.8)

    return paint


def stars(canvas: Canvas, floor: float, count: int) -> Layer:
    """Stars between the top edge and a floor, thinning towards it, a few of them large."""
    rng, small, large = canvas.rng, [], []
    size = max(0.55, canvas.unit / 1100)
    for index in range(count):
        spot = (rng.random() * canvas.width, rng.random() ** 1.5 * floor, size * (0.5 + rng.random() * 0.9))
        if index % 14 == 0:
            large.append((spot[0], spot[1], size * 2))
        else:
            small.append(spot)

    def paint() -> None:
        canvas.spray(shapes.discs(small or large), canvas.palette.paper, 1.0, grit=0, strength=0.75)
        if large:
            canvas.spray(shapes.discs(large), canvas.palette.paper, 1.0, grit=0, strength=0.95)

    return paint


def birds(canvas: Canvas, x: float, y: float, count: int, colour: Colour) -> Layer:
    """A loose flock around a point."""
    rng, lines = canvas.rng, []
    for index in range(count):
        span = canvas.unit * (0.012 + 0.01 * rng.random())
        bx = x + (index - count / 2) * canvas.unit * 0.05 + rng.uniform(-1, 1) * canvas.unit * 0.03
        by = y + abs(index - count / 2) * canvas.unit * 0.014 + rng.uniform(-1, 1) * canvas.unit * 0.02
        for side in (-1, 1):
            wing = [(bx, by), (bx + side * span * 0.5, by - span * 0.55), (bx + side * span * 1.3, by - span * 0.25)]
            lines.append((shapes.curve(wing, 5), max(0.8, canvas.unit * 0.0028)))
    return partial(canvas.fill, shapes.strokes(lines), (colour,))


def weather(canvas: Canvas) -> list[Layer]:
    """Rain or snow in front of everything, when the prompt speaks of it."""
    if "snow" in canvas.brief.extras:
        return [snowfall(canvas, 260)]
    if "rain" in canvas.brief.extras:
        return [rain(canvas, 170)]
    return []


def rain(canvas: Canvas, count: int) -> Layer:
    """Slanted rain over the whole page."""
    rng, lines = canvas.rng, []
    for _ in range(count):
        x, y = rng.uniform(-0.05, 1.1) * canvas.width, rng.uniform(-0.1, 1) * canvas.height
        length = canvas.unit * rng.uniform(0.02, 0.065)
        lines.append(([(x, y), (x - length * 0.28, y + length)], max(0.5, canvas.unit * 0.0014)))
    return partial(canvas.spray, shapes.strokes(lines), canvas.palette.paper, 1.0, grit=0, strength=0.34)


def snowfall(canvas: Canvas, count: int) -> Layer:
    """Flakes of three sizes over the whole page."""
    rng = canvas.rng
    flakes = [
        (
            rng.random() * canvas.width,
            rng.random() * canvas.height,
            canvas.unit * (0.0016, 0.0028, 0.0052)[index % 7 // 3],
        )
        for index in range(count)
    ]
    return partial(canvas.spray, shapes.discs(flakes), canvas.palette.paper, 1.0, grit=0.1, strength=0.85)


def waves_of(rng: random.Random, octaves: int, roughness: float = 0.5) -> Callable[[float], float]:
    """A seeded sum of sines over 0 to 1 (about one and a half swings first), with values about -1 to 1."""
    terms = [
        (math.tau * (1.1 + 0.5 * rng.random()) * 1.93**octave, rng.random() * math.tau, roughness**octave)
        for octave in range(octaves)
    ]
    total = sum(size for _, _, size in terms)
    return lambda place: sum(math.sin(place * speed + start) * size for speed, start, size in terms) / total


def under(crest: Sequence[Point], bottom: float) -> list[Point]:
    """The outline of everything between a crest line and a level below it."""
    return [*crest, (crest[-1][0], bottom), (crest[0][0], bottom)]
