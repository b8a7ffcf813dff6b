"""The facts of each vendor's models in one shape, and what is wrong with a body by them.

`*_image_models.json` are Apiframe's and AI/ML API's own descriptions (20 November 2026, facts only); OpenAI's are the
rules of POST /v1/images/generations for each model.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
Schema = Mapping[str, Any]
PICTURE = "https://example.com/a%20picture.png"


@dataclass(frozen=True)
class Fact:
    """One model at one vendor: `params` by name, inside `container` where there is one."""

    kind: str
    model: str
    params: Mapping[str, Schema]
    prompt_max: int | None
    container: str = ""
    required: tuple[str, ...] = ()

    def problems(self, body: Mapping[str, Any]) -> list[str]:
        """What the vendor would find wrong with the parameters of an order."""
        inside: Any = body
        found = []
        if self.container:
            found += [f"{name}: not known" for name in body if name != self.container]
            inside = body.get(self.container, {})
        found += [f"{name}: missing" for name in self.required if name not in inside]
        for name, value in inside.items():
            schema = self.params.get(name)
            found += [f"{name}: {problem}" for problem in wrong(schema, value)] if schema else [f"{name}: not known"]
        return found


def _apiframe() -> Iterator[Fact]:
    for model in json.loads((HERE / "apiframe_image_models.json").read_text())["models"]:
        required = tuple(model["params_required"])
        yield Fact("apiframe", model["model"], model["params"], model["prompt_max"], model["params_key"], required)


def _aimlapi() -> Iterator[Fact]:
    for model in json.loads((HERE / "aimlapi_image_models.json").read_text())["models"]:
        params = {name: schema for name, schema in model["params"].items() if name != "prompt"}
        longest = model["params"]["prompt"].get("maxLength")
        required = tuple(name for name in model["required"] if name != "prompt")
        yield Fact("aimlapi", model["model"], params, longest, required=required)


def _enum(*values: Any) -> Schema:
    return {"type": "string", "enum": list(values)}


_GPT_IMAGE = {
    "n": {"type": "integer", "minimum": 1, "maximum": 10},
    "size": _enum("1024x1024", "1536x1024", "1024x1536", "auto"),
    "quality": _enum("auto", "low", "medium", "high"),
    "background": _enum("auto", "transparent", "opaque"),
    "moderation": _enum("auto", "low"),
    "output_format": _enum("png", "jpeg", "webp"),
    "output_compression": {"type": "integer", "minimum": 0, "maximum": 100},
}
_ANY_SIZE = {
    "any_of": [
        _enum("1024x1024", "1536x1024", "1024x1536", "auto"),
        {"type": "string", "pattern": r"^\d+x\d+$", "multipleOf": 16, "longest": 3840, "ratio": 3},
    ]
}
_OPENAI = {
    "dall-e-3": (
        {
            "n": {"type": "integer", "enum": [1]},
            "size": _enum("1024x1024", "1792x1024", "1024x1792"),
            "quality": _enum("standard", "hd"),
            "style": _enum("vivid", "natural"),
        },
        4000,
    ),
    "dall-e-2": (
        {"n": {"type": "integer", "minimum": 1, "maximum": 10}, "size": _enum("256x256", "512x512", "1024x1024")},
        1000,
    ),
    "gpt-image-1": (_GPT_IMAGE, 32_000),
    "gpt-image-1-mini": (_GPT_IMAGE, 32_000),
    "gpt-image-1.5": (_GPT_IMAGE, 32_000),
    "gpt-image-2": ({**_GPT_IMAGE, "size": _ANY_SIZE}, 32_000),
    # a server of one's own: what all of them know
    "": (
        {
            "n": {"type": "integer", "minimum": 1, "maximum": 10},
            "size": {"type": "string", "pattern": r"^\d+x\d+$"},
        },
        None,
    ),
}

FACTS: dict[tuple[str, str], Fact] = {
    (fact.kind, fact.model): fact
    for fact in (
        *_apiframe(),
        *_aimlapi(),
        *(Fact("openai", model, params, longest) for model, (params, longest) in _OPENAI.items()),
    )
}

# What the vendors do unasked, where their pages say so and their descriptions do not.
_GPT_DEFAULTS = {"quality": "auto", "background": "auto", "moderation": "auto", "n": 1}
_DALLE_3_DEFAULTS = {"quality": "standard", "size": "1024x1024", "style": "vivid", "n": 1}
_OPENAI_GPT = _GPT_DEFAULTS | {"size": "auto", "output_format": "png", "output_compression": 100}
_APIFRAME_GPT = {"quality": "auto", "background": "auto", "aspect_ratio": "1:1", "output_format": "webp"}
_IMAGEN = {"aspect_ratio": "1:1", "image_size": "1K", "output_format": "jpg"}
UNASKED: dict[tuple[str, str], Mapping[str, Any]] = {
    ("apiframe", "dall-e-3"): {"aspect_ratio": "1:1", "style": "vivid"},
    ("apiframe", "dall-e-2"): {"aspect_ratio": "1:1", "style": "vivid"},
    ("apiframe", "gpt-image-1.5"): _APIFRAME_GPT | {"input_fidelity": "low", "number_of_images": 1},
    ("apiframe", "gpt-image-2"): _APIFRAME_GPT | {"moderation": "auto"},
    ("apiframe", "imagen-4"): _IMAGEN,
    ("apiframe", "kling-image"): {"model_name": "kling-v1", "n": 1},
    ("openai", "dall-e-3"): _DALLE_3_DEFAULTS,
    ("openai", "gpt-image-1"): _OPENAI_GPT,
    ("openai", "gpt-image-1-mini"): _OPENAI_GPT,
    ("openai", "gpt-image-1.5"): _OPENAI_GPT,
    ("openai", "gpt-image-2"): _OPENAI_GPT,
    **{
        (fact.kind, fact.model): {
            name: schema["default"] for name, schema in fact.params.items() if "default" in schema
        }
        for fact in FACTS.values()
        if fact.kind == "aimlapi"
    },
}

_TYPES: dict[str, Any] = {
    "string": str,
    "integer": int,
    "number": int | float,
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}


def wrong(schema: Schema, value: Any) -> list[str]:
    """What a value does that its description does not allow."""
    if "any_of" in schema:
        found = [wrong(one, value) for one in schema["any_of"]]
        return [] if [] in found else found[-1]
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not any(isinstance(value, _TYPES[kind]) and (kind == "boolean" or value is not True) for kind in kinds):
        return [f"{value!r} is not {kinds}"]
    found = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{value!r} is none of {schema['enum']}")
    if is_number and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        found.append(f"{value} is out of range")
    if isinstance(value, str):
        found += _wrong_text(schema, value)
    if isinstance(value, list):
        found += ["too many"] if len(value) > schema.get("maxItems", len(value)) else []
        found += [problem for item in value for problem in wrong(schema["items"], item)]
    if isinstance(value, dict):
        found += [f"{name} is missing" for name in schema.get("required", ()) if name not in value]
        for name, part in value.items():
            known = schema["properties"].get(name)
            found += wrong(known, part) if known else [f"{name} is not known"]
    return found


def _wrong_text(schema: Schema, value: str) -> list[str]:
    found = []
    if len(value) > schema.get("maxLength", len(value)):
        found.append("too long")
    if "pattern" in schema and not re.search(schema["pattern"], value):
        found.append(f"{value!r} is not written so")
    if schema.get("format") == "uri" and not re.match(r"https?://\S+$", value):
        found.append(f"{value!r} is no address")
    if "ratio" in schema and not found:
        width, height = map(int, value.split("x"))
        if (
            width % 16
            or height % 16
            or max(width, height) > min(schema["longest"], schema["ratio"] * min(width, height))
        ):
            found.append(f"{value!r} is no size there")
    return found


def values_of(schema: Schema) -> list[Any]:
    """Values at the edges of what a description allows: each word, both ends of a range."""
    if "any_of" in schema:
        return [value for one in schema["any_of"] for value in values_of(one)]
    if "enum" in schema:
        return list(schema["enum"])
    kind = schema["type"] if isinstance(schema["type"], str) else schema["type"][0]
    if kind == "boolean":
        return [True, False]
    if kind in ("integer", "number"):
        return [schema[end] for end in ("minimum", "maximum") if end in schema] or [1]
    if kind == "array":
        return [[value] * schema.get("maxItems", 2) for value in values_of(schema["items"])] + [[]]
    if kind == "object":
        ends = {name: values_of(part) for name, part in schema["properties"].items()}
        return [{name: values[at] for name, values in ends.items()} for at in (0, -1)]
    if schema.get("format") == "uri":
        return [PICTURE]
    if schema.get("format") == "uuid":
        return ["3f2c1d70-5b0e-4c6c-9f0e-0a1b2c3d4e5f"]
    if "pattern" in schema:
        return ["1536x768"] if "x" in schema["pattern"] else ["7:3", "1:1"]
    return ["x" * schema.get("maxLength", 3)]
