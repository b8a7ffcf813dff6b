"""An arch: nested arches with a sky in the last, stairs that lead up to it, one ball with its shadow."""

from __future__ import annotations

import math
from functools import partial

from studio.providers.art import shades, shapes
from studio.providers.art.brush import Canvas, Layer
from studio.providers.art.oklch import Colour, mix
from studio.providers.art.palettes import nocturne
from studio.providers.art.scenes import parts
from studio.providers.art.shapes import Point


def compose(canvas: Canvas) -> list[Layer]:
    """Wall, floor, arches from the outside in (two or three, or as many as asked for), view, stairs, ball."""
    rng, unit = canvas.rng, canvas.unit
    light = parts.light_of(canvas, "dusk", "day", "dusk", "dawn", "night")
    p = nocturne(canvas.palette) if light in parts.DARK else canvas.palette
    floor = canvas.height * 0.76
    x = canvas.width * (0.5 if canvas.aspect < 1.15 else rng.choice((0.4, 0.5, 0.6)))
    half = min(canvas.width * 0.37, floor * 0.42, unit * 0.42)
    count = canvas.brief.count("arch", rng.choice((2, 3)))
    rise = min(floor * 0.9, half * 2.35)
    wall = (mix(p.light, p.paper, 0.35), mix(p.light, p.accent, 0.35))
    layers: list[Layer] = [
        partial(canvas.fill, None, wall, shades.linear((canvas.width * 0.1, 0), (canvas.width, floor)), grit=0.45),
        _floor(canvas, floor, mix(p.accent, p.mid, 0.25), mix(p.mid, p.deep, 0.5)),
    ]
    inner = half
    for index in range(count):
        share = index / max(1, count)
        colour = mix(mix(p.accent, p.light, 0.3), p.deep, 0.15 + 0.65 * share)
        layers.append(_arch(canvas, x, floor, inner, rise * inner / half, colour, p.ink))
        inner *= 0.8 if count < 4 else 0.8 + 0.02 * count if count < 8 else 0.94
    opening = shapes.polygon(_outline(x, floor, inner, rise * inner / half))
    layers.append(_view(canvas, light, opening, x, floor, inner, rise * inner / half))
    layers.append(_stairs(canvas, x, floor, inner))
    side = -1 if x >= canvas.width * 0.5 else 1
    layers.append(_ball(canvas, x + side * half * 0.92, floor + unit * 0.075, half * 0.135))
    if rng.random() < 0.6:
        layers.append(_pot(canvas, x - side * half * 1.22, floor + unit * 0.03, half * 0.2))
    return [*layers, *parts.weather(canvas)]


def _outline(x: float, floor: float, half: float, rise: float) -> list[Point]:
    return [
        (x - half, floor),
        *shapes.oval(x, floor - rise + half, half, half, 0, math.pi, math.tau),
        (x + half, floor),
    ]


def _floor(canvas: Canvas, floor: float, near: Colour, far: Colour) -> Layer:
    shape = shapes.rectangle(0, floor, canvas.width, canvas.height)
    edge = shades.linear((0, canvas.height * 1.05), (canvas.width * 0.35, floor))

    def paint() -> None:
        canvas.fill(shape, (mix(near, far, 0.25), near), edge, grit=0.6)
        canvas.spray(
            shape,
            far,
            shades.linear((0, floor + canvas.unit * 0.09), (0, floor), lambda t: 0.55 * shades.smooth(t)),
            grit=0.8,
        )

    return paint


def _arch(canvas: Canvas, x: float, floor: float, half: float, rise: float, colour: Colour, ink: Colour) -> Layer:
    shape = shapes.polygon(_outline(x, floor, half, rise))

    def paint() -> None:
        # Light falls from the upper left: the left reveal lies in shade, the right one is lit.
        across = shades.linear((x + half, floor - rise), (x - half * 1.1, floor - rise * 0.4))
        canvas.fill(shape, (mix(colour, canvas.palette.light, 0.3), colour, mix(colour, ink, 0.35)), across, grit=0.7)
        cast = [(px + half * 0.17, py + half * 0.13) for px, py in _outline(x, floor + half, half, rise + half)]

        def hollow(pen: shapes.Pen) -> None:
            pen.polygon(_outline(x, floor, half, rise))
            pen.polygon(cast, 0)

        shadow = shapes.Drawn(shape.bounds, hollow)
        canvas.spray(shadow, mix(colour, ink, 0.55), 0.6, grit=0.8)

    return paint


