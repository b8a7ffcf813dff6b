"""A city at night: layers of blocks with a few lit windows, mirrored in wet ground, soft lamps, slanted rain."""

from __future__ import annotations

from functools import partial

from PIL import Image, ImageOps

from studio.providers.art import shades, shapes
from studio.providers.art.brush import Canvas, Layer
from studio.providers.art.oklch import Colour, mix
from studio.providers.art.scenes import parts
from studio.providers.art.shapes import Bounds


def compose(canvas: Canvas) -> list[Layer]:
    """Sky, moon or stars, four rows of blocks, lamps, mirror, rain or snow."""
    rng, unit = canvas.rng, canvas.unit
    light = parts.light_of(canvas, "night", "night", "neon", "dusk")
    shore = canvas.height * 0.76
    layers: list[Layer] = [_sky(canvas, light, shore)]
    wet = "rain" in canvas.brief.extras or rng.random() < 0.4
    if not wet or "star" in canvas.brief.extras:
        layers.append(parts.stars(canvas, shore * 0.6, 130))
    if "moon" in canvas.brief.extras or not wet:
        place = (canvas.width * rng.choice((0.22, 0.72)), canvas.height * rng.uniform(0.12, 0.2))
        layers.append(parts.sun(canvas, "night", *place, unit * 0.05, halo=3))
    for depth in range(4):
        layers.append(_row(canvas, depth, shore, light))
    layers += [_lamps(canvas, shore), _mirror(canvas, shore), _quay(canvas, shore), _bokeh(canvas, shore)]
    if "snow" in canvas.brief.extras:
        layers.append(parts.snowfall(canvas, 320))
    elif wet:
        layers.append(parts.rain(canvas, 260))
    return layers


def _sky(canvas: Canvas, light: str, shore: float) -> Layer:
    p = canvas.palette
    glow = mix(p.mid, p.accent, 0.5) if light != "night" else mix(p.deep, p.mid, 0.6)
    colours = (mix(p.ink, (3, 3, 10), 0.25), mix(p.ink, p.deep, 0.5), p.deep, glow)
    shape = shapes.rectangle(0, 0, canvas.width, shore + 2)
    return partial(canvas.fill, shape, colours, shades.linear((0, 0), (0, shore)), grit=0.4)


def _row(canvas: Canvas, depth: int, shore: float, light: str) -> Layer:
    """One row of blocks; 0 is the farthest. Roofs differ, a few carry a mast or a step."""
    rng, p, unit = canvas.rng, canvas.palette, canvas.unit
    near = depth / 3
    haze = mix(p.deep, p.mid, 0.55) if light == "night" else mix(p.deep, mix(p.mid, p.accent, 0.35), 0.6)
    colour = mix(mix(haze, p.deep, min(1.0, near * 1.4)), p.ink, max(0.0, near * 1.1 - 0.25))
    blocks: list[Bounds] = []
    extra: list[Bounds] = []
    x = -unit * rng.uniform(0, 0.08)
    tallest = min(shore * 0.8, unit * 0.95)
    while x < canvas.width:
        width = unit * rng.uniform(0.065, 0.15) * (0.8 + 0.35 * near)
        height = tallest * (0.26 + (0.62 - 0.34 * near) * rng.random() ** 1.25)
        blocks.append((x, shore - height, x + width, shore))
        what = rng.random()
        if what < 0.2:
            extra.append((x + width * 0.2, shore - height - width * 0.3, x + width * 0.8, shore - height))
        elif what < 0.34:
            extra.append((x + width * 0.46, shore - height - width * 0.75, x + width * 0.52, shore - height))
        elif what < 0.5:
            extra.append((x + width * 0.62, shore - height - width * 0.16, x + width * 0.86, shore - height))
        x += width + (unit * rng.uniform(-0.01, 0.035))
    warm, cool = _windows(canvas, blocks, near)
    signs = [] if depth < 2 else _signs(canvas, blocks, light)

    def paint() -> None:
        for x0, y0, x1, y1 in (*extra, *blocks):
            box = shapes.rectangle(x0, y0, x1, y1)
            lit = mix(colour, p.mid, 0.3 - 0.15 * near)
            canvas.fill(
                box,
                (lit, colour, mix(colour, p.ink, 0.55)),
                shades.linear((x0, y0), (x1, min(y1, y0 + (x1 - x0) * 4))),
                grit=0.7,
            )
        if cool:
            canvas.spray(shapes.polygons(cool), mix(p.mid, p.paper, 0.35), 0.9, grit=0.3, strength=0.35 + 0.25 * near)
        if warm:
            canvas.fill(
                shapes.polygons(warm),
                (p.light, mix(p.light, p.accent, 0.55)),
                shades.linear((0, 0), (0, canvas.height)),
                grit=0.9,
            )
        for (x0, y0, x1, y1), ink in signs:
            around = ((x0 + x1) / 2, (y0 + y1) / 2)
            r = (y1 - y0) * 1.0
            canvas.spray(
                shapes.disc(*around, r), ink, shades.radial(around, r, lambda t: 0.55 * shades.fade(t)), grit=0.5
            )
            canvas.fill(
                shapes.rectangle(x0, y0, x1, y1), (mix(ink, p.paper, 0.45), ink), shades.linear((0, y0), (0, y1))
            )
        fog = shades.linear((0, shore - unit * 0.35), (0, shore), lambda t: (0.4 - 0.28 * near) * shades.smooth(t))
        canvas.spray(shapes.rectangle(0, shore - unit * 0.35, canvas.width, shore), haze, fog, grit=0.6)

    return paint


