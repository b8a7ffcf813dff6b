"""A pond from above: rings on the water, fish along one current with shadows and seeded spots, lily pads."""

from __future__ import annotations

import math
from functools import partial

from studio.providers.art import shades, shapes
from studio.providers.art.brush import Canvas, Layer
from studio.providers.art.oklch import Colour, mix
from studio.providers.art.palettes import Palette, nocturne
from studio.providers.art.scenes import parts
from studio.providers.art.shapes import Point

_GIRTH = ((0.0, 0.35), (0.06, 0.62), (0.16, 0.9), (0.3, 1.0), (0.5, 0.84), (0.7, 0.5), (0.86, 0.22), (1.0, 0.13))


def compose(canvas: Canvas) -> list[Layer]:
    """Water, rings, pads that lie deep, fish (thirteen, or as many as asked for), pads on top."""
    rng, unit = canvas.rng, canvas.unit
    light = parts.light_of(canvas, "day")
    p = nocturne(canvas.palette) if light in parts.DARK else canvas.palette
    glow = (canvas.width * rng.uniform(0.25, 0.75), canvas.height * rng.uniform(0.25, 0.75))
    water = (mix(p.mid, p.deep, 0.62), p.deep, mix(p.deep, p.ink, 0.75))
    layers: list[Layer] = [
        partial(canvas.fill, None, water, shades.radial(glow, max(canvas.width, canvas.height) * 0.72), grit=0.5),
        _stones(canvas, p),
        _rings(canvas, p),
    ]
    asked = "fish" in canvas.brief.counts or "thing" in canvas.brief.counts
    count = canvas.brief.count("fish", 11 if canvas.aspect < 1.2 else 13)
    length = unit * (0.17 if not asked else 0.30 - 0.11 * min(1.0, count / 9))
    current = parts.waves_of(rng, 2)
    heading = rng.random() * math.tau
    spots = _places(canvas, count, length, free=True)
    for index, (x, y) in enumerate(spots):
        turn = heading + 1.1 * current((x / canvas.width + y / canvas.height) / 2) + rng.uniform(-0.3, 0.3)
        layers.append(_Koi(canvas, p, (x, y), length * rng.uniform(0.82, 1.12), turn, index).layer())
    layers += [_pads(canvas, p, spots, length)]
    return [*layers, *parts.weather(canvas)]


def _places(canvas: Canvas, count: int, length: float, *, free: bool) -> list[Point]:
    """Spots that keep their distance: of some random ones always the farthest from those already taken."""
    rng, taken = canvas.rng, [] if free else [(0.0, 0.0)]
    margin = length * 0.55
    for _ in range(count):
        options = [
            (rng.uniform(margin, canvas.width - margin), rng.uniform(margin, canvas.height - margin)) for _ in range(7)
        ]
        taken.append(max(options, key=lambda spot: min((math.dist(spot, other) for other in taken), default=0)))
    return taken


def _rings(canvas: Canvas, p: Palette) -> Layer:
    rng, unit, many = canvas.rng, canvas.unit, []
    for _ in range(9):
        x, y = rng.random() * canvas.width, rng.random() * canvas.height
        r, rings = unit * rng.uniform(0.03, 0.09), int(rng.uniform(2, 5))
        many += [
            (shapes.oval(x, y, r * (1 + ring), r * (1 + ring), 0), max(0.6, unit * 0.0016 * (1 - 0.15 * ring)), ring)
            for ring in range(rings)
        ]

    def paint() -> None:
        for ring in range(4):
            lines = [(line, width) for line, width, index in many if index == ring]
            if lines:
                canvas.spray(shapes.strokes(lines), mix(p.mid, p.paper, 0.55), 1.0, grit=0.2, strength=0.5 - 0.1 * ring)

    return paint


def _stones(canvas: Canvas, p: Palette) -> Layer:
    """Pebbles deep under the surface: hardly lighter than the water."""
    rng, unit = canvas.rng, canvas.unit
    stones = [
        shapes.oval(
            rng.random() * canvas.width, rng.random() * canvas.height, r, r * rng.uniform(0.6, 0.9), rng.random() * 3
        )
        for r in (unit * rng.uniform(0.012, 0.05) for _ in range(46))
    ]
    return partial(canvas.spray, shapes.polygons(stones).soft(unit * 0.002), mix(p.deep, p.ink, 0.6), 0.4, grit=0.25)


