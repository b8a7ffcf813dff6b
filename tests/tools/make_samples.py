"""Paints the pictures the product ships: `python -m tests.tools.make_samples [folder]`, by default into static/img."""

from __future__ import annotations

import io
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageFilter

from studio.providers import catalogue
from studio.providers.art import Painting, paint


class Sample(NamedTuple):
    """A file, what is painted for it, its size in pixels, and how many bytes it may weigh."""

    name: str
    prompt: str
    painted: tuple[int, int]
    size: tuple[int, int]
    limit: int
    seed: int = 1


SAMPLES = (
    Sample("samples/login-sea.webp", "Nine waves, a large sun and bars of cloud", (700, 800), (1400, 1600), 180_000, 1),
    Sample("samples/mountains.webp", "Six ridges, one small sun", (508, 762), (508, 762), 70_000, 31),
    Sample("samples/town.webp", "A town on a table, isometric, terracotta and ink", (760, 760), (760, 760), 70_000, 1),
    Sample("samples/lighthouse.webp", "Lighthouse, polar night, long beam", (508, 762), (508, 762), 70_000, 29),
    Sample("samples/koi.webp", "Paper koi in a green pond, from above", (762, 508), (762, 508), 70_000, 4),
    Sample(
        "samples/dunes.webp", "Dunes after sunset, one bright moon, long shadows", (762, 508), (762, 508), 70_000, 20
    ),
)

SCENES = {
    "DALL·E": "Lighthouse at dusk",
    "Flux": "Dunes at dusk",
    "GPT Image": "A small terracotta town",
    "Grok": "Ringed planet",
    "Ideogram": "Tiles in a geometric pattern",
    "Imagen": "Still life with three pears",
    "Kling": "Wind in long hair",
    "Midjourney": "Courtyard with an arch, low sun",
    "Nano Banana": "Seven stems before a disc",
    "Qwen": "Paper koi in a pond",
    "Recraft": "Topographic map of an island",
    "Reve": "Night city in the rain",
    "Seedream": "Nine waves, a large sun",
    "Stable Diffusion": "Six ridges in fog",
    "Wan": "A small town in snow",
}
COLOURS = ("", "violet", "mint", "rose", "cobalt", "moss", "golden", "teal", "crimson", "lilac", "black", "white")


def of_models() -> Iterator[Sample]:
    """One for each model of a family in SCENES: the family's scene, each in a colour of its own."""
    seen: Counter[str] = Counter()
    for model in catalogue.models():
        if model.family in SCENES:
            colour = COLOURS[seen[model.family] % len(COLOURS)]
            seen[model.family] += 1
            prompt = f"{SCENES[model.family]} {colour}".strip()
            name = f"models/{model.id.replace('/', '.')}.webp"
            yield Sample(name, prompt, (288, 288), (72, 72), 4_000, seen[model.family])


def make(sample: Sample) -> bytes:
    """One sample as WebP without a plate: quality 80, or a little off it, softened as far as its limit asks for.

    Raises ValueError when nothing fits."""
    painting = Painting(
        model="sample", prompt=sample.prompt, width=sample.painted[0], height=sample.painted[1], seed=sample.seed
    )
    page = paint(painting, plate=False)
    if sample.size != sample.painted:
        page = page.resize(sample.size, Image.Resampling.LANCZOS)
    for soft in (0.0, 0.35, 0.5, 0.65):  # grain is dear: it is softened before the quality falls far
        image = page.filter(ImageFilter.GaussianBlur(soft)) if soft else page
        for quality in (82, 78, 74, 70):
            out = io.BytesIO()
            image.save(out, "WEBP", quality=quality, method=6)
            if out.tell() <= sample.limit:
                return out.getvalue()
    raise ValueError(f"{sample.name} does not fit into {sample.limit} bytes")


def make_card() -> bytes:
    """The picture that stands beside a link to the studio elsewhere, as JPEG, which every such place reads."""
    painting = Painting(model="sample", prompt="Lighthouse at dusk, long beam", width=1200, height=630, seed=3)
    out = io.BytesIO()
    paint(painting, plate=False).convert("RGB").save(out, "JPEG", quality=80, optimize=True, progressive=True)
    return out.getvalue()


def main(folder: Path) -> None:
    """Write every sample below the folder."""
    (folder / "card.jpg").write_bytes(make_card())
    for sample in (*SAMPLES, *of_models()):
        data = make(sample)
        path = folder / sample.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        sys.stdout.write(f"{sample.name}: {len(data):,} bytes\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2] / "static" / "img")
