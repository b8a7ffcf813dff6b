"""Who serves a model, and how that vendor spells what is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from studio.providers.catalogue.errors import ParameterErrors
from studio.providers.catalogue.parameter import Parameter, Value
from studio.providers.catalogue.rule import Rule


@dataclass(frozen=True)
class Wire:
    """How a vendor writes one parameter: its name there, and its values where they differ or are fewer."""

    name: str
    values: Mapping[str, Any] | None = None  # ours -> theirs; None: the same, all of them
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Offer:
    """One model at one kind of provider.

    `wires` has the parameters it honours, by our names. `always` are values it cannot be told and always does.
    `container` is the key of the object the parameters stand in; `constants` go with every order.
    """

    provider: str
    model: str
    wires: Mapping[str, Wire]
    container: str = ""
    constants: Mapping[str, Any] = field(default_factory=dict)
    always: Mapping[str, Value] = field(default_factory=dict)
    prompt_max: int | None = None
    count: str = ""  # what it calls the number of pictures; without a name it cannot be told
    most: int = 1  # pictures an order; more than one without `count`: always so many
    cost: Rule | None = None  # what the vendor takes a picture; None: not known
    cost_unit: str = ""

    def refused(
        self, parameters: Mapping[str, Parameter], params: Mapping[str, Value], *, count: int, prompt_length: int
    ) -> list[str]:
        """The names of what this offer cannot honour: parameters, `prompt`, `count`; empty when it honours all."""
        names = [name for name, value in params.items() if not self._honours(parameters[name], value)]
        if self.prompt_max is not None and prompt_length > self.prompt_max:
            names.append("prompt")
        return names + (["count"] if count > self.most else [])

    def _honours(self, parameter: Parameter, value: Value) -> bool:
        wire = self.wires.get(parameter.name)
        if wire is None:
            return is_same(self.always.get(parameter.name), value)
        try:
            parameter.narrowed(wire.values, wire.least, wire.most).clean(value)
        except ValueError:
            return False
        return True

    def write(self, params: Mapping[str, Value], count: int) -> dict[str, Any]:
        """The part of the vendor's request body that carries `params` and `count`; only for what it honours."""
        spelt: dict[str, Any] = {}
        for name, value in params.items():
            wire = self.wires.get(name)
            if wire is not None:
                spelt[wire.name] = value if wire.values is None else wire.values[str(value)]
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
        ours = {wire.name: name for name, wire in self.wires.items()}
        for name, value in raw.items():
            if name not in spoken:
                errors[name] = [_("There is no parameter %(name)s here.") % {"name": name}]
                continue
            try:
                cleaned = spoken[name].clean(value)
            except ValueError as error:
                errors[name] = [str(error)]
                continue
            if spoken[name].is_count:
                count = int(cleaned)
            else:
                params[ours[name]] = self._ours(ours[name], cleaned)
        if errors:
            raise ParameterErrors(errors)
        return params, count

    def _ours(self, name: str, value: Value) -> Value:
        values = self.wires[name].values
        if values is None:
            return value
        return next(our for our, their in values.items() if is_same(their, value))

    def spoken(self, parameters: Mapping[str, Parameter]) -> list[Parameter]:
        """The parameters as this vendor spells them: for the validation and the schema of its dialect."""
        found = []
        for parameter in parameters.values():
            if parameter.is_count:
                if self.count:
                    found.append(replace(parameter, name=self.count, most=self.most))
                continue
            wire = self.wires.get(parameter.name)
            if wire is None:
                continue
            narrow = parameter.narrowed(wire.values, wire.least, wire.most)
            values = wire.values or {}
            choices = tuple(replace(c, value=str(values.get(c.value, c.value))) for c in narrow.choices)
            default = narrow.default
            if isinstance(default, str):
                default = values.get(default, default if not wire.values else None)
            found.append(replace(narrow, name=wire.name, choices=choices, default=default))
        return found


def is_same(one: Any, other: Any) -> bool:
    """Equal and of one type: 1 is not true, but 1 and 1.0 are the same number."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other)
