"""The page and the one brush: a shape, its colours, a shading field and the grain."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

from PIL import Image, ImageChops, ImageFilter, ImageOps

from studio.providers.art.lexicon import Brief
from studio.providers.art.oklch import Colour, ramp
from studio.providers.art.palettes import Palette
from studio.providers.art.shades import Shade, flat
from studio.providers.art.shapes import Box, Shape

Layer = Callable[[], None]
"""One step of a picture; between two steps only the page and the grain are kept."""

_BAND = 300_000  # pixels worked on at once, so that a full page needs little more memory than a small shape
_SOFT = 3  # stipple contrast: the grey steps over which one dot comes up are 255 / (3 + 1)
GRAIN_TOP = 255 * _SOFT // (_SOFT + 1)  # the grain runs from 0 to this, so that tone and grain need one subtraction


def make_grain(width: int, height: int, dots: random.Random, size: float) -> Image.Image:
    """Seeded grain, evenly spread over 0 to GRAIN_TOP: random bytes, blurred by 0.6 px, without slow clumps.

    `size` is the width of a dot in pixels; above 1 the bytes are made on a smaller sheet and enlarged.
    """
    w, h = max(1, math.ceil(width / size)), max(1, math.ceil(height / size))
    noise = Image.frombytes("L", (w, h), dots.randbytes(w * h))
    fine = noise.filter(ImageFilter.GaussianBlur(0.6))
    # Half of the slow part is taken away: dots then keep their distance, as in a hand-pulled print.
    coarse = fine.filter(ImageFilter.BoxBlur(2)).point([round(v * 0.7 + 38) for v in range(256)])
    grain = ImageChops.subtract(fine, coarse, scale=0.6, offset=128)
    if size > 1:
        grain = grain.resize((width, height), Image.Resampling.BICUBIC)
    return ImageOps.equalize(grain).point([value * GRAIN_TOP // 255 for value in range(256)])


class Canvas:
    """A page under way: its size, palette, words, seeded chance and grain."""

    def __init__(self, width: int, height: int, palette: Palette, brief: Brief, rng: random.Random) -> None:
        self.width, self.height = width, height
        self.unit = float(min(width, height))
        self.palette, self.brief, self.rng = palette, brief, rng
        dots = random.Random(rng.getrandbits(64))  # noqa: S311 - grain, not a secret
        self.page = Image.new("RGB", (width, height), palette.paper)
        self.grain = make_grain(width, height, dots, max(1.0, min(1.6, self.unit / 800)))

    @property
    def aspect(self) -> float:
        """Width over height."""
        return self.width / self.height

    def _bands(self, shape: Shape | None) -> list[Box]:
        x0, y0, x1, y1 = shape.bounds if shape else (0, 0, self.width, self.height)
        left, top = max(0, math.floor(x0)), max(0, math.floor(y0))
        right, bottom = min(self.width, math.ceil(x1)), min(self.height, math.ceil(y1))
        if left >= right or top >= bottom:
            return []
        rows = max(16, _BAND // (right - left))
        return [(left, y, right, min(bottom, y + rows)) for y in range(top, bottom, rows)]

    def fill(
        self, shape: Shape | None, stops: Sequence[Colour], shade: Shade | float = 0.0, *, grit: float = 0.6
    ) -> None:
        """Lay a shape (None: the whole page) in colours: `shade` 0 gives the first stop, 1 the last.

        `grit` 0 to 1 is the share of stipple against a smooth blend.
        """
        field = shade if callable(shade) else flat(shade)
        palette = ramp(tuple(stops))
        for box in self._bands(shape):
            if len(stops) == 1:
                self.page.paste(stops[0], box, shape.mask(box) if shape else None)
                continue
            tone = self._grit(field(box), box, grit, many=len(stops) > 2)
            tone.putpalette(palette)  # grey values read as places in a palette: one pass instead of three tables
            self.page.paste(tone.convert("RGB"), box, shape.mask(box) if shape else None)

    def spray(
        self, shape: Shape | None, colour: Colour, density: Shade | float, *, grit: float = 0.7, strength: float = 1.0
    ) -> None:
        """Dust one colour over what is there; `density` 0 leaves the page, 1 covers it up to `strength`."""
        field = density if callable(density) else flat(density)
        table = [round(value * strength) for value in range(256)] if strength < 1 else None
        for box in self._bands(shape):
            cover = self._grit(field(box), box, grit, many=False)
            cover = cover.point(table) if table else cover
            if shape:
                cover = ImageChops.multiply(cover, shape.mask(box))
            self.page.paste(colour, box, cover)

    def _grit(self, tone: Image.Image, box: Box, grit: float, *, many: bool) -> Image.Image:
        if grit <= 0:
            return tone
        grain = self.grain.crop(box)
        if many:  # with several colours a full stipple would mix the far ends: shake the tone instead
            table = [round(128 + (value - GRAIN_TOP / 2) / GRAIN_TOP * 255 * grit * 0.5) for value in range(256)]
            return ImageChops.add(tone, grain.point(table), scale=1, offset=-128)
        # 4 tone - 3 grain: no dots at all where there is no tone, none missing where it is full.
        stipple = ImageChops.subtract(tone, grain, scale=1 / (_SOFT + 1))
        return Image.blend(tone, stipple, grit)
