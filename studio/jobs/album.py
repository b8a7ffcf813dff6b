"""The pictures a composer shows for its picture rows: those chosen, and one's own latest to choose from."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _

from studio.accounts.models import User
from studio.jobs.models import Image, Job
from studio.jobs.reference_models import PREFIX
from studio.jobs.references import PICK, small_url, visible_references

LATEST = 12  # jobs whose pictures are offered


@dataclass(frozen=True)
class Shown:
    """One picture that can be chosen: the form's value, a small copy, words for those who do not see it."""

    value: str
    src: str
    alt: str


class Album:
    """What `user` may build on; two queries, and two more where something is chosen."""

    def __init__(self, user: User, texts: Iterable[str]) -> None:
        chosen = [value for text in texts for value in text.split()]
        self._latest = [image for job in _latest(user) for image in job.images.all()]
        self._shown = {f"{PICK}{image.pk}": _of_image(image) for image in self._latest}
        asked = _ids(chosen, PICK) - {image.pk for image in self._latest}
        if asked:
            images = Image.objects.visible_to(user).filter(pk__in=asked).select_related("job")
            self._shown |= {f"{PICK}{image.pk}": _of_image(image) for image in images}
        if named := _ids(chosen, PREFIX):
            for row in visible_references(user).filter(pk__in=named):
                self._shown[row.value] = Shown(row.value, small_url(row.pk) if row.file else "", _("Reference picture"))

    def chosen(self, text: str) -> list[Shown]:
        """Those of a form's text that this person may see."""
        return [self._shown[value] for value in dict.fromkeys(text.split()) if value in self._shown]

    def others(self, text: str) -> list[Shown]:
        """One's latest that are not chosen yet."""
        taken = text.split()
        values = [f"{PICK}{image.pk}" for image in self._latest]
        return [self._shown[value] for value in values if value not in taken]


def _latest(user: User) -> Iterable[Job]:
    with_copies = Image.objects.there().exclude(copies_made_at=None).select_related("job")
    done = Job.objects.of(user).filter(status=Job.Status.COMPLETED).order_by("-created_at", "-pk")
    return done.prefetch_related(Prefetch("images", queryset=with_copies))[:LATEST]


def _of_image(image: Image) -> Shown:
    src = reverse("jobs:picture", args=[image.job_id, image.pk, "small"])
    return Shown(f"{PICK}{image.pk}", src, image.alt_text[:80])


def _ids(values: Iterable[str], prefix: str) -> set[UUID]:
    found = set()
    for value in values:
        if value.startswith(prefix):
            try:
                found.add(UUID(value.removeprefix(prefix)))
            except ValueError:
                continue
    return found
