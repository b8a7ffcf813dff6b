"""Plants: stems in a fan before a large disc, leaves lit on one side, flowers or buds on top."""

from __future__ import annotations

import math
from functools import partial

from studio.providers.art import shades, shapes
from studio.providers.art.brush import Canvas, Layer
from studio.providers.art.oklch import Colour, mix
from studio.providers.art.palettes import Palette
from studio.providers.art.scenes import parts
from studio.providers.art.shapes import Point


def compose(canvas: Canvas) -> list[Layer]:
    """Ground, disc, seven stems (or as many as asked for), a mound of earth."""
    rng, unit = canvas.rng, canvas.unit
    light = parts.light_of(canvas, "day", "dawn", "day")
    dark = light in parts.DARK
    p = canvas.palette
    ground = (mix(p.ink, p.deep, 0.5), p.ink) if dark else (p.paper, mix(p.paper, p.light, 0.75))
    x, y = canvas.width * 0.5, canvas.height * 0.42
    radius = min(unit * 0.36, canvas.height * 0.3)
    top, foot = (mix(p.paper, p.light, 0.4), p.light) if dark else (p.accent, mix(p.accent, p.light, 0.7))
    layers: list[Layer] = [
        partial(canvas.fill, None, ground, shades.linear((0, 0), (canvas.width * 0.3, canvas.height)), grit=0.4)
    ]
    if dark:
        layers.append(parts.stars(canvas, canvas.height * 0.8, 120))
    disc = shades.linear((x, y - radius), (x, y + radius))
    layers.append(partial(canvas.fill, shapes.disc(x, y, radius), (top, foot), disc, grit=0.65))
    count = canvas.brief.count("stem", canvas.brief.count("flower", 7))
    kinds = ("laurel", "fern", "round", "tulip", "willow")
    kind = kinds[int(rng.random() * len(kinds))]
    kind = next((named for named in kinds if named in canvas.brief.extras), kind)
    garden = _Garden(
        canvas,
        p._replace(deep=p.mid, ink=p.deep) if dark else p,
        kind,
        flowers="flower" in canvas.brief.counts or rng.random() < 0.65,
    )
    base = canvas.height * 0.9
    order = sorted(range(count), key=lambda index: -abs(index - (count - 1) / 2))
    spread = min(canvas.width * 0.42, unit * 0.62)
    for index in order:
        lean = 0.0 if count == 1 else (index / (count - 1) * 2 - 1)
        layers.append(garden.stem(x, base, lean, spread, count))
    layers.append(_mound(canvas, x, base, unit * 0.3, dark=dark))
    return [*layers, *parts.weather(canvas)]


def _mound(canvas: Canvas, x: float, y: float, half: float, *, dark: bool) -> Layer:
    p = canvas.palette
    top = shapes.oval(x, y + half * 0.16, half, half * 0.3, 0, math.pi, math.tau)
    colours = (mix(p.deep, p.mid, 0.25), p.ink) if not dark else (p.deep, mix(p.ink, (0, 0, 0), 0.3))

    def paint() -> None:
        canvas.spray(
            shapes.disc(x + half * 0.15, y + half * 0.2, half * 1.25, half * 0.1).soft(half * 0.03), p.ink, 0.35
        )
        canvas.fill(
            shapes.polygon(top),
            colours,
            shades.linear((x - half, y - half * 0.1), (x + half * 0.7, y + half * 0.2)),
            grit=0.8,
        )

    return paint