class _Koi:
    """A fish bent along its own spine."""

    def __init__(self, canvas: Canvas, p: Palette, at: Point, length: float, turn: float, index: int) -> None:
        self.canvas, self.p, self.length = canvas, p, length
        rng = canvas.rng
        bend, phase = rng.uniform(0.5, 1.0) * rng.choice((-1, 1)), rng.random() * 0.8
        self.spine: list[Point] = []
        x, y, heading = at[0] - math.cos(turn) * length * 0.5, at[1] - math.sin(turn) * length * 0.5, turn
        for step in range(25):
            self.spine.append((x, y))
            heading = turn + bend * math.sin((step / 24 * 1.25 + phase) * math.pi) * 0.75
            x, y = x + math.cos(heading) * length / 24, y + math.sin(heading) * length / 24
        self.end = heading
        girth = length * 0.13
        widths = shapes.curve([(place, wide) for place, wide in _GIRTH], 4)
        right, left = [], []
        for place, wide in widths:
            right.append(self._off(place, girth * wide))
            left.append(self._off(place, -girth * wide))
        self.nose = self._off(-0.028, 0)
        self.body = [self.nose, *right, *reversed(left)]
        self.girth = girth
        white, red = p.paper, p.accent
        plans: list[tuple[Colour, Colour]] = [
            (white, red),
            (white, red),
            (red, white),
            (white, p.light),
            (p.light, white),
            (white, p.ink),
        ]
        self.base, self.mark = plans[int(rng.random() * 6) if index else 0]
        self.spots = [
            shapes.oval(
                *self._off(rng.uniform(0.08, 0.75), rng.uniform(-0.7, 0.7) * girth),
                girth * rng.uniform(0.5, 1.15),
                girth * rng.uniform(0.4, 0.75),
                rng.random() * 3,
            )
            for _ in range(4)
        ]

    def _off(self, place: float, aside: float) -> Point:
        index = min(23, max(0, int(place * 24)))
        (ax, ay), (bx, by) = self.spine[index], self.spine[index + 1]
        heading = math.atan2(by - ay, bx - ax)
        along = place * 24 - index
        x, y = ax + (bx - ax) * along, ay + (by - ay) * along
        return (x - math.sin(heading) * aside, y + math.cos(heading) * aside)

    def _fin(self, place: float, side: int, long: float, sweep: float) -> list[Point]:
        root, back = self._off(place, side * self.girth * 0.7), self._off(place + 0.13, side * self.girth * 0.6)
        tip = self._off(min(1.0, place + sweep), side * (self.girth * 0.7 + long))
        belly = self._off(min(1.0, place + sweep + 0.07), side * (self.girth * 0.7 + long * 0.55))
        return [*shapes.curve([root, tip, belly, back], 6)]

    def _tail(self) -> list[Point]:
        cos, sin, size = math.cos(self.end), math.sin(self.end), self.length * 0.23
        x, y = self.spine[-1]

        def at(along: float, aside: float) -> Point:
            return (x + (cos * along - sin * aside) * size, y + (sin * along + cos * aside) * size)

        return shapes.curve(
            [
                at(-0.35, 0.07),
                at(0.35, 0.3),
                at(1.05, 0.62),
                at(0.62, 0.04),
                at(0.95, -0.5),
                at(0.3, -0.28),
                at(-0.35, -0.07),
            ],
            6,
        )

    def layer(self) -> Layer:
        """Shadow on the ground, tail and fins, body, spots, eyes."""
        canvas, p, drop = self.canvas, self.p, self.length * 0.1
        fins = [self._fin(0.22, side, self.length * 0.12, 0.16) for side in (-1, 1)] + [
            self._fin(0.58, side, self.length * 0.055, 0.1) for side in (-1, 1)
        ]
        tail = self._tail()
        outline = [self.body, tail, *fins]
        shadow = [[(x + drop * 0.7, y + drop) for x, y in points] for points in outline]
        eyes = [(*self._off(0.075, side * self.girth * 0.52), max(0.8, self.girth * 0.1)) for side in (-1, 1)]

        def paint() -> None:
            canvas.spray(shapes.polygons(shadow).soft(self.length * 0.012), mix(p.ink, (0, 0, 0), 0.3), 0.62, grit=0.5)
            soft = mix(self.base, p.mid, 0.25)
            ramp = shades.linear(self.spine[16], tail[12])
            canvas.fill(shapes.polygons([tail, *fins]), (self.base, mix(soft, p.deep, 0.3)), ramp, grit=0.8)
            body = shapes.polygon(self.body)
            (hx, hy), (tx, ty) = self.spine[4], self.spine[20]
            # The side away from the upper left is in shade.
            nx, ny = -(ty - hy), tx - hx
            if nx + ny < 0:
                nx, ny = -nx, -ny
            norm = math.hypot(nx, ny) or 1
            mid = self.spine[11]
            reach = self.girth * 1.1
            across = shades.linear(
                (mid[0] - nx / norm * reach, mid[1] - ny / norm * reach),
                (mid[0] + nx / norm * reach, mid[1] + ny / norm * reach),
            )
            canvas.fill(body, (self.base, mix(self.base, p.deep, 0.5)), across, grit=0.85)
            canvas.fill(
                shapes.Within(shapes.polygons(self.spots), body),
                (self.mark, mix(self.mark, p.ink, 0.4)),
                across,
                grit=0.8,
            )
            back = shapes.stroke(self.spine[7:19], max(0.8, self.length * 0.011))
            canvas.spray(back, mix(self.base, p.deep, 0.6), 0.55, grit=0.5)
            canvas.fill(shapes.discs(eyes), (p.ink,))

        return paint


