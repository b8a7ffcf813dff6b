"""The five pictures of the first visit: drawn by the sandbox from the words beside them."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Sample:
    """A file of static/img/samples, its size in pixels, and the words that made it."""

    file: str
    width: int
    height: int
    prompt: str | Promise

    @property
    def ratio(self) -> float:
        return self.width / self.height

    @property
    def path(self) -> str:
        return f"img/samples/{self.file}.webp"


SAMPLES = (
    Sample("mountains", 508, 762, _("Six ridges, one small sun")),
    Sample("town", 760, 760, _("A town on a table, isometric, terracotta and ink")),
    Sample("lighthouse", 508, 762, _("Lighthouse, polar night, long beam")),
    Sample("koi", 762, 508, _("Paper koi in a green pond, from above")),
    Sample("dunes", 762, 508, _("Dunes after sunset, one bright moon, long shadows")),
)
