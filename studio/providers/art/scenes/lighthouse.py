"""A lighthouse: banded tower on a rock, a beam both ways, a cottage, and the lamp broken up in the water."""

from __future__ import annotations

import math
from functools import partial

from studio.providers.art import shades, shapes
from studio.providers.art.brush import Canvas, Layer
from studio.providers.art.oklch import mix
from studio.providers.art.scenes import parts
from studio.providers.art.shapes import Point


def compose(canvas: Canvas) -> list[Layer]:
    """Sky, stars, moon, water, reflections, rock, cottage, tower, beams, lamp."""
    rng, p, unit = canvas.rng, canvas.palette, canvas.unit
    light = parts.light_of(canvas, "dusk", "night", "dusk", "night")
    horizon = canvas.height * 0.7
    height = min(canvas.height * 0.42, unit * 0.62)
    side = rng.choice((-1, 1))
    x = canvas.width * (0.5 - side * rng.uniform(0.1, 0.17))
    foot = horizon - height * 0.115
    lamp = (x, foot - height)
    colours = parts.sky_colours(p, light)
    if light == "night":  # the last of the day along the horizon
        colours = [*colours[:3], mix(p.mid, p.light, 0.2), mix(p.light, p.accent, 0.35)]
    sky = shapes.rectangle(0, 0, canvas.width, horizon + 2)
    layers: list[Layer] = [partial(canvas.fill, sky, colours, shades.linear((0, 0), (0, horizon)), grit=0.34)]
    if light in ("night", "neon", "dusk"):
        layers.append(parts.stars(canvas, horizon * 0.6, 120))
    dark = light in ("night", "neon", "dusk")
    disc = (x + side * canvas.width * rng.uniform(0.28, 0.36), canvas.height * rng.uniform(0.13, 0.2))
    layers.append(parts.sun(canvas, "night" if dark else light, *disc, unit * (0.05 if dark else 0.075), halo=2.4))
    if light in ("day", "dawn", "fog") or "bird" in canvas.brief.extras:
        layers.append(parts.birds(canvas, x + side * canvas.width * 0.25, canvas.height * 0.3, 5, p.deep))
    layers += [_water(canvas, horizon), _glints(canvas, horizon, lamp)]
    if "boat" in canvas.brief.extras:
        layers.append(_boat(canvas, horizon, x + side * canvas.width * 0.3))
    layers += [_beams(canvas, lamp, height), _rock(canvas, horizon, x, height, side)]
    layers += [
        _cottage(canvas, x + side * height * 0.27, foot + height * 0.01, height * 0.13),
        _tower(canvas, x, foot, height),
        _lamp(canvas, lamp, height),
    ]
    return [*layers, *parts.weather(canvas)]


def _water(canvas: Canvas, horizon: float) -> Layer:
    p = canvas.palette
    shape = shapes.rectangle(0, horizon, canvas.width, canvas.height)
    ramp = shades.linear((0, horizon), (0, canvas.height))
    return partial(canvas.fill, shape, (mix(p.mid, p.deep, 0.35), p.deep, p.ink), ramp, grit=0.6)


def _glints(canvas: Canvas, horizon: float, lamp: Point) -> Layer:
    """Short strokes on the water, dense and warm under the lamp, sparse and cool elsewhere."""
    rng, p, unit = canvas.rng, canvas.palette, canvas.unit
    depth = canvas.height - horizon
    warm: list[tuple[list[Point], float]] = []
    cool: list[tuple[list[Point], float]] = []
    for _ in range(430):
        y = horizon + depth * (0.03 + 0.97 * rng.random())
        near = (y - horizon) / depth
        length = unit * (0.01 + 0.045 * near) * rng.uniform(0.4, 1.1)
        width = max(0.5, unit * (0.0012 + 0.0022 * near))
        under = rng.random() < 0.5
        x = lamp[0] + rng.gauss(0, 1) * unit * (0.03 + 0.13 * near) if under else rng.random() * canvas.width
        (warm if under and rng.random() < 0.75 else cool).append(([(x - length, y), (x + length, y)], width))

    def paint() -> None:
        canvas.spray(shapes.strokes(cool), mix(p.mid, p.paper, 0.5), 0.5, grit=0.3, strength=0.7)
        canvas.spray(shapes.strokes(warm), mix(p.light, p.paper, 0.3), 0.85, grit=0.3, strength=0.9)

    return paint