def _pads(canvas: Canvas, p: Palette, fish: list[Point], length: float) -> Layer:
    """Lily pads in two corners, more of them and with flowers when the prompt names them."""
    rng, unit = canvas.rng, canvas.unit
    named = "lotus" in canvas.brief.extras
    corner = rng.choice(((0, 0), (1, 0), (1, 1)))
    pads: list[tuple[float, float, float, float]] = []
    for index in range(11 if named else 5):
        cx, cy = corner if index % 3 else (1 - corner[0], corner[1])
        x, y = (
            cx * canvas.width + (1 - 2 * cx) * abs(rng.gauss(0, 1)) * unit * 0.14,
            cy * canvas.height + (1 - 2 * cy) * abs(rng.gauss(0, 1)) * unit * 0.12,
        )
        r = unit * rng.uniform(0.035, 0.075)
        clear = all(math.dist((x, y), spot) > r + length * 0.5 for spot in fish)
        if clear and all(math.dist((x, y), pad[:2]) > (r + pad[2]) * 0.8 for pad in pads):
            pads.append((x, y, r, rng.random() * math.tau))
    green = mix(p.mid, p.deep, 0.25)

    def paint() -> None:
        for index, (x, y, r, cut) in enumerate(pads):
            canvas.spray(
                shapes.disc(x + r * 0.22, y + r * 0.3, r).soft(r * 0.06), mix(p.ink, (0, 0, 0), 0.3), 0.55, grit=0.5
            )
            leaf = [(x, y), *shapes.oval(x, y, r, r, cut, 0.22, math.tau - 0.22)]
            canvas.fill(
                shapes.polygon(leaf),
                (mix(green, p.paper, 0.35), green, mix(green, p.ink, 0.45)),
                shades.linear((x - r * 0.8, y - r * 0.8), (x + r * 0.8, y + r * 0.8)),
                grit=0.7,
            )
            veins = [
                (
                    [(x, y), (x + math.cos(cut + turn) * r * 0.85, y + math.sin(cut + turn) * r * 0.85)],
                    max(0.7, r * 0.025),
                )
                for turn in (0.9, 1.8, 2.7, 3.6, 4.5, 5.4)
            ]
            canvas.spray(shapes.strokes(veins), mix(green, p.paper, 0.45), 0.6, grit=0.4)
            if named and index % 3 == 1 or (not named and index == 1):
                _blossom(canvas, p, x + r * 0.2, y - r * 0.1, r * 0.62)

    return paint


def _blossom(canvas: Canvas, p: Palette, x: float, y: float, r: float) -> None:
    for reach, petals, ink in ((1.0, 9, mix(p.accent, p.paper, 0.4)), (0.66, 7, p.paper)):
        outlines = []
        for petal in range(petals):
            angle = math.tau * petal / petals + reach
            outlines.append(
                shapes.oval(
                    x + math.cos(angle) * r * 0.55 * reach,
                    y + math.sin(angle) * r * 0.55 * reach,
                    r * 0.5 * reach,
                    r * 0.22 * reach,
                    angle,
                )
            )
        canvas.fill(
            shapes.polygons(outlines), (mix(ink, p.accent, 0.3), ink), shades.radial((x, y), r * reach), grit=0.7
        )
    canvas.fill(shapes.disc(x, y, r * 0.17), (p.light, p.accent), 0.3)