def _windows(
    canvas: Canvas, blocks: list[Bounds], near: float
) -> tuple[list[list[shapes.Point]], list[list[shapes.Point]]]:
    """Panes on a grid per block, a fifth of them lit: warm ones and, far fewer, cool ones."""
    rng, unit = canvas.rng, canvas.unit
    warm: list[list[shapes.Point]] = []
    cool: list[list[shapes.Point]] = []
    for x0, y0, x1, y1 in blocks:
        step = unit * (0.015 + 0.009 * near)
        columns, rows = max(1, int((x1 - x0) / step) - 1), max(1, int((y1 - y0) / (step * 1.35)) - 1)
        left = (x1 - x0 - columns * step) / 2 + step * 0.25
        busy = rng.choice((0.08, 0.2, 0.2, 0.34))
        for row in range(rows):
            for column in range(columns):
                chance = rng.random()
                if chance > busy:
                    continue
                x, y = x0 + left + column * step, y0 + step * (0.8 + row * 1.35)
                pane = [(x, y), (x + step * 0.5, y), (x + step * 0.5, y + step * 0.72), (x, y + step * 0.72)]
                (cool if chance > busy * 0.78 else warm).append(pane)
    return warm, cool


def _signs(canvas: Canvas, blocks: list[Bounds], light: str) -> list[tuple[Bounds, Colour]]:
    rng, p, unit, signs = canvas.rng, canvas.palette, canvas.unit, []
    share = 0.5 if light == "neon" else 0.14
    for x0, y0, x1, y1 in blocks:
        chance, place, tall = rng.random(), rng.random(), rng.uniform(0.05, 0.11)
        if chance < share:
            x = x0 + (x1 - x0) * (0.1 + 0.7 * place)
            y = y0 + (y1 - y0) * 0.12
            ink = (p.accent, mix(p.mid, p.paper, 0.3), p.light)[int(chance / share * 3)]
            signs.append(((x, y, x + unit * 0.016, y + unit * tall), ink))
    return signs


def _lamps(canvas: Canvas, shore: float) -> Layer:
    """A line of lamps along the water, so that the mirror has something to break up."""
    rng, p, unit = canvas.rng, canvas.palette, canvas.unit
    spots = []
    x = unit * rng.uniform(0.02, 0.08)
    while x < canvas.width:
        spots.append((x, shore - unit * 0.022, rng.choice((p.light, p.light, p.accent))))
        x += unit * rng.uniform(0.07, 0.13)

    def paint() -> None:
        for x, y, ink in spots:
            r = unit * 0.045
            canvas.spray(shapes.disc(x, y, r), ink, shades.radial((x, y), r, lambda t: 0.9 * shades.fade(t)), grit=0.5)
            canvas.fill(shapes.disc(x, y, unit * 0.0055), (mix(ink, p.paper, 0.6),))

    return paint


def _mirror(canvas: Canvas, shore: float) -> Layer:
    """The lower quarter: what stands above, upside down, shaken row by row and darkened."""
    rng, p = canvas.rng, canvas.palette
    top = round(shore)
    depth = canvas.height - top
    line = max(2, round(canvas.unit / 260))
    shifts = [rng.gauss(0, 1) for _ in range(depth // line + 2)]

    def paint() -> None:
        source = ImageOps.flip(canvas.page.crop((0, max(0, top - 2 * depth), canvas.width, top)))
        source = source.resize((canvas.width, depth), Image.Resampling.BILINEAR)
        for index, y in enumerate(range(0, depth, line)):
            strip = source.crop((0, y, canvas.width, min(depth, y + line)))
            reach = canvas.unit * 0.0035 * (0.6 + 2.4 * y / depth)
            canvas.page.paste(strip, (round(shifts[index] * reach), top + y))
        dark = shades.linear((0, top), (0, canvas.height), lambda t: 0.3 + 0.55 * t)
        canvas.spray(shapes.rectangle(0, top, canvas.width, canvas.height), p.ink, dark, grit=0.5)

    return paint


def _quay(canvas: Canvas, shore: float) -> Layer:
    band = shapes.rectangle(0, shore - canvas.unit * 0.006, canvas.width, shore + canvas.unit * 0.007)
    return partial(canvas.fill, band, (mix(canvas.palette.ink, (0, 0, 0), 0.35),))


def _bokeh(canvas: Canvas, shore: float) -> Layer:
    """Lamps out of focus before the lens."""
    rng, p, unit = canvas.rng, canvas.palette, canvas.unit
    spots = []
    for _ in range(16):
        at = (rng.random() * canvas.width, shore + rng.uniform(-0.1, 0.2) * canvas.height)
        spots.append((at, unit * rng.uniform(0.012, 0.034), rng.choice((p.light, p.accent, mix(p.mid, p.paper, 0.3)))))

    def paint() -> None:
        for (x, y), r, ink in spots:
            rim = shades.radial((x, y), r, lambda t: 0.24 + 0.22 * t * t)
            canvas.spray(shapes.disc(x, y, r), ink, rim, grit=0.35)

    return paint