def _view(canvas: Canvas, light: str, opening: shapes.Drawn, x: float, floor: float, half: float, rise: float) -> Layer:
    p, rng = canvas.palette, canvas.rng
    colours = parts.sky_colours(p, light)
    sea = rng.random() < 0.4
    line = floor - rise * rng.uniform(0.2, 0.28)
    sun_r, sun_at = half * 0.38, (x + half * rng.uniform(-0.2, 0.2), floor - rise * rng.uniform(0.56, 0.64))
    swell = parts.waves_of(rng, 3)
    hills = [
        [
            (x + half * (place / 20 - 1), line + half * 0.28 * row - half * 0.13 * swell(place / 40 + row * 0.37))
            for place in range(41)
        ]
        for row in range(2)
    ]
    spots = [
        (x + half * rng.uniform(-1, 1), floor - rise * rng.uniform(0.5, 1), half * rng.uniform(0.006, 0.014))
        for _ in range(45)
    ]
    top, foot = parts.sun_colours(p, light)

    def paint() -> None:
        canvas.fill(opening, colours, shades.linear((0, floor - rise), (0, line + half * 0.1)), grit=0.5)
        if light in ("dusk", "night", "neon"):
            canvas.spray(shapes.Within(shapes.discs(spots), opening), p.paper, 0.9, grit=0)
        glow = shades.radial(sun_at, sun_r * 2.4, lambda t: 0.5 * shades.fade(t))
        canvas.spray(shapes.Within(shapes.disc(*sun_at, sun_r * 2.4), opening), foot, glow, grit=0.6)
        inks = (p.accent, mix(p.accent, p.light, 0.55)) if light == "dusk" else (top, foot)
        canvas.fill(
            shapes.Within(shapes.disc(*sun_at, sun_r), opening),
            inks,
            shades.linear((0, sun_at[1] - sun_r), (0, sun_at[1] + sun_r)),
            grit=0.6,
        )
        if sea:
            water = shapes.rectangle(x - half, line, x + half, floor)
            canvas.fill(
                shapes.Within(water, opening),
                (mix(p.mid, p.deep, 0.3), p.ink),
                shades.linear((0, line), (0, floor)),
                grit=0.6,
            )
            return
        for row, hill in enumerate(hills):
            body = shapes.polygon(parts.under(hill, floor + 2))
            inks = (mix(p.deep, p.mid, 0.5 - 0.5 * row), mix(p.ink, p.deep, 0.3 - 0.3 * row))
            canvas.fill(shapes.Within(body, opening), inks, shades.linear((0, line - half * 0.1), (0, floor)), grit=0.7)

    return paint


def _stairs(canvas: Canvas, x: float, floor: float, half: float) -> Layer:
    p = canvas.palette
    drop = canvas.height - floor
    steps = 7
    rise = floor - half * 0.1
    side = 1 if x <= canvas.width * 0.5 else -1

    def paint() -> None:
        for step in range(steps):
            place = step / steps
            y0 = rise + (drop + half * 0.12) * place
            y1 = rise + (drop + half * 0.12) * (step + 1) / steps
            wide = half * (0.66 + 0.62 * place)
            tread = y0 + (y1 - y0) * 0.48
            low = [(x - wide, y0), (x + wide, y0), (x + wide, y1 + 2), (x - wide, y1 + 2)]
            shadow = [(x + wide, y0), (x + wide + half * 0.3, y1), (x + wide + half * 0.3, y1 + 2), (x + wide, y1 + 2)]
            canvas.spray(shapes.polygon(shadow), p.deep, 0.5, grit=0.8)
            across = shades.linear((x - wide * side, 0), (x + wide * side, 0))
            canvas.fill(shapes.polygon(low), (mix(p.accent, p.mid, 0.4), mix(p.mid, p.deep, 0.45)), across, grit=0.7)
            canvas.fill(
                shapes.rectangle(x - wide, y0, x + wide, tread),
                (p.paper, mix(p.paper, p.light, 0.75)),
                across,
                grit=0.7,
            )

    return paint


def _ball(canvas: Canvas, x: float, y: float, r: float) -> Layer:
    p = canvas.palette

    def paint() -> None:
        shadow = shapes.disc(x + r * 1.1, y + r * 0.82, r * 1.6, r * 0.3).soft(r * 0.07)
        canvas.spray(
            shadow, mix(p.deep, p.ink, 0.4), shades.linear((x, 0), (x + r * 2.7, 0), lambda t: 0.85 - 0.5 * t), grit=0.7
        )
        light = shades.radial((x - r * 0.4, y - r * 0.45), r * 1.7)
        canvas.fill(shapes.disc(x, y, r), (p.paper, p.light, mix(p.accent, p.mid, 0.6)), light, grit=0.9)

    return paint


def _pot(canvas: Canvas, x: float, y: float, size: float) -> Layer:
    """A pot with an upright plant, where the wall would be bare."""
    rng, p = canvas.rng, canvas.palette
    leaves = []
    for index in range(7):
        turn = (index - 3) * 0.26 + rng.uniform(-0.08, 0.08)
        tall = size * (2.5 - 0.22 * abs(index - 3)) * rng.uniform(0.85, 1.05)
        tip = (x + math.sin(turn) * tall, y - size * 0.9 - math.cos(turn) * tall)
        bend = (x + math.sin(turn * 0.5) * tall * 0.5, y - size * 0.9 - tall * 0.55)
        wide = size * 0.17
        leaves.append(
            shapes.curve(
                [(x, y - size * 0.8), (bend[0] - wide, bend[1]), tip, (bend[0] + wide, bend[1]), (x, y - size * 0.8)], 8
            )
        )

    def paint() -> None:
        canvas.spray(
            shapes.disc(x + size * 0.8, y, size * 1.1, size * 0.2).soft(size * 0.05), mix(p.deep, p.ink, 0.4), 0.6
        )
        for leaf in leaves:
            canvas.fill(
                shapes.polygon(leaf),
                (mix(p.deep, p.mid, 0.3), mix(p.deep, p.ink, 0.7)),
                shades.linear((x - size, 0), (x + size, 0)),
                grit=0.8,
            )
        pot = [(x - size * 0.6, y - size), (x + size * 0.6, y - size), (x + size * 0.44, y), (x - size * 0.44, y)]
        canvas.fill(
            shapes.polygon(pot),
            (mix(p.accent, p.paper, 0.25), p.accent, mix(p.mid, p.ink, 0.5)),
            shades.linear((x - size * 0.6, 0), (x + size * 0.6, 0)),
            grit=0.9,
        )
        rim = shapes.rectangle(x - size * 0.68, y - size * 1.08, x + size * 0.68, y - size * 0.86)
        canvas.fill(
            rim,
            (mix(p.accent, p.paper, 0.4), mix(p.mid, p.ink, 0.4)),
            shades.linear((x - size * 0.6, 0), (x + size * 0.6, 0)),
            grit=0.8,
        )

    return paint
