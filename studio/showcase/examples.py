"""The pictures on a model's page: those of this install that staff chose, until then the shipped ones."""

import hashlib
from dataclasses import dataclass

from django.db.models import QuerySet
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from studio.jobs.models import Image, Job
from studio.jobs.samples import SAMPLES
from studio.providers.catalogue import ImageModel

MOST = 8
SAMPLES_SHOWN = 4


@dataclass(frozen=True)
class Picture:
    """One picture as a page shows it; without `link` it is one that is shipped, which no model made."""

    src: str
    width: int
    height: int
    words: str
    link: str = ""
    is_sandbox: bool = False

    @property
    def ratio(self) -> float:
        return self.width / self.height


def examples() -> "QuerySet[Image]":
    """The pictures that anybody may see, as their rows are at this moment."""
    shown = Image.objects.linked().exclude(copies_made_at=None)
    return shown.filter(job__status=Job.Status.COMPLETED, job__visibility=Job.Visibility.PUBLIC)


def pictures_of(model: ImageModel) -> list[Picture]:
    """What was chosen for this model, the newest first; one query."""
    chosen = examples().filter(job__model=model.id).select_related("job")
    found = chosen.order_by("-job__finished_at", "job", "index")[:MOST]
    return [_picture(model, image, number) for number, image in enumerate(found, 1)]


def samples_for(model: ImageModel) -> list[Picture]:
    """Some of the shipped pictures, in an order of the model's own."""

    def place(name: str) -> bytes:
        return hashlib.sha256(f"{model.id} {name}".encode()).digest()

    chosen = sorted(SAMPLES, key=lambda sample: place(sample.file))[:SAMPLES_SHOWN]
    return [Picture(static(each.path), each.width, each.height, str(each.prompt), is_sandbox=True) for each in chosen]


def _picture(model: ImageModel, image: Image, number: int) -> Picture:
    """The picture alone: neither its words nor who made it, nor what its owner wrote about it, is for everybody."""
    is_sandbox = image.job.is_sandbox
    sentence = _("Example %(number)s, drawn by the sandbox") if is_sandbox else _("Example %(number)s of %(model)s")
    return Picture(
        src=reverse("showcase:example", args=[image.pk, "small"]),
        width=image.width,
        height=image.height,
        words=sentence % {"number": number, "model": model.name},
        link=reverse("showcase:example", args=[image.pk, "large"]),
        is_sandbox=is_sandbox,
    )
