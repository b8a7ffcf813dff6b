"""A road: low hills, a field, the road across the page, and on it cars, a bus, a lorry or bicycles from the side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

from studio.providers.art import shades, shapes
from studio.providers.art.brush import Canvas, Layer
from studio.providers.art.oklch import Colour, mix
from studio.providers.art.scenes import parts
from studio.providers.art.shapes import Point

BODY: tuple[Point, ...] = (
    (-0.5, 0.07),
    (-0.49, 0.17),
    (-0.44, 0.205),
    (-0.3, 0.22),
    (-0.19, 0.335),
    (-0.02, 0.365),
    (0.12, 0.345),
)
BODY += ((0.25, 0.23), (0.42, 0.195), (0.495, 0.135), (0.5, 0.06), (0.47, 0.035), (-0.47, 0.035))
PANES = (
    ((-0.25, 0.222), (-0.17, 0.315), (-0.045, 0.335), (-0.045, 0.222)),
    ((-0.01, 0.222), (-0.01, 0.335), (0.1, 0.32), (0.19, 0.222)),
)
BOX = ((-0.5, 0.05), (-0.5, 0.44), (-0.47, 0.47), (0.47, 0.47), (0.5, 0.43), (0.5, 0.05))
CABIN = ((0.22, 0.05), (0.22, 0.32), (0.36, 0.32), (0.44, 0.2), (0.5, 0.18), (0.5, 0.05))


def compose(canvas: Canvas) -> list[Layer]:
    """Sky, sun, hills, field, road, and as many vehicles as asked for in two lanes."""
    rng, p, unit = canvas.rng, canvas.palette, canvas.unit
    light = parts.light_of(canvas, "day", "dawn", "dusk", "day")
    horizon, top = canvas.height * 0.6, canvas.height * 0.72
    layers = [parts.sky(canvas, light, horizon)]
    if light in parts.DARK:
        layers.append(parts.stars(canvas, canvas.height * 0.5, 120))
    sun_x = canvas.width * rng.choice((0.22, 0.32, 0.68, 0.78))
    layers.append(parts.sun(canvas, light, sun_x, canvas.height * rng.uniform(0.2, 0.3), unit * 0.085))
    mist = parts.sky_colours(p, light)[-1]
    for depth, near in ((0.1, mix(mist, p.mid, 0.55)), (0.2, mix(p.mid, p.deep, 0.45)), (0.3, mix(p.mid, p.deep, 0.8))):
        layers.append(_hill(canvas, horizon - canvas.height * (0.2 - 0.5 * depth), near))
    layers.append(_road(canvas, top))
    return [*layers, *_traffic(canvas, top, light), *parts.weather(canvas)]


def _hill(canvas: Canvas, y: float, colour: Colour) -> Layer:
    swell, height = parts.waves_of(canvas.rng, 3, 0.4), canvas.height * 0.07
    crest = [(canvas.width * step / 60, y - height * swell(step / 60)) for step in range(61)]
    tones = (mix(colour, canvas.palette.light, 0.18), colour)
    ramp = shades.linear((0, y - height), (0, y + canvas.height * 0.2))
    return partial(canvas.fill, shapes.polygon(parts.under(crest, canvas.height)), tones, ramp, grit=0.7)


def _road(canvas: Canvas, top: float) -> Layer:
    p, foot, middle = canvas.palette, canvas.height * 0.93, canvas.height * 0.825
    dash, shift = canvas.unit * 0.09, canvas.rng.random()

    def paint() -> None:
        grey = mix(p.deep, p.ink, 0.5)
        canvas.fill(
            shapes.rectangle(0, top, canvas.width, foot),
            (mix(grey, p.mid, 0.35), grey),
            shades.linear((0, top), (0, foot)),
            grit=0.75,
        )
        width = max(1.0, canvas.unit * 0.008)
        edges = [([(0.0, y), (float(canvas.width), y)], width) for y in (top + width * 2, foot - width * 2)]
        starts = [(number - shift) * dash * 2 for number in range(math.ceil(canvas.width / dash / 2) + 2)]
        line = [([(x, middle), (x + dash, middle)], width) for x in starts]
        canvas.fill(shapes.strokes([*edges, *line]), (mix(p.paper, p.light, 0.3),), grit=0.3)

    return paint


def _traffic(canvas: Canvas, top: float, light: str) -> list[Layer]:
    """The far lane first, driving to the left; the near one to the right."""
    count, extras = canvas.brief.count("car", 1), canvas.brief.extras
    far = count // 2
    size = min(canvas.unit * 0.5, canvas.width * 0.86 / max(1, count - far))
    draw = _bus if "bus" in extras else _lorry if "lorry" in extras else _bicycle if "bicycle" in extras else _car
    made = []
    for lane, number, y in ((-1, far, canvas.height * 0.8), (1, count - far, canvas.height * 0.905)):
        for index in range(number):
            place = (index + 0.5) / (number + 0.9) if lane < 0 else (index + 1) / (number + 1)
            x = canvas.width * place + canvas.rng.uniform(-0.03, 0.03) * canvas.width
            length = size * (0.8 if lane < 0 else 1.0)
            made.append(partial(_vehicle, canvas, draw, (x, y), length * lane, is_dark=light in parts.DARK))
    return [*made]


def _vehicle(canvas: Canvas, draw: object, foot: Point, size: float, *, is_dark: bool) -> None:
    """`size` is its length, below zero for one that drives to the left."""
    (x, y), p, length = foot, canvas.palette, abs(size)
    shadow = shapes.disc(x, y, length * 0.52, length * 0.045)
    canvas.spray(shadow.soft(length * 0.015), p.ink, 0.85, grit=0.4)
    draw(canvas, foot, size)  # type: ignore[operator]
    if is_dark:
        beam = [(x + size * 0.5, y - length * 0.15), (x + size * 1.5, y - length * 0.3), (x + size * 1.5, y)]
        fade = shades.linear((x + size * 0.5, y), (x + size * 1.5, y), lambda place: 0.7 * (1 - place))
        canvas.spray(shapes.polygon(beam).soft(length * 0.02), mix(p.light, p.paper, 0.5), fade, grit=0.7)


def _at(foot: Point, size: float, points: Sequence[Point]) -> list[Point]:
    """Points of a drawing one unit long, its foot at 0 and up counted upwards, on the page."""
    return [(foot[0] + size * x, foot[1] - abs(size) * y) for x, y in points]


def _painted(canvas: Canvas, foot: Point, size: float, points: Sequence[Point], colour: Colour) -> None:
    p, length = canvas.palette, abs(size)
    ramp = shades.linear((0, foot[1] - length * 0.4), (0, foot[1]))
    tones = (mix(colour, p.paper, 0.2), colour, mix(colour, p.ink, 0.45))
    canvas.fill(shapes.polygon(_at(foot, size, points)), tones, ramp, grit=0.7)


def _glass(canvas: Canvas, foot: Point, size: float, panes: Sequence[Sequence[Point]]) -> None:
    p = canvas.palette
    tones = (mix(p.paper, p.light, 0.35), mix(p.mid, p.deep, 0.6))
    ramp = shades.linear((foot[0] - size * 0.3, 0), (foot[0] + size * 0.3, 0))
    canvas.fill(shapes.polygons([_at(foot, size, pane) for pane in panes]), tones, ramp, grit=0.5)


def _wheels(canvas: Canvas, foot: Point, size: float, places: Sequence[float], radius: float) -> None:
    p, r = canvas.palette, abs(size) * radius
    hubs = [(foot[0] + size * place, foot[1] - r * 0.9) for place in places]
    canvas.fill(shapes.discs([(x, y, r) for x, y in hubs]), (mix(p.ink, p.deep, 0.15),))
    canvas.fill(shapes.discs([(x, y, r * 0.48) for x, y in hubs]), (mix(p.paper, p.mid, 0.35), p.mid), 0.4)


def _lacquer(canvas: Canvas) -> Colour:
    """The colour that the words name is the vehicle's."""
    return canvas.brief.colours[0] if canvas.brief.colours else canvas.palette.accent


