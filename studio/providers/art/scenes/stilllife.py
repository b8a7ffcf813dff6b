"""A still life: a wall in two tones, a table, a turned vase with flowers, fruit, and all shadows to one side."""

from __future__ import annotations

import math
from functools import partial

from studio.providers.art import shades, shapes
from studio.providers.art.brush import Canvas, Layer
from studio.providers.art.oklch import Colour, mix
from studio.providers.art.palettes import Palette, nocturne
from studio.providers.art.scenes import parts
from studio.providers.art.scenes.fruit import fruit
from studio.providers.art.shapes import Point

_PROFILES: tuple[tuple[tuple[float, float], ...], ...] = (
    # (height, half width), both as shares of the vase's height; the first is the foot
    ((0.0, 0.15), (0.04, 0.17), (0.3, 0.33), (0.5, 0.34), (0.72, 0.2), (0.84, 0.12), (0.94, 0.125), (1.0, 0.17)),
    ((0.0, 0.2), (0.03, 0.22), (0.25, 0.31), (0.55, 0.27), (0.8, 0.14), (0.93, 0.11), (1.0, 0.15)),
    ((0.0, 0.13), (0.05, 0.14), (0.35, 0.19), (0.68, 0.3), (0.85, 0.27), (0.94, 0.13), (1.0, 0.16)),
    ((0.0, 0.22), (0.1, 0.33), (0.3, 0.38), (0.52, 0.27), (0.66, 0.085), (0.9, 0.075), (1.0, 0.11)),
)


def compose(canvas: Canvas) -> list[Layer]:
    """Wall, table, shadows, flowers, vase, fruit."""
    rng, unit = canvas.rng, canvas.unit
    light = parts.light_of(canvas, "day", "day", "dawn")
    p = nocturne(canvas.palette) if light in parts.DARK else canvas.palette
    table = canvas.height * 0.7
    counted = "fruit" in canvas.brief.counts or "thing" in canvas.brief.counts
    pieces = canvas.brief.count("fruit", rng.choice((2, 3, 3, 4)))
    blooms = canvas.brief.counts.get("flower", rng.choice((3, 4, 5)))
    swap = rng.random() < 0.5
    shift = 0.15 if canvas.aspect < 1.15 else 0.12
    vase_x = canvas.width * (0.5 + (shift if swap else -shift))
    tall = min(unit * 0.44, canvas.height * 0.42)
    vase = _Vase(canvas, p, vase_x, table + tall * 0.16, tall)
    layers: list[Layer] = [_wall(canvas, p, table, canvas.width * (0.44 if swap else 0.56), swap=swap)]
    layers += [vase.shadow(), *(vase.bloom(index, blooms) for index in range(blooms)), vase.body()]
    size = unit * (0.075 if pieces < 5 else 0.058 if pieces < 9 else 0.048)
    start = vase_x + (-1 if swap else 1) * (tall * 0.36 + size * 0.8)
    kinds: list[str] = [kind for kind in ("pear", "apple", "lemon", "orange", "cherry") if kind in canvas.brief.extras]
    if not kinds:
        kinds = rng.choice(("orange apple", "pear apple", "lemon orange", "pear")).split()
    row_of = pieces if pieces < 6 else (pieces + 1) // 2
    edge = canvas.width * (0.05 if swap else 0.95)
    gap = min(size * 1.95, (abs(edge - start) - size) / max(1, row_of - 1 + 0.5 * (pieces > row_of)))
    placed = []
    for index in range(pieces):
        row, column = divmod(index, row_of)
        x = start + (-1 if swap else 1) * gap * (column + 0.46 * row)
        y = (
            table
            + tall * 0.17
            + size * (0.5 * (column % 2) + 1.25 * row)
            + (0 if counted else size * rng.uniform(-0.1, 0.3))
        )
        placed.append((y, x, kinds[index % len(kinds)]))
    for y, x, kind in sorted(placed):
        layers.append(fruit(canvas, p, kind, x, y, size * rng.uniform(0.92, 1.1)))
    return layers


