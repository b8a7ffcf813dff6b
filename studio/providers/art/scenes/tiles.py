"""Tiles: a grid of quarter circles, rings, stripes, leaves and half moons, each shaded from one corner."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

from studio.providers.art import shades, shapes
from studio.providers.art.brush import Canvas, Layer
from studio.providers.art.oklch import Colour, mix
from studio.providers.art.palettes import Palette, nocturne
from studio.providers.art.scenes import parts

_Inks = Sequence[Colour]


def compose(canvas: Canvas) -> list[Layer]:
    """Four tiles (or as many as asked for) along the shorter side, as many as fit along the longer; a layer per row."""
    rng = canvas.rng
    light = parts.light_of(canvas, "day")
    p = nocturne(canvas.palette) if light in parts.DARK else canvas.palette
    across = max(2, canvas.brief.counts.get("thing", 4))
    shorter, longer = sorted((canvas.width, canvas.height))
    along = max(across, round(longer / shorter * across))
    columns, rows = (along, across) if canvas.width >= canvas.height else (across, along)
    inks = [p.paper, p.light, p.accent, p.mid, p.deep, p.ink, p.accent, p.light]
    motifs: list[Callable[..., None]] = [
        _quarter,
        _ring,
        _stripes,
        _moons,
        _leaf,
        _rainbow,
        _corner,
        _pill,
        _quarter,
        _sun,
        _steps,
    ]
    layers: list[Layer] = []
    before = [-1] * columns
    for row in range(rows):
        tiles: list[tuple[int, int, list[Colour], int]] = []
        for column in range(columns):
            motif = int(rng.random() * len(motifs))
            if motif == before[column] or (tiles and motif == tiles[-1][0]):
                motif = (motif + 3) % len(motifs)
            before[column] = motif
            ground, ink, extra = rng.sample(range(6), 3)
            tiles.append((motif, column, [inks[ground], inks[ink], inks[extra]], int(rng.random() * 4)))
        layers.append(partial(_row, canvas, p, motifs, row, tiles, canvas.width / columns, canvas.height / rows))
    return layers


def _row(
    canvas: Canvas,
    p: Palette,
    motifs: list[Callable[..., None]],
    row: int,
    tiles: list[tuple[int, int, list[Colour], int]],
    width: float,
    height: float,
) -> None:
    for motif, column, inks, turn in tiles:
        tile = _Tile(canvas, p, column * width, row * height, width, height, turn)
        tile.ground(inks[0])
        motifs[motif](tile, inks)


class _Tile:
    """One square; `turn` is which corner (0 to 3, clockwise from the upper left) its motif grows from."""

    def __init__(self, canvas: Canvas, p: Palette, x: float, y: float, width: float, height: float, turn: int) -> None:
        self.canvas, self.p, self.turn = canvas, p, turn
        self.x, self.y, self.width, self.height = x, y, width, height
        self.frame = shapes.rectangle(round(x), round(y), round(x + width), round(y + height))
        self.middle = (x + width / 2, y + height / 2)
        self.size = min(width, height)

    def corner(self, steps: int = 0) -> shapes.Point:
        """A corner, counted from the tile's own."""
        index = (self.turn + steps) % 4
        return (self.x + self.width * (index in (1, 2)), self.y + self.height * (index in (2, 3)))

    def ground(self, ink: Colour) -> None:
        """The square itself, shaded towards the opposite corner."""
        dim = mix(ink, self.p.ink, 0.3)
        ramp = shades.linear(self.corner(), self.corner(2), lambda t: t * t)
        self.canvas.fill(self.frame, (mix(ink, self.p.paper, 0.06), dim), ramp, grit=0.8)

    def lay(self, shape: shapes.Shape, ink: Colour, deep: float = 0.42) -> None:
        """A motif inside the square, lit from the tile's corner."""
        ramp = shades.linear(self.corner(), self.corner(2), shades.smooth)
        self.canvas.fill(
            shapes.Within(shape, self.frame),
            (mix(ink, self.p.paper, 0.12), mix(ink, self.p.ink, deep)),
            ramp,
            grit=0.85,
        )

    def lay_back(self, shape: shapes.Shape, ink: Colour) -> None:
        """The same, lit from the other side."""
        ramp = shades.linear(self.corner(2), self.corner(), shades.smooth)
        self.canvas.fill(
            shapes.Within(shape, self.frame),
            (mix(ink, self.p.paper, 0.12), mix(ink, self.p.ink, 0.45)),
            ramp,
            grit=0.85,
        )


