"""The page about the API: made on the server from the OpenAPI document and the catalogue, nothing from elsewhere."""

import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from studio.api import document_v1
from studio.api import document_words as words
from studio.api.document import document
from studio.api.v2 import api
from studio.jobs.bodies import DIALECTS, PATHS, V1, V2, Call, call_of, doors_of, unsaid
from studio.jobs.snippets import KEY, look, snippets
from studio.providers import catalogue
from studio.providers.catalogue import ImageModel, Parameter

EVERYWHERE = ("401", "403", "500", "503")  # told once, not with every route
FIRST_MODEL = "dall-e-3"
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


@dataclass(frozen=True)
class Answer:
    status: str
    meaning: str
    example: str


@dataclass(frozen=True)
class Operation:
    """One route as the page shows it; `sample` is a command, `body` what *Try it* sends unless it is changed."""

    id: str
    method: str
    path: str
    title: str
    about: str
    needs_key: bool
    fields: list[Field]
    answers: list[Answer]
    sample: str
    body: str
    can_be_tried: bool

    @property
    def own_answers(self) -> list[Answer]:
        return [answer for answer in self.answers if answer.status not in EVERYWHERE]

    @property
    def other_statuses(self) -> str:
        return ", ".join(answer.status for answer in self.answers if answer.status in EVERYWHERE)

    @property
    def example(self) -> str:
        return next((answer.example for answer in self.answers if answer.example), "")


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Quick starts for the model and dialect asked for, and every route of the document."""
    dialect = request.GET.get("dialect", "")
    dialect = dialect if dialect in DIALECTS else V2
    model = catalogue.find(request.GET.get("model", "")[:100]) or catalogue.find(FIRST_MODEL) or catalogue.models()[0]
    call = example_call(dialect, model)
    names = {V2: _("/v2, Apiframe’s"), V1: _("/v1, OpenAI’s")}
    found = document(api).content
    of_v2, of_v1 = (words.MEANINGS, words.FAILURES["400"]), (document_v1.MEANINGS, document_v1.NOT_FOUND)
    meanings, failure = of_v2 if dialect == V2 else of_v1
    context = {
        "base": settings.STUDIO_BASE_URL,
        "call": call,
        "dialect": dialect,
        "dialects": [(each, names[each]) for each in DIALECTS],
        "model": model,
        "models": catalogue.models(),
        "snippets": snippets(call, settings.STUDIO_BASE_URL),
        "look": look(settings.STUDIO_BASE_URL) if dialect == V2 else "",
        "fields": model_fields(dialect, model),
        "groups": groups(found, call),
        "headers": [(name, marked(told["description"])) for name, told in found["components"]["headers"].items()],
        "failures": [Answer(status, marked(said), "") for status, said in meanings.items() if status >= "400"],
        "failure": json.dumps(failure, indent=2),
        "key_name": KEY,
        "rate": settings.RATE_LIMIT,
        "result_days": settings.RESULT_DAYS,
    }
    return render(request, "api/docs.html", context)


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


def marked(text: str) -> SafeString:
    """A text whose code stands between backticks, as HTML."""
    parts = enumerate(text.split("`"))
    return format_html_join("", "{}", ((format_html("<code>{}</code>", part) if n % 2 else part,) for n, part in parts))


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


def groups(found: dict[str, Any], call: Call) -> list[tuple[str, list[Operation]]]:
    """The routes of the document by their tags, in its order."""
    made: dict[str, list[Operation]] = {}
    for path, operations in sorted(found["paths"].items(), key=lambda each: each[0].startswith("/v1")):
        for method, operation in operations.items():
            made.setdefault(operation["tags"][0], []).append(_operation(method.upper(), path, operation, call))
    return list(made.items())


def _operation(method: str, path: str, told: dict[str, Any], call: Call) -> Operation:
    content = told.get("requestBody", {}).get("content", {})
    is_order = path in PATHS.values()
    body = json.dumps(call.body, ensure_ascii=False, indent=2) if is_order and path == call.path else ""
    if is_order and not body:
        body = json.dumps(content["application/json"]["example"], ensure_ascii=False, indent=2)
    is_upload = "multipart/form-data" in content
    fields = [
        Field(
            each["name"],
            takes(each["schema"]),
            str(each["schema"].get("default", "")),
            marked(each["description"]),
            each.get("required", False),
            each["in"],
        )
        for each in told.get("parameters", ())
    ]
    return Operation(
        id=told["operationId"],
        method=method,
        path=path,
        title=told["summary"],
        about=told.get("description", ""),
        needs_key=bool(told["security"]),
        fields=fields,
        answers=[_answer(status, answer) for status, answer in told["responses"].items()],
        sample="" if is_order else _sample(method, path, is_upload=is_upload, needs_key=bool(told["security"])),
        body=body,
        can_be_tried=not is_upload and path != "/v2/openapi.json",
    )


def _answer(status: str, told: dict[str, Any]) -> Answer:
    example = told.get("content", {}).get("application/json", {}).get("example")
    return Answer(
        status,
        marked(told["description"]),
        json.dumps(example, ensure_ascii=False, indent=2) if example is not None else "",
    )


def _sample(method: str, path: str, *, is_upload: bool, needs_key: bool) -> str:
    """The command that calls a route without a JSON body."""
    parts = ["curl"]
    if method != "GET" and not is_upload:
        parts.append(f"-X {method}")
    parts.append(settings.STUDIO_BASE_URL + path.replace("{id}", "$JOB_ID" if "/jobs/" in path else FIRST_MODEL))
    if needs_key:
        parts.append(f'-H "X-API-Key: ${KEY}"')
    if is_upload:
        parts.append("-F file=@picture.png")
    line = " ".join(parts)
    return line if len(line) < 60 else line.replace(" -H ", " \\\n  -H ").replace(" -F ", " \\\n  -F ")
