"""An order as a program sends it: the same request in the words of either dialect."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from studio.jobs.models import Job
from studio.jobs.reference_models import PREFIX
from studio.providers import catalogue
from studio.providers.catalogue import ImageModel, Offer

V1, V2 = "v1", "v2"
DIALECTS = (V2, V1)
PATHS = {V2: "/v2/images/generate", V1: "/v1/images/generations"}
# What OpenAI makes where nothing is said, while the declaration, which follows Apiframe, makes something else.
_UNSAID = {"GPT Image": {"output_format": "png"}}
V2_PROMPT_MAX = 2000  # where the facts say nothing else
_DOORS = {V2: ("apiframe",), V1: ("openai", "aimlapi")}


@dataclass(frozen=True)
class Call:
    """One request of one dialect. `unsaid`: the parameters, by our names, that the dialect has no words for."""

    dialect: str
    body: dict[str, Any]
    unsaid: list[str] = field(default_factory=list)

    @property
    def path(self) -> str:
        return PATHS[self.dialect]

    @property
    def names_references(self) -> bool:
        """Whether pictures kept in this studio stand in it by their `ref:` names."""
        return any(PREFIX in str(value) for name, value in self.body.items() if name != "prompt")


def call_of(
    dialect: str, model: ImageModel, *, prompt: str, params: Mapping[str, Any], count: int, name: str = ""
) -> Call:
    """The request that asks for exactly this, or for as much of it as the dialect has words for.

    `name` is what the model is called in it, by default its canonical id.
    """
    if dialect == V1:
        params = {each: model.defaults[each] for each in unsaid(model)} | dict(params)
    door, left_out = _best(dialect, model, params, count)
    said = {each: value for each, value in params.items() if each not in left_out}
    body = {"model": name or model.id, "prompt": prompt}
    body |= replace(door, constants={}).write(said, 1 if "count" in left_out else count)
    if dialect == V1:
        # What is answered without it depends on how the model is called; these programs print addresses.
        body["response_format"] = "url"
    return Call(dialect, body, left_out)


def calls_of(job: Job) -> list[Call]:
    """The calls that make a job again, in both dialects; none for a model that is no longer known."""
    model = catalogue.find(job.model)
    if model is None:
        return []
    return [call_of(each, model, prompt=job.prompt, params=job.params, count=job.count) for each in DIALECTS]


def unsaid(model: ImageModel) -> dict[str, Any]:
    """What /v1 takes a request to mean that says nothing of it, where that is not the declared default."""
    meant = _UNSAID.get(model.family, {})
    return {name: value for name, value in meant.items() if model.defaults.get(name, value) != value}


def prompt_max(dialect: str, model: ImageModel) -> int:
    """The longest prompt a dialect reads for a model, in characters (contract 5 and 6)."""
    limits = [door.prompt_max for door in doors_of(dialect, model)]
    if dialect == V2:
        return min(model.prompt_max, limits[0] or V2_PROMPT_MAX)
    return min(model.prompt_max, max(limit or model.prompt_max for limit in limits))


def doors_of(dialect: str, model: ImageModel) -> list[Offer]:
    """How a dialect spells a model: as its vendors do, by our own names where they do not sell it."""
    if dialect == V2:
        return [model.door("apiframe")]
    return [door for kind in _DOORS[V1] if (door := model.offer_by(kind))] or [model.everything()]


def _best(dialect: str, model: ImageModel, params: Mapping[str, Any], count: int) -> tuple[Offer, list[str]]:
    """The spelling that can say most of it, and what it cannot say."""
    found = []
    for door in doors_of(dialect, model):
        least = 1 if not door.count and count == door.most else count  # a set that is always made whole
        unsaid = door.refused(model.by_name, params, count=least, prompt_length=0)
        found.append((door, list(dict.fromkeys(unsaid))))
    return min(found, key=lambda each: len(each[1]))
