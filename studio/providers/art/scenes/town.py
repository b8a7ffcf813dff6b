"""A town on a table: isometric blocks in three tones per face, windows, roof boxes, trees, squares left empty."""

from __future__ import annotations

import math
from functools import partial
from typing import NamedTuple

from studio.providers.art import shades, shapes
from studio.providers.art.brush import Canvas, Layer
from studio.providers.art.oklch import Colour, mix
from studio.providers.art.palettes import nocturne
from studio.providers.art.scenes import parts
from studio.providers.art.shapes import Point


class _Block(NamedTuple):
    x: float  # the near corner at ground level
    y: float
    height: float
    colour: int
    windows: int  # 0 none, 1 on the left face, 2 on the right one, 3 on both
    lit: float
    kind: str


def compose(canvas: Canvas) -> list[Layer]:
    """Wall and table first, then blocks in rows from the back to the front."""
    rng, unit = canvas.rng, canvas.unit
    light = parts.light_of(canvas, "day", "day", "dawn", "day")
    half = unit * rng.uniform(0.072, 0.082) * min(1.15, max(1.0, canvas.aspect**0.3))
    town = _Town(canvas, light, half)
    top = canvas.height * (0.34 if canvas.aspect < 1.2 else 0.3)
    layers: list[Layer] = [town.wall(top)]
    rows = math.ceil((canvas.height * 1.02 - top) / (half * 0.5)) + 4
    middle = canvas.width * rng.uniform(0.44, 0.56)
    for start in range(0, rows, 2):
        blocks = [block for row in (start, start + 1) for block in town.row(row, rows, middle, top)]
        layers.append(partial(town.paint, blocks))
    return [*layers, *parts.weather(canvas)]


