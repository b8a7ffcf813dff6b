"""Shading fields: how far along its colours each pixel stands, 0 to 255, from a ramp, a light or a relief."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

from PIL import Image

from studio.providers.art.shapes import Box, Point

Curve = Callable[[float], float]
"""A function of a place 0 to 1 that gives a value 0 to 1; both ends may be passed."""

_STEPS = 512  # entries of a ramp; grain hides the steps between them


class Shade(Protocol):
    """Gives the field inside a box as an 8-bit image of that size."""

    def __call__(self, box: Box) -> Image.Image:
        """The field inside the box."""


def _byte(value: float) -> int:
    return min(255, max(0, round(value * 255)))


def flat(value: float) -> Shade:
    """The same value (0 to 1) everywhere."""
    return lambda box: Image.new("L", (box[2] - box[0], box[3] - box[1]), _byte(value))


def linear(start: Point, end: Point, along: Curve | None = None) -> Shade:
    """A ramp from 0 at the start to 1 at the end and beyond, in any direction, optionally bent by a curve."""
    (x0, y0), (dx, dy) = start, (end[0] - start[0], end[1] - start[1])
    length = dx * dx + dy * dy or 1.0
    ax, ay = dx / length, dy / length

    def shade(box: Box) -> Image.Image:
        offset = (box[0] + 0.5 - x0) * ax + (box[1] + 0.5 - y0) * ay
        width, height = box[2] - box[0], box[3] - box[1]
        corners = [offset + ax * x + ay * y for x in (0, width) for y in (0, height)]
        low, span = min(corners), max(max(corners) - min(corners), 1e-9)
        source = _bent(low, span, along) if along else _straight(low, span)
        # The table overlaps both ends by a pixel, else a hairline of the fill colour shows across the shape.
        scale = (_STEPS - 2) / span
        matrix = (0, 0, 1, ax * scale, ay * scale, (offset - low) * scale + 0.5)
        return source.transform((width, height), Image.Transform.AFFINE, matrix, Image.Resampling.NEAREST)

    return shade


def _straight(low: float, span: float) -> Image.Image:
    """The places low to low + span as a column of values, held at both ends."""
    first, last = (min(_STEPS, max(0, round((end - low) / span * _STEPS))) for end in (0.0, 1.0))
    table = Image.new("L", (3, _STEPS), 0 if low < 0.5 else 255)
    if last < _STEPS:
        table.paste(255, (0, last, 3, _STEPS))
    if last > first:
        part = (0, 256 * max(0.0, low), 3, 256 * min(1.0, low + span))
        steps = Image.linear_gradient("L").resize((3, last - first), Image.Resampling.BILINEAR, box=part)
        table.paste(steps, (0, first))
    return table


def _bent(low: float, span: float, along: Curve) -> Image.Image:
    """The same, with every place sent through a curve."""
    table = bytes(_byte(along(low + span * step / 255)) for step in range(256))
    return Image.frombytes("L", (1, 256), table).resize((3, _STEPS), Image.Resampling.BILINEAR)


_EDGE = 180  # what Pillow's radial gradient holds 127 pixels from its centre; 255 stands in its corners


def radial(centre: Point, radius: float, along: Curve | None = None, ry: float | None = None) -> Shade:
    """0 in the centre, 1 at the radius and beyond, optionally squeezed to a second radius and bent by a curve."""
    cx, cy = centre
    height_radius = radius if ry is None else ry
    table = [_byte(along(value / _EDGE) if along else value / _EDGE) for value in range(256)]

    def shade(box: Box) -> Image.Image:
        source = Image.radial_gradient("L")
        sx, sy = 127 / max(radius, 1e-6), 127 / max(height_radius, 1e-6)
        matrix = (sx, 0, (box[0] - cx) * sx + 128, 0, sy, (box[1] - cy) * sy + 128)
        size = (box[2] - box[0], box[3] - box[1])
        field = source.transform(size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR, fillcolor=255)
        return field.point(table)

    return shade


def relief(value: Callable[[float, float], float], cell: float) -> Shade:
    """Any function of page coordinates with values 0 to 1, worked out every `cell` pixels and smoothed between."""

    def shade(box: Box) -> Image.Image:
        # The lattice is anchored to the page, so that two boxes side by side agree.
        left, top = math.floor(box[0] / cell) - 1, math.floor(box[1] / cell) - 1
        columns, rows = math.ceil(box[2] / cell) + 2 - left, math.ceil(box[3] / cell) + 2 - top
        table = bytes(
            _byte(value((left + column + 0.5) * cell, (top + row + 0.5) * cell))
            for row in range(rows)
            for column in range(columns)
        )
        source = Image.frombytes("L", (columns, rows), table)
        area = (box[0] / cell - left, box[1] / cell - top, box[2] / cell - left, box[3] / cell - top)
        return source.resize((box[2] - box[0], box[3] - box[1]), Image.Resampling.BICUBIC, box=area)

    return shade


def smooth(place: float) -> float:
    """A soft step from 0 to 1, level at both ends."""
    t = min(1.0, max(0.0, place))
    return t * t * (3 - 2 * t)


def fade(place: float) -> float:
    """From 1 to 0, quickly first: the fall of light around a lamp."""
    t = min(1.0, max(0.0, place))
    return (1 - t) ** 2