def _around(tile: _Tile, share: float) -> shapes.Drawn:
    x, y = tile.corner()
    return shapes.disc(x, y, tile.width * share, tile.height * share)


def _quarter(tile: _Tile, inks: _Inks) -> None:
    tile.lay_back(_around(tile, 1.0), inks[1])


def _rainbow(tile: _Tile, inks: _Inks) -> None:
    for share, ink in ((1.0, inks[1]), (0.76, inks[0]), (0.52, inks[2]), (0.28, inks[0])):
        tile.lay_back(_around(tile, share), ink)


def _ring(tile: _Tile, inks: _Inks) -> None:
    x, y = tile.middle
    tile.lay(shapes.disc(x, y, tile.width * 0.47, tile.height * 0.47), inks[1], 0.55)
    tile.lay_back(shapes.disc(x, y, tile.width * 0.17, tile.height * 0.17), inks[2])


def _stripes(tile: _Tile, inks: _Inks) -> None:
    bars = []
    for bar in range(4):
        low, high = (bar + 0.0) / 4, (bar + 0.5) / 4
        if tile.turn % 2:
            bars.append(
                [
                    (tile.x + tile.width * low, tile.y),
                    (tile.x + tile.width * high, tile.y),
                    (tile.x + tile.width * high, tile.y + tile.height),
                    (tile.x + tile.width * low, tile.y + tile.height),
                ]
            )
        else:
            bars.append(
                [
                    (tile.x, tile.y + tile.height * low),
                    (tile.x + tile.width, tile.y + tile.height * low),
                    (tile.x + tile.width, tile.y + tile.height * high),
                    (tile.x, tile.y + tile.height * high),
                ]
            )
    tile.lay(shapes.polygons(bars), inks[1])


def _moons(tile: _Tile, inks: _Inks) -> None:
    x, y = tile.middle
    upright = tile.turn % 2 == 0
    for side, ink in ((0, inks[1]), (1, inks[2])):
        at = (
            (x, tile.y + tile.height * (0.25 + 0.5 * side))
            if upright
            else (tile.x + tile.width * (0.25 + 0.5 * side), y)
        )
        tile.lay(shapes.disc(*at, tile.width * 0.245, tile.height * 0.245), ink)


def _leaf(tile: _Tile, inks: _Inks) -> None:
    a, b = tile.corner(1), tile.corner(3)
    leaf = shapes.Within(shapes.disc(*a, tile.width, tile.height), shapes.disc(*b, tile.width, tile.height))
    tile.lay(leaf, inks[1])
    tile.lay_back(shapes.disc(*tile.middle, tile.size * 0.11), inks[2])


def _corner(tile: _Tile, inks: _Inks) -> None:
    tile.lay_back(shapes.polygon([tile.corner(), tile.corner(1), tile.corner(3)]), inks[1])


def _pill(tile: _Tile, inks: _Inks) -> None:
    x, y = tile.middle
    for side, ink in ((-1, inks[1]), (1, inks[2])):
        # Two half circles back to back, or face to face.
        at = (
            (tile.x if side < 0 else tile.x + tile.width, y)
            if tile.turn % 2
            else (x, tile.y if side < 0 else tile.y + tile.height)
        )
        tile.lay(shapes.disc(*at, tile.width * 0.5, tile.height * 0.5), ink, 0.5)


def _sun(tile: _Tile, inks: _Inks) -> None:
    x, y = tile.middle
    rays = []
    for ray in range(12):
        angle = math.tau * ray / 12
        tip = (x + math.cos(angle) * tile.width * 0.46, y + math.sin(angle) * tile.height * 0.46)
        sides = [
            (x + math.cos(angle + turn) * tile.size * 0.24, y + math.sin(angle + turn) * tile.size * 0.24)
            for turn in (-0.2, 0.2)
        ]
        rays.append([sides[0], tip, sides[1]])
    tile.lay(shapes.polygons(rays), inks[1])
    tile.lay(shapes.disc(x, y, tile.size * 0.21), inks[2])


def _steps(tile: _Tile, inks: _Inks) -> None:
    x, y = tile.corner()
    for step, ink in ((3, inks[1]), (2, inks[2]), (1, inks[0])):
        share = step / 4
        (cx, cy) = tile.corner(2)
        dx, dy = (cx - x) * share, (cy - y) * share
        tile.lay_back(shapes.polygon([(x, y), (x + dx, y), (x + dx, y + dy), (x, y + dy)]), ink)
