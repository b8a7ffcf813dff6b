"""What an order will say to its provider: every setting in our words beside the name and value it has there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from studio.core.numbers import grouped, listed
from studio.jobs.receipt import value_text
from studio.jobs.reference_models import PREFIX
from studio.jobs.references import PICK
from studio.providers.catalogue import ImageModel, Rule
from studio.providers.errors import NoOffer, NoProvider
from studio.providers.services import Listing, Route, offers_for


@dataclass(frozen=True)
class Sent:
    """One line: `ours` as people read it, `theirs` as `name: value`; either may be empty."""

    ours: str
    theirs: str


@dataclass(frozen=True)
class Outgoing:
    """An order of one model as a form stands: who would be asked first, with what, for how much."""

    listing: Listing
    params: Mapping[str, Any]
    count: int
    prompt_length: int
    is_sandbox: bool

    @cached_property
    def route(self) -> Route | None:
        asked: dict[str, Any] = {"params": self.params, "count": self.count, "prompt_length": self.prompt_length}
        try:
            return offers_for(model=self.listing.model, is_sandbox=self.is_sandbox, **asked)[0]
        except (NoOffer, NoProvider):
            return None

    @property
    def lines(self) -> list[Sent]:
        return sent_lines(self.route, self.listing.model, self.params, self.count) if self.route else []

    @property
    def price(self) -> int:
        rule = self.listing.rule
        return (self.listing.model.unit_price(self.params, rule) if rule else 0) * self.count

    @property
    def how_priced(self) -> str:
        rule = self.listing.rule
        return how_priced(self.listing.model, self.params, self.count, rule) if rule else ""


def sent_lines(route: Route, model: ImageModel, params: Mapping[str, Any], count: int) -> list[Sent]:
    """Everything that is sent beside the prompt, and what was asked for and need not be sent."""
    offer = route.offer
    asked = {
        name: f"{model.by_name[name].label}: {value_text(model.by_name[name], value)}" for name, value in params.items()
    }
    if model.count_parameter and count > 1:
        asked["count"] = f"{model.count_parameter.label}: {grouped(count)}"
    lines, told = [], set[str]()
    for path, value in flat(offer.write(params, count)):
        inside = path.removeprefix(f"{offer.container}.") if offer.container else path
        names = [name for name in asked if offer.spelling(name) in (inside, inside.partition(".")[0])]
        # Width and height of one size are two lines there and one here.
        ours = [asked[name] for name in names if name not in told]
        lines.append(Sent(listed(ours) or ("" if names else _("With every order")), f"{path}: {value}"))
        told.update(names)
    return lines + [Sent(text, "") for name, text in asked.items() if name not in told]


def how_priced(model: ImageModel, params: Mapping[str, Any], count: int, rule: Rule) -> str:
    """`2 pictures, 23 credits each at quality High`."""
    unit = model.unit_price(params, rule)
    words: dict[str, Any] = {"number": grouped(count), "unit": grouped(unit)}
    parameter = model.by_name.get(rule.by) if rule.by else None
    value = params.get(rule.by, model.defaults.get(rule.by)) if parameter else None
    if parameter is None or value is None:
        sentence = ngettext("%(number)s picture at %(unit)s", "%(number)s pictures at %(unit)s each", count)
        return sentence % words
    words |= {"setting": str(parameter.label).lower(), "value": value_text(parameter, value)}
    sentence = ngettext(
        "%(number)s picture at %(unit)s, the price at %(setting)s %(value)s",
        "%(number)s pictures at %(unit)s each, the price at %(setting)s %(value)s",
        count,
    )
    return sentence % words


def flat(sent: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """(name, value) of a request's body, nested names joined by a dot."""
    for name, value in sent.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", _words(value)


def _words(value: Any) -> str:
    """A value as it is sent; pictures by their number, for their addresses are made when the order is placed."""
    values = value if isinstance(value, list) else [value]
    if values and all(str(one).startswith((PREFIX, PICK)) for one in values):
        return ngettext("%(number)d picture", "%(number)d pictures", len(values)) % {"number": len(values)}
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(map(str, values))
