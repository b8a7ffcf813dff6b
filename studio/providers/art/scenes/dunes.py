"""Dunes: long curves shaded by their slope, a fine crest line, ripples below it, one sun or moon."""

from __future__ import annotations

import math
from collections.abc import Callable

from studio.providers.art import shades, shapes
from studio.providers.art.brush import Canvas, Layer
from studio.providers.art.oklch import mix
from studio.providers.art.scenes import parts


def compose(canvas: Canvas) -> list[Layer]:
    """Sky, sun, six dunes (or as many as asked for)."""
    rng, unit = canvas.rng, canvas.unit
    light = parts.light_of(canvas, "dusk", "dusk", "dawn", "day", "night")
    horizon = canvas.height * (0.44 if canvas.aspect > 0.9 else 0.5)
    side = rng.choice((-1, 1))  # where the light stands: -1 left, 1 right
    sun_x = canvas.width * (0.5 + side * rng.uniform(0.14, 0.26))
    layers = [parts.sky(canvas, light, horizon + canvas.height * 0.14)]
    if light in parts.DARK:
        layers.append(parts.stars(canvas, horizon, 160))
    layers.append(
        parts.sun(canvas, light, sun_x, horizon * rng.uniform(0.45, 0.62), unit * rng.uniform(0.075, 0.1), halo=2.6)
    )
    if "bird" in canvas.brief.extras:
        layers.append(parts.birds(canvas, canvas.width * 0.45, horizon * 0.35, 6, canvas.palette.ink))
    count = canvas.brief.count("dune", 6)
    layers += [_dune(canvas, light, horizon, (index + 0.5) / count, side) for index in range(count)]
    return [*layers, *parts.weather(canvas)]


def _dune(canvas: Canvas, light: str, horizon: float, depth: float, side: int) -> Layer:
    rng, p, unit = canvas.rng, canvas.palette, canvas.unit
    swell = parts.waves_of(rng, 2, 0.38)
    level = horizon + (canvas.height - horizon) * (0.04 + 0.86 * math.pow(depth, 1.15))
    height = unit * (0.045 + 0.09 * depth) + canvas.height * 0.032
    stretch = max(0.55, min(1.3, canvas.aspect)) * (0.75 - 0.2 * depth)

    def crest_at(x: float) -> float:
        return level - height * swell(x / canvas.width * stretch)

    crest = [(canvas.width * step / 150, crest_at(canvas.width * step / 150)) for step in range(-2, 153)]
    night = light in parts.DARK
    lit = mix(mix(p.light, p.accent, 0.25 + 0.4 * depth), p.deep, 0.5 if night else 0.0)
    shade = mix(mix(p.mid, p.deep, 0.25 + 0.6 * depth), p.ink, 0.35 * depth + (0.3 if night else 0))
    haze = parts.sky_colours(p, light)[-1]
    lit, shade = mix(lit, haze, 0.4 * (1 - depth)), mix(shade, haze, 0.42 * (1 - depth))
    edge = mix(p.paper, lit, 0.35 if not night else 0.7)
    field = _slope(crest_at, canvas, height, side)

    def paint() -> None:
        shape = shapes.polygon(parts.under(crest, canvas.height + 4))
        cell = max(6.0, unit / 80)
        canvas.fill(shape, (lit, shade), shades.relief(field, cell), grit=0.7)
        _ripples(canvas, shape, crest_at, depth, height, shade)
        canvas.spray(shapes.stroke(crest, unit * (0.0016 + 0.002 * depth)), edge, 0.75, grit=0.4)
        foot = shades.linear((0, level), (0, level + unit * 0.3), lambda place: 0.5 * shades.smooth(place))
        canvas.spray(shape, mix(shade, p.ink, 0.3), foot, grit=0.8)

    return paint


def _slope(
    crest_at: Callable[[float], float], canvas: Canvas, height: float, side: int
) -> Callable[[float, float], float]:
    """0 where the sand faces the light, 1 where it turns away; shadow edges lean, as a real slip face does."""
    step = canvas.unit * 0.012

    def field(x: float, y: float) -> float:
        below = max(0.0, y - crest_at(x))
        place = x + side * below * 0.85
        rise = (crest_at(place + step) - crest_at(place - step)) / (2 * step)
        calm = 1 / (1 + below / (height * 5))
        return 0.46 - side * rise * 1.9 * calm + 0.1 * (1 - calm)

    return field


def _ripples(
    canvas: Canvas,
    shape: shapes.Shape,
    crest_at: Callable[[float], float],
    depth: float,
    height: float,
    shade: tuple[int, int, int],
) -> None:
    if depth < 0.4:
        return
    lines = []
    for row in range(1, 8):
        fall = canvas.unit * 0.011 * row * (1 + 0.12 * row) * (0.5 + depth)
        points = [(x, crest_at(x + fall * 0.8) + fall) for x in (canvas.width * step / 90 for step in range(-1, 92))]
        lines.append((points, canvas.unit * 0.0014))
    band = shades.relief(
        lambda x, y: 0.55 * shades.smooth(1 - (y - crest_at(x)) / (height * 2.2)), max(8.0, canvas.unit / 60)
    )
    canvas.spray(shapes.Within(shapes.strokes(lines), shape), mix(shade, canvas.palette.ink, 0.3), band, grit=0.75)
