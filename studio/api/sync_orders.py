"""The body of an order in the OpenAI dialect: OpenAI's names and, per model, AI/ML API's, read by the declarations."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from studio.api.errors import Unreadable
from studio.api.openai_errors import BadParameter
from studio.jobs.bodies import V1, doors_of, prompt_max, unsaid
from studio.jobs.errors import BadPrompt
from studio.jobs.prompts import clean_prompt
from studio.providers import catalogue
from studio.providers.catalogue import ImageModel, Offer, ParameterErrors
from studio.providers.catalogue.join import SIDES
from studio.providers.errors import NoOffer, UnknownModel

DEFAULT_MODEL = "dall-e-3"
FORMATS = ("url", "b64_json")
USER_MAX = 512  # characters; no vendor says how many
# What OpenAI's library lets a program set to None.
NULLABLE = {
    "background", "model", "moderation", "n", "output_compression", "output_format", "partial_images", "quality",
    "response_format", "size", "stream", "style", "user",
}  # fmt: skip
OWN = ("model", "prompt", "response_format", "user")
AS_ADDRESS = "convert_base64_to_url"  # what AI/ML API calls `response_format` with Imagen
# The one value that OpenAI takes, and does anyway, where our declaration has no such parameter (facts C1).
ONLY = {("dall-e-2", "quality"): "standard"}
_PIXELS = re.compile(r"([1-9]\d{0,4})x([1-9]\d{0,4})", re.ASCII)


@dataclass(frozen=True)
class Order:
    """What a program asked for: `model` and `raw` as sent, `params` and `count` in our own names."""

    model: str
    declared: ImageModel
    prompt: str
    params: dict[str, Any]
    count: int | None
    response_format: str
    raw: dict[str, Any]
    spelt: dict[str, str] = field(default_factory=dict)  # our name -> the name in the body

    def complaint(self, error: ParameterErrors | NoOffer) -> BadParameter:
        """A refusal of the catalogue in this body's own words."""
        if isinstance(error, NoOffer):
            return BadParameter(self._spelling(error.param), error.message, "unsupported_value")
        name, said = next(iter(error.errors.items()))
        return BadParameter(self._spelling(name), said[0])

    def _spelling(self, name: str) -> str:
        bare = name.partition(".")[0]
        counts = self.declared.count_parameter
        if bare == "count" or (counts and bare == counts.name):
            return self.spelt.get("count", "n")
        if bare in self.spelt:
            return self.spelt[bare]
        return next((said for door in doors_of(V1, self.declared) if (said := door.spelling(bare))), bare)


def read_order(body: Any) -> Order:
    """Raises BadParameter for the first thing that is wrong, UnknownModel and Unreadable."""
    if not isinstance(body, dict):
        raise Unreadable("it must be an object")
    said = {name: value for name, value in body.items() if value is not None or name not in NULLABLE}
    name = said.get("model", DEFAULT_MODEL)
    if not isinstance(name, str):
        raise BadParameter("model", _("The name of a model is required."))
    model = catalogue.find(name)
    if model is None:
        raise UnknownModel(name, catalogue.closest(name))
    reader = _Reader(model)
    for each, value in said.items():
        if each not in OWN:
            reader.read(each, value)
    _check_user(said.get("user", ""))
    return Order(
        model=name,
        declared=model,
        prompt=_prompt(said, model),
        params=unsaid(model) | reader.params,
        count=reader.count,
        response_format=_response_format(said, name, reader.as_address),
        raw=body,
        spelt=reader.spelt,
    )


def _check_user(name: Any) -> None:
    if not isinstance(name, str):
        raise BadParameter("user", _("%(name)s must be text.") % {"name": "user"})
    if len(name) > USER_MAX:
        words = {"name": "user", "most": USER_MAX}
        raise BadParameter(
            "user", _("%(name)s may have at most %(most)s characters.") % words, "string_above_max_length"
        )


def _prompt(said: Mapping[str, Any], model: ImageModel) -> str:
    if "prompt" not in said:
        raise BadParameter("prompt", _("A prompt is required."), "missing_required_parameter")
    try:
        return clean_prompt(said["prompt"], model_name=model.name, longest=prompt_max(V1, model))
    except BadPrompt as error:
        code = "string_above_max_length" if error.params else "invalid_value"
        raise BadParameter("prompt", error.message, code) from error