class _Garden:
    def __init__(self, canvas: Canvas, palette: Palette, kind: str, *, flowers: bool) -> None:
        self.canvas, self.p, self.kind, self.flowers = canvas, palette, kind, flowers
        p = palette
        self.greens: list[Colour] = [p.deep, mix(p.deep, p.mid, 0.45), mix(p.mid, p.deep, 0.15)]

    def stem(self, x: float, base: float, lean: float, spread: float, count: int) -> Layer:
        """One bent stem with its leaves and what sits on its tip."""
        rng, unit = self.canvas.rng, self.canvas.unit
        tall = self.canvas.height * (0.72 - 0.2 * abs(lean) ** 1.6) * rng.uniform(0.92, 1.06)
        tip = (x + lean * spread * rng.uniform(0.9, 1.05), base - tall)
        foot = (x + lean * unit * 0.2, base + unit * 0.02)
        bow = [
            (foot[0], foot[1]),
            (foot[0] + (tip[0] - foot[0]) * 0.16, base - tall * 0.33),
            (foot[0] + (tip[0] - foot[0]) * 0.52, base - tall * 0.7),
            tip,
        ]
        line = shapes.curve(bow, 14)
        green = self.greens[int(rng.random() * 3)]
        size = unit * (0.075 if count < 9 else 0.058) * rng.uniform(0.9, 1.12)
        leaves = self._leaves(line, size)
        bloom = self._bloom(tip, size, line[-4])

        def paint() -> None:
            self.canvas.fill(shapes.stroke(line, max(1.2, unit * 0.0062)), (mix(green, self.p.ink, 0.45),))
            lit, dim = mix(green, self.p.paper, 0.32), mix(green, self.p.ink, 0.5)
            for front, back in leaves:
                ramp = shades.linear(front[0], front[len(front) // 2])
                self.canvas.fill(shapes.polygon(front), (mix(green, self.p.ink, 0.15), lit), ramp, grit=0.8)
                self.canvas.fill(shapes.polygon(back), (dim, mix(green, self.p.ink, 0.12)), ramp, grit=0.8)
            for layer in bloom:
                layer()

        return paint

    def _leaves(self, line: list[Point], size: float) -> list[tuple[list[Point], list[Point]]]:
        """Pairs along the stem; each leaf is its lit half and its dark half."""
        pairs = {"laurel": 11, "fern": 19, "round": 10, "tulip": 2, "willow": 13}[self.kind]
        angle = {"laurel": 0.85, "fern": 1.15, "round": 1.2, "tulip": 0.4, "willow": 0.55}[self.kind]
        leaves = []
        for pair in range(pairs):
            place = 0.2 + 0.76 * pair / max(1, pairs) if self.kind != "tulip" else 0.1 + 0.12 * pair
            index = min(len(line) - 2, int(place * (len(line) - 1)))
            (ax, ay), (bx, by) = line[index], line[index + 1]
            heading = math.atan2(by - ay, bx - ax)
            taper = 1 - 0.55 * place if self.kind != "fern" else 1.25 * (1 - place * 0.85)
            long = size * {"laurel": 1.15, "fern": 1.1, "round": 0.72, "tulip": 4.6, "willow": 1.7}[self.kind] * taper
            wide = long * {"laurel": 0.26, "fern": 0.13, "round": 0.48, "tulip": 0.09, "willow": 0.12}[self.kind]
            for side in (-1, 1):
                leaves.append(_leaf((ax, ay), heading + side * angle, long, wide))
        return leaves

    def _bloom(self, tip: Point, size: float, before: Point) -> list[Layer]:
        rng, canvas, p = self.canvas.rng, self.canvas, self.p
        heading = math.atan2(tip[1] - before[1], tip[0] - before[0])
        colour = (p.accent, p.paper, p.light, mix(p.accent, p.mid, 0.55))[int(rng.random() * 4)]
        if self.kind == "tulip":
            return [_tulip(canvas, p, tip, size * 1.15, heading, p.accent if colour == p.paper else colour)]
        if self.flowers and rng.random() < 0.85:
            return [_flower(canvas, p, tip, size * rng.uniform(0.6, 0.85), colour, 7 + int(rng.random() * 5))]
        front, back = _leaf(tip, heading, size * 0.8, size * 0.2)
        return [
            partial(canvas.fill, shapes.polygon(front), (mix(p.mid, p.paper, 0.3), p.mid), 0.4),
            partial(canvas.fill, shapes.polygon(back), (p.deep, p.ink), 0.4),
        ]


def _leaf(root: Point, heading: float, long: float, wide: float) -> tuple[list[Point], list[Point]]:
    """Two halves of a pointed leaf; the one that faces the upper left comes first."""
    cos, sin = math.cos(heading), math.sin(heading)

    def at(along: float, off: float) -> Point:
        return (root[0] + cos * along * long - sin * off * wide, root[1] + sin * along * long + cos * off * wide)

    spine = [at(step / 8, 0.18 * math.sin(math.pi * step / 8)) for step in range(9)]
    sides = []
    for side in (1, -1):
        edge = [at(step / 8, side * math.sin(math.pi * (step / 8) ** 0.85)) for step in range(9)]
        sides.append([*edge, *reversed(spine)])
    first_is_lit = (-sin) * -0.7 + cos * -0.7 > 0
    return (sides[0], sides[1]) if first_is_lit else (sides[1], sides[0])


def _flower(canvas: Canvas, p: Palette, at: Point, r: float, colour: Colour, petals: int) -> Layer:
    (x, y), turn = at, canvas.rng.random()

    def paint() -> None:
        shade = shades.radial((x - r * 0.2, y - r * 0.2), r * 1.2)
        for layer, (reach, ink) in enumerate(((1.0, mix(colour, p.ink, 0.22)), (0.82, colour))):
            outlines = []
            for petal in range(petals):
                angle = math.tau * (petal + 0.5 * layer) / petals + turn
                outlines.append(
                    shapes.oval(
                        x + math.cos(angle) * r * 0.55 * reach,
                        y + math.sin(angle) * r * 0.55 * reach,
                        r * 0.45 * reach,
                        r * 2.0 * reach / petals,
                        angle,
                    )
                )
            canvas.fill(shapes.polygons(outlines), (mix(ink, p.deep, 0.25), mix(ink, p.paper, 0.15)), shade, grit=0.7)
        heart = shades.radial((x - r * 0.1, y - r * 0.1), r * 0.34)
        canvas.fill(shapes.disc(x, y, r * 0.25), (mix(p.ink, p.mid, 0.35), p.ink), heart, grit=0.8)

    return paint


def _tulip(canvas: Canvas, p: Palette, at: Point, size: float, heading: float, colour: Colour) -> Layer:
    x, y = at
    cos, sin = math.cos(heading), math.sin(heading)

    def place(points: list[Point]) -> list[Point]:
        return [(x + cos * a * size - sin * b * size, y + sin * a * size + cos * b * size) for a, b in points]

    back = place(shapes.curve([(-0.1, 0), (0.35, -0.2), (1.0, 0.0), (0.35, 0.2), (-0.1, 0)], 8))
    sides = [
        place(
            shapes.curve(
                [(-0.1, 0), (0.2, side * 0.42), (0.62, side * 0.4), (0.98, side * 0.3), (0.6, side * 0.06), (-0.1, 0)],
                8,
            )
        )
        for side in (1, -1)
    ]

    def paint() -> None:
        ramp = shades.linear((x - size * 0.4, y), (x + size * 0.5, y + size * 0.1))
        canvas.fill(shapes.polygon(back), (mix(colour, p.ink, 0.25), mix(colour, p.ink, 0.5)), ramp, grit=0.8)
        for side in sides:
            canvas.fill(shapes.polygon(side), (mix(colour, p.paper, 0.3), mix(colour, p.ink, 0.3)), ramp, grit=0.85)

    return paint
