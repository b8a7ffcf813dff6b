"""The four pictures of a Midjourney order in one, as Apiframe gives it beside them (facts A6: `gridUrl`)."""

import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from uuid import UUID

from PIL import Image as Pillow

from studio.jobs.models import Image, Job
from studio.jobs.pictures import decoded, path_of

MODELS = ("midjourney",)
NUMBER = 4
LONGEST = 1024  # px, of one of the four: as large as Midjourney makes them


def has_grid(job: Job, images: Sequence[Image]) -> bool:
    """Whether these, which are those that are still there, make a grid."""
    return job.model in MODELS and len(images) == NUMBER


def grid_of(images: Sequence[Image]) -> Path:
    """The file, made when it is first asked for and kept beside the first picture, with which it goes.

    Made here whoever made the pictures, so that it can neither fail to come nor show others. Raises FileNotFoundError.
    """
    final = path_of(images[0].pk, "grid.png")
    if final.exists():
        return final
    width, height = _fitted(images[0].width, images[0].height)
    grid = Pillow.new("RGB", (2 * width, 2 * height))
    for place, image in enumerate(images):
        with decoded(path_of(image.pk, image.format)) as pixels:
            cell = pixels.convert("RGB").resize((width, height), Pillow.Resampling.LANCZOS)
        grid.paste(cell, (place % 2 * width, place // 2 * height))
    draft = final.with_name(f"{final.name}.{uuid.uuid4().hex[:8]}.draft")
    grid.save(draft, "PNG")
    draft.replace(final)
    return final


def forget_grid(pks: Iterable[UUID]) -> None:
    """Take away the grid of these pictures of one job: one of them is to be gone for good."""
    for pk in pks:
        path_of(pk, "grid.png").unlink(missing_ok=True)


def _fitted(width: int, height: int) -> tuple[int, int]:
    share = min(1.0, LONGEST / max(width, height))
    return max(1, round(width * share)), max(1, round(height * share))