def _response_format(said: Mapping[str, Any], name: str, as_address: bool | None) -> str:
    """By default what a program that writes the model's name in this way expects.

    OpenAI always answers with Base64 for GPT Image, and its programs read nothing else; AI/ML API, which calls the
    same model `openai/gpt-image-...`, answers with an address, as both do for every other model.
    """
    usual = "b64_json" if as_address is False or name.startswith(("gpt-image", "chatgpt-image")) else "url"
    asked = said.get("response_format", usual)
    if asked not in FORMATS:
        words = {"name": "response_format", "values": ", ".join(FORMATS)}
        raise BadParameter("response_format", _("%(name)s must be one of %(values)s.") % words)
    if as_address is not None and as_address != (asked == "url"):
        raise _contradiction(AS_ADDRESS, "response_format")
    return str(asked)


class _Reader:
    """Reads the names of one body into our own, one after another."""

    def __init__(self, model: ImageModel) -> None:
        self.model = model
        self.doors = [(door, {p.name: p for p in door.spoken(model.by_name)}) for door in doors_of(V1, model)]
        self.params: dict[str, Any] = {}
        self.count: int | None = None
        self.spelt: dict[str, str] = {}
        self.as_address: bool | None = None

    def read(self, name: str, value: Any) -> None:
        if name == "n" or any(name == door.count for door, _spoken in self.doors if door.count):
            self._read_count(name, value)
        elif speaking := [(door, spoken[name]) for door, spoken in self.doors if name in spoken]:
            self._read_spoken(name, value, speaking)
        elif name == AS_ADDRESS and self.model.family == "Imagen":
            if not isinstance(value, bool):
                raise BadParameter(name, _("%(name)s must be true or false.") % {"name": name})
            self.as_address = value
        elif name == "size" and set(SIDES) <= set(self.model.by_name):
            self._read_pixels(name, value)
        elif (self.model.id, name) in ONLY:
            if value != ONLY[self.model.id, name]:
                words = {"name": name, "values": ONLY[self.model.id, name]}
                raise BadParameter(name, _("%(name)s must be one of %(values)s.") % words)
        else:
            words = {"name": name[:100], "model": self.model.name}
            raise BadParameter(name, _("%(model)s has no parameter %(name)s.") % words, "unknown_parameter")

    def _read_count(self, name: str, value: Any) -> None:
        if type(value) is not int:
            raise BadParameter(name, _("%(name)s must be a whole number.") % {"name": name})
        if self.count is not None and self.count != value:
            raise _contradiction(name, self.spelt["count"])
        self.count, self.spelt["count"] = value, name

    def _read_spoken(self, name: str, value: Any, speaking: list[tuple[Offer, Any]]) -> None:
        problem = ""
        for door, spoken in speaking:
            if value is None and spoken.takes_null:
                return
            try:
                self._take(name, door.meaning(spoken, value))
                return
            except ValueError as error:
                problem = problem or str(error)
        raise BadParameter(name, problem)

    def _read_pixels(self, name: str, value: Any) -> None:
        match = _PIXELS.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            raise BadParameter(name, _("%(name)s must be a width and a height such as 1024x768.") % {"name": name})
        self._take(name, dict(zip(SIDES, map(int, match.groups()), strict=True)))

    def _take(self, name: str, meaning: Mapping[str, Any]) -> None:
        shape = {*SIDES, self.model.ratio.name if self.model.ratio else ""}
        asked = {ours: value for ours, value in self.params.items() if ours in shape}
        if asked and shape & {*meaning} and shape & {*asked} != shape & {*meaning}:
            if self.model.shape(asked) != self.model.shape(meaning):
                raise _contradiction(name, self.spelt[next(iter(asked))])
            meaning = {ours: value for ours, value in meaning.items() if ours not in shape}
        for ours, value in meaning.items():
            if ours in self.params and self.params[ours] != value:
                raise _contradiction(name, self.spelt[ours])
        self.params |= meaning
        self.spelt |= dict.fromkeys(meaning, name)


def _contradiction(name: str, other: str) -> BadParameter:
    words = {"name": name, "other": other}
    return BadParameter(name, _("%(name)s and %(other)s say different things. Send one of them.") % words)
