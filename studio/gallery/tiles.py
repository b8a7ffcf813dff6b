"""What one place of the grid shows: a picture, or a job that ended without one."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import formats, timezone
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from studio.core.routes import address
from studio.jobs.models import Image, Job
from studio.jobs.star_models import MOST
from studio.jobs.times import ARRIVES_WITHIN
from studio.jobs.words import cells_of
from studio.providers import catalogue


@dataclass
class Tile:
    """A place of the grid; `stars` are the reader's own."""

    job: Job
    image: Image | None
    stars: int = 0

    @property
    def at(self) -> datetime:
        return self.image.created_at if self.image else self.job.finished_at or self.job.created_at

    @property
    def url(self) -> str:
        return address("jobs:job", self.job.pk)

    @property
    def src(self) -> str:
        """The address of the small copy; empty until it is made, a moment after the picture came.

        One that is not made long after is asked for all the same: its address shows the picture as it came.
        """
        if self.image is None:
            return ""
        if self.image.copies_made_at is None and timezone.now() - self.image.created_at < ARRIVES_WITHIN:
            return ""
        return address("jobs:picture", self.job.pk, self.image.pk, variant="small")

    @property
    def ratio(self) -> float:
        made = self.image or self.job
        return made.width / max(1, made.height)

    @cached_property
    def star_url(self) -> str:
        return address("gallery:star", self.image.pk) if self.image else ""

    @property
    def title(self) -> str:
        """The beginning of the prompt in one line."""
        return cut(" ".join(self.job.prompt.split()), 160)

    @cached_property
    def alt(self) -> str:
        """What stands for the picture where it is not seen."""
        return cut(self.image.alt_text, 300) if self.image else ""

    @property
    def short(self) -> str:
        return cut(self.alt, 80)

    @property
    def who(self) -> str:
        """`Jonas Weber, DALL·E 3, 18 Nov`."""
        words = {"person": self.job.user.display_name, "model": self.model_name, "when": self.when}
        return _("%(person)s, %(model)s, %(when)s") % words

    @property
    def five(self) -> range:
        return range(1, MOST + 1)

    @property
    def cells(self) -> SafeString:
        return cells_of(self.image) if self.image else SafeString("")

    @property
    def model_name(self) -> str:
        model = catalogue.find(self.job.model)
        return model.name if model else self.job.model

    @property
    def when(self) -> str:
        day = timezone.localdate(self.at)
        return formats.date_format(day, "j M" if day.year == timezone.localdate().year else "j M Y")

    @property
    def ended_as(self) -> str:
        """Of a job without a picture."""
        return _("Cancelled") if self.job.status == Job.Status.CANCELLED else _("Not made")


def cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
