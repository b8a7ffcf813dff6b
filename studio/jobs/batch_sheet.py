"""Batches as pages show them: cards under a heading of their own, and the table of one batch."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from studio.core.numbers import credits_text, grouped
from studio.jobs.cards import Card
from studio.jobs.models import Job, JobQuerySet
from studio.providers import catalogue

BAR, TICK = 120, 2  # pixels
COMPARED = 4  # pictures side by side
WIDE = 1.6  # a flow of wider pictures may have two columns only


@dataclass(frozen=True)
class Head:
    """What is said of a batch as a whole: pictures asked for and ready, credits paid or still held."""

    pk: UUID
    pictures: int
    ready: int
    credits: int
    jobs: int
    waiting: int
    working: int
    percents: int = 0  # what providers said of the orders being worked on, added up
    is_own: bool = True  # the reader's: only they see its money and cancel

    @property
    def url(self) -> str:
        return reverse("jobs:batch", args=[self.pk])

    @property
    def is_over(self) -> bool:
        return not self.active

    @property
    def active(self) -> int:
        """Orders under way."""
        return self.waiting + self.working

    @property
    def words(self) -> str:
        """`12 pictures, 252 credits, 5 ready`; when all has ended `11 of 12 pictures, 231 credits`."""
        words = {
            "number": grouped(self.pictures),
            "credits": credits_text(self.credits),
            "ready": grouped(self.ready),
        }
        if not self.is_own:
            sentence = ngettext(
                "%(ready)s of %(number)s picture ready", "%(ready)s of %(number)s pictures ready", self.pictures
            )
        elif not self.is_over:
            sentence = ngettext(
                "%(number)s picture, %(credits)s, %(ready)s ready",
                "%(number)s pictures, %(credits)s, %(ready)s ready",
                self.pictures,
            )
        elif self.ready == self.pictures:
            sentence = ngettext("%(number)s picture, %(credits)s", "%(number)s pictures, %(credits)s", self.pictures)
        else:
            sentence = ngettext(
                "%(ready)s of %(number)s picture, %(credits)s",
                "%(ready)s of %(number)s pictures, %(credits)s",
                self.pictures,
            )
        return sentence % words

    @property
    def ready_width(self) -> int:
        """Pixels of the bar that are done."""
        return round(BAR * self.ready / self.pictures) if self.pictures else 0

    @property
    def working_width(self) -> int:
        """Pixels of what is being worked on as far as its providers say; a tick where none says anything."""
        if not self.working:
            return 0
        return min(BAR - self.ready_width, max(TICK, round(BAR * self.percents / (100 * self.jobs))))


@dataclass
class Part:
    """Cards that stand together: those of one batch under its head, or others without one."""

    head: Head | None
    cards: list[Card] = field(default_factory=list)


def heads_of(batches: Iterable[UUID], jobs: JobQuerySet, *, is_own: bool = True) -> dict[UUID, Head]:
    """The heads of batches, counted over those of their jobs that are among `jobs`; one query, none for none."""
    wanted = list(batches)
    if not wanted:
        return {}
    active, made = Q(status__in=Job.ACTIVE), Q(status=Job.Status.COMPLETED, unit_price__gt=0)
    numbers = ("pictures", "ready", "credits", "jobs", "waiting", "working", "percents")
    rows = (
        jobs.filter(batch__in=wanted)
        .order_by()
        .values("batch")
        .annotate(
            pictures=Sum("count"),
            ready=Sum(F("paid") / F("unit_price"), filter=made, default=0),
            credits=Sum(Coalesce("paid", "price")),
            jobs=Count("pk"),
            waiting=Count("pk", filter=Q(status=Job.Status.QUEUED)),
            working=Count("pk", filter=active & ~Q(status=Job.Status.QUEUED)),
            percents=Sum("progress", filter=active, default=0),
        )
    )
    counted = ((row[0], dict(zip(numbers, row[1:], strict=True))) for row in rows.values_list("batch", *numbers))
    return {pk: Head(pk, is_own=is_own, **numbers_of) for pk, numbers_of in counted}


def batches_among(cards: Iterable[Card]) -> set[UUID]:
    return {card.job.batch_id for card in cards if card.job.batch_id}


def parts_of(cards: Sequence[Card], heads: Mapping[UUID, Head]) -> list[Part]:
    """The cards in their order, those of a batch together where its first one stands.

    Within a batch they are in the order of its prompts and models.
    """
    parts: list[Part] = []
    of_batch: dict[UUID, Part] = {}
    for card in cards:
        head = heads.get(card.job.batch_id) if card.job.batch_id else None
        if head is None:
            if not parts or parts[-1].head is not None:
                parts.append(Part(None))
            parts[-1].cards.append(card)
        else:
            if head.pk not in of_batch:
                parts.append(of_batch.setdefault(head.pk, Part(head)))
            of_batch[head.pk].cards.append(card)
    for part in of_batch.values():
        part.cards.sort(key=lambda card: (card.job.created_at, card.job.pk))
    return parts


@dataclass(frozen=True)
class Row:
    """One prompt of a batch and its cards, one a column; None where there is none to be seen."""

    prompt: str
    cells: list[Card | None]

    @property
    def compared(self) -> str:
        """Where the pictures of this row stand side by side, the first four; empty for a single one."""
        jobs = [("job", str(card.job.pk)) for card in self.cells if card][:COMPARED]
        return f"{reverse('gallery:compare')}?{urlencode(jobs)}" if len(jobs) > 1 else ""


@dataclass(frozen=True)
class Table:
    """A batch as prompts × models; `columns` are names of models, `ratio` the width of its first frame by its height.

    Of one model its rows are no table: the cards flow over the page.
    """

    columns: list[str]
    rows: list[Row]
    ratio: float

    @property
    def is_flow(self) -> bool:
        return len(self.columns) == 1

    @property
    def sizes(self) -> str:
        """How wide its pictures are drawn, for their `sizes`; the style sheet's columns (batch.css) in words."""
        if self.is_flow:
            return f"(max-width: 1100px) 50vw, {'460px' if self.ratio < WIDE else 'min(690px, 48vw)'}"
        return f"(max-width: 900px) 50vw, min(460px, {85 // max(1, len(self.columns))}vw)"


def table_of(cards: Sequence[Card], model_ids: Sequence[str]) -> Table:
    """Cards in the order of their batch; columns without a card are left out."""
    there = {card.job.model for card in cards}
    ids = [model for model in model_ids if model in there]
    by_prompt: dict[str, dict[str, Card]] = {}
    for card in cards:
        by_prompt.setdefault(card.job.prompt, {})[card.job.model] = card
    rows = [Row(prompt, [found.get(model) for model in ids]) for prompt, found in by_prompt.items()]
    names = [model.name if (model := catalogue.find(name)) else name for name in ids]
    return Table(names, rows, cards[0].ratio if cards else 1)


def cancelled_words(number: int, credits: int, refusals: Sequence[str]) -> str:
    """`5 cancelled, 105 credits are back. 2 could not be: Apiframe already has this order …`."""
    said = _("Nothing was waiting any more.")
    if number:
        said = ngettext(
            "%(number)d cancelled, %(credits)s are back.", "%(number)d cancelled, %(credits)s are back.", number
        ) % {"number": number, "credits": credits_text(credits)}
    if refusals:
        left = ngettext("%(number)d goes on: %(why)s", "%(number)d go on: %(why)s", len(refusals))
        said += " " + left % {"number": len(refusals), "why": refusals[0]}
    return said