def _rock(canvas: Canvas, horizon: float, x: float, height: float, side: int) -> Layer:
    rng, p = canvas.rng, canvas.palette
    reach, rough = height * 0.72, parts.waves_of(rng, 4, 0.6)
    middle = x + side * height * 0.1
    top = []
    for step in range(61):
        place = step / 60 * 2 - 1
        lift = 0.15 / (1 + (abs(place) / 0.52) ** 3.4) + 0.016 * rough(step / 60)
        flat = max(0.0, lift * height * (1 - place**6))
        top.append((middle + place * reach, horizon + height * 0.012 - flat))

    def paint() -> None:
        shadow = shapes.disc(middle, horizon + height * 0.03, reach * 0.95, height * 0.05)
        canvas.spray(shadow.soft(height * 0.012), p.ink, 0.8, grit=0.4)
        shape = shapes.polygon(parts.under(top, horizon + height * 0.03))
        canvas.fill(
            shape, (mix(p.deep, p.mid, 0.12), p.ink), shades.linear((0, horizon - height * 0.1), (0, horizon)), grit=0.7
        )
        foam = [(px, horizon + height * 0.028 + height * 0.004 * math.sin(px * 0.09)) for px, _ in top]
        canvas.spray(shapes.stroke(foam, max(1, height * 0.006)), mix(p.paper, p.mid, 0.3), 0.6, grit=0.6)

    return paint


def _tower(canvas: Canvas, x: float, foot: float, height: float) -> Layer:
    p = canvas.palette
    wide, narrow = height * 0.105, height * 0.068

    def at(place: float, bulge: float = 1.0) -> float:
        return (wide + (narrow - wide) * place) * bulge

    def paint() -> None:
        turn = shades.linear((x - wide, 0), (x + wide * 1.05, 0), lambda place: max(0.0, 1.25 * place - 0.25) ** 1.2)
        bands = 7
        for band in range(bands):
            low, high = band / bands * 0.9, (band + 1) / bands * 0.9
            colour = p.accent if band % 2 == 0 else p.paper
            ring = [
                (x - at(low), foot - height * low),
                (x + at(low), foot - height * low),
                (x + at(high), foot - height * high),
                (x - at(high), foot - height * high),
            ]
            canvas.fill(shapes.polygon(ring), (mix(colour, p.paper, 0.15), mix(colour, p.ink, 0.68)), turn, grit=0.8)
        dark = mix(p.ink, p.deep, 0.3)
        canvas.fill(
            shapes.rectangle(x - narrow * 1.5, foot - height * 0.925, x + narrow * 1.5, foot - height * 0.9),
            (mix(dark, p.mid, 0.4), p.ink),
            turn,
        )
        rails = [
            (
                [
                    (x + narrow * 1.45 * place, foot - height * 0.925),
                    (x + narrow * 1.45 * place, foot - height * 0.955),
                ],
                height * 0.005,
            )
            for place in (-1, -0.6, -0.2, 0.2, 0.6, 1)
        ]
        rails.append(
            ([(x - narrow * 1.5, foot - height * 0.955), (x + narrow * 1.5, foot - height * 0.955)], height * 0.006)
        )
        canvas.fill(shapes.strokes(rails), (dark,))
        panes = [
            shapes.rectangle(
                x - at(0.3) * 0.16, foot - height * place, x + at(0.3) * 0.16, foot - height * (place - 0.05)
            )
            for place in (0.34, 0.6)
        ]
        for pane in panes:
            canvas.fill(pane, (p.ink, mix(p.ink, p.deep, 0.5)), 0.4)
        canvas.fill(shapes.rectangle(x - wide * 0.24, foot - height * 0.1, x + wide * 0.24, foot), (p.ink,))

    return paint


