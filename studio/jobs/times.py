"""How long a picture takes here, learnt from this install's own last finished jobs."""

import math
import time
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.jobs.models import Image, Job
from studio.providers.catalogue import ImageModel

LEARN_FROM = 30  # the last finished jobs of a model
ENOUGH = 5  # with fewer, the declaration is believed
LOOKED_AT = 1000  # the last finished jobs of all models together
KEPT = 30.0  # seconds an answer is remembered by a process
ARRIVES_WITHIN = timedelta(minutes=2)  # later, a picture without copies is shown as it came
_known: dict[tuple[str, bool], tuple[float, "Band | None"]] = {}


@dataclass(frozen=True)
class Band:
    """Between how many seconds most pictures take."""

    low: int
    high: int

    @property
    def text(self) -> str:
        """`20–35 s`, and in minutes from two minutes on."""
        return seconds_range(self.low, self.high)

    def share(self, elapsed: float) -> int:
        """Percent of the line for a provider that reports nothing: by time within the band, never past 95."""
        return min(95, round(95 * elapsed / max(1, self.high)))

    def left(self, percent: int, elapsed: float = 0.0) -> "Band":
        """What is left to wait when `percent` is done after `elapsed` seconds: by its own pace once that shows."""
        if percent >= 10 and elapsed >= 3:
            pace = elapsed * (100 - min(percent, 99)) / percent
            low = max(1, math.floor(pace * 0.8))
            return Band(low, max(low + 1, math.ceil(pace * 1.2)))
        rest = (100 - min(percent, 99)) / 100
        low = max(1, math.floor(self.low * rest))
        return Band(low, max(low + 1, math.ceil(self.high * rest)))


def seconds_range(low: int, high: int) -> str:
    if high >= 120:
        low, high = max(1, round(low / 60)), round(high / 60)
        if low == high:
            return _("%(minutes)d min") % {"minutes": high}
        return _("%(low)d–%(high)d min") % {"low": low, "high": high}
    return _("%(low)d–%(high)d s") % {"low": low, "high": high}


def usual(model: ImageModel, *, is_sandbox: bool) -> Band:
    """The middle four fifths of the last jobs of this model; until there are enough, what was declared."""
    key = (model.id, is_sandbox)
    now = time.monotonic()
    if key not in _known or _known[key][0] < now:
        _known[key] = (now + KEPT, _learnt(model.id, is_sandbox))
    return _known[key][1] or expected(model, is_sandbox=is_sandbox)


def expected(model: ImageModel, *, is_sandbox: bool) -> Band:
    """What to expect as long as nothing was learnt: what the sandbox is set to, or what was declared."""
    if is_sandbox:
        return Band(math.ceil(settings.SANDBOX_SECONDS), math.ceil(settings.SANDBOX_SECONDS) + 4)
    return Band(*model.usual_seconds)


def usual_of(models: list[ImageModel], *, is_sandbox: bool) -> dict[str, Band]:
    """What `usual` says of many models, by id, in one query: what was not made lately is believed as declared."""
    learnt_of(models, is_sandbox=is_sandbox)
    return {model.id: usual(model, is_sandbox=is_sandbox) for model in models}


def learnt_of(models: list[ImageModel], *, is_sandbox: bool) -> dict[str, Band | None]:
    """What this install knows by itself of many models, by id, in one query; None where too few were made lately."""
    now = time.monotonic()
    stale = [model.id for model in models if _known.get((model.id, is_sandbox), (0.0, None))[0] < now]
    if stale:
        took = _lately(is_sandbox)
        _known.update({(name, is_sandbox): (now + KEPT, _middle(took.get(name, []))) for name in stale})
    return {model.id: _known[model.id, is_sandbox][1] for model in models}


def made_here(model: ImageModel, *, is_sandbox: bool) -> tuple[int, Band | None]:
    """How many jobs of this model ended well here, counted to LEARN_FROM, and what they teach; not from memory."""
    took = _took(model.id, is_sandbox)
    return len(took), _middle(took)


def _lately(is_sandbox: bool) -> dict[str, list[float]]:
    """The seconds that the last jobs of all models took, at most LEARN_FROM of each."""
    done = Job.objects.filter(status=Job.Status.COMPLETED, is_sandbox=is_sandbox).exclude(started_at=None)
    rows = done.order_by("-created_at", "-pk").values_list("model", "started_at", "finished_at")[:LOOKED_AT]
    took: dict[str, list[float]] = {}
    for name, start, end in rows:
        if start and end and len(took.setdefault(name, [])) < LEARN_FROM:
            took[name].append((end - start).total_seconds())
    return took


def starts_in(place: int, band: Band, at_once: int | None) -> Band | None:
    """When the job at `place` in line is likely to start; None for right away."""
    if at_once is None:
        return None
    turns = place / max(1, at_once)
    low, high = _rounded(band.low * turns), _rounded(band.high * turns)
    return Band(low, max(high, low + 1)) if high >= 2 else None


def is_arriving(job: Job, images: list[Image]) -> bool:
    """Whether the copies that pages show are still being made."""
    if job.finished_at is None or timezone.now() - job.finished_at > ARRIVES_WITHIN:
        return False
    return any(image.copies_made_at is None for image in images)


def forget() -> None:
    """Learn anew at the next question (for tests)."""
    _known.clear()


def _learnt(model: str, is_sandbox: bool) -> Band | None:
    return _middle(_took(model, is_sandbox))


def _took(model: str, is_sandbox: bool) -> list[float]:
    """The seconds that the last jobs of a model took, at most LEARN_FROM."""
    done = Job.objects.filter(model=model, status=Job.Status.COMPLETED, is_sandbox=is_sandbox)
    times = done.exclude(started_at=None).order_by("-finished_at").values_list("started_at", "finished_at")
    return [(end - start).total_seconds() for start, end in times[:LEARN_FROM] if start and end]


def _middle(seconds: list[float]) -> Band | None:
    took = sorted(seconds)
    if len(took) < ENOUGH:
        return None
    cut = len(took) // 10
    low = max(1, math.floor(took[cut]))
    return Band(low, max(low + 1, math.ceil(took[-1 - cut])))


def _rounded(seconds: float) -> int:
    step = 1 if seconds < 20 else 5 if seconds < 120 else 30
    return max(1, round(seconds / step) * step)
