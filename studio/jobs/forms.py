"""The composer: the form of one model as it can be used now, its price, and what is wrong with what was sent."""

import math
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from studio.core.errors import StudioError
from studio.core.numbers import grouped
from studio.jobs import blanks
from studio.jobs.album import Album
from studio.jobs.alike import Made
from studio.jobs.errors import BadPrompt
from studio.jobs.fields import Row, picture_row, row_of, title_of
from studio.jobs.idempotency import Claim, fingerprint, form_key
from studio.jobs.picker import sample_of
from studio.jobs.prompts import clean_prompt, trimmed
from studio.jobs.sending import Outgoing
from studio.jobs.several import Several, several_of
from studio.jobs.times import Band, usual
from studio.jobs.variables import parse
from studio.providers.catalogue import Parameter, ParameterErrors, Place
from studio.providers.errors import ModelOff, NoOffer
from studio.providers.services import Listing

OWN_FIELDS = {"csrfmiddlewaretoken", "prompt", "model", "key", "sandbox", "shown", "fit", "draft", "retry_of", "also"}


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
    beside: list[Listing] = field(default_factory=list)  # models that are asked too
    missing: list[str] = field(default_factory=list)  # and those that are not there any more
    note: str = ""  # how the form came to be filled in, where nobody did it by hand
    made: Made | None = None  # what a teammate already made of exactly this
    lately: str = ""  # when one ordered exactly this oneself a moment ago
    unread: str = ""  # why the words make no prompts: then there is no price either

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

    @property
    def prompt_length(self) -> int:
        """Characters as they are counted and sent, without what is trimmed; of several prompts the longest."""
        return max(len(trimmed(prompt)) for prompt in self.prompts)

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
        return title_of([str(p.label) for p in self._shown(Place.MORE)])

    def _shown(self, place: Place) -> list[Parameter]:
        return [p for p in self.listing.offered.parameters if p.place is place]

    # --- several orders at once ---

    @property
    def blanks(self) -> list[blanks.Field]:
        return blanks.fields_of(self.prompt, self.data)

    @cached_property
    def prompts(self) -> list[str]:
        """What the words say, or make where they have variables; the words themselves while their braces are wrong."""
        try:
            return parse(blanks.filled(self.prompt, self.data)).expand()
        except BadPrompt as error:
            self.prompt_error = self.unread = error.message
            return [self.prompt]

    @cached_property
    def several(self) -> Several | None:
        """The orders of one click; None for one."""
        own = [self.listing, *self.beside]
        return several_of(self.prompts, own, form=self.listing.offered, params=self.params, count=self.count)

    @property
    def pictures(self) -> int:
        return self.several.pictures if self.several else self.count

    @property
    def share(self) -> int:
        """How much of what one has this takes, in percent, rounded up."""
        return math.ceil(100 * self.price / self.to_spend) if self.to_spend > 0 else 0

    # --- price ---

    @property
    def unit(self) -> int | None:
        """Credits a picture; None while the model has no price."""
        return self.listing.model.unit_price(self.params, self.listing.rule) if self.listing.rule else None

    @property
    def price(self) -> int:
        return self.several.price if self.several else self.price_of_one

    @property
    def price_of_one(self) -> int:
        return (self.unit or 0) * self.count

    @property
    def left(self) -> int:
        return self.to_spend - self.price

    @property
    def fits(self) -> int:
        """How many pictures what is left would pay for."""
        one = self.to_spend // self.unit if self.unit else 0
        return self.several.fits(self.to_spend) if self.several else one

    @property
    def problem(self) -> str:
        """Why the words and models make nothing that could be ordered, whatever one has to spend."""
        several = self.several
        return self.unread or (several.problem if several else "")

    @property
    def state(self) -> str:
        """`ready`, `fewer` (too few credits for all), `short` (for any), `unpriced`, `unserved`, `wrong` (`problem`).

        Of several orders `many`, where the credits are too few for all.
        """
        if not self.listing.served_by:
            return "unserved"
        if self.unit is None:
            return "unpriced"
        if self.problem:
            return "wrong"
        if self.left >= 0:
            return "ready"
        if self.several:
            return "many"
        return "fewer" if self.listing.offered.least <= self.fits < self.count else "short"

    @property
    def shown(self) -> str:
        """What the button says, in short: the browser sends it back, so that it is only replaced when it changes."""
        beside = f":{','.join(listing.model.id for listing in self.beside)}:{self.price}" if self.several else ""
        made = f":{self.made.image.pk}:{self.price}" if self.made else ""
        return f"{self.state}:{self.pictures}:{self.fits if self.state == 'fewer' else ''}{beside}{made}"

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

    @property
    def outgoing(self) -> list[Outgoing]:
        """What each model that is asked would be sent, as the form stands."""
        own = Outgoing(self.listing, self.params, self.count, self.prompt_length, self.use_sandbox)
        columns = self.several.columns[1:] if self.several else []
        return [own, *(replace(own, listing=c.listing, params=c.params, count=c.count) for c in columns)]

    # --- what was wrong ---

    @property
    def unknown_fields(self) -> list[str]:
        known = OWN_FIELDS | self.listing.offered.by_name.keys()
        return [name for name in self.data if name not in known and not name.startswith(blanks.PREFIX)]

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
            for prompt in self.prompts:
                clean_prompt(prompt, model_name=self.listing.model.name, longest=longest)
        except BadPrompt as error:
            self.prompt_error = self.prompt_error or error.message
        self.prompt_error = self.prompt_error or blanks.problem(self.prompt, self.data)
        if self.several:
            self.prompt_error = self.prompt_error or self.several.prompt_problem()
            self.errors += [self.several.problem] if self.several.problem else []
        self.errors += [ModelOff(name).message for name in self.missing]
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
