"""Flow: lines of varied width along one seeded current that never cross, a few of them bold."""

from __future__ import annotations

import math
from functools import partial

from studio.providers.art import shades, shapes
from studio.providers.art.brush import Canvas, Layer
from studio.providers.art.oklch import Colour, mix
from studio.providers.art.scenes import parts
from studio.providers.art.shapes import Point


def compose(canvas: Canvas) -> list[Layer]:
    """Ground, then the lines sorted by ink, thin ones first."""
    rng = canvas.rng
    light = parts.light_of(canvas, "dusk", "day", "night", "dusk")
    p, dark = canvas.palette, light in (*parts.DARK, "dusk")
    ground = (mix(p.deep, p.ink, 0.35), p.ink) if dark else (p.paper, mix(p.paper, p.light, 0.6))
    glow = (canvas.width * rng.uniform(0.3, 0.7), canvas.height * rng.uniform(0.3, 0.7))
    layers: list[Layer] = [
        partial(canvas.fill, None, ground, shades.radial(glow, max(canvas.width, canvas.height) * 0.7), grit=0.5)
    ]
    fine: list[Colour] = (
        [mix(p.mid, p.deep, 0.35), p.mid, mix(p.accent, p.mid, 0.5)]
        if dark
        else [p.mid, mix(p.mid, p.light, 0.4), p.deep]
    )
    bold: list[Colour] = [p.accent, p.light, p.paper] if dark else [p.accent, p.deep, p.ink]
    lines = _Current(canvas).lines()
    for index, ink in enumerate([*fine, *bold]):
        layers.append(partial(_lay, canvas, lines[index::6], ink, ground[1]))
    return layers


def _lay(canvas: Canvas, lines: list[tuple[list[Point], float]], ink: Colour, ground: Colour) -> None:
    if not lines:
        return
    shape = shapes.polygons([_ribbon(points, width) for points, width in lines])
    ramp = shades.linear((0, 0), (canvas.width * 0.6, canvas.height))
    canvas.fill(shape, (ink, mix(ink, ground, 0.35)), ramp, grit=0.8)


def _ribbon(points: list[Point], width: float) -> list[Point]:
    """The outline of a line that swells in its middle and runs out at both ends."""
    left, right, last = [], [], len(points) - 1
    for index, (x, y) in enumerate(points):
        (ax, ay), (bx, by) = points[max(0, index - 1)], points[min(last, index + 1)]
        length = math.hypot(bx - ax, by - ay) or 1.0
        half = width * 0.58 * math.sin(math.pi * (0.04 + 0.92 * index / last)) ** 0.6
        dx, dy = (by - ay) / length * half, (bx - ax) / length * half
        left.append((x - dx, y + dy))
        right.append((x + dx, y - dy))
    return [*left, *reversed(right)]


class _Current:
    """A field of directions from a few seeded waves, and lines that follow it while there is room."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        rng = canvas.rng
        self.turn = rng.random() * math.tau
        self.waves = [
            (rng.uniform(-4.2, 4.2), rng.uniform(-4.2, 4.2), rng.random() * math.tau, rng.uniform(0.4, 0.95))
            for _ in range(4)
        ]
        self.cell = canvas.unit / 105
        self.columns = math.ceil(canvas.width / self.cell) + 1
        self.rows = math.ceil(canvas.height / self.cell) + 1
        self.taken = bytearray(self.columns * self.rows)

    def angle(self, x: float, y: float) -> float:
        """The direction at a place, in radians."""
        u, v = x / self.canvas.unit, y / self.canvas.unit
        return self.turn + sum(size * math.sin(a * u + b * v + start) for a, b, start, size in self.waves)

    def _free(self, x: float, y: float, reach: int) -> bool:
        column, row = int(x / self.cell), int(y / self.cell)
        for r in range(max(0, row - reach), min(self.rows, row + reach + 1)):
            start = r * self.columns
            if any(self.taken[start + max(0, column - reach) : start + min(self.columns, column + reach + 1)]):
                return False
        return True

    def _walk(self, x: float, y: float, reach: int, longest: int) -> list[Point]:
        step = self.cell * 0.95
        points: list[Point] = []
        margin = self.cell * 2
        while (
            len(points) < longest
            and -margin < x < self.canvas.width + margin
            and -margin < y < self.canvas.height + margin
        ):
            if 0 <= x < self.canvas.width and 0 <= y < self.canvas.height and not self._free(x, y, reach):
                break
            points.append((x, y))
            turn = self.angle(x, y)
            x, y = x + math.cos(turn) * step, y + math.sin(turn) * step
        return points

    def _claim(self, points: list[Point], reach: int) -> None:
        for x, y in points:
            column, row = int(x / self.cell), int(y / self.cell)
            for r in range(max(0, row - reach), min(self.rows, row + reach + 1)):
                for c in range(max(0, column - reach), min(self.columns, column + reach + 1)):
                    self.taken[r * self.columns + c] = 1

    def lines(self) -> list[tuple[list[Point], float]]:
        """Long bold lines first, then shorter and finer ones into what is left."""
        rng, canvas, lines = self.canvas.rng, self.canvas, []
        for reach, width, tries, longest in (
            (2, 3.0, 70, 120),
            (1, 1.6, 420, 80),
            (1, 0.8, 900, 50),
            (0, 0.42, 700, 36),
        ):
            for _ in range(tries):
                x, y = rng.random() * canvas.width, rng.random() * canvas.height
                weight = rng.uniform(0.7, 1.25)
                points = self._walk(x, y, reach, longest)
                if len(points) >= max(6, width * 7):
                    self._claim(points, max(0, reach - 1))
                    lines.append((points, self.cell * width * weight * 0.62))
        return lines