class _Town:
    def __init__(self, canvas: Canvas, light: str, half: float) -> None:
        self.canvas, self.half, self.quarter = canvas, half, half * 0.5
        self.dark = light in parts.DARK
        p = canvas.palette
        self.palette = nocturne(p) if self.dark else p
        p = self.palette
        self.inks: list[Colour] = [p.light, p.accent, p.mid, p.deep, mix(p.accent, p.mid, 0.5)]
        self.order = [0, 0, 1, 2, 3, 1, 4]

    def wall(self, top: float) -> Layer:
        canvas, p = self.canvas, self.palette
        ground, air = mix(p.paper, p.light, 0.12), mix(p.paper, p.light, 0.34)
        middle = (canvas.width / 2, canvas.height * 0.42)
        glow = shades.radial(middle, max(canvas.width, canvas.height) * 0.75, shades.smooth)
        return partial(canvas.fill, None, (ground, air), glow, grit=0.3)

    def row(self, row: int, rows: int, middle: float, top: float) -> list[_Block]:
        """The blocks of one diagonal row, `row` steps from the far corner of the table."""
        canvas, rng = self.canvas, self.canvas.rng
        blocks, size = [], 12 if canvas.aspect > 1.2 else 9 if canvas.aspect > 0.8 else 13
        for i in range(row + 1):
            j = row - i
            x, y = middle + (i - j) * self.half, top + (row + 2) * self.quarter
            chance, tall, ink, windows, lit, kind = (rng.random() for _ in range(6))
            outside = i >= size + row // 9 or j >= size + row // 7
            if not -self.half * 2 < x < canvas.width + self.half * 2 or outside or chance < 0.13:
                if chance < 0.05 and not outside:
                    blocks.append(_Block(x, y, self.half * (0.5 + 0.4 * tall), 0, 0, lit, "tree"))
                continue
            centre = 1 - min(1.0, math.hypot(i - 3.2, j - 3.4) / 7)
            height = self.half * (0.35 + 0.6 * tall + 2.9 * centre * tall**1.3)
            what = "gable" if kind < 0.22 and height < self.half * 1.3 else "tank" if kind > 0.82 else "block"
            blocks.append(_Block(x, y, height, self.order[int(ink * 7)], int(windows * 4), lit, what))
        return blocks

    def paint(self, blocks: list[_Block]) -> None:
        """Blocks in the order given, each over the ones before."""
        for block in blocks:
            if block.kind == "tree":
                self._tree(block)
                continue
            self._shadow(block)
            self._box(block.x, block.y, self.half, block.height, self.inks[block.colour], gable=block.kind == "gable")
            if block.windows and block.height > self.half * 0.7:
                self._windows(block)
            if block.kind == "tank":
                self._box(
                    block.x,
                    block.y - block.height - self.half * 0.3,
                    self.half * 0.36,
                    self.half * 0.26,
                    self.inks[(block.colour + 1) % 5],
                )

    def _box(self, x: float, y: float, half: float, height: float, colour: Colour, *, gable: bool = False) -> None:
        canvas, p, quarter = self.canvas, self.palette, half * 0.5
        lit, dim, dark = mix(colour, p.paper, 0.24), mix(colour, p.ink, 0.1), mix(colour, p.ink, 0.5)
        roof, foot = y - height, y
        left = [(x - half, foot - quarter), (x, foot), (x, roof), (x - half, roof - quarter)]
        right = [(x + half, foot - quarter), (x, foot), (x, roof), (x + half, roof - quarter)]
        down = shades.linear((x, roof - quarter), (x + half * 0.3, foot + half * 0.3))
        canvas.fill(shapes.polygon(left), (mix(colour, p.light, 0.18), dim), down, grit=0.75)
        canvas.fill(shapes.polygon(right), (mix(colour, p.ink, 0.38), mix(dark, p.ink, 0.3)), down, grit=0.75)
        if gable:
            self._gable(x, roof, half, dark)
            return
        top = [(x, roof), (x + half, roof - quarter), (x, roof - quarter * 2), (x - half, roof - quarter)]
        canvas.fill(
            shapes.polygon(top),
            (lit, mix(lit, colour, 0.75)),
            shades.linear((x - half, roof), (x + half, roof - quarter)),
            grit=0.6,
        )

    def _gable(self, x: float, roof: float, half: float, wall: Colour) -> None:
        canvas, p, quarter = self.canvas, self.palette, half * 0.5
        tile = p.accent if wall != mix(p.accent, p.ink, 0.5) else p.deep
        ridge_near, ridge_far = (
            (x + half * 0.5, roof - quarter * 0.5 - half * 0.6),
            (x - half * 0.5, roof - quarter * 1.5 - half * 0.6),
        )
        front = [(x, roof), (x + half, roof - quarter), ridge_near]
        near = [(x, roof), ridge_near, ridge_far, (x - half, roof - quarter)]
        canvas.fill(shapes.polygon(front), (wall, mix(wall, p.ink, 0.3)), 0.3, grit=0.7)
        canvas.fill(
            shapes.polygon(near),
            (mix(tile, p.paper, 0.12), mix(tile, p.ink, 0.25)),
            shades.linear(ridge_far, (x, roof)),
            grit=0.7,
        )

    def _shadow(self, block: _Block) -> None:
        """On the ground at the right, away from the light."""
        half, quarter, x, y = self.half, self.quarter, block.x, block.y
        reach = min(block.height, half * 1.4) * 0.75
        ground = [
            (x, y),
            (x + half, y - quarter),
            (x + half + reach, y - quarter + reach * 0.5),
            (x + reach, y + reach * 0.5),
        ]
        self.canvas.spray(shapes.polygon(ground), self.palette.mid, 0.4, grit=0.8)

    def _windows(self, block: _Block) -> None:
        canvas, p = self.canvas, self.palette
        glow, pane = (canvas.palette.light if self.dark else p.paper), mix(self.inks[block.colour], p.ink, 0.6)
        lit: list[list[Point]] = []
        unlit: list[list[Point]] = []
        floors = max(1, int(block.height / (self.half * 0.52)))
        for side, used in ((-1, block.windows & 1), (1, block.windows & 2)):
            for floor in range(floors if used else 0):
                for column in (0.22, 0.62):
                    chance = math.modf(block.lit * 91.7 + floor * 0.37 + column * 5.1 + side * 0.21)[0]
                    if chance > 0.8:
                        continue
                    (lit if chance < (0.45 if self.dark else 0.2) else unlit).append(
                        self._pane(block, side, floor, floors, column)
                    )
        if unlit:
            canvas.fill(shapes.polygons(unlit), (pane,))
        if lit:
            canvas.fill(shapes.polygons(lit), (glow, mix(glow, p.light, 0.5)), 0.3)

    def _pane(self, block: _Block, side: int, floor: int, floors: int, column: float) -> list[Point]:
        half, tall = self.half, block.height / floors
        x0, x1 = block.x + side * half * column, block.x + side * half * (column + 0.18)
        top = block.y - block.height + tall * (floor + 0.26)
        bottom = top + tall * 0.46
        return [(x, edge - abs(x - block.x) * 0.5) for x, edge in ((x0, top), (x1, top), (x1, bottom), (x0, bottom))]

    def _tree(self, block: _Block) -> None:
        canvas, p, r = self.canvas, self.palette, self.half * 0.34
        x, y = block.x, block.y - self.quarter
        canvas.spray(shapes.disc(x + r * 0.9, y + r * 0.2, r * 1.1, r * 0.5), p.mid, 0.5, grit=0.8)
        canvas.fill(shapes.stroke([(x, y), (x, y - block.height)], r * 0.24), (p.ink,))
        crown = mix(p.deep, p.mid, 0.4)
        light = shades.radial((x - r * 0.5, y - block.height - r * 0.7), r * 2)
        canvas.fill(
            shapes.disc(x, y - block.height - r * 0.2, r, r * 1.25),
            (mix(crown, p.paper, 0.4), mix(crown, p.ink, 0.4)),
            light,
            grit=0.8,
        )
