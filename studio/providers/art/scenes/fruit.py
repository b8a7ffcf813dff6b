"""Fruit for the table: pear, apple, lemon, orange and cherry, each a shaded body with its own outline."""

from __future__ import annotations

import math

from studio.providers.art import shades, shapes
from studio.providers.art.brush import Canvas, Layer
from studio.providers.art.oklch import Colour, from_lch, hue_distance, mix, to_lch
from studio.providers.art.palettes import Palette
from studio.providers.art.shapes import Point


def fruit(canvas: Canvas, p: Palette, kind: str, x: float, foot: float, r: float) -> Layer:
    """One piece standing at (x, foot) with radius about r, lit from the upper left."""
    body = _OUTLINES.get(kind, _apple)(x, foot, r)
    colour = _colour(canvas, p, kind)
    top = min(y for _, y in body)
    lean = canvas.rng.uniform(-0.35, 0.35)
    stem = shapes.curve(
        [(x, top + r * 0.12), (x + r * 0.1 * lean, top - r * 0.2), (x + r * 0.5 * lean, top - r * 0.42)], 6
    )
    leaf = (
        _leaf(stem[-4], r, 1 if lean > 0 else -1)
        if kind in ("pear", "apple", "cherry") and canvas.rng.random() < 0.6
        else None
    )

    def paint() -> None:
        cast = shapes.polygon(shapes.oval(x + r * 1.05, foot - r * 0.22, r * 1.6, r * 0.3, -0.1)).soft(r * 0.05)
        fall = shades.linear((x, 0), (x + r * 2.8, 0), lambda t: 0.85 - 0.55 * t)
        canvas.spray(cast, mix(p.deep, p.ink, 0.35), fall, grit=0.75)
        middle = foot - r * 0.95
        light = shades.radial((x - r * 0.42, middle - r * 0.42), r * 2.1)
        shape = shapes.polygon(body)
        canvas.fill(shape, (mix(colour, p.paper, 0.55), colour, mix(colour, p.ink, 0.72)), light, grit=0.7)
        canvas.spray(
            shape,
            mix(colour, p.ink, 0.75),
            shades.radial((x - r * 0.5, middle - r * 0.5), r * 2.1, lambda t: shades.smooth((t - 0.45) / 0.6)),
            grit=0.95,
        )
        if kind != "lemon":
            canvas.fill(shapes.stroke(stem, max(1.0, r * 0.09)), (mix(p.ink, p.deep, 0.3),))
        if leaf:
            canvas.fill(
                shapes.polygon(leaf),
                (mix(p.mid, p.paper, 0.15), p.deep),
                shades.linear(leaf[0], leaf[len(leaf) // 2]),
                grit=0.8,
            )

    return paint


def _colour(canvas: Canvas, p: Palette, kind: str) -> Colour:
    """The fruit's own hue drawn a little into the palette; a colour of the prompt that a fruit may have wins."""
    hue = {"pear": 112.0, "apple": 28.0, "lemon": 98.0, "orange": 58.0, "cherry": 18.0}[kind]
    named = [colour for colour in canvas.brief.colours if hue_distance(to_lch(colour)[2], hue) < 95]
    if named:  # a green apple, yes; the blue of a blue kitchen stays on the wall
        return mix(named[-1], p.accent, 0.15)
    near = min((p.accent, p.light, p.mid), key=lambda colour: hue_distance(to_lch(colour)[2], hue))
    own = from_lch({"lemon": 0.86, "pear": 0.78, "orange": 0.73, "apple": 0.6, "cherry": 0.52}[kind], 0.145, hue)
    return mix(own, near, 0.24)


def _apple(x: float, foot: float, r: float) -> list[Point]:
    middle, points = foot - r * 0.93, []
    for step in range(73):
        angle = math.tau * step / 72
        swell = (
            1
            - 0.1 * math.exp(-((math.sin(angle) + 1) ** 2) * 9) * 2.2
            - 0.05 * math.exp(-((math.sin(angle) - 1) ** 2) * 12)
        )
        points.append((x + math.cos(angle) * r * 1.04, middle + math.sin(angle) * r * 0.95 * swell))
    return points


def _orange(x: float, foot: float, r: float) -> list[Point]:
    return shapes.oval(x, foot - r * 0.95, r, r * 0.96, 0)


def _cherry(x: float, foot: float, r: float) -> list[Point]:
    return shapes.oval(x, foot - r * 0.6, r * 0.64, r * 0.62, 0)


def _lemon(x: float, foot: float, r: float) -> list[Point]:
    points = []
    for step in range(73):
        angle = math.tau * step / 72
        tip = 0.24 * math.exp(-(math.sin(angle) ** 2) * 16)
        points.append(
            (
                x + math.cos(angle) * r * (1.02 + tip),
                foot - r * 0.74 + math.sin(angle) * r * 0.76 - math.cos(angle) * r * 0.16,
            )
        )
    return points


def _pear(x: float, foot: float, r: float) -> list[Point]:
    side = [
        (0.0, 0.0),
        (0.55, 0.03),
        (0.93, 0.38),
        (0.98, 0.78),
        (0.74, 1.25),
        (0.46, 1.68),
        (0.38, 2.05),
        (0.2, 2.27),
        (0.0, 2.3),
    ]
    right = shapes.curve([(x + wide * r, foot - high * r) for wide, high in side], 8)
    left = [(2 * x - px, py) for px, py in right]
    return [*right, *reversed(left)]


_OUTLINES = {"apple": _apple, "orange": _orange, "cherry": _cherry, "lemon": _lemon, "pear": _pear}


def _leaf(root: Point, r: float, side: int) -> list[Point]:
    x, y = root
    controls = [
        (x, y),
        (x + side * r * 0.3, y - r * 0.32),
        (x + side * r * 0.85, y - r * 0.3),
        (x + side * r * 0.45, y + r * 0.02),
        (x, y),
    ]
    return shapes.curve(controls, 7)
