"""One image model as it is declared, and what follows from the declaration."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from studio.providers.catalogue.errors import ParameterErrors
from studio.providers.catalogue.offer import Offer, Wire
from studio.providers.catalogue.parameter import Kind, Label, Parameter
from studio.providers.catalogue.rule import Rule
from studio.providers.catalogue.values import Value, is_same_ratio, ratio_of


@dataclass(frozen=True)
class ImageModel:
    """A model of the catalogue. `sizes` has the pixels of each declared shape; `prompt_max` counts characters.

    Contradictions in a declaration raise ValueError when it is made, which is when the catalogue is loaded.
    """

    id: str
    name: str
    family: str
    good_at: Label  # one line, about five words
    prompt_max: int
    parameters: tuple[Parameter, ...]
    sizes: Mapping[str, tuple[int, int]]
    price: Rule
    usual_seconds: tuple[int, int]  # what to expect until this install has its own experience
    offers: tuple[Offer, ...] = ()
    aliases: tuple[str, ...] = ()
    default_size: tuple[int, int] = (1024, 1024)
    made_by: str = ""
    scales: Mapping[str, Mapping[str, float]] = field(default_factory=dict)  # parameter -> value -> times the size
    is_basic: bool = False  # found in a vendor's list: takes a prompt, and nothing else is known of it

    def __post_init__(self) -> None:
        from_offers = [offer.model for offer in self.offers if offer.model not in ("", self.id)]
        object.__setattr__(self, "aliases", tuple(dict.fromkeys([*self.aliases, *from_offers])))
        for problem in self._problems():
            raise ValueError(f"Model {self.id}: {problem}")

    @cached_property
    def by_name(self) -> dict[str, Parameter]:
        return {parameter.name: parameter for parameter in self.parameters}

    @cached_property
    def defaults(self) -> dict[str, Value]:
        return {p.name: p.default for p in self.parameters if p.default is not None and not p.is_count}

    @cached_property
    def count_parameter(self) -> Parameter | None:
        """The parameter that says how many pictures one job makes; None for a model that makes one."""
        return next((parameter for parameter in self.parameters if parameter.is_count), None)

    @property
    def least(self) -> int:
        """The fewest pictures one job makes: more than one where a model always makes a set."""
        return int(self.count_parameter.least or 1) if self.count_parameter else 1

    @property
    def most(self) -> int:
        """The most pictures one job can make."""
        return int(self.count_parameter.most or 1) if self.count_parameter else 1

    @cached_property
    def ratio(self) -> Parameter | None:
        """The parameter that says the shape."""
        return next((parameter for parameter in self.parameters if parameter.is_ratio), None)

    def clean(self, params: Mapping[str, Any], *, count: int | None = None) -> dict[str, Value]:
        """What was asked for, checked, by our names; nothing converted, no default filled in.

        Without a `count` it is the fewest this model makes. Raises ParameterErrors, also for what is missing; a count
        that this model cannot make stands under the count parameter's name.
        """
        errors: dict[str, list[str]] = {}
        cleaned: dict[str, Value] = {}
        for name, value in params.items():
            parameter = self.by_name.get(name)
            if parameter is None or parameter.is_count:
                errors[name] = [_("%(model)s has no parameter %(name)s.") % {"model": self.name, "name": name}]
                continue
            try:
                cleaned[name] = parameter.clean(value)
            except ValueError as error:
                errors[name] = [str(error)]
        for parameter in self.parameters:
            if parameter.is_required and parameter.name not in params:
                errors[parameter.name] = [_("%(name)s is required.") % {"name": parameter.name}]
        errors |= self._count_errors(self.least if count is None else count)
        if errors:
            raise ParameterErrors(errors)
        return cleaned

    def _count_errors(self, count: int) -> dict[str, list[str]]:
        if type(count) is int and self.least <= count <= self.most:
            return {}
        name = self.count_parameter.name if self.count_parameter else "count"
        words = {"model": self.name, "least": self.least, "most": self.most}
        if self.most == 1:
            return {name: [_("%(model)s makes one picture at a time.") % words]}
        if self.least == self.most:
            return {name: [_("%(model)s always makes %(most)s pictures at once.") % words]}
        return {name: [_("%(model)s makes from %(least)s to %(most)s pictures at once.") % words]}

    def from_form(self, data: Mapping[str, str]) -> tuple[dict[str, Value], int]:
        """Parameters and count out of a form's texts; empty fields were not asked for, other fields are not ours.

        A form half filled in is no error: what is missing is `clean`'s business. Raises ParameterErrors.
        """
        params: dict[str, Value] = {}
        count = self.least
        errors: dict[str, list[str]] = {}
        for parameter in self.parameters:
            text = data.get(parameter.name, "")
            if not text:
                continue
            try:
                value = parameter.from_text(text)
            except ValueError as error:
                errors[parameter.name] = [str(error)]
                continue
            if parameter.is_count:
                count = int(value)  # type: ignore[arg-type]
            else:
                params[parameter.name] = value
        if errors:
            raise ParameterErrors(errors)
        return params, count

    def unit_price(self, params: Mapping[str, Value], rule: Rule | None = None) -> int:
        """Credits a picture by `rule`, or by the shipped list."""
        return (rule or self.price).unit(params, self.defaults)

    def formula(self, params: Mapping[str, Value], count: int, rule: Rule | None = None) -> str:
        return (rule or self.price).formula(params, self.defaults, count)

    def shape(self, params: Mapping[str, Value]) -> tuple[int, int]:
        """Width and height in pixels of the picture these parameters ask for."""
        exact = params.get("width"), params.get("height")
        if isinstance(exact[0], int) and isinstance(exact[1], int):
            return exact[0], exact[1]
        ratio = self.ratio
        asked = str(params.get(ratio.name, ratio.default or "")) if ratio else ""
        wanted = ratio_of(asked)
        width, height = self.sizes.get(asked) or (size_of(wanted) if wanted else self.default_size)
        times = 1.0
        for name, scale in self.scales.items():
            times *= scale.get(str(params.get(name, self.defaults.get(name, ""))), 1)
        return scaled(width, times), scaled(height, times)

    def offer_by(self, kind: str) -> Offer | None:
        """The first offer of a kind of provider."""
        return next((offer for offer in self.offers if offer.provider == kind), None)

    def everything(self, kind: str = "sandbox", *, container: str = "") -> Offer:
        """An offer that honours all of the declaration by our own names: the sandbox's."""
        wires = {p.name: Wire(p.name) for p in self.parameters if not p.is_count}
        count = self.count_parameter.name if self.count_parameter else ""
        return Offer(provider=kind, model=self.id, wires=wires, container=container, count=count, most=self.most)

    def door(self, kind: str) -> Offer:
        """How the dialect of a kind of provider spells this model; by our names in `params` where it is not sold."""
        return self.offer_by(kind) or self.everything(kind, container="params")

    def wire(self, kind: str, params: Mapping[str, Value], count: int, *, offer_model: str = "") -> dict[str, Any]:
        """The part of an order's body that says what was asked for, as this kind of provider spells it.

        `offer_model` tells the offers of one kind apart; where there is none of that name, it is the first.
        """
        named = (offer for offer in self.offers if offer.provider == kind and offer.model == offer_model)
        return (next(named, None) or self.offer_by(kind) or self.everything(kind)).write(params, count)

    def offered_by(self, offers: list[Offer]) -> "ImageModel":
        """This model with only the parameters and values that at least one of `offers` honours; for the form."""
        kept = [shown for parameter in self.parameters if (shown := _offered(parameter, offers))]
        limits = [self.prompt_max if offer.prompt_max is None else offer.prompt_max for offer in offers]
        by = self.price.by if self.price.by in {parameter.name for parameter in kept} else ""
        price = self.price if by == self.price.by else Rule(flat=self.price.unit({}, self.defaults))
        return replace(
            self,
            parameters=tuple(kept),
            offers=(),
            price=replace(price, is_estimate=self.price.is_estimate),
            prompt_max=min(self.prompt_max, max(limits, default=self.prompt_max)),
        )

    def _problems(self) -> list[str]:
        found = []
        if len(self.by_name) != len(self.parameters):
            found.append("a parameter twice")
        if self.prompt_max < 1 or not 0 <= self.usual_seconds[0] <= self.usual_seconds[1]:
            found.append("prompt_max or usual_seconds out of range")
        for parameter in self.parameters:
            found += self._parameter_problems(parameter)
        if self.price.by and not set(self.by_name[self.price.by].values) <= set(self.price.table):
            found.append(f"the price does not name every {self.price.by}")
        for offer in self.offers:
            found += [f"{offer.provider} names {name}" for name in offer.names - {*self.by_name}]
            found += self._offer_problems(offer)
        return found

    def _offer_problems(self, offer: Offer) -> list[str]:
        found = []
        for parameter in self.parameters:
            wire = offer.wires.get(parameter.name)
            strange = {*(wire.values or {})} - {*parameter.values} if wire and parameter.values else set()
            if strange and not parameter.pattern:
                found.append(f"{offer.provider} names {parameter.name} {', '.join(map(str, strange))}")
            is_told = parameter.is_count or parameter.name in offer.names
            if parameter.is_required and not is_told:
                found.append(f"{offer.provider} cannot be told {parameter.name}")
        for join in offer.joins:
            meant = [*join.words.values(), *({join.ratio_name: ratio} for ratio in join.ratios)]
            wrong = [
                n for each in meant for n, v in each.items() if n in self.by_name and not self.by_name[n].allows(v)
            ]
            wrong += [r for r, size in join.ratios.items() if join.exact and join.exact.problem(join.name, *size)]
            found += [f"{offer.provider} means no value of {name}" for name in wrong]
        if offer.most > self.most:
            found.append(f"{offer.provider} makes more pictures than the model")
        return found

    def _parameter_problems(self, parameter: Parameter) -> list[str]:
        found = []
        if parameter.default is not None:
            try:
                parameter.clean(parameter.default)
            except ValueError as error:
                found.append(f"the default of {parameter.name}: {error}")
        if parameter.is_ratio and not parameter.is_open:
            for value in parameter.values:
                size, ratio = self.sizes.get(value), ratio_of(value)
                if not size or not ratio or not is_same_ratio(size[0] / size[1], ratio):
                    found.append(f"no fitting size for {value}")
        return found


def size_of(ratio: float, *, area: int = 1024 * 1024, step: int = 8) -> tuple[int, int]:
    """A size of about `area` pixels in this ratio, no longer than 4:1, sides in whole steps."""
    bounded = min(max(ratio, 0.25), 4.0)
    height = math.sqrt(area / bounded)
    return round(height * bounded / step) * step, round(height / step) * step


def scaled(side: int, times: float) -> int:
    """A side made longer or shorter; in whole steps of eight pixels where it does not come out even."""
    exact = side * times
    return int(exact) if exact.is_integer() else round(exact / 8) * 8


def _offered(parameter: Parameter, offers: list[Offer]) -> Parameter | None:
    """`parameter` as far as at least one of `offers` can be asked for it."""
    if parameter.is_count:
        most = max((offer.most for offer in offers), default=1)
        return replace(parameter, most=min(most, parameter.most or most)) if most > 1 else None
    parts = [narrow for offer in offers if (narrow := offer.narrow(parameter))]
    if not parts:
        return None
    wide = parameter.spanning(parts)
    has_no_choice = wide.kind is Kind.BOOLEAN and len(wide.choices) == 1
    return None if has_no_choice else wide
