"""Where a job comes from and what came of it, as far as its reader may see."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Prefetch
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from studio.accounts.models import User
from studio.jobs.cards import Card
from studio.jobs.models import Image, Job
from studio.jobs.word_changes import Kind, Stretch, compared, only_changes
from studio.jobs.words import asked_words
from studio.providers import catalogue

MOST_RELATIVES = 12
MOST_STRETCHES = 8  # of a difference that are shown
MOST_LETTERS = 90  # of one of them
LEAST_KEPT = 0.3  # of a prompt's letters; below it has other words, which are shown as they are


@dataclass(frozen=True)
class Relative:
    """A job this one was made from, this one, or one that was made from it.

    `changes` is what differs from the one before it, and nothing else; `settings` what does where the words do not.
    With `has_other_words` hardly anything stayed, and the whole prompt says more.
    """

    job: Job
    image: Image | None
    is_this: bool = False
    has_other_words: bool = False
    changes: list[Stretch] = field(default_factory=list)
    settings: str = ""

    @property
    def when(self) -> str:
        return moment(self.job.created_at)

    @property
    def state(self) -> str:
        """What stands in place of a picture."""
        if self.job.is_active:
            return _("Not ready yet")
        if self.job.status == Job.Status.COMPLETED:
            return _("Being unpacked") if self.job.images.all() else _("Deleted")
        return _("Cancelled") if self.job.status == Job.Status.CANCELLED else _("Not made")


def lineage_of(card: Card, viewer: User) -> list[Relative]:
    """The job it came from, itself, and those made from it; empty where there is neither. At most four queries."""
    job = card.job
    shown = Image.objects.there().select_related("job")
    visible = Job.objects.visible_to(viewer).select_related("user").prefetch_related(Prefetch("images", queryset=shown))
    parent = visible.filter(pk=job.retry_of_id).first() if job.retry_of_id else None
    children = list(visible.filter(retry_of=job).order_by("created_at", "pk")[:MOST_RELATIVES])
    if parent is None and not children:
        return []
    line = [_relative(parent, None)] if parent else []
    line.append(_relative(job, parent, is_this=True))
    return line + [_relative(child, job) for child in children]


def _relative(job: Job, before: Job | None, *, is_this: bool = False) -> Relative:
    image = next((image for image in job.images.all() if image.copies_made_at), None)
    every = compared(before.prompt, job.prompt) if before else []
    kept = sum(len(one.text) for one in every if one.kind is Kind.SAME)
    if before is None or kept < LEAST_KEPT * len(job.prompt):
        return Relative(job, image, is_this, has_other_words=True)
    changes = only_changes(every)
    shown = [Stretch(_cut(one.text), one.kind) for one in changes[:MOST_STRETCHES]]
    return Relative(job, image, is_this, changes=shown, settings="" if changes else _settings(before, job))


def _settings(before: Job, after: Job) -> str:
    """`Flux 1.1 Pro, 3:2`: what the later one asked for that the earlier one did not; empty for the same order."""
    old, new = catalogue.find(before.model), catalogue.find(after.model)
    was = [old.name if old else before.model, *asked_words(before, old)]
    now = [new.name if new else after.model, *asked_words(after, new)]
    return ", ".join(word for word in now if word not in was)


def _cut(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1].rstrip()}…"


def moment(at: datetime) -> str:
    """`14:02`, and with its day where that is not today."""
    local, now = timezone.localtime(at), timezone.localtime()
    if local.date() == now.date():
        return formats.date_format(local, "H:i")
    return formats.date_format(local, "j F, H:i" if local.year == now.year else "j F Y, H:i")
