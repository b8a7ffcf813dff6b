"""What the brush fills: shapes that draw their own smooth-edged masks, and the points they are made of."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Point = tuple[float, float]
Points = Sequence[Point]
Bounds = tuple[float, float, float, float]
Box = tuple[int, int, int, int]

OVERSAMPLE = 2  # masks are drawn this much larger and box-reduced; that is what smooths the edges


class Pen:
    """Draws into an oversized mask with page coordinates."""

    def __init__(self, mask: Image.Image, origin: Point) -> None:
        self._draw = ImageDraw.Draw(mask)
        self._x, self._y = origin

    def _place(self, points: Iterable[Point]) -> list[Point]:
        # Pillow counts pixel centres; half a pixel less keeps shapes in their place after the reduction.
        return [((x - self._x) * OVERSAMPLE - 0.5, (y - self._y) * OVERSAMPLE - 0.5) for x, y in points]

    def polygon(self, points: Points, ink: int = 255) -> None:
        """Fill a closed outline."""
        self._draw.polygon(self._place(points), fill=ink)

    def ellipse(self, x: float, y: float, rx: float, ry: float, ink: int = 255) -> None:
        """Fill an upright ellipse around a centre."""
        (a, b), (c, d) = self._place(((x - rx, y - ry), (x + rx, y + ry)))
        self._draw.ellipse((a, b, max(c, a), max(d, b)), fill=ink)

    def line(self, points: Points, width: float, ink: int = 255) -> None:
        """Draw an open line with round joints, at least one mask pixel wide."""
        self._draw.line(self._place(points), fill=ink, width=max(1, round(width * OVERSAMPLE)), joint="curve")

    def rectangle(self, x0: float, y0: float, x1: float, y1: float, ink: int = 255) -> None:
        """Fill an upright rectangle."""
        (a, b), (c, d) = self._place(((x0, y0), (x1, y1)))
        self._draw.rectangle((a, b, max(c - 1, a), max(d - 1, b)), fill=ink)


class Shape(Protocol):
    """Anything with bounds that can give its coverage inside a box as an 8-bit image of that size."""

    @property
    def bounds(self) -> Bounds:
        """The page area outside which the coverage is zero."""

    def mask(self, box: Box) -> Image.Image:
        """Coverage, 0 to 255, of every pixel of the box."""


@dataclass(frozen=True)
class Drawn:
    """A shape drawn by a pen, optionally softened by a blur (radius in pixels)."""

    bounds: Bounds
    draw: Callable[[Pen], None]
    blur: float = 0.0

    def mask(self, box: Box) -> Image.Image:
        """Coverage inside the box; a blurred shape is drawn with a margin, so that cutting it never shows."""
        margin = math.ceil(self.blur * 2.5)
        x0, y0, x1, y1 = box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin
        large = Image.new("L", ((x1 - x0) * OVERSAMPLE, (y1 - y0) * OVERSAMPLE))
        self.draw(Pen(large, (x0, y0)))
        small = large.reduce(OVERSAMPLE)
        if margin:
            small = small.filter(ImageFilter.GaussianBlur(self.blur))
            small = small.crop((margin, margin, margin + box[2] - box[0], margin + box[3] - box[1]))
        return small

    def soft(self, blur: float) -> Drawn:
        """The same shape with a blurred edge."""
        grow = blur * 2.5
        x0, y0, x1, y1 = self.bounds
        return replace(self, blur=blur, bounds=(x0 - grow, y0 - grow, x1 + grow, y1 + grow))


@dataclass(frozen=True)
class Within:
    """The part of one shape that lies inside another."""

    shape: Shape
    frame: Shape

    @property
    def bounds(self) -> Bounds:
        """The common area of both."""
        a, b = self.shape.bounds, self.frame.bounds
        return (max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3]))

    def mask(self, box: Box) -> Image.Image:
        """Product of the two coverages."""
        return ImageChops.multiply(self.shape.mask(box), self.frame.mask(box))


def bounds_of(points: Points, grow: float = 0.0) -> Bounds:
    """The smallest upright rectangle around points, grown on every side."""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return (min(xs) - grow, min(ys) - grow, max(xs) + grow, max(ys) + grow)


def _around(many: Sequence[Points], grow: float = 0.0) -> Bounds:
    return bounds_of([point for points in many for point in points], grow)


def polygon(points: Points) -> Drawn:
    """A filled outline."""
    return Drawn(bounds_of(points, 1), lambda pen: pen.polygon(points))


def polygons(many: Sequence[Points]) -> Drawn:
    """Several outlines as one shape; the list must not be empty."""

    def draw(pen: Pen) -> None:
        for points in many:
            pen.polygon(points)

    return Drawn(_around(many, 1), draw)


def disc(x: float, y: float, r: float, ry: float | None = None) -> Drawn:
    """A circle, or an upright ellipse when a second radius is given."""
    height = r if ry is None else ry
    return Drawn((x - r - 1, y - height - 1, x + r + 1, y + height + 1), lambda pen: pen.ellipse(x, y, r, height))


def discs(many: Sequence[tuple[float, float, float]]) -> Drawn:
    """Circles (x, y, radius) as one shape; the list must not be empty."""

    def draw(pen: Pen) -> None:
        for x, y, r in many:
            pen.ellipse(x, y, r, r)

    corners = [(x + sign * (r + 1), y + sign * (r + 1)) for x, y, r in many for sign in (-1, 1)]
    return Drawn(bounds_of(corners), draw)


def annulus(x: float, y: float, outer: float, inner: float) -> Drawn:
    """A circle with a round hole."""

    def draw(pen: Pen) -> None:
        pen.ellipse(x, y, outer, outer)
        pen.ellipse(x, y, inner, inner, 0)

    return Drawn((x - outer - 1, y - outer - 1, x + outer + 1, y + outer + 1), draw)


def stroke(points: Points, width: float) -> Drawn:
    """An open line with round joints."""
    return Drawn(bounds_of(points, width + 1), lambda pen: pen.line(points, width))


def strokes(many: Sequence[tuple[Points, float]]) -> Drawn:
    """Open lines (points, width) as one shape; the list must not be empty."""

    def draw(pen: Pen) -> None:
        for points, width in many:
            pen.line(points, width)

    return Drawn(_around([points for points, _ in many], max(width for _, width in many) + 1), draw)


def rectangle(x0: float, y0: float, x1: float, y1: float) -> Drawn:
    """An upright rectangle."""
    return Drawn((x0, y0, x1, y1), lambda pen: pen.rectangle(x0, y0, x1, y1))


def oval(
    x: float, y: float, rx: float, ry: float, turn: float, start: float = 0.0, end: float = math.tau
) -> list[Point]:
    """Points along an ellipse turned by `turn` radians, from angle start to end."""
    steps = max(8, round(72 * abs(end - start) / math.tau))
    cos, sin = math.cos(turn), math.sin(turn)
    points = []
    for step in range(steps + 1):
        angle = start + (end - start) * step / steps
        px, py = rx * math.cos(angle), ry * math.sin(angle)
        points.append((x + px * cos - py * sin, y + px * sin + py * cos))
    return points


def curve(controls: Points, steps: int = 10) -> list[Point]:
    """A smooth line through all the control points (Catmull-Rom), `steps` points per span."""
    padded = [controls[0], *controls, controls[-1]]
    points: list[Point] = []
    for index in range(len(controls) - 1):
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = padded[index : index + 4]
        for step in range(steps):
            t = step / steps
            points.append((_spline(ax, bx, cx, dx, t), _spline(ay, by, cy, dy, t)))
    points.append(controls[-1])
    return points


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3)