def _car(canvas: Canvas, foot: Point, size: float) -> None:
    p = canvas.palette
    _painted(canvas, foot, size, shapes.curve(BODY, 6)[:-1], _lacquer(canvas))
    _glass(canvas, foot, size, PANES)
    _wheels(canvas, foot, size, (-0.29, 0.29), 0.09)
    lamp = _at(foot, size, [(0.47, 0.14)])[0]
    canvas.fill(shapes.disc(*lamp, abs(size) * 0.022), (p.paper,))


def _bus(canvas: Canvas, foot: Point, size: float) -> None:
    _painted(canvas, foot, size, BOX, _lacquer(canvas))
    _glass(canvas, foot, size, [[(x, 0.27), (x, 0.4), (x + 0.12, 0.4), (x + 0.12, 0.27)] for x in _steps(6)])
    _wheels(canvas, foot, size, (-0.3, 0.31), 0.075)


def _steps(number: int) -> list[float]:
    return [-0.45 + 0.155 * index for index in range(number)]


def _lorry(canvas: Canvas, foot: Point, size: float) -> None:
    p = canvas.palette
    _painted(canvas, foot, size, [(-0.5, 0.09), (-0.5, 0.42), (0.2, 0.42), (0.2, 0.09)], mix(p.paper, p.light, 0.4))
    _painted(canvas, foot, size, CABIN, _lacquer(canvas))
    _glass(canvas, foot, size, [[(0.29, 0.2), (0.29, 0.29), (0.35, 0.29), (0.41, 0.2)]])
    _wheels(canvas, foot, size, (-0.36, -0.22, 0.36), 0.075)


def _bicycle(canvas: Canvas, foot: Point, size: float) -> None:
    p, length = canvas.palette, abs(size) * 0.8
    r, width = length * 0.19, max(1.2, length * 0.018)
    pale = mix(p.paper, p.light, 0.4)  # on a dark road
    (back, front) = _at(foot, length * (1 if size > 0 else -1), [(-0.27, 0.19), (0.27, 0.19)])
    for x, y in (back, front):
        canvas.fill(shapes.annulus(x, y, r, r - width * 1.3), (pale,))
        spokes = [([(x, y), (x + r * math.cos(turn), y + r * math.sin(turn))], width * 0.3) for turn in range(7)]
        canvas.fill(shapes.strokes(spokes), (mix(pale, p.mid, 0.4),))
    turned = length * (1 if size > 0 else -1)
    pedal, saddle, head = _at(foot, turned, [(-0.03, 0.17), (-0.1, 0.42), (0.2, 0.44)])
    frame = [
        [back, pedal],
        [pedal, saddle],
        [back, _between(pedal, saddle)],
        [pedal, head],
        [saddle, head],
        [head, front],
    ]
    canvas.fill(shapes.strokes([(line, width * 1.5) for line in frame]), (_lacquer(canvas),))
    seat, bar = (
        _at(foot, turned, [(-0.16, 0.45), (-0.04, 0.45)]),
        _at(foot, turned, [(0.2, 0.44), (0.18, 0.52), (0.27, 0.52)]),
    )
    canvas.fill(shapes.strokes([(seat, width * 2), (bar, width * 1.3)]), (pale,))


def _between(one: Point, other: Point) -> Point:
    return one[0] * 0.3 + other[0] * 0.7, one[1] * 0.3 + other[1] * 0.7
