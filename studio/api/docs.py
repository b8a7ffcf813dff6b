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
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from studio.api import document_v1
from studio.api import document_words as words
from studio.api.document import document
from studio.api.v2 import api
from studio.jobs.bodies import DIALECTS, PATHS, V1, V2, Call
from studio.jobs.call_words import Field, example_call, model_fields, takes
from studio.jobs.snippets import KEY, look, snippets
from studio.providers import catalogue

EVERYWHERE = ("401", "403", "500", "503")  # told once, not with every route
FIRST_MODEL = "dall-e-3"


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


def read(text: str) -> str:
    """A sentence of the document, which is English, in the reader's language."""
    return _(text)


def marked(text: str) -> SafeString:
    """A sentence of the document whose code stands between backticks, as HTML."""
    parts = enumerate(read(text).split("`"))
    return format_html_join("", "{}", ((format_html("<code>{}</code>", part) if n % 2 else part,) for n, part in parts))


def groups(found: dict[str, Any], call: Call) -> list[tuple[str, str, list[Operation]]]:
    """The routes of the document by their tags, in its order: the tag, its words for the reader, the routes."""
    made: dict[str, list[Operation]] = {}
    for path, operations in sorted(found["paths"].items(), key=lambda each: each[0].startswith("/v1")):
        for method, operation in operations.items():
            made.setdefault(operation["tags"][0], []).append(_operation(method.upper(), path, operation, call))
    titles = {
        "Pictures": pgettext("docs", "Pictures"),
        "Jobs": _("Jobs"),
        "Account": _("Account"),
        "Models": _("Models"),
        document_v1.TAG: _("OpenAI’s words"),
    }
    return [(tag, titles[tag], operations) for tag, operations in made.items()]


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
        title=read(told["summary"]),
        about=read(told["description"]),
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
