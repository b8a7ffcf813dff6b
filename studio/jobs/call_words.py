"""A model as programs call it: an example order, and every name that an order may carry, in words."""

import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from studio.jobs.bodies import V1, V2, Call, call_of, doors_of, unsaid
from studio.providers.catalogue import ImageModel, Parameter

PROMPT = "A lighthouse in the fog"
PICTURE = "https://example.com/picture.png"


@dataclass(frozen=True)
class Field:
    """A parameter as a row: its name, what it takes in words, what counts without it, what it is for."""

    name: str
    takes: str
    default: str
    about: str
    is_required: bool = False
    where: str = ""


def example_call(dialect: str, model: ImageModel) -> Call:
    """A small order of a model: what it must be given, and a shape other than its usual one."""
    params: dict[str, Any] = {p.name: _example(p) for p in model.parameters if p.is_required and not p.is_count}
    ratio = model.ratio
    for value in ratio.values if ratio else ():
        more = params | {str(ratio and ratio.name): value}
        if ratio and value != ratio.default and not call_of(dialect, model, prompt="", params=more, count=1).unsaid:
            params = more
            break
    return call_of(dialect, model, prompt=PROMPT, params=params, count=model.least)


def _example(parameter: Parameter) -> Any:
    if parameter.is_picture:
        return [PICTURE] if parameter.is_list else PICTURE
    if parameter.values:
        return parameter.values[0]
    return "3f2c1d70-5b0e-4c6c-9f0e-0a1b2c3d4e5f" if parameter.pattern else parameter.least or 1


def model_fields(dialect: str, model: ImageModel) -> list[Field]:
    """Every name an order of this model may carry in a dialect, besides those that all orders have."""
    rows: dict[str, Field] = {}
    meant = unsaid(model) if dialect == V1 else {}
    for door in doors_of(dialect, model):
        spoken = sorted(door.spoken(model.by_name), key=lambda each: not each.is_required)
        for each in spoken:
            name = f"{door.container}.{each.name}" if door.container and dialect == V2 else each.name
            schema = each.schema()
            without = meant.get(each.name, schema.get("default"))
            default = "" if without is None else json.dumps(without, ensure_ascii=False)
            field = Field(name, takes(schema), default.strip('"'), str(each.help), each.is_required)
            rows.setdefault(name, field)
    return list(rows.values())


def names_in(dialect: str, model: ImageModel, parameter: Parameter) -> list[str]:
    """What a dialect calls one parameter of a model, with the object it stands in; empty where it has no word."""
    names = []
    for door in doors_of(dialect, model):
        if name := door.spelling("count" if parameter.is_count else parameter.name):
            names.append(f"{door.container}.{name}" if door.container and dialect == V2 else name)
    return list(dict.fromkeys(names))


def takes(schema: dict[str, Any]) -> str:
    """What a JSON Schema allows, in words."""
    if "anyOf" in schema:
        return _(" or ").join(dict.fromkeys(takes(each) for each in schema["anyOf"] if each.get("type") != "null"))
    if "enum" in schema:
        return ", ".join(json.dumps(value).strip('"') for value in schema["enum"] if value is not None)
    kind = schema.get("type", "")
    kind = kind[0] if isinstance(kind, list) else kind
    least, most = schema.get("minimum"), schema.get("maximum")
    if kind in ("integer", "number"):
        name = _("whole number") if kind == "integer" else _("number")
        if least is not None and most is not None:
            return _("%(name)s, %(least)s to %(most)s") % {"name": name, "least": f"{least:g}", "most": f"{most:g}"}
        return name
    if kind == "array":
        return _("list of: %(items)s") % {"items": takes(schema["items"])}
    if kind == "boolean":
        return _("true, false")
    if kind == "object":
        return _("object: %(names)s") % {"names": ", ".join(schema.get("properties", ()))}
    formats = {"uri": _("address"), "uuid": _("id")}
    if schema.get("format") in formats:
        return formats[schema["format"]]
    if "x[1-9]" in schema.get("pattern", ""):
        return _("a size such as 1024x768")
    longest = schema.get("maxLength")
    return _("text, at most %(longest)s characters") % {"longest": longest} if longest else _("text")
