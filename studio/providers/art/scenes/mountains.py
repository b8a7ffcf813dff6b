"""Mountains: a low sun, ridges one behind the other with mist between them, firs on the nearest."""

from __future__ import annotations

from functools import partial

from studio.providers.art import shades, shapes
from studio.providers.art.brush import Canvas, Layer
from studio.providers.art.oklch import Colour, mix
from studio.providers.art.scenes import parts
from studio.providers.art.shapes import Point


def compose(canvas: Canvas) -> list[Layer]:
    """Sky, sun, six ridges (or as many as asked for), firs."""
    rng, palette, unit = canvas.rng, canvas.palette, canvas.unit
    light = parts.light_of(canvas, "dawn", "dusk", "day", "fog", "dusk")
    horizon = canvas.height * 0.62
    count = canvas.brief.count("ridge", 6)
    sun_x = canvas.width * rng.choice((0.3, 0.38, 0.5, 0.62, 0.7))
    sun_y = canvas.height * (rng.uniform(0.2, 0.27) if light in parts.DARK else rng.uniform(0.24, 0.33))
    layers = [parts.sky(canvas, light, horizon)]
    if light in parts.DARK:
        layers.append(parts.stars(canvas, canvas.height * 0.5, 150))
    layers.append(parts.sun(canvas, light, sun_x, sun_y, unit * rng.uniform(0.085, 0.12)))
    if "bird" in canvas.brief.extras or rng.random() < 0.35:
        layers.append(parts.birds(canvas, canvas.width * 0.5, canvas.height * 0.2, 7, palette.deep))
    mist = parts.sky_colours(palette, light)[-1]
    near = palette.ink if light != "snow" else mix(palette.ink, palette.deep, 0.5)
    for index in range(count):
        depth = (index + 1) / count if count > 1 else 0.6
        layers.append(_ridge(canvas, light, depth, sun_x, mist, near))
    layers.append(_firs(canvas, near))
    return [*layers, *parts.weather(canvas)]


def _crest(canvas: Canvas, depth: float) -> list[Point]:
    """A line of peaks: straight flanks between seeded summits and saddles, then broken by small steps."""
    rng, unit = canvas.rng, canvas.unit
    base = canvas.height * (0.4 + 0.44 * depth)
    height = canvas.height * 0.13 * (1.25 - 0.6 * depth) + unit * 0.05
    step = unit * (0.2 + 0.1 * rng.random()) * (0.8 + 0.5 * depth)
    swell = parts.waves_of(rng, 2)
    nodes: list[Point] = []
    x, up = -step * rng.uniform(0.6, 1.4), rng.random() < 0.5
    while x < canvas.width + step * 1.5:
        lift = rng.uniform(0.35, 1.0) if up else rng.uniform(-0.35, 0.1)
        nodes.append((x, base - height * (lift + 0.35 * swell(x / canvas.width))))
        x += step * rng.uniform(0.45, 1.0)
        up = not up
    for roughness in (0.16, 0.12, 0.1, 0.08):
        nodes = _broken(canvas, nodes, roughness)
    return nodes


def _broken(canvas: Canvas, nodes: list[Point], roughness: float) -> list[Point]:
    points = [nodes[0]]
    for (ax, ay), (bx, by) in zip(nodes, nodes[1:], strict=False):
        split = canvas.rng.uniform(0.35, 0.65)
        shift = (bx - ax) * canvas.rng.uniform(-roughness, roughness)
        points += [(ax + (bx - ax) * split, ay + (by - ay) * split + shift), (bx, by)]
    return points


def _ridge(canvas: Canvas, light: str, depth: float, sun_x: float, mist: Colour, near: Colour) -> Layer:
    palette, unit = canvas.palette, canvas.unit
    crest = _crest(canvas, depth)
    top, low = min(y for _, y in crest), max(y for _, y in crest)
    body = mix(mix(mist, palette.mid, 0.62), palette.deep, min(1.0, depth * 1.5))
    body = mix(body, near, max(0.0, depth - 0.6) * 1.1)
    foot = mix(body, mist, 0.62 * (1 - depth) + 0.1)
    lit = mix(body, palette.accent if light in ("dawn", "dusk") else palette.light, 0.5 - 0.22 * depth)
    shadow = mix(body, near, 0.5)
    facets, caps = _facets(canvas, crest, sun_x, depth), _caps(canvas, crest, light, sun_x, depth)

    def paint() -> None:
        shape = shapes.polygon(parts.under(crest, canvas.height + 4))
        canvas.fill(shape, (lit, body, foot), shades.linear((0, top), (0, low + unit * 0.16)), grit=0.5)
        for facet in facets:
            peak = facet[0][1]
            reach = max(y for _, y in facet) - peak
            density = shades.linear(
                (0, peak + reach * 0.25), (0, peak + reach), lambda place: 0.95 - min(1.0, max(0.0, place))
            )
            canvas.spray(shapes.polygon(facet), shadow, density, grit=0.75)
        for cap, dark in caps:
            canvas.fill(shapes.polygon(cap), (palette.paper, mix(palette.paper, body, 0.2)), 0.3, grit=0.6)
            canvas.fill(
                shapes.polygon(dark),
                (mix(palette.paper, palette.mid, 0.45), mix(shadow, palette.paper, 0.4)),
                0.4,
                grit=0.6,
            )
        haze = shades.linear((0, low), (0, low + unit * 0.24), lambda place: 0.5 * (1 - depth) * shades.smooth(place))
        canvas.spray(shape, mist, haze, grit=0.6)

    return paint


