"""The last pass over a painted page: size, film grain, darker corners, and the plate that says sandbox."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageChops, ImageDraw, ImageFont

from studio.providers.art.brush import GRAIN_TOP, Canvas

_GRAIN, _CORNERS = 0.05, 0.10
_ROWS = 384  # worked on at once, so that a large picture needs no second copy of itself
_PLATE = (18, 18, 17)


def finish(canvas: Canvas, size: tuple[int, int]) -> Image.Image:
    """The page in its final size with 5 % grain and corners 10 % darker."""
    width, height = size
    same = canvas.page.size == size
    page = canvas.page if same else Image.new("RGB", size)
    shadow = _corners()
    dots = random.Random(canvas.rng.getrandbits(64))  # noqa: S311 - grain, not a secret
    for top in range(0, height, _ROWS):
        rows = min(_ROWS, height - top)
        box = (0, top, width, top + rows)
        if same:
            band = page.crop(box)
            noise = canvas.grain.crop(box).point(_table(GRAIN_TOP))
        else:
            scale = canvas.height / height
            area = (0, top * scale, canvas.width, min(canvas.height, (top + rows) * scale))
            band = canvas.page.resize((width, rows), Image.Resampling.BICUBIC, box=area)
            noise = Image.frombytes("L", (width, rows), dots.randbytes(width * rows)).point(_table(255))
        band = ImageChops.add(band, Image.merge("RGB", (noise, noise, noise)), scale=1, offset=-128)
        part = (0, top / height * shadow.height, shadow.width, (top + rows) / height * shadow.height)
        dark = shadow.resize((width, rows), Image.Resampling.BILINEAR, box=part)
        page.paste(ImageChops.multiply(band, Image.merge("RGB", (dark, dark, dark))), box)
    return page


def _table(top: int) -> list[int]:
    """Grain values 0 to top as a change of brightness around 128."""
    return [round(128 + (value / top * 2 - 1) * 127 * _GRAIN) for value in range(256)]


def _corners() -> Image.Image:
    """Brightness of the page, 255 in the middle, less towards the corners."""
    side, values = 32, bytearray()
    for row in range(side):
        for column in range(side):
            distance = math.hypot(column / (side - 1) - 0.5, row / (side - 1) - 0.5) / math.sqrt(0.5)
            values.append(round(255 * (1 - _CORNERS * max(0.0, distance - 0.35) / 0.65)))
    return Image.frombytes("L", (side, side), bytes(values))


def lay_plate(page: Image.Image) -> None:
    """Write SANDBOX on a small plate at the lower left: 2 % of the longer side high, at least 14 pixels."""
    height = max(14, round(max(page.size) * 0.02))
    inset = round(height * 0.4)
    font = ImageFont.load_default(height * 0.62)
    draw = ImageDraw.Draw(page)
    left, top, right, bottom = (round(side) for side in draw.textbbox((0, 0), "SANDBOX", font=font))
    width = right - left + round(height * 0.8)
    y = page.height - inset - height
    draw.rectangle((inset, y, inset + width - 1, y + height - 1), fill=_PLATE)
    place = (inset + round(height * 0.4) - left, y + (height - (bottom - top)) // 2 - top)
    draw.text(place, "SANDBOX", font=font, fill=(255, 255, 255))
