"""What the page of a job says: its receipt out of the ledger, and its settings."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from studio.core.numbers import grouped, listed
from studio.credits.models import Entry
from studio.jobs.cards import Card
from studio.jobs.models import Image, Job
from studio.jobs.served import moved
from studio.jobs.visibility import NAMES
from studio.providers.catalogue import Kind, Parameter, as_text
from studio.providers.models import PriceList


@dataclass(frozen=True)
class Line:
    """One line of a receipt; `entry` is the number on the ledger, None for what moved no money."""

    mark: str
    words: str
    at: datetime | None
    entry: int | None = None
    amount: int | None = None

    @property
    def when(self) -> str:
        """`14:02:11, entry 48,210`."""
        time = formats.date_format(timezone.localtime(self.at), "H:i:s") if self.at else ""
        if self.entry is None:
            return time
        return _("%(time)s, entry %(entry)s") % {"time": time, "entry": grouped(self.entry)}


@dataclass(frozen=True)
class Receipt:
    """The lines in the order they happened, what was paid in the end (None: not settled), and the small print."""

    lines: list[Line]
    paid: int | None
    small: str


def receipt_of(card: Card) -> Receipt:
    """Three queries: the entries, the attempts, the price list."""
    job = card.job
    entries = {entry.key.removeprefix(f"{job.hold_key}"): entry for entry in _entries(job)}
    lines = []
    hold = entries.get("")
    if hold:
        lines.append(Line("held", _("Held"), hold.created_at, hold.pk, hold.held_change))
    lines += _orders(card)
    last = hold
    if capture := entries.get(":capture"):
        last = capture
        lines.append(Line("spent", _("Captured"), capture.created_at, capture.pk, capture.spent))
        if capture.change:
            lines.append(Line("returned", _("Returned"), capture.created_at, capture.pk, capture.change))
    for how in (":release", ":expire"):
        if back := entries.get(how):
            last = back
            lines.append(Line("returned", _("Returned"), back.created_at, back.pk, back.change))
    return Receipt(lines, job.paid, _small_print(job, last))


def _orders(card: Card) -> list[Line]:
    """Where the order was sent, who did not take it, how it went on; in the order of time."""
    moves = [(datetime.fromisoformat(note["at"]), moved(note, card.providers)) for note in card.job.moves]
    lines = [(at, Line("sent", words, at)) for at, words in moves]
    told = [
        (attempt, not attempt.accepted_at and attempt.outcome == "not_taken")
        for attempt in card.job.attempts.all()
        if not attempt.error_code.startswith("reference_")  # nothing was sent to anybody
    ]
    for (slug, in_vain), group in groupby(told, key=lambda one: (one[0].provider, one[1])):
        attempts = [attempt for attempt, _in_vain in group]
        words = {"provider": card.providers.name(slug), "number": len(attempts)}
        if in_vain:
            sentence = ngettext(
                "Not taken by %(provider)s", "Not taken by %(provider)s, %(number)d times", len(attempts)
            )
            lines.append((attempts[-1].created_at, Line("sent", sentence % words, attempts[-1].finished_at)))
            continue
        for attempt in attempts:
            at = attempt.accepted_at or attempt.created_at
            lines.append((attempt.created_at, Line("sent", _("Sent to %(provider)s") % words, at)))
    return [line for _began, line in sorted(lines, key=lambda one: one[0])]


def _entries(job: Job) -> list[Entry]:
    keys = [job.hold_key, *(f"{job.hold_key}:{how}" for how in ("capture", "release", "expire"))]
    return list(Entry.objects.filter(key__in=keys))


def _small_print(job: Job, last: Entry | None) -> str:
    sentences = []
    words = {"number": job.count, "unit": grouped(job.unit_price)}
    formula = ngettext("%(number)d picture × %(unit)s", "%(number)d pictures × %(unit)s", job.count) % words
    prices = PriceList.objects.filter(pk=job.price_version).first() if job.price_version.isdecimal() else None
    if prices:
        date = formats.date_format(timezone.localtime(prices.created_at), "j F Y")
        sentences.append(_("%(formula)s, price list of %(date)s.") % {"formula": formula, "date": date})
    else:
        sentences.append(f"{formula}.")
    if last:
        sentences.append(_("To spend after: %(left)s.") % {"left": grouped(last.spendable_after)})
    return " ".join(sentences)


def facts_of(card: Card) -> list[tuple[str, str]]:
    """Label and value of everything that was asked for and how it went."""
    job = card.job
    facts = [(_("Model"), card.model_name)]
    for parameter in card.model.parameters if card.model else ():
        value = job.params.get(parameter.name, parameter.default if parameter.is_ratio else None)
        if value is not None and not parameter.is_count:
            facts.append((str(parameter.label), value_text(parameter, value)))
    if job.count > 1:
        facts.append((_("Pictures"), grouped(job.count)))
    if "seed" not in job.params:
        facts.append((_("Seed"), seeds_text(card, card.images)))
    facts.append((_("Served by"), card.provider_name))
    facts.append((_("Ordered"), _moment(job.created_at)))
    if job.finished_at:
        facts.append((_("Ended"), _moment(job.finished_at)))
    if job.started_at and job.finished_at and job.status == Job.Status.COMPLETED:
        facts.append((_("Took"), took(job.started_at, job.finished_at, job.created_at)))
    facts.append((_("Seen by"), seen_by(job)))
    if job.api_key and card.is_own:
        facts.append((_("Ordered by"), _("key %(name)s") % {"name": job.api_key.name}))
    if card.images:
        facts.append((_("Provenance"), _provenance(card.images)))
    return facts


def seeds_text(card: Card, images: list[Image]) -> str:
    """The seeds these were made with, or why none can be said."""
    seeds = [str(image.seed) for image in images if image.seed is not None]
    has_seed = card.model is not None and "seed" in card.model.by_name
    return listed(seeds) or (_("not told") if has_seed else _("not offered by this model"))


def value_text(parameter: Parameter, value: Any) -> str:
    if isinstance(value, bool):
        return _("On") if value else _("Off")
    if parameter.kind in (Kind.PICTURE, Kind.PICTURES):
        number = len(value) if isinstance(value, list) else 1
        return ngettext("%(number)d picture", "%(number)d pictures", number) % {"number": number}
    if parameter.kind is Kind.CHOICE:
        return next((choice.text for choice in parameter.choices if choice.value == value), str(value))
    return as_text(value)


def _provenance(images: list[Image]) -> str:
    """Whether the originals themselves say that a machine made them."""
    marks = {image.provider_mark for image in images}
    if marks == {Image.Mark.C2PA}:
        return _("The original carries the provider’s Content Credentials (C2PA).")
    if marks <= {Image.Mark.C2PA, Image.Mark.XMP}:
        return _("The original says itself that it was made by AI.")
    if "" in marks:
        return _("Nobody looked yet whether the original says that it was made by AI.")
    if Image.Mark.UNREAD in marks:
        return _("Whether the original says that it was made by AI could not be read.")
    return _("The original does not say that it was made by AI; the marked copy does, with prompt, model and job.")


def _moment(at: datetime) -> str:
    return formats.date_format(timezone.localtime(at), "j F Y, H:i:s")


def took(started_at: datetime, finished_at: datetime, created_at: datetime) -> str:
    """`31 s, 4 s of it in line`."""
    total = max(1, round((finished_at - created_at).total_seconds()))
    waited = max(0, round((started_at - created_at).total_seconds()))
    if not waited:
        return _("%(total)d s") % {"total": total}
    return _("%(total)d s, %(waited)d s of it in line") % {"total": total, "waited": waited}


def seen_by(job: Job) -> str:
    return str(NAMES[job.visibility])
