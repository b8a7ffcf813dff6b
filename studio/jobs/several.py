"""One click for several orders: each prompt the words make, by each of the chosen models, with what it costs in all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from studio.core.numbers import grouped, listed
from studio.jobs.batches import MOST_ALSO, MOST_JOBS, BatchTooLarge, Wish
from studio.jobs.errors import BadPrompt
from studio.jobs.form_pictures import field_for
from studio.jobs.picker import sample_of
from studio.jobs.prompts import clean_prompt
from studio.providers.catalogue import ImageModel, Parameter, as_text
from studio.providers.services import Listing

SAID = 12  # prompts that are shown


@dataclass
class Column:
    """One of the models: what it is asked for, and which of the form's settings it does not use."""

    listing: Listing
    params: dict[str, Any]
    count: int
    unused: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.listing.model.id

    @property
    def name(self) -> str:
        return self.listing.model.name

    @property
    def sample(self) -> str:
        return sample_of(self.id)

    @property
    def unit(self) -> int | None:
        return self.listing.model.unit_price(self.params, self.listing.rule) if self.listing.rule else None

    @property
    def price(self) -> int:
        """Credits for one prompt."""
        return (self.unit or 0) * self.count

    @property
    def says(self) -> str:
        """`4 pictures each; does not use Style, Shape 21:9`, or nothing."""
        said = []
        if self.count > 1:
            words = ngettext("%(number)d picture each", "%(number)d pictures each", self.count)
            said.append(words % {"number": self.count})
        if self.unused:
            said.append(_("does not use %(names)s") % {"names": listed(self.unused)})
        return "; ".join(said)

    @property
    def problem(self) -> str:
        """Why it cannot be ordered at all."""
        words = {"model": self.name}
        if not self.listing.served_by:
            return _("No provider that is connected here offers %(model)s.") % words
        if self.unit is None:
            return _("%(model)s has no price yet.") % words
        missing = [p for p in self.listing.offered.parameters if p.is_required and p.name not in self.params]
        if missing:
            return _("%(model)s needs this: %(name)s.") % {**words, "name": missing[0].label}
        return ""

    @property
    def wish(self) -> Wish:
        return Wish(self.id, self.params, self.count)


def column_of(listing: Listing, *, form: ImageModel, params: Mapping[str, Any], count: int) -> Column:
    """What `listing` is asked for by a form of another model that stands at `params` and `count` pictures."""
    made = Column(listing, {}, min(max(count, listing.offered.least), listing.offered.most))
    asked = dict(params)
    if form.ratio and form.ratio.default and form.ratio.name not in asked:
        asked[form.ratio.name] = form.ratio.default  # the shape that the form shows
    for name, value in asked.items():
        mine = form.by_name[name]
        theirs = _counterpart(mine, listing.offered)
        is_shown_only = name not in params
        text = as_text(value)
        if theirs is None:
            if not (is_shown_only and _is_same_shape(form, listing.model, params)):
                made.unused.append(str(mine.label))
            continue
        try:
            found = theirs.clean(theirs.from_text(text))
        except ValueError:
            made.unused.append(str(mine.label) if mine.is_picture else f"{mine.label} {text}")
            continue
        if found != listing.model.defaults.get(theirs.name):
            made.params[theirs.name] = found
    if made.count < count:
        made.unused.append(_("more than %(number)d at a time") % {"number": listing.offered.most})
    return made


def _counterpart(mine: Parameter, offered: ImageModel) -> Parameter | None:
    if mine.is_ratio:
        return offered.ratio
    theirs = offered.by_name.get(mine.name)
    if theirs is None and mine.is_picture:
        theirs = offered.by_name.get(field_for(offered))
    return theirs if theirs is not None and theirs.is_picture == mine.is_picture else None


def _is_same_shape(one: ImageModel, other: ImageModel, params: Mapping[str, Any]) -> bool:
    (width, height), (wide, high) = one.shape(params), other.shape({})
    return abs(width * high - wide * height) <= 0.02 * width * high


@dataclass
class Several:
    """Everything one click orders: `prompts` × `columns`, the form's own model first."""

    prompts: Sequence[str]
    columns: Sequence[Column]

    @property
    def number(self) -> int:
        return len(self.prompts) * len(self.columns)

    @property
    def pictures(self) -> int:
        return len(self.prompts) * sum(column.count for column in self.columns)

    @property
    def price(self) -> int:
        return len(self.prompts) * sum(column.price for column in self.columns)

    @cached_property
    def problem(self) -> str:
        """Why it cannot be ordered as it stands, whatever one has to spend."""
        if len(self.columns) > 1 + MOST_ALSO:
            return _("%(most)d models beside the first are the most.") % {"most": MOST_ALSO}
        if self.number > MOST_JOBS:
            return BatchTooLarge(self.number).message
        return next((column.problem for column in self.columns if column.problem), "")

    def prompt_problem(self) -> str:
        """What is wrong with one of the prompts for one of the models."""
        for column in self.columns:
            for prompt in self.prompts:
                try:
                    clean_prompt(prompt, model_name=column.name, longest=column.listing.offered.prompt_max)
                except BadPrompt as error:
                    return error.message
        return ""

    def fits(self, to_spend: int) -> int:
        """How many of the pictures `to_spend` would pay for, the cheapest first."""
        pictures = 0
        for column in sorted(self.columns, key=lambda column: column.unit or 0):
            possible = min(len(self.prompts) * column.count, to_spend // column.unit if column.unit else 0)
            pictures, to_spend = pictures + possible, to_spend - possible * (column.unit or 0)
        return pictures

    @property
    def dearest(self) -> Column | None:
        """The model beside the first that costs most: leaving it out is the way out."""
        return max(self.columns[1:], key=lambda column: column.price, default=None)

    @property
    def words(self) -> str:
        """`3 prompts × 4 models = 12 pictures`."""
        prompts = ngettext("%(number)d prompt", "%(number)d prompts", len(self.prompts))
        models = ngettext("%(number)d model", "%(number)d models", len(self.columns))
        pictures = ngettext("%(number)s picture", "%(number)s pictures", self.pictures)
        words = {
            "prompts": prompts % {"number": len(self.prompts)},
            "models": models % {"number": len(self.columns)},
            "pictures": pictures % {"number": grouped(self.pictures)},
        }
        if self.pictures != self.number:  # some make several of one prompt: the sum is no product of the two
            return _("%(prompts)s × %(models)s, %(pictures)s in all") % words
        return _("%(prompts)s × %(models)s = %(pictures)s") % words

    @property
    def shown(self) -> Sequence[str]:
        return self.prompts[:SAID]

    @property
    def more(self) -> int:
        return len(self.prompts) - len(self.shown)


def several_of(
    prompts: Sequence[str], listings: Sequence[Listing], *, form: ImageModel, params: Mapping[str, Any], count: int
) -> Several | None:
    """What the form of the first of `listings` orders; None for one order."""
    if len(prompts) * len(listings) < 2:
        return None
    own = Column(listings[0], dict(params), count)
    others = [column_of(listing, form=form, params=params, count=count) for listing in listings[1:]]
    return Several(prompts, [own, *others])
