"""The body of an order in the Apiframe dialect, read by the catalogue's declarations."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from studio.api.errors import Details, Invalid, NotJson, Unreadable
from studio.core import jsontext
from studio.core.http import bytes_of
from studio.core.outbound import is_forbidden_literal
from studio.jobs.bodies import V2, V2_PROMPT_MAX, prompt_max
from studio.jobs.errors import BadPrompt
from studio.jobs.prompts import clean_prompt
from studio.providers import catalogue
from studio.providers.catalogue import ImageModel, Offer, ParameterErrors
from studio.providers.errors import UnknownModel

DIALECT = "apiframe"
EVENTS = ("progress", "completed", "failed")
DEFAULT_EVENTS = ("completed", "failed")
COMMON = ("prompt", "model", "webhookUrl", "webhook_url", "webhookEvents")
BODY_MAX = 256 * 1024  # bytes; fourteen addresses of pictures, each as long as they may be, take 112 kB
MOST_NAMED = 20  # problems told at once; a body has room for many more


@dataclass(frozen=True)
class Order:
    """What a program asked for: `model` and `raw` as sent, `params` and `count` in our own names."""

    model: str
    declared: ImageModel
    prompt: str
    params: dict[str, Any]
    count: int
    webhook_url: str
    webhook_events: list[str]
    raw: dict[str, Any]

    def path_of(self, name: str) -> str:
        """Where in the body a parameter of ours (or `name.position` of its list), `count`, `prompt` or `model` is."""
        door = self.declared.door(DIALECT)
        name, dot, position = name.partition(".")
        spelling = door.spelling(name)
        path = f"{door.container}.{spelling}" if spelling else "model" if name == "count" else name
        return f"{path}{dot}{position}"


def body_of(request: HttpRequest) -> Any:
    """The JSON of a request. Raises NotJson and Unreadable, and RequestDataTooBig beyond 1 MB."""
    if request.content_type != "application/json":
        raise NotJson
    text = bytes_of(request, most=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    try:
        body = jsontext.parse(text, is_strict=True)
    except ValueError as error:
        raise Unreadable(str(error)) from None
    # It is kept with its job and shown with it: white space and escapes are not counted.
    if len(text) > BODY_MAX and len(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()) > BODY_MAX:
        raise Unreadable(f"it says more than {BODY_MAX // 1024} kB")
    return body


def read_order(body: Any) -> Order:
    """Every problem of the body at once, keyed by path. Raises Invalid and Unreadable."""
    if not isinstance(body, dict):
        raise Unreadable("it must be an object")
    details: Details = {}
    model = _read_model(body, details)
    params: dict[str, Any] = {}
    count = 1
    if model is not None:
        door = model.door(DIALECT)
        params, count = _read_params(body, model, door, details)
        _refuse_others(body, model, door, details)
    prompt = _read_prompt(body, model, details)
    url = _read_url(body, details)
    events = _read_events(body, details)
    if details or model is None:
        raise Invalid(dict(list(details.items())[:MOST_NAMED]))
    return Order(
        model=body["model"],
        declared=model,
        prompt=prompt,
        params=params,
        count=count,
        webhook_url=url,
        webhook_events=events or (list(DEFAULT_EVENTS) if url else []),
        raw=body,
    )


def _read_model(body: Mapping[str, Any], details: Details) -> ImageModel | None:
    name = body.get("model")
    if not isinstance(name, str):
        details["model"] = [_("The name of a model is required.")]
        return None
    model = catalogue.find(name)
    if model is None:
        details["model"] = [UnknownModel(name, catalogue.closest(name)).message]
    return model


def _read_prompt(body: Mapping[str, Any], model: ImageModel | None, details: Details) -> str:
    if "prompt" not in body:
        details["prompt"] = [_("A prompt is required.")]
        return ""
    name, longest = (model.name, prompt_max(V2, model)) if model else ("", V2_PROMPT_MAX)
    try:
        return clean_prompt(body["prompt"], model_name=name, longest=longest)
    except BadPrompt as error:
        if model or not error.params:  # how long it may be depends on the model
            details["prompt"] = [error.message]
        return ""


def _read_params(
    body: Mapping[str, Any], model: ImageModel, door: Offer, details: Details
) -> tuple[dict[str, Any], int]:
    raw = body.get(door.container, {})
    if not isinstance(raw, dict):
        details[door.container] = [_("%(name)s must be an object.") % {"name": door.container}]
        return {}, 1
    try:
        return door.read(model.by_name, dict(list(raw.items())[: len(door.wires) + MOST_NAMED]))
    except ParameterErrors as error:
        for name, sentences in error.errors.items():
            details[f"{door.container}.{name[:100]}"] = [sentence[:500] for sentence in sentences]
        return {}, 1


def _refuse_others(body: Mapping[str, Any], model: ImageModel, door: Offer, details: Details) -> None:
    for name in body:
        if name in COMMON or name == door.container:
            continue
        words = {"name": name[:100], "model": model.name, "container": door.container}
        if name == "params" or name.endswith("Params"):
            details[name[:100]] = [_("%(model)s takes its parameters in %(container)s.") % words]
        else:
            details[name[:100]] = [_("There is no field %(name)s.") % words]
        if len(details) >= MOST_NAMED:
            return


def _read_url(body: Mapping[str, Any], details: Details) -> str:
    given = [name for name in ("webhookUrl", "webhook_url") if name in body]
    if not given:
        return ""
    name, url = given[0], body[given[0]]
    if len(given) == 2:
        details[given[1]] = [_("Send webhookUrl or webhook_url, not both.")]
    elif not isinstance(url, str):
        details[name] = [_("%(name)s must be text.") % {"name": name}]
    elif problem := is_forbidden_literal(url, allow=settings.WEBHOOK_ALLOW):
        details[name] = [problem]
    else:
        return url
    return ""


def _read_events(body: Mapping[str, Any], details: Details) -> list[str]:
    if "webhookEvents" not in body:
        return []
    events = body["webhookEvents"]
    if not isinstance(events, list) or not events:
        details["webhookEvents"] = [_("webhookEvents must be a list of at least one event.")]
        return []
    for position, event in enumerate(events[:MOST_NAMED]):
        if event not in EVENTS:
            words = {"events": ", ".join(EVENTS)}
            details[f"webhookEvents.{position}"] = [_("An event must be one of %(events)s.") % words]
    return [event for event in EVENTS if event in events]
