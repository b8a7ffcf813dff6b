"""A map: height steps cut from paper, each with a soft shadow on the one below, water under the middle."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

from PIL import Image

from studio.providers.art import shades, shapes
from studio.providers.art.brush import Canvas, Layer
from studio.providers.art.oklch import Colour, mix, ramp
from studio.providers.art.palettes import Palette, nocturne
from studio.providers.art.scenes import parts
from studio.providers.art.shapes import Bounds, Box

_STEPS = 11


@dataclass(frozen=True)
class _Level:
    """Everything above one height, as a shape; `blur` and `shift` make it a shadow."""

    land: Image.Image  # small relief, mode F, heights about 0 to 1
    size: tuple[int, int]
    height: float
    blur: float = 0.0
    shift: float = 0.0

    @property
    def bounds(self) -> Bounds:
        """The cells that reach the height, with a margin of two cells and of the shadow's width."""
        above = self.land.point(lambda value: value * 4096 - (self.height - 0.01) * 4096).convert("L").getbbox()
        if above is None:
            return (0, 0, 0, 0)
        cell = self.size[0] / (self.land.width - 4)
        reach = self.shift + cell * (2 + self.blur / 4)
        left, top, right, bottom = ((side - 2) * cell for side in above)
        return (
            max(0.0, left - reach),
            max(0.0, top - reach),
            min(self.size[0], right + reach),
            min(self.size[1], bottom + reach),
        )

    def mask(self, box: Box) -> Image.Image:
        """Coverage with an edge about one pixel wide, or a wide one for a shadow."""
        width, height = self.size
        sx, sy = (self.land.width - 4) / width, (self.land.height - 4) / height
        moved = [side - self.shift for side in box]
        area = (2 + moved[0] * sx, 2 + moved[1] * sy, 2 + moved[2] * sx, 2 + moved[3] * sy)
        # Worked out on a quarter of the pixels with a wide edge, which is made narrow after the enlarging.
        fine = (box[2] - box[0], box[3] - box[1])
        part = self.land.resize((-(-fine[0] // 4), -(-fine[1] // 4)), Image.Resampling.BICUBIC, box=area)
        steep = 255 * min(width, height) * (0.055 if not self.blur else 0.5 / self.blur)
        wide = part.point(lambda value: value * steep + (128 - self.height * steep)).convert("L")
        if self.blur:
            return wide.resize(fine, Image.Resampling.BILINEAR)
        narrow = [min(255, max(0, (value - 128) * 20 + 128)) for value in range(256)]
        return wide.resize(fine, Image.Resampling.BICUBIC).point(narrow)


def compose(canvas: Canvas) -> list[Layer]:
    """Deep water, then eleven steps up to the summits."""
    light = parts.light_of(canvas, "day")
    p = nocturne(canvas.palette) if light in parts.DARK else canvas.palette
    islands = canvas.brief.counts.get("island")
    land = _land(canvas, islands)
    size = (canvas.width, canvas.height)
    colours = _colours(p)
    bottom = shades.linear((0, 0), (canvas.width * 0.3, canvas.height))
    layers: list[Layer] = [partial(canvas.fill, None, (mix(colours[0], p.ink, 0.2), colours[0]), bottom, grit=0.5)]
    for step in range(_STEPS):
        height = 0.09 + 0.82 * step / (_STEPS - 1)
        layers.append(partial(_step, canvas, land, size, height, colours[step + 1], p.ink))
    if islands:
        layers.append(_grid(canvas, p.paper))
    return [*layers, *parts.weather(canvas)]


def _colours(p: Palette) -> list[Colour]:
    """From the deep to the summits: six blues (or what the palette has for them), shore, land, peak."""
    stops = (
        p.ink,
        p.deep,
        mix(p.deep, p.mid, 0.6),
        p.mid,
        mix(p.mid, p.paper, 0.5),
        p.paper,
        p.light,
        p.accent,
        mix(p.accent, p.deep, 0.55),
    )
    palette = ramp(stops)
    places = [round(255 * step / _STEPS) for step in range(_STEPS + 1)]
    return [(palette[place * 3], palette[place * 3 + 1], palette[place * 3 + 2]) for place in places]


def _step(canvas: Canvas, land: Image.Image, size: tuple[int, int], height: float, colour: Colour, ink: Colour) -> None:
    drop = canvas.unit * 0.009
    canvas.spray(
        _Level(land, size, height, blur=9.0, shift=drop), mix(ink, (0, 0, 0), 0.2), 0.6, grit=0.55, strength=0.62
    )
    across = shades.linear((0, 0), (canvas.width, canvas.height))
    canvas.fill(_Level(land, size, height), (mix(colour, canvas.palette.paper, 0.5),))
    body = (mix(colour, canvas.palette.paper, 0.12), mix(colour, ink, 0.16))
    canvas.fill(_Level(land, size, height, shift=max(0.8, canvas.unit * 0.0014)), body, across, grit=0.75)


def _land(canvas: Canvas, islands: int | None) -> Image.Image:
    """A smooth relief about 72 cells on the longer side: sums of seeded hills, pressed to heights 0 to 1."""
    rng = canvas.rng
    longer = max(canvas.width, canvas.height)
    columns, rows = (max(24, round(72 * side / longer)) + 4 for side in (canvas.width, canvas.height))
    scale = longer / canvas.unit
    hills = []
    if islands:
        turn = rng.random() * math.tau
        for index in range(islands):
            reach = 0.0 if islands == 1 else 0.3
            angle = turn + math.tau * index / islands
            spread = (columns / max(columns, rows), rows / max(columns, rows))
            hills.append(
                (
                    0.5 + reach * math.cos(angle),
                    0.5 + reach * math.sin(angle),
                    0.2 / (1 + 0.28 * (islands - 1)) / min(spread),
                    1.25,
                )
            )
    else:
        for _ in range(round(10 * scale)):
            hills.append(
                (
                    rng.uniform(-0.1, 1.1),
                    rng.uniform(-0.1, 1.1),
                    rng.uniform(0.12, 0.34) / scale,
                    rng.choice((1, 1, -0.9)) * rng.uniform(0.6, 1.1),
                )
            )
    ripple_x, ripple_y = (parts.waves_of(rng, 4, 0.62) for _ in range(2))
    values = []
    wide, tall = canvas.width / canvas.unit, canvas.height / canvas.unit
    for row in range(rows):
        for column in range(columns):
            u, v = (column - 2) / (columns - 4), (row - 2) / (rows - 4)
            u2 = u + 0.05 * ripple_y(v * 0.9 + 0.3 * u) / wide
            v2 = v + 0.05 * ripple_x(u * 0.9 - 0.3 * v) / tall
            height = sum(
                size * math.exp(-(((u2 - x) * wide) ** 2 + ((v2 - y) * tall) ** 2) / (2 * (r * scale * 0.62) ** 2))
                for x, y, r, size in hills
            )
            values.append(height)
    low, high = min(values), max(values)
    even = 0.6 if islands else 1.0  # single hills are too steep for eleven steps
    image = Image.new("F", (columns, rows))
    image.putdata([0.02 + 0.96 * ((value - low) / (high - low)) ** even for value in values])
    return image


def _grid(canvas: Canvas, colour: Colour) -> Layer:
    lines: list[tuple[list[shapes.Point], float]] = []
    cell = canvas.unit / 5
    for step in range(1, math.ceil(canvas.width / cell)):
        lines.append(([(step * cell, 0), (step * cell, canvas.height)], canvas.unit * 0.001))
    for step in range(1, math.ceil(canvas.height / cell)):
        lines.append(([(0, step * cell), (canvas.width, step * cell)], canvas.unit * 0.001))
    return partial(canvas.spray, shapes.strokes(lines), colour, 1.0, grit=0, strength=0.16)