def _wall(canvas: Canvas, p: Palette, table: float, split: float, *, swap: bool) -> Layer:
    near, far = (
        (mix(p.mid, p.light, 0.15), mix(p.mid, p.deep, 0.45)),
        (mix(p.light, p.paper, 0.3), mix(p.light, p.accent, 0.35)),
    )
    left, right = (far, near) if swap else (near, far)

    def paint() -> None:
        down = shades.linear((0, 0), (canvas.width * 0.25, table))
        canvas.fill(shapes.rectangle(0, 0, split, table + 2), left, down, grit=0.55)
        canvas.fill(shapes.rectangle(split, 0, canvas.width, table + 2), right, down, grit=0.55)
        top = shapes.rectangle(0, table, canvas.width, canvas.height)
        canvas.fill(
            top,
            (mix(p.paper, p.light, 0.15), mix(p.light, p.accent, 0.3)),
            shades.linear((0, table), (canvas.width * 0.2, canvas.height * 1.05)),
            grit=0.6,
        )
        edge = shapes.rectangle(0, table - canvas.unit * 0.001, canvas.width, table + canvas.unit * 0.002)
        canvas.spray(edge, p.paper, 0.7, grit=0.3)

    return paint


class _Vase:
    """A turned vase; light comes from the upper left, so every shadow falls to the right."""

    def __init__(self, canvas: Canvas, p: Palette, x: float, foot: float, tall: float) -> None:
        rng = canvas.rng
        self.canvas, self.p, self.x, self.foot, self.tall = canvas, p, x, foot, tall
        profile = _PROFILES[int(rng.random() * len(_PROFILES))]
        line = shapes.curve([(wide, height) for height, wide in profile], 10)
        self.right = [(x + wide * tall, foot - height * tall) for wide, height in line]
        self.left = [(x - wide * tall, foot - height * tall) for wide, height in line]
        self.colour = (p.paper, p.paper, mix(p.paper, p.light, 0.6))[int(rng.random() * 3)]
        self.stripes = rng.choice((((0.42, 0.5), (0.53, 0.56)), ((0.34, 0.38), (0.44, 0.48), (0.54, 0.58)), ()))
        self.mouth = foot - tall

    def shadow(self) -> Layer:
        """Along the table and away from the light."""
        x, y, r = self.x, self.foot, self.tall * 0.3
        points = [
            (x - r * 0.4, y - r * 0.05),
            (x + r * 0.4, y - r * 0.32),
            (x + r * 4.2, y - r * 0.62),
            (x + r * 4.4, y - r * 0.2),
            (x + r * 0.6, y + r * 0.24),
            (x - r * 0.4, y + r * 0.12),
        ]
        shape = shapes.polygon(shapes.curve([*points, points[0]], 8)).soft(self.tall * 0.008)
        fall = shades.linear((x, y), (x + r * 4.6, y), lambda t: 0.75 - 0.55 * t)
        return partial(self.canvas.spray, shape, mix(self.p.deep, self.p.ink, 0.3), fall, grit=0.75)

    def body(self) -> Layer:
        """The vase itself, its stripes bent round it, its mouth."""
        canvas, p, x, tall = self.canvas, self.p, self.x, self.tall
        shape = shapes.polygon([*self.left, *reversed(self.right)])
        mouth = self.right[-1][0] - x

        def stripe(low: float, high: float) -> list[Point]:
            bow = [
                (x + tall * 0.42 * (step / 10 - 1), math.sin(math.pi * step / 20) * tall * 0.035) for step in range(21)
            ]
            return [(px, self.foot - tall * high + dip) for px, dip in bow] + [
                (px, self.foot - tall * low + dip) for px, dip in reversed(bow)
            ]

        def paint() -> None:
            turn = shades.linear((x - tall * 0.34, 0), (x + tall * 0.36, 0), lambda t: max(0.0, 1.3 * t - 0.22) ** 1.15)
            canvas.fill(shape, (mix(self.colour, p.paper, 0.5), mix(p.deep, p.ink, 0.3)), turn, grit=0.72)
            for low, high in self.stripes:
                canvas.fill(
                    shapes.Within(shapes.polygon(stripe(low, high)), shape),
                    (mix(p.deep, p.mid, 0.25), p.ink),
                    turn,
                    grit=0.85,
                )
            canvas.fill(shapes.disc(x, self.mouth, mouth, mouth * 0.2), (mix(p.ink, p.deep, 0.3), p.ink), 0.5)

        return paint

    def bloom(self, index: int, blooms: int) -> Layer:
        """One stem with a flower and a leaf, fanned out of the mouth."""
        canvas, p, rng, tall = self.canvas, self.p, self.canvas.rng, self.tall
        lean = 0.0 if blooms == 1 else index / (blooms - 1) * 2 - 1
        room = self.mouth - canvas.height * 0.1
        reach = min(tall * 0.8, room) * rng.uniform(0.72, 1.0) * (1 - 0.22 * abs(lean))
        tip = (self.x + lean * tall * 0.42 + rng.uniform(-0.03, 0.03) * tall, self.mouth - reach)
        line = shapes.curve(
            [
                (self.x + lean * tall * 0.03, self.mouth + tall * 0.02),
                (self.x + lean * tall * 0.14, self.mouth - reach * 0.45),
                tip,
            ],
            12,
        )
        r = tall * rng.uniform(0.12, 0.155) * (1 if blooms < 7 else 0.75)
        colour: Colour = (p.accent, p.paper, p.light, mix(p.accent, p.mid, 0.5))[(index + int(rng.random() * 2)) % 4]
        petals, turn, pointed = 9 + int(rng.random() * 5), rng.random(), rng.random() < 0.5
        middle, side = line[len(line) * 2 // 5], 1 if lean >= 0 else -1
        leaf = shapes.curve(
            [
                middle,
                (middle[0] + side * r * 0.7, middle[1] - r * 0.75),
                (middle[0] + side * r * 1.7, middle[1] - r * 0.7),
                (middle[0] + side * r * 0.9, middle[1] - r * 0.1),
                middle,
            ],
            7,
        )

        def paint() -> None:
            canvas.fill(shapes.stroke(line, max(1.2, tall * 0.012)), (mix(p.deep, p.ink, 0.6),))
            canvas.fill(
                shapes.polygon(leaf),
                (mix(p.deep, p.mid, 0.5), mix(p.deep, p.ink, 0.5)),
                shades.linear((middle[0] - r, middle[1] - r), (middle[0] + r * 1.5, middle[1])),
                grit=0.85,
            )
            self._head(tip, r, colour, petals, turn, pointed=pointed)

        return paint

    def _head(self, tip: Point, r: float, colour: Colour, petals: int, turn: float, *, pointed: bool) -> None:
        canvas, p, (x, y) = self.canvas, self.p, tip
        for reach, ink in ((1.0, mix(colour, p.ink, 0.2)), (0.74, colour)):
            outlines: list[list[Point]] = []
            for petal in range(petals):
                angle = math.tau * petal / petals + turn + (0.24 if reach < 1 else 0)
                cos, sin, half = math.cos(angle), math.sin(angle), 2.4 / petals
                if pointed:
                    sides = [
                        (x + math.cos(angle + turn_) * r * reach * 0.62, y + math.sin(angle + turn_) * r * reach * 0.62)
                        for turn_ in (-half * 1.25, half * 1.25)
                    ]
                    outlines.append([(x, y), sides[0], (x + cos * r * reach, y + sin * r * reach), sides[1]])
                else:
                    outlines.append(
                        shapes.oval(
                            x + cos * r * reach * 0.6,
                            y + sin * r * reach * 0.6,
                            r * reach * 0.4,
                            r * reach * half * 0.62,
                            angle,
                        )
                    )
            light = shades.linear((x - r * 0.7, y - r * 0.7), (x + r * 0.8, y + r * 0.8))
            canvas.fill(shapes.polygons(outlines), (mix(ink, p.paper, 0.22), mix(ink, p.ink, 0.35)), light, grit=0.8)
        canvas.fill(
            shapes.disc(x, y, r * 0.3),
            (mix(p.deep, p.light, 0.25), p.ink),
            shades.radial((x - r * 0.1, y - r * 0.12), r * 0.45),
            grit=0.9,
        )
