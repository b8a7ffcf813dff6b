"""The composer: the form of one model as it can be used now, its price, and what is wrong with what was sent."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from studio.core.errors import StudioError
from studio.core.numbers import grouped
from studio.jobs.album import Album
from studio.jobs.errors import BadPrompt
from studio.jobs.fields import Row, picture_row, row_of
from studio.jobs.idempotency import Claim, fingerprint, form_key
from studio.jobs.picker import sample_of
from studio.jobs.prompts import clean_prompt
from studio.jobs.reference_models import PREFIX
from studio.jobs.references import PICK
from studio.jobs.times import Band, usual
from studio.providers.catalogue import Parameter, ParameterErrors, Place
from studio.providers.errors import NoOffer, NoProvider
from studio.providers.services import (
    Listing,
    Route,
    offers_for,
)

OWN_FIELDS = {"csrfmiddlewaretoken", "prompt", "model", "key", "sandbox", "shown", "fit", "retry_of"}


@dataclass
class Composer:
    """Everything the composer's template shows."""

    listing: Listing
    listings: list[Listing]
    to_spend: int
    prompt: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    key: str = ""
    is_fresh: bool = True  # nobody wrote in it yet, so a kept draft may come back
    may_choose_sandbox: bool = False
    use_sandbox: bool = False
    prompt_error: str = ""
    errors: list[str] = field(default_factory=list)
    field_errors: dict[str, str] = field(default_factory=dict)
    params: dict[str, Any] = field(default_factory=dict)
    count: int = 1
    album: Album | None = None  # for a model whose form has rows of pictures
    note: str = ""  # how the form came to be filled in, where nobody did it by hand

    def __post_init__(self) -> None:
        self.key = self.key or secrets.token_urlsafe(18)
        try:
            params, self.count = self.listing.offered.from_form(self.data)
        except ParameterErrors as error:
            self.field_errors = {name: " ".join(about) for name, about in error.errors.items()}
            params = {}
        defaults = self.listing.model.defaults
        # What equals the declared default was not asked for: it narrows the providers to nobody's use.
        self.params = {name: value for name, value in params.items() if value != defaults.get(name)}

    @property
    def sample(self) -> str:
        return sample_of(self.listing.model.id)

    # --- rows ---

    @property
    def rows(self) -> list[Row]:
        return [self._row(parameter) for parameter in self._shown(Place.MAIN)]

    @property
    def more(self) -> list[Row]:
        return [self._row(parameter) for parameter in self._shown(Place.MORE)]

    def _row(self, parameter: Parameter) -> Row:
        text, error = self.data.get(parameter.name, ""), self.field_errors.get(parameter.name, "")
        if parameter.is_picture and self.album is not None:
            return picture_row(parameter, text, self.album, error=error)
        return row_of(parameter, text, count=self.count, error=error)

    @property
    def more_is_open(self) -> bool:
        return any(p.name in self.params or p.name in self.field_errors for p in self._shown(Place.MORE))

    @property
    def more_title(self) -> str:
        """`Seed, format` or `Seed, format, 2 more`: a closed box named with what is inside."""
        labels = [str(p.label) for p in self._shown(Place.MORE)]
        shown = ", ".join([labels[0], *(label[:1].lower() + label[1:] for label in labels[1:2])])
        rest = len(labels) - 2
        if rest <= 0:
            return shown
        return ngettext("%(shown)s, %(rest)d more", "%(shown)s, %(rest)d more", rest) % {"shown": shown, "rest": rest}

    def _shown(self, place: Place) -> list[Parameter]:
        return [p for p in self.listing.offered.parameters if p.place is place]

    # --- price ---

    @property
    def unit(self) -> int | None:
        """Credits a picture; None while the model has no price."""
        return self.listing.model.unit_price(self.params, self.listing.rule) if self.listing.rule else None

    @property
    def price(self) -> int:
        return (self.unit or 0) * self.count

    @property
    def left(self) -> int:
        return self.to_spend - self.price

    @property
    def fits(self) -> int:
        """How many pictures what is left would pay for."""
        return self.to_spend // self.unit if self.unit else 0

    @property
    def state(self) -> str:
        """`ready`, `fewer` (too few credits for all), `short` (for any), `unpriced` or `unserved`."""
        if not self.listing.served_by:
            return "unserved"
        if self.unit is None:
            return "unpriced"
        if self.left >= 0:
            return "ready"
        return "fewer" if self.listing.offered.least <= self.fits < self.count else "short"

    @property
    def shown(self) -> str:
        """What the button says, in short: the browser sends it back, so that it is only replaced when it changes."""
        return f"{self.state}:{self.count}:{self.fits if self.state == 'fewer' else ''}"

    @property
    def too_few(self) -> str:
        missing = -self.left
        return ngettext("%(missing)s too few.", "%(missing)s too few.", missing) % {"missing": grouped(missing)}

    @property
    def would_fit(self) -> str:
        return ngettext("%(fits)d picture would fit.", "%(fits)d pictures would fit.", self.fits) % {"fits": self.fits}

    # --- who draws ---

    @property
    def band(self) -> Band:
        return usual(self.listing.model, is_sandbox=self.listing.is_sandbox)

    @property
    def who(self) -> str:
        """`usually 20–35 s here, through Apiframe`."""
        if not self.listing.served_by:
            retired = self.listing.retired
            if retired:
                return _("no longer sold by %(provider)s") % {"provider": retired.provider}
            return _("no provider connected here offers it")
        words = {"band": self.band.text, "provider": self.listing.served_by[0]}
        if self.listing.is_sandbox:
            return _("usually %(band)s here, drawn by the sandbox") % words
        return _("usually %(band)s here, through %(provider)s") % words

    @cached_property
    def route(self) -> Route | None:
        """Who would be asked first, as the order stands."""
        try:
            return offers_for(
                model=self.listing.model,
                params=self.params,
                count=self.count,
                prompt_length=len(self.prompt),
                is_sandbox=self.use_sandbox,
            )[0]
        except (NoOffer, NoProvider):
            return None

    @property
    def sent_items(self) -> list[tuple[str, str]]:
        """The parameters as the provider will read them, nested names joined by a dot."""
        return list(_flat(self.route.offer.write(self.params, self.count))) if self.route else []

    # --- what was wrong ---

    @property
    def unknown_fields(self) -> list[str]:
        return [name for name in self.data if name not in OWN_FIELDS and name not in self.listing.offered.by_name]

    @property
    def strange_fields(self) -> list[str]:
        """Choices that another model offered and this one does not: whoever changed the model left them behind."""
        mine = self.listing.offered.by_name
        return [name for name in self.field_errors if name in mine and mine[name].choices]

    @property
    def has_errors(self) -> bool:
        return bool(self.prompt_error or self.errors or self.field_errors)

    def check(self) -> None:
        """Note words that nobody here takes, and fields this model does not have: nothing is dropped silently."""
        try:
            longest = self.listing.offered.prompt_max
            clean_prompt(self.prompt, model_name=self.listing.model.name, longest=longest)
        except BadPrompt as error:
            self.prompt_error = error.message
        words = {"model": self.listing.model.name}
        self.errors += [
            _("%(model)s has no parameter %(name)s here.") % {**words, "name": name[:60]}
            for name in self.unknown_fields
        ]

    def blame(self, error: StudioError) -> None:
        """Put a refusal where it belongs."""
        if isinstance(error, ParameterErrors):
            self._blame_fields({name: " ".join(about) for name, about in error.errors.items()})
        elif isinstance(error, NoOffer) and error.param == "prompt":
            self.prompt_error = error.message
        elif isinstance(error, NoOffer):
            count = self.listing.model.count_parameter
            name = count.name if error.param == "count" and count else error.param
            self._blame_fields({name: error.message})
        else:
            self.errors.append(error.message)

    def _blame_fields(self, about: dict[str, str]) -> None:
        for path, sentence in about.items():
            name = path.partition(".")[0]  # of one in a list: the row is the same
            if name in self.listing.offered.by_name:
                self.field_errors[name] = sentence
            else:
                self.errors.append(sentence)

    def claim(self) -> Claim | None:
        """The same form with the same words is the same job; changed words are another one (IDM-9)."""
        key = form_key(self.data.get("key", ""))
        if not key:
            return None
        body = {name: value for name, value in self.data.items() if name not in ("csrfmiddlewaretoken", "shown")}
        mark = fingerprint("POST", "/", body)
        return Claim(key=f"{key}.{mark[:24]}", scope="form", fingerprint=mark)


def _flat(sent: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in sent.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", _words(value)


def _words(value: Any) -> str:
    """A value as it is sent; pictures by their number, for their addresses are made when the order is placed."""
    values = value if isinstance(value, list) else [value]
    if values and all(str(one).startswith((PREFIX, PICK)) for one in values):
        return ngettext("%(number)d picture", "%(number)d pictures", len(values)) % {"number": len(values)}
    return ", ".join(map(str, values))