def _lamp(canvas: Canvas, lamp: Point, height: float) -> Layer:
    p, (x, y), r = canvas.palette, lamp, height * 0.052
    glow = mix(p.paper, p.light, 0.35)

    def paint() -> None:
        canvas.spray(
            shapes.disc(x, y, r * 6), glow, shades.radial(lamp, r * 6, lambda place: 0.8 * shades.fade(place)), grit=0.5
        )
        canvas.fill(
            shapes.rectangle(x - r, y - r, x + r, y + r * 0.95),
            (p.paper, mix(p.light, p.paper, 0.3)),
            shades.radial(lamp, r * 1.3),
            grit=0.5,
        )
        canvas.fill(
            shapes.strokes(
                [([(x + r * place, y - r), (x + r * place, y + r)], r * 0.09) for place in (-1, -0.4, 0.4, 1)]
            ),
            (mix(p.ink, p.deep, 0.4),),
        )
        dome = [
            (x - r * 1.25, y - r),
            *shapes.oval(x, y - r, r * 1.1, r * 1.05, 0, math.pi, math.tau),
            (x + r * 1.25, y - r),
        ]
        canvas.fill(
            shapes.polygon(dome),
            (mix(p.accent, p.paper, 0.1), mix(p.accent, p.ink, 0.7)),
            shades.linear((x - r, 0), (x + r, 0)),
            grit=0.8,
        )
        canvas.fill(shapes.strokes([([(x, y - r * 2), (x, y - r * 2.7)], r * 0.12)]), (p.ink,))
        canvas.fill(shapes.disc(x, y - r * 2.1, r * 0.2), (p.ink,))

    return paint


def _beams(canvas: Canvas, lamp: Point, height: float) -> Layer:
    p, (x, y) = canvas.palette, lamp
    tilt = canvas.rng.uniform(-0.05, 0.03)
    reach = max(x, canvas.width - x) * 1.15

    def paint() -> None:
        for side in (-1, 1):
            far = x + side * reach
            lean = tilt * side * reach
            wedge = [
                (x, y - height * 0.022),
                (far, y + lean - height * 0.17),
                (far, y + lean + height * 0.12),
                (x, y + height * 0.022),
            ]
            density = shades.linear(lamp, (far, y + lean), lambda place: 0.68 * (1 - 0.8 * place) if place > 0 else 0.0)
            canvas.spray(shapes.polygon(wedge).soft(height * 0.012), mix(p.light, p.paper, 0.45), density, grit=0.8)

    return paint


def _cottage(canvas: Canvas, x: float, foot: float, size: float) -> Layer:
    p = canvas.palette
    wall = [
        (x - size * 0.55, foot + size * 0.3),
        (x - size * 0.55, foot - size * 0.45),
        (x, foot - size),
        (x + size * 0.55, foot - size * 0.45),
        (x + size * 0.55, foot + size * 0.3),
    ]
    roof = [(x - size * 0.68, foot - size * 0.36), (x, foot - size * 1.06), (x + size * 0.68, foot - size * 0.36)]

    def paint() -> None:
        canvas.fill(shapes.rectangle(x + size * 0.22, foot - size * 1.1, x + size * 0.38, foot - size * 0.6), (p.ink,))
        canvas.fill(
            shapes.polygon(wall),
            (mix(p.deep, p.mid, 0.25), p.ink),
            shades.linear((x - size, foot), (x + size * 0.5, foot)),
            grit=0.8,
        )
        canvas.fill(shapes.stroke(roof, size * 0.13), (mix(p.ink, p.deep, 0.3), p.ink), 0.5)
        canvas.spray(
            shapes.disc(x, foot - size * 0.25, size * 0.5),
            p.light,
            shades.radial((x, foot - size * 0.25), size * 0.5, shades.fade),
            strength=0.5,
        )
        canvas.fill(
            shapes.rectangle(x - size * 0.14, foot - size * 0.4, x + size * 0.14, foot - size * 0.1),
            (p.light, p.accent),
            0.25,
        )

    return paint


def _boat(canvas: Canvas, horizon: float, x: float) -> Layer:
    p, size, y = canvas.palette, canvas.unit * 0.065, horizon + canvas.height * 0.1
    hull = [
        (x - size, y - size * 0.2),
        (x + size, y - size * 0.25),
        (x + size * 0.6, y + size * 0.2),
        (x - size * 0.7, y + size * 0.2),
    ]

    def paint() -> None:
        canvas.fill(
            shapes.polygon([(x, y - size * 2), (x + size * 0.8, y - size * 0.35), (x, y - size * 0.35)]),
            (p.paper, p.light),
            0.4,
        )
        canvas.fill(shapes.polygon(hull), (mix(p.accent, p.ink, 0.3), p.ink), 0.5)

    return paint
