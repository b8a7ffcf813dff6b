"""The painter of the sandbox provider: grainy poster prints from words, drawn with Pillow alone."""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from studio.providers.art import finish, lexicon, palettes
from studio.providers.art.brush import Canvas, Layer
from studio.providers.art.lexicon import Brief
from studio.providers.art.metadata import encode as _encode
from studio.providers.art.scenes import SCENES

__all__ = ["LARGEST", "SMALLEST", "Painting", "encode", "paint"]

SMALLEST, LARGEST = 16, 4096
_AREA = 2_300_000  # pixels painted at most; larger pictures are enlarged before the last grain


@dataclass(frozen=True)
class Painting:
    """What to paint: the model asked for, the words, the size in pixels and what tells two copies apart."""

    model: str
    prompt: str
    width: int
    height: int
    style: str = "vivid"
    seed: int | None = None
    index: int = 0

    @property
    def chance(self) -> int:
        """The number everything in the picture is drawn from: equal for equal requests, whatever their spelling."""
        divisor = math.gcd(self.width, self.height)
        shape = f"{self.width // divisor}:{self.height // divisor}"
        parts = (self.model, lexicon.normalise(self.prompt), shape, self.style, str(self.seed), str(self.index))
        return int.from_bytes(hashlib.sha256("\x1f".join(parts).encode()).digest()[:8])


def paint(painting: Painting, on_layer: Callable[[int, int], None] | None = None, *, plate: bool = True) -> Image.Image:
    """Paint a picture: RGB, exactly the size asked for; the same painting always gives the same pixels.

    `on_layer(done, total)` is called after each layer with a total known from the start; it may sleep, and what it
    raises ends the painting. `plate` lays the visible sandbox mark on the picture; only shipped samples go without.
    Raises ValueError for a side outside 16 to 4096 pixels.
    """
    if not all(SMALLEST <= side <= LARGEST for side in (painting.width, painting.height)):
        raise ValueError(f"a side must have {SMALLEST} to {LARGEST} pixels")
    canvas, layers = _compose(painting)
    total = len(layers) + 1
    for done, layer in enumerate(layers, 1):
        layer()
        if on_layer:
            on_layer(done, total)
    page = finish.finish(canvas, (painting.width, painting.height))
    if plate:
        finish.lay_plate(page)
    if on_layer:
        on_layer(total, total)
    return page


def encode(image: Image.Image, *, painting: Painting, format: str = "png") -> bytes:
    """The picture as a file (png, jpeg or webp) whose metadata says sandbox, model, prompt hash and seed.

    The prompt itself is never written. Raises ValueError for another format.
    """
    digest = hashlib.sha256(painting.prompt.encode()).hexdigest()
    facts = {
        "Software": "sandbox",
        "Sandbox": "Drawn by the sandbox; no model made this picture.",
        "Model-Asked-For": painting.model,
        "Prompt-SHA256": digest,
        "Seed": str(painting.chance if painting.seed is None else painting.seed),
    }
    return _encode(image, facts, format)


def _compose(painting: Painting) -> tuple[Canvas, list[Layer]]:
    brief: Brief = lexicon.read(painting.prompt)
    rng = random.Random(painting.chance)  # noqa: S311 - it draws pictures, it guards nothing
    names = [name for name in SCENES if name != "road"]  # that one has to be named
    pick = names[int(rng.random() * len(names))]
    scene = SCENES[brief.subject or pick]
    palette = palettes.choose(
        rng,
        light=brief.light or "day",
        colours=brief.colours,
        style=brief.style or painting.style,
        liked=scene.palettes,
    )
    shrink = min(1.0, math.sqrt(_AREA / (painting.width * painting.height)))
    width, height = max(1, round(painting.width * shrink)), max(1, round(painting.height * shrink))
    canvas = Canvas(width, height, palette, brief, rng)
    return canvas, scene.compose(canvas)
