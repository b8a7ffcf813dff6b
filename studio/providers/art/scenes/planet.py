"""A planet: banded sphere with a stippled night side, a ring in two halves, moons and stars."""

from __future__ import annotations

import math
from functools import partial

from studio.providers.art import shades, shapes
from studio.providers.art.brush import Canvas, Layer
from studio.providers.art.oklch import Colour, mix
from studio.providers.art.scenes import parts
from studio.providers.art.shapes import Point


def compose(canvas: Canvas) -> list[Layer]:
    """Space, nebula, stars, back of the ring, planet, front of the ring, one moon or as many as asked for."""
    rng, p, unit = canvas.rng, canvas.palette, canvas.unit
    parts.light_of(canvas, "night")  # space is dark whatever the words say; the number is drawn all the same
    rings = rng.random() < 0.72
    radius = unit * rng.uniform(0.25, 0.29) * (1.0 if rings else 1.2)
    centre = (canvas.width * rng.uniform(0.46, 0.56), canvas.height * rng.uniform(0.46, 0.54))
    tilt = rng.choice((-1, 1)) * rng.uniform(0.25, 0.5)
    ring = _Ring(canvas, centre, radius, tilt)
    space = (mix(p.deep, p.ink, 0.25), mix(p.ink, p.deep, 0.45), mix(p.ink, (4, 4, 12), 0.3))
    layers: list[Layer] = [
        partial(canvas.fill, None, space, shades.radial(centre, max(canvas.width, canvas.height) * 0.75), grit=0.5),
        _nebula(canvas),
        parts.stars(canvas, canvas.height * 1.6, 420),
    ]
    if rings:
        layers.append(ring.half(back=True))
    layers.append(_globe(canvas, centre, radius, tilt))
    if rings:
        layers += [ring.cast(), ring.half(back=False)]
    moons = canvas.brief.count("moon", 2 if not rings else rng.choice((1, 1, 2)))
    layers += [_moon(canvas, centre, radius, index, moons) for index in range(moons)]
    return layers


def _nebula(canvas: Canvas) -> Layer:
    rng, p = canvas.rng, canvas.palette
    clouds = []
    for _ in range(5):
        r = canvas.unit * rng.uniform(0.25, 0.55)
        clouds.append(
            ((rng.random() * canvas.width, rng.random() * canvas.height), r, rng.choice((p.mid, p.accent, p.deep)))
        )

    def paint() -> None:
        for (x, y), r, colour in clouds:
            density = shades.radial((x, y), r, lambda t: 0.36 * shades.smooth(1 - t), r * 0.5)
            canvas.spray(shapes.disc(x, y, r, r * 0.5), colour, density, grit=0.8)

    return paint


def _globe(canvas: Canvas, centre: Point, radius: float, tilt: float) -> Layer:
    rng, p = canvas.rng, canvas.palette
    inks: list[Colour] = [
        p.accent,
        p.light,
        mix(p.accent, p.mid, 0.5),
        mix(p.light, p.paper, 0.5),
        p.mid,
        p.accent,
        mix(p.light, p.accent, 0.4),
    ]
    shift = int(rng.random() * len(inks))
    bands = [inks[(index + shift) % len(inks)] for index in range(8)]
    warp = parts.waves_of(rng, 3)
    storm = shapes.polygon(
        shapes.oval(centre[0] + radius * 0.25, centre[1] + radius * 0.35, radius * 0.22, radius * 0.1, tilt)
    )
    x, y = centre
    nx, ny = -math.sin(tilt), math.cos(tilt)

    def band(place: float) -> float:
        # Each band is nearly flat, with a quick change to the next: stripes rather than a rainbow.
        t = min(0.9999, max(0.0, place + 0.035 * warp(place))) * (len(bands) - 1)
        return (math.floor(t) + shades.smooth((t % 1 - 0.5) / 0.42 + 0.5)) / (len(bands) - 1)

    def paint() -> None:
        shape = shapes.disc(x, y, radius)
        glow = shades.radial(centre, radius * 1.75, lambda t: 0.9 * shades.fade(t))
        canvas.spray(shapes.disc(x, y, radius * 1.75), p.mid, glow, grit=0.7)
        across = shades.linear((x - nx * radius, y - ny * radius), (x + nx * radius, y + ny * radius), band)
        canvas.fill(shape, bands, across, grit=0.16)
        canvas.spray(shapes.Within(storm, shape), p.paper, 0.5, grit=0.8)
        lit = (x - radius * 0.5, y - radius * 0.5)
        canvas.spray(
            shape, p.paper, shades.radial(lit, radius * 0.95, lambda t: 0.55 * shades.smooth(1 - t)), grit=0.85
        )
        night = shades.radial(lit, radius * 1.95, lambda t: shades.smooth((t - 0.42) / 0.5))
        canvas.spray(shape, mix(p.ink, p.deep, 0.18), night, grit=0.9, strength=0.97)

    return paint


