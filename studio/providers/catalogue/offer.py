"""Who serves a model, and how that vendor spells what is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from studio.providers.catalogue.errors import ParameterErrors
from studio.providers.catalogue.join import Join, SpokenColours, SpokenJoin
from studio.providers.catalogue.parameter import Kind, Parameter
from studio.providers.catalogue.rule import Rule
from studio.providers.catalogue.values import Value, colour_of, is_same, rgb_of


@dataclass(frozen=True)
class Wire:
    """How a vendor writes one parameter: its name there, and its values where they differ or are fewer."""

    name: str
    values: Mapping[Any, Any] | None = None  # ours -> theirs; None: the same, all of them
    least: float | None = None
    most: float | None = None
    as_rgb: bool = False  # colours as objects
    takes_null: bool = False

    def narrow(self, parameter: Parameter) -> Parameter:
        return parameter.narrowed(self.values, self.least, self.most)

    def theirs(self, value: Value) -> Any:
        if self.as_rgb and isinstance(value, list):
            return [rgb_of(colour) for colour in value]
        return value if self.values is None else self.values[value]

    def ours(self, value: Any) -> Value:
        """`value` must be one that was spoken."""
        if self.as_rgb:
            return [colour_of(self.name, rgb) for rgb in value]
        found: Value = value
        if self.values is not None:
            found = next(our for our, their in self.values.items() if is_same(their, value))
        return found

    def spoken(self, parameter: Parameter) -> Parameter:
        named = replace(self.narrow(parameter), name=self.name, takes_null=self.takes_null)
        if self.as_rgb:
            return SpokenColours(**{f.name: getattr(named, f.name) for f in fields(Parameter)})
        if self.values is None or parameter.kind is Kind.BOOLEAN:
            return named
        choices = tuple(replace(choice, value=str(self.values[choice.value])) for choice in named.choices)
        default = None if named.default is None else self.values[named.default]
        return replace(named, choices=choices, default=default)


@dataclass(frozen=True)
class Ended:
    """The vendor itself stopped selling it `on` that day, and names other models (canonical ids) `instead`.

    It counts only at the vendor's own address: a compatible server elsewhere may still serve it.
    """

    on: date
    instead: tuple[str, ...] = ()


@dataclass(frozen=True)
class Offer:
    """One model at one kind of provider.

    `wires` and `joins` have the parameters it honours. `always` are values it cannot be told and always does.
    `container` is the key of the object the parameters stand in. `constants` go with every order where nothing else
    was asked: what the vendor needs, or must be told so that its own default does not take the place of ours.
    Without a `model` it is whatever the server has loaded.
    """

    provider: str
    model: str
    wires: Mapping[str, Wire] = field(default_factory=dict)
    container: str = ""
    constants: Mapping[str, Any] = field(default_factory=dict)
    always: Mapping[str, Value] = field(default_factory=dict)
    joins: tuple[Join, ...] = ()
    prompt_max: int | None = None
    count: str = ""  # what it calls the number of pictures; without a name it cannot be told
    most: int = 1  # pictures an order; more than one without `count`: always so many
    cost: Rule | None = None  # what the vendor takes a picture; None: not known
    cost_unit: str = ""
    ended: Ended | None = None
    is_elsewhere_only: bool = False  # not at the vendor's own address: on a server of one's own
    only: str = ""  # the one provider that has it, by its slug; without one, every provider of this kind

    def is_at(self, slug: str, kind: str) -> bool:
        """Whether the provider `slug` of this kind is one that has it."""
        return self.provider == kind and self.only in ("", slug)

    def is_sold(self, *, is_own_address: bool, today: date) -> bool:
        """Whether it can be had; `is_own_address`: the provider is reached at the address its vendor publishes."""
        if not is_own_address:
            return True
        return not self.is_elsewhere_only and (self.ended is None or today < self.ended.on)

    @property
    def names(self) -> set[str]:
        """The parameters of ours that it is told or always does."""
        return {*self.wires, *self.always, *(part for join in self.joins for part in join.parts)}

    def spelling(self, name: str) -> str:
        """What one of our parameters, or `count`, is called there; empty where it has no name."""
        if name == "count":
            return self.count
        if name in self.wires:
            return self.wires[name].name
        return next((join.name for join in self.joins if name in join.parts), "")

    def narrow(self, parameter: Parameter) -> Parameter | None:
        """`parameter` as far as this offer can be asked for it; None when it cannot."""
        if wire := self.wires.get(parameter.name):
            return wire.narrow(parameter)
        return next((join.narrow(parameter) for join in self.joins if parameter.name in join.parts), None)

    def refused(
        self, parameters: Mapping[str, Parameter], params: Mapping[str, Value], *, count: int, prompt_length: int
    ) -> list[str]:
        """The names of what this offer cannot honour: parameters, `prompt`, `count`; empty when it honours all."""
        joined = {part for join in self.joins for part in join.parts}
        names = [n for n, value in params.items() if n not in joined and not self._honours(parameters[n], value)]
        for join in self.joins:
            asked = {part: params[part] for part in join.parts if part in params}
            if asked and join.write(asked) is None:
                names += asked
        if self.prompt_max is not None and prompt_length > self.prompt_max:
            names.append("prompt")
        return names + (["count"] if count > self.most else [])

    def _honours(self, parameter: Parameter, value: Value) -> bool:
        wire = self.wires.get(parameter.name)
        if wire is None:
            return is_same(self.always.get(parameter.name), value)
        return wire.narrow(parameter).allows(value)

    def write(self, params: Mapping[str, Value], count: int) -> dict[str, Any]:
        """The part of the vendor's request body that carries `params` and `count`; only for what it honours."""
        spelt: dict[str, Any] = {}
        for name, value in params.items():
            wire = self.wires.get(name)
            if wire is not None:
                spelt[wire.name] = wire.theirs(value)
        for join in self.joins:
            value = join.write({part: params[part] for part in join.parts if part in params})
            if value is not None:
                spelt[join.name] = value
        if self.count and count > 1:
            spelt[self.count] = count
        if not self.container:
            return {**self.constants, **spelt}
        return {**self.constants, self.container: spelt} if spelt else dict(self.constants)

    def read(self, parameters: Mapping[str, Parameter], raw: Mapping[str, Any]) -> tuple[dict[str, Value], int]:
        """Our parameters and the count out of the vendor's spelling (the inside of the container).

        Raises ParameterErrors keyed by the vendor's names.
        """
        params: dict[str, Value] = {}
        count = next((int(parameter.least or 1) for parameter in parameters.values() if parameter.is_count), 1)
        errors: dict[str, list[str]] = {}
        spoken = {parameter.name: parameter for parameter in self.spoken(parameters)}
        for name, value in raw.items():
            if name not in spoken:
                errors[name] = [_("There is no parameter %(name)s here.") % {"name": name}]
                continue
            if value is None and spoken[name].takes_null:
                continue
            try:
                if spoken[name].is_count:
                    count = int(spoken[name].clean(value))  # type: ignore[arg-type]
                else:
                    params |= self.meaning(spoken[name], value)
            except ValueError as error:
                errors[name] = [str(error)]
        for parameter in spoken.values():
            if parameter.is_required and raw.get(parameter.name) is None:
                errors.setdefault(parameter.name, [_("%(name)s is required.") % {"name": parameter.name}])
        if errors:
            raise ParameterErrors(errors)
        return params, count

    def meaning(self, spoken: Parameter, value: Any) -> dict[str, Value]:
        """What a value of one parameter, as `spoken` has it, means in ours. Raises ValueError with a sentence."""
        return self._ours(spoken.name, spoken.clean(value))

    def _ours(self, their_name: str, value: Any) -> dict[str, Value]:
        for join in self.joins:
            if join.name == their_name:
                return join.read(value)
        return next({name: wire.ours(value)} for name, wire in self.wires.items() if wire.name == their_name)

    def spoken(self, parameters: Mapping[str, Parameter]) -> list[Parameter]:
        """The parameters as this vendor spells them: for the validation and the schema of its dialect.

        Made once for the same `parameters`, since every order of a program is read by them.
        """
        kept = self.__dict__.get("_kept")
        if kept is None or kept[0] is not parameters:
            kept = parameters, self._spoken(parameters)
            self.__dict__["_kept"] = kept
        return list(kept[1])

    def _spoken(self, parameters: Mapping[str, Parameter]) -> list[Parameter]:
        found = []
        for parameter in parameters.values():
            if wire := self.wires.get(parameter.name):
                found.append(wire.spoken(parameter))
        found += [self._spoken_join(join, parameters) for join in self.joins]
        if self.count:
            found.append(self._spoken_count(parameters))
        return found

    def _spoken_join(self, join: Join, parameters: Mapping[str, Parameter]) -> Parameter:
        defaults = {part: parameters[part].default for part in join.parts if part in parameters}
        default = join.write({part: value for part, value in defaults.items() if value is not None})
        label = gettext_lazy("Size")
        return SpokenJoin(join.name, Kind.TEXT, label, default=default, takes_null=join.takes_null, join=join)

    def _spoken_count(self, parameters: Mapping[str, Parameter]) -> Parameter:
        """Also for a model that makes one picture, where its vendor lets a request say so."""
        own = next((parameter for parameter in parameters.values() if parameter.is_count), None)
        if own:
            return replace(own, name=self.count, most=self.most)
        label = gettext_lazy("Pictures")
        return Parameter(self.count, Kind.INTEGER, label, least=1, most=self.most, default=1, is_count=True)
