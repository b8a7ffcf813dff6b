"""What a card says: one job as the studio shows it, in words, marks and shapes."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.utils import formats, timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from studio.core.numbers import credits_text, listed
from studio.core.routes import address
from studio.credits.models import Entry
from studio.jobs.errors import failure_sentence
from studio.jobs.models import Image, Job, JobQuerySet
from studio.jobs.pictures import COPIES
from studio.jobs.references import named_in, small_url
from studio.jobs.served import Providers, moved
from studio.jobs.times import Band, is_arriving, seconds_range, starts_in, usual
from studio.jobs.words import asked_words, cells_of, clock, in_line, unknown_sentence, wait_sentence
from studio.providers import catalogue
from studio.providers.catalogue import ImageModel

SQUARES = 12  # of the queue that are drawn
WORDS_OF_THE_PERSON = ("content_policy", "bad_request", "sandbox_fail")  # failures other words may mend
OF_THE_PICTURES = ("reference_not_a_picture", "reference_too_large", "reference_truncated", "reference_empty")


@dataclass
class Card:
    """One job as its card shows it; `entry` is the number of the entry that gave its credits back."""

    job: Job
    providers: Providers
    entry: int | None = None
    note: str = ""  # what has just been refused
    is_own: bool = True  # the reader's: only they cancel, order again from here and see its money
    is_live: bool = False  # it stands among the active ones, which are swapped in place
    is_news: bool = False  # it ended since the page looked last: its picture arrives, and it may be told of
    hidden: frozenset[UUID] = frozenset()  # of what it builds on, what the reader may not see
    own_places: frozenset[int] = frozenset()  # of the reader's orders in the same line
    images: list[Image] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.images = list(self.job.images.all())
        self.model: ImageModel | None = catalogue.find(self.job.model)

    @property
    def id(self) -> str:
        return f"job-{self.job.pk}"

    @property
    def version(self) -> str:
        """What a live page compares."""
        return f"{self.job.version}{'a' if self.state == 'arriving' else ''}"

    @property
    def url(self) -> str:
        return address("jobs:job", self.job.pk)

    @property
    def state(self) -> str:
        job = self.job
        if job.status == Job.Status.QUEUED:
            return "waiting"
        if job.status == Job.Status.PROCESSING:
            return "unknown" if job.is_unknown else "working"
        if job.status == Job.Status.COMPLETED:
            if not self.images:
                return "deleted"
            return "arriving" if is_arriving(job, self.images) else "done"
        return "cancelled" if job.status == Job.Status.CANCELLED else "not-made"

    # --- caption ---

    @property
    def model_name(self) -> str:
        return self.model.name if self.model else self.job.model

    @property
    def provider_name(self) -> str:
        return self.providers.name(self.job.provider)

    @property
    def title(self) -> str:
        """The prompt in one line."""
        return " ".join(self.job.prompt.split())

    @property
    def details(self) -> str:
        """`DALL·E 3, 3:2, by key Night run, via Apiframe`: what a narrow line cuts off is who served it."""
        parts = [self.model_name, *asked_words(self.job, self.model)]
        if self.job.api_key and self.is_own:
            parts.append(_("by key %(name)s") % {"name": self.job.api_key.name})
        parts.append(_("via %(provider)s") % {"provider": self.provider_name})
        return listed(parts)

    @property
    def built_on(self) -> list[str]:
        """Small copies of the first three pictures it builds on, as far as the reader may see them; no query."""
        return [small_url(pk) for pk in named_in(self.job.params)[:3] if pk not in self.hidden]

    @property
    def money_kind(self) -> str:
        return {"done": "spent", "arriving": "spent", "deleted": "spent", "unknown": "unknown"}.get(
            self.state, "held" if self.job.is_active else "returned"
        )

    @property
    def amount(self) -> int:
        return (self.job.paid or 0) if self.money_kind == "spent" else self.job.price

    # --- shape and picture ---

    @property
    def ratio(self) -> float:
        if self.images:
            return self.images[0].width / max(1, self.images[0].height)
        return self.job.width / max(1, self.job.height)

    @property
    def image(self) -> Image | None:
        return self.images[0] if self.images else None

    @property
    def srcset(self) -> str:
        """Both copies with their widths, so that the browser takes the one that is large enough."""
        image = self.images[0]
        longest = max(image.width, image.height)
        sources = []
        for name, side in sorted(COPIES.items(), key=lambda copy: copy[1]):
            width = max(1, round(image.width * min(side, longest) / longest))
            sources.append(f"{address('jobs:picture', image.job_id, image.pk, variant=name)} {width}w")
        return ", ".join(sources)

    @property
    def fresh_key(self) -> str:
        """For a form that orders this again: pressed twice, it is one order."""
        return secrets.token_urlsafe(18)

    @property
    def cells(self) -> SafeString:
        return cells_of(self.images[0]) if self.images else SafeString("")

    # --- waiting and working ---

    @property
    def band(self) -> Band:
        if self.model is None:
            return Band(10, 60)
        return usual(self.model, is_sandbox=self.job.is_sandbox)

    @property
    def place_words(self) -> str:
        place = self.job.place
        if self.job.wait_reason:
            return _("Waiting for another try")
        return in_line(place) if place else _("In line")

    @property
    def starts_in(self) -> str:
        at_once = self.providers.at_once(self.job.provider)
        band = starts_in(self.job.place, self.band, at_once) if self.job.place and not self.job.wait_reason else None
        return _("starts in about %(band)s") % {"band": band.text} if band else ""

    @property
    def squares(self) -> list[dict[str, Any]]:
        """The queue as squares up to this one, nothing else of the others; a long queue is cut at its front."""
        last = self.job.place or 1
        places = range(max(1, last - SQUARES + 1), last + 1)
        return [{"x": 15 * n, "is_mine": at == last or at in self.own_places} for n, at in enumerate(places)]

    @property
    def squares_width(self) -> int:
        return 15 * len(self.squares) - 4

    @property
    def why_waiting(self) -> str:
        return wait_sentence(self.job.wait_reason, self.provider_name) if self.job.wait_reason else ""

    @property
    def moved(self) -> str:
        """Where it last came from and why; empty for a job that stayed."""
        return moved(self.job.moves[-1], self.providers) if self.job.moves else ""

    @property
    def elapsed(self) -> int:
        start = self.job.started_at or self.job.created_at
        return max(0, int((timezone.now() - start).total_seconds()))

    @property
    def percent(self) -> int:
        """How far the line has come: as reported, or by time where nothing is reported."""
        return self.band.share(self.elapsed) if self.job.progress is None else self.job.progress

    @property
    def left_words(self) -> str:
        left = self.band.left(self.percent, self.elapsed)
        return _("%(band)s to go") % {"band": seconds_range(left.low, left.high)}

    @property
    def so_far(self) -> str:
        """`14 s so far`, and in minutes from two minutes on."""
        if self.elapsed >= 120:
            return _("%(minutes)d min so far") % {"minutes": self.elapsed // 60}
        return _("%(seconds)d s so far") % {"seconds": self.elapsed}

    @property
    def usual_words(self) -> str:
        if self.elapsed > self.band.high:
            return _("longer than usual")
        return _("usually %(band)s") % {"band": self.band.text}

    # --- ended without a picture, or not ended ---

    @property
    def reason(self) -> str:
        if self.state == "cancelled" and self.job.error_params.get("by") == "administrator":
            words = {"time": clock(self.job.finished_at), "reason": self.job.error_params.get("reason", "")}
            return _("Cancelled by an administrator at %(time)s: %(reason)s") % words
        if self.state == "cancelled":
            sentence = _("Cancelled by you at %(time)s.") if self.is_own else _("Cancelled at %(time)s.")
            return sentence % {"time": clock(self.job.finished_at)}
        return failure_sentence(
            self.job.error_code,
            params=self.job.error_params,
            model=self.model_name,
            provider=self.provider_name,
        )

    @property
    def why_unknown(self) -> str:
        return unknown_sentence(self.job.error_code, self.provider_name)

    @property
    def mend(self) -> str:
        """What is likely to help: other `words`, or trying `again`."""
        return "words" if self.job.error_code in (*WORDS_OF_THE_PERSON, *OF_THE_PICTURES) else "again"

    @property
    def settled_by(self) -> str:
        """`15:10`, with the day when it is not today."""
        moment = self.job.settled_by
        if moment is None:
            return ""
        if timezone.localdate(moment) == timezone.localdate():
            return clock(moment)
        return formats.date_format(timezone.localtime(moment), "j F, H:i")

    @property
    def is_partly(self) -> bool:
        """Fewer pictures came than were ordered."""
        return self.job.status == Job.Status.COMPLETED and (self.job.paid or 0) < self.job.price

    @property
    def partly(self) -> str:
        """`3 of 4 pictures were made. 63 credits were captured, 21 are back.`"""
        paid = self.job.paid or 0
        made = paid // self.job.unit_price if self.job.unit_price else len(self.images)
        words = {"made": made, "asked": self.job.count, "paid": credits_text(paid), "back": self.job.price - paid}
        return _("%(made)d of %(asked)d pictures were made. %(paid)s were captured, %(back)d are back.") % words

    @property
    def announcement(self) -> str:
        """What is said aloud when this card changed its state."""
        short = self.title if len(self.title) <= 80 else f"{self.title[:79]}…"
        sentences = {
            "arriving": "",
            "done": _("Picture ready: %(prompt)s"),
            "not-made": _("Not made, nothing was charged: %(prompt)s"),
            "cancelled": _("Cancelled, nothing was charged: %(prompt)s"),
            "unknown": _("Not known yet: %(prompt)s"),
        }
        sentence = sentences.get(self.state, "")
        return sentence % {"prompt": short} if sentence else ""


def with_all(jobs: JobQuerySet) -> JobQuerySet:
    """The rows with what their cards need."""
    shown = Image.objects.filter(deleted_at=None)
    return jobs.select_related("api_key").prefetch_related(Prefetch("images", queryset=shown))


def cards_of(jobs: Iterable[Job], providers: Providers | None = None, *, is_live: bool = False) -> list[Card]:
    """Cards of jobs fetched by `with_all`; at most two queries more."""
    found = list(jobs)
    known = providers or Providers.load()
    numbers = returned_entries([job for job in found if job.status in (Job.Status.FAILED, Job.Status.CANCELLED)])
    return [Card(job, known, numbers.get(job.pk), is_live=is_live) for job in found]


def returned_entries(jobs: list[Job]) -> dict[UUID, int]:
    """The number of the entry that gave each job's credits back."""
    keys = {f"{job.hold_key}:{how}": job.pk for job in jobs for how in ("release", "expire")}
    if not keys:
        return {}
    return {keys[key]: number for key, number in Entry.objects.filter(key__in=keys).values_list("key", "pk")}
