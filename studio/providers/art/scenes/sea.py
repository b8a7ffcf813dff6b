"""The sea: a large low sun behind bars of cloud and bands of scalloped waves with white edges and echo lines."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from studio.providers.art import shades, shapes
from studio.providers.art.brush import Canvas, Layer
from studio.providers.art.oklch import mix
from studio.providers.art.scenes import parts
from studio.providers.art.shapes import Point


def compose(canvas: Canvas) -> list[Layer]:
    """Sky, sun, clouds, nine waves (or as many as asked for) and a boat when one is named."""
    rng, palette, unit = canvas.rng, canvas.palette, canvas.unit
    light = parts.light_of(canvas, "dawn", "day", "day", "dawn", "dusk")
    horizon = canvas.height * rng.uniform(0.4, 0.46)
    sun_x, radius = canvas.width * rng.choice((0.3, 0.5, 0.68, 0.7)), unit * rng.uniform(0.18, 0.23)
    layers = [parts.sky(canvas, light, horizon + unit * 0.1)]
    if light in parts.DARK:
        layers.append(parts.stars(canvas, horizon, 170))
        radius *= 0.62
    sun_y = horizon - radius * (rng.uniform(0.45, 0.75) if light not in parts.DARK else 1.6)
    layers += [parts.sun(canvas, light, sun_x, sun_y, radius, halo=1.9), _clouds(canvas, light, horizon)]
    if "bird" in canvas.brief.extras or rng.random() < 0.3:
        layers.append(parts.birds(canvas, canvas.width * 0.4, horizon * 0.35, 6, palette.deep))
    count = canvas.brief.count("wave", 9)
    boats = canvas.brief.count("boat", 1) if "boat" in canvas.brief.extras else 0
    waves = _Waves(canvas, horizon, count, light)
    for index in range(count):
        if index == min(2, count - 1):
            layers += [_boat(canvas, horizon, place, boats) for place in range(boats)]
        layers.append(waves.layer(index))
    return [*layers, *parts.weather(canvas)]


def _clouds(canvas: Canvas, light: str, horizon: float) -> Layer:
    rng, bars = canvas.rng, []
    for row in range(4):
        y = horizon * (0.34 + 0.17 * row + rng.uniform(-0.03, 0.03))
        start = rng.choice((-0.1, 0.12, 0.3, 0.45)) * canvas.width
        length = canvas.width * rng.uniform(0.35, 0.75)
        bars.append(([(start, y), (start + length, y)], canvas.unit * rng.uniform(0.004, 0.0075)))
    strength = 0.35 if light in parts.DARK else 0.92
    return partial(canvas.spray, shapes.strokes(bars), canvas.palette.paper, 1.0, grit=0, strength=strength)


class _Waves:
    """Bands of scallops, wider, taller and darker towards the viewer."""

    def __init__(self, canvas: Canvas, horizon: float, count: int, light: str) -> None:
        self.canvas, self.count = canvas, count
        night = light in parts.DARK
        self.edge = mix(canvas.palette.paper, canvas.palette.mid, 0.35) if night else canvas.palette.paper
        self.dim = 0.35 if night else 0.0
        depth = canvas.height - horizon
        places = [((index + 0.15) / count) ** 1.12 for index in range(count)]
        self.levels = [horizon + depth * 0.93 * place for place in places]
        self.rows = [self._crest(index, place) for index, place in enumerate(places)]

    def _crest(self, index: int, place: float) -> list[Point]:
        canvas, rng = self.canvas, self.canvas.rng
        span = canvas.unit * (0.19 + 0.34 * place)
        height = span * (0.15 + 0.2 * place)
        shift = (rng.random() * 0.3 + (index % 2) * 0.5) * span
        points = []
        x, lift, steps = -span - shift, 1.0, 22
        while x < canvas.width + span:
            after = 1 + rng.uniform(-0.14, 0.14)
            for step in range(steps):
                t = step / steps
                # Sharp crests, round troughs; a small skew leans every wave the same way.
                bowl = abs(2 * t - 1) ** 1.75 * (lift if t < 0.5 else after)
                points.append((x + span * (t - 0.05 * bowl), self.levels[index] + height * (0.5 - bowl)))
            x, lift = x + span, after
        return points

    def layer(self, index: int) -> Layer:
        """One band: body, white edge, three echo lines."""
        canvas, palette = self.canvas, self.canvas.palette
        place = index / max(1, self.count - 1)
        base = palette.mid if index % 2 else palette.deep
        body = mix(base, palette.ink, min(0.85, 0.12 + 0.62 * place * (1.15 if index % 2 else 1) + self.dim))
        lit = mix(body, palette.paper if index % 2 == 0 else palette.light, 0.24 * (1 - place) + 0.08)
        crest = self.rows[index]
        width = canvas.unit * (0.004 + 0.0085 * place)

        def paint() -> None:
            shape = shapes.polygon(parts.under(crest, canvas.height + 4))
            top, low = min(y for _, y in crest), max(y for _, y in crest)
            reach = (low - top) * 1.25
            canvas.fill(shape, (lit, body), shades.linear((0, top), (0, top + reach)), grit=0.7)
            self._echoes(shape, crest, width, reach, lit)
            canvas.fill(
                shapes.stroke(crest, width),
                (self.edge, mix(self.edge, body, 0.45)),
                shades.linear((0, top), (0, low * 1.02)),
                grit=0.5,
            )

        return paint

    def _echoes(
        self, shape: shapes.Shape, crest: Sequence[Point], width: float, reach: float, lit: tuple[int, int, int]
    ) -> None:
        canvas = self.canvas
        mean = sum(y for _, y in crest) / len(crest)
        for echo in (1, 2, 3):
            fall = width * 1.2 + reach * 0.17 * echo
            flatter = 1 - 0.1 * echo
            line = [(x, mean + (y - mean) * flatter + fall) for x, y in crest]
            colour = mix(lit, self.edge, 0.62 - 0.16 * echo)
            canvas.spray(
                shapes.Within(shapes.stroke(line, width * (0.62 - 0.12 * echo)), shape),
                colour,
                0.95 - 0.12 * echo,
                grit=0.45,
            )


def _boat(canvas: Canvas, horizon: float, place: int, boats: int) -> Layer:
    palette, rng = canvas.palette, canvas.rng
    size = canvas.unit * (0.17 if boats < 3 else 0.11) * rng.uniform(0.85, 1.1)
    x = canvas.width * ((place + 0.5) / boats + rng.uniform(-0.06, 0.06) / boats)
    y = horizon + canvas.height * 0.1 + rng.uniform(-0.012, 0.012) * canvas.height
    hull = [
        (x - size * 0.5, y - size * 0.16),
        (x + size * 0.55, y - size * 0.18),
        (x + size * 0.34, y + size * 0.12),
        (x - size * 0.36, y + size * 0.12),
    ]
    main = shapes.curve(
        [(x + size * 0.02, y - size * 1.15), (x + size * 0.32, y - size * 0.65), (x + size * 0.42, y - size * 0.24)], 8
    )
    jib = shapes.curve(
        [(x - size * 0.02, y - size * 1.05), (x - size * 0.2, y - size * 0.6), (x - size * 0.4, y - size * 0.24)], 8
    )

    def paint() -> None:
        ramp = shades.linear((x - size * 0.4, y), (x + size * 0.5, y))
        canvas.fill(shapes.polygon([*main, (x + size * 0.02, y - size * 0.24)]), (palette.paper, palette.light), ramp)
        canvas.fill(
            shapes.polygon([*jib, (x - size * 0.02, y - size * 0.24)]),
            (palette.accent, mix(palette.accent, palette.deep, 0.4)),
            ramp,
        )
        canvas.fill(shapes.stroke([(x, y - size * 1.2), (x, y)], size * 0.025), (palette.ink,))
        canvas.fill(shapes.polygon(hull), (mix(palette.deep, palette.accent, 0.25), palette.ink), ramp)

    return paint