def _summits(crest: list[Point], reach: int = 9) -> list[int]:
    return [
        index
        for index in range(1, len(crest) - 1)
        if crest[index][1] == min(y for _, y in crest[max(0, index - reach) : index + reach + 1])
    ]


def _facets(canvas: Canvas, crest: list[Point], sun_x: float, depth: float) -> list[list[Point]]:
    """For every summit the side turned from the sun: along the crest to the saddle, then back by a zigzag spine."""
    rng, facets = canvas.rng, []
    for index in _summits(crest):
        x, y = crest[index]
        away = 1 if x >= sun_x else -1
        edge, step = [crest[index]], index
        while 0 < step < len(crest) - 1 and crest[step + away][1] >= crest[step][1] - canvas.unit * 0.006:
            step += away
            edge.append(crest[step])
        drop = max(canvas.unit * 0.1, (edge[-1][1] - y) * 2.1) * (1.1 - 0.25 * depth)
        foot = (edge[-1][0] + away * drop * 0.12, y + drop * 1.05)
        spine, side, place = [], 1, 0.95
        while place > 0.04:
            side = -side
            swing = drop * 0.055 * (0.3 + rng.random()) * (0.35 + place)
            spine.append((x - away * drop * 0.12 * place**1.5 + side * swing, y + drop * place))
            place -= rng.uniform(0.05, 0.13)
        if len(edge) > 1:
            facets.append([*edge, foot, *spine])
    return facets


def _caps(
    canvas: Canvas, crest: list[Point], light: str, sun_x: float, depth: float
) -> list[tuple[list[Point], list[Point]]]:
    """Snow on the summits of the farther ridges, when the light is snow: all of it, and the part in the shade."""
    if light != "snow" or depth > 0.75:
        return []
    caps = []
    for index in _summits(crest, 14):
        reach, (x, y) = canvas.unit * canvas.rng.uniform(0.045, 0.075), crest[index]
        left, right = index, index
        while left > 0 and crest[left][1] - y < reach and crest[left - 1][1] > y:
            left -= 1
        while right < len(crest) - 1 and crest[right][1] - y < reach and crest[right + 1][1] > y:
            right += 1
        (ax, ay), (bx, by) = crest[left], crest[right]
        hem = []
        for step in range(1, 8):
            place = step / 8
            sag = reach * (0.55 if step % 2 else 0.1) * canvas.rng.uniform(0.5, 1.0)
            hem.append((bx + (ax - bx) * place, by + (ay - by) * place + sag * (1 - abs(2 * place - 1) * 0.6)))
        middle = hem[3]
        away = crest[index : right + 1] if x >= sun_x else [*crest[left : index + 1]]
        edge = [point for point in hem if (point[0] >= middle[0]) == (x >= sun_x)]
        dark = [*away, *edge] if x >= sun_x else [*reversed(away), *reversed(edge)]
        caps.append(([*crest[left : right + 1], *hem], dark))
    return caps


def _firs(canvas: Canvas, colour: Colour) -> Layer:
    rng, unit = canvas.rng, canvas.unit
    swell, floor = parts.waves_of(rng, 3), canvas.height * 0.955
    ground = [(canvas.width * step / 60, floor - unit * 0.02 * swell(step / 60)) for step in range(61)]
    trees, x = [parts.under(ground, canvas.height + 4)], -unit * 0.02
    while x < canvas.width + unit * 0.02:
        group = 0.5 + 0.5 * swell(x / canvas.width * 2.3 + 0.4)
        height = unit * (0.04 + 0.11 * group * rng.uniform(0.5, 1.0))
        trees.append(_fir(x, floor - unit * 0.02 * swell(x / canvas.width) + unit * 0.01, height))
        x += unit * rng.uniform(0.012, 0.03)
    ramp = shades.linear((0, floor - unit * 0.12), (0, canvas.height))
    return partial(canvas.fill, shapes.polygons(trees), (mix(colour, canvas.palette.deep, 0.2), colour), ramp, grit=0.6)


def _fir(x: float, foot: float, height: float) -> list[Point]:
    left: list[Point] = []
    right: list[Point] = []
    for tier in range(4):
        level, wide = foot - height * (1 - (tier + 1) * 0.25), height * (0.075 + 0.06 * tier)
        left += [(x - wide, level), (x - wide * 0.5, level - height * 0.02)]
        right += [(x + wide, level), (x + wide * 0.5, level - height * 0.02)]
    return [(x, foot - height), *right, (x, foot), *reversed(left)]