class _Ring:
    """Bands around the planet, drawn as a back half before it and a front half after it."""

    def __init__(self, canvas: Canvas, centre: Point, radius: float, tilt: float) -> None:
        self.canvas, self.centre, self.tilt = canvas, centre, tilt
        rng, p = canvas.rng, canvas.palette
        self.flat = rng.uniform(0.2, 0.3)
        self.radius = radius
        inks = (mix(p.light, p.paper, 0.3), p.accent, mix(p.mid, p.light, 0.3), p.light, p.mid)
        self.bands: list[tuple[float, float, Colour]] = []
        edge = radius * 1.3
        reach = min(radius * 2.05, min(canvas.width, canvas.height * 1.5) * 0.52)
        while edge < reach:
            width = radius * rng.uniform(0.03, 0.13)
            self.bands.append((edge, min(edge + width, reach), inks[int(rng.random() * len(inks))]))
            edge += width + radius * rng.choice((0.012, 0.02, 0.06))

    def half(self, *, back: bool) -> Layer:
        """One half of all bands; the back one is dimmer."""
        x, y = self.centre
        start = math.pi if back else 0.0

        def paint() -> None:
            for inner, outer, colour in self.bands:
                far = shapes.oval(x, y, outer, outer * self.flat, self.tilt, start, start + math.pi)
                near = shapes.oval(x, y, inner, inner * self.flat, self.tilt, start, start + math.pi)
                end = (x + math.cos(self.tilt) * outer, y + math.sin(self.tilt) * outer)
                dim = mix(colour, self.canvas.palette.ink, 0.62)
                ramp = shades.linear(
                    (2 * x - end[0], 2 * y - end[1]), end, lambda t: 0.1 + 0.85 * t if not back else 0.4 + 0.6 * t
                )
                self.canvas.fill(shapes.polygon([*far, *reversed(near)]), (colour, dim), ramp, grit=0.8)

        return paint

    def cast(self) -> Layer:
        """The shadow of the ring on the planet."""
        x, y = self.centre
        middle = (self.bands[0][0] + self.bands[-1][1]) / 2
        line = shapes.oval(
            x + self.radius * 0.04, y + self.radius * 0.1, middle, middle * self.flat, self.tilt, 0.0, math.pi
        )
        shape = shapes.Within(shapes.stroke(line, self.radius * 0.12), shapes.disc(x, y, self.radius))
        return partial(self.canvas.spray, shape, self.canvas.palette.ink, 0.55, grit=0.8)


def _moon(canvas: Canvas, centre: Point, radius: float, index: int, moons: int) -> Layer:
    rng, p = canvas.rng, canvas.palette
    angle = math.pi * 1.25 + math.tau * index / moons + rng.uniform(-0.25, 0.25)
    r = radius * rng.uniform(0.11, 0.22) * (1 if moons < 4 else 0.7)
    x = centre[0] + math.cos(angle) * (canvas.width * 0.5 - r) * 0.78
    y = centre[1] + math.sin(angle) * (canvas.height * 0.5 - r) * 0.78
    colour = (p.paper, p.light, p.accent)[index % 3]
    craters = [
        (x + r * rng.uniform(-0.6, 0.6), y + r * rng.uniform(-0.6, 0.6), r * rng.uniform(0.08, 0.2)) for _ in range(5)
    ]

    def paint() -> None:
        shape = shapes.disc(x, y, r)
        light = shades.radial((x - r * 0.5, y - r * 0.5), r * 1.85)
        canvas.fill(shape, (mix(colour, p.paper, 0.4), colour, mix(p.ink, p.deep, 0.3)), light, grit=0.9)
        canvas.spray(shapes.Within(shapes.discs(craters), shape), mix(colour, p.deep, 0.6), 0.5, grit=0.8)

    return paint
