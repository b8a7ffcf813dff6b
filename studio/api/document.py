"""The OpenAPI document of both dialects: routes as django-ninja knows them, orders as the catalogue declares them."""

import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_noop as _
from ninja import NinjaAPI

from studio.api import document_v1
from studio.api import document_words as words
from studio.api.orders import COMMON, DIALECT, EVENTS
from studio.jobs.bodies import V2, prompt_max
from studio.providers import catalogue, overlay
from studio.providers.catalogue import ImageModel, registry

PREFIX = "/v2/"
KEYS = {
    "ApiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "A key of this studio, `afk_…`."},
    "Bearer": {"type": "http", "scheme": "bearer", "description": "The same key as `Authorization: Bearer afk_…`."},
}
OPEN = ("list_models", "openapi")  # need no key
SAYS_PROVIDER = (("generate", "202"), ("get_job", "200"), ("cancel", "200"))
SUBMIT_PARAMETERS = [
    {
        "in": "header",
        "name": "Idempotency-Key",
        "required": False,
        "description": _("Your own name for this order: sent again within 24 hours it answers with the same job."),
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]*[!-~][ -~]*$"},
    }
]

UPLOAD_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
                "required": ["file"],
            }
        }
    },
}


@dataclass(frozen=True)
class Document:
    """The document as a value, as JSON, as compressed JSON, and what tells one version from another."""

    content: dict[str, Any]
    text: bytes
    packed: bytes
    etag: str


def document(api: NinjaAPI) -> Document:
    """The document; made anew only when an administrator accepted something about the models."""
    overlay.look()
    return _document(api, registry.number())


@lru_cache(maxsize=1)
def _document(api: NinjaAPI, _number: int) -> Document:
    with translation.override("en"):
        content = _content(api)
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    etag = f'W/"{hashlib.sha256(text).hexdigest()[:32]}"'
    return Document(content, text, gzip.compress(text, 9, mtime=0), etag)


def _content(api: NinjaAPI) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix=PREFIX), default=str))
    found["info"]["title"] = settings.STUDIO_NAME
    found["info"]["summary"] = "One key, one queue, one ledger: pictures for people and programs."
    found["servers"] = [{"url": settings.STUDIO_BASE_URL}]
    found["components"]["securitySchemes"] = KEYS
    found["components"]["headers"] = words.HEADERS
    for operations in found["paths"].values():
        for operation in operations.values():
            _describe(operation)
    _describe_order(found)
    document_v1.add_to(found, security=[{scheme: []} for scheme in KEYS], submit_parameters=SUBMIT_PARAMETERS)
    return found


def _describe(operation: dict[str, Any]) -> None:
    """Put what an operation means beside what it looks like."""
    name = operation["operationId"].rpartition("_v2_")[2]
    operation |= {
        "operationId": name,
        "summary": words.SUMMARIES[name],
        "description": words.ABOUT[name],
        "tags": [words.TAGS[name]],
        "security": [] if name in OPEN else [{scheme: []} for scheme in KEYS],
    }
    for parameter in operation.get("parameters", ()):
        parameter.setdefault("description", words.PARAMETERS.get(parameter["name"], ""))
    failure = {"application/json": {"schema": {"$ref": "#/components/schemas/Failure"}}}
    answers = operation["responses"]
    answers["500"] = {"content": failure}
    if name == "openapi":
        answers["304"] = {"description": ""}
    for status, answer in sorted(answers.items()):
        answers[status] = answers.pop(status)
        answer["description"] = words.OF_ROUTES.get((name, status)) or words.MEANINGS[status]
        answer["headers"] = {each: {"$ref": f"#/components/headers/{each}"} for each in _headers(name, status)}
        example = words.EXAMPLES.get((name, status)) or words.FAILURES.get(status)
        if example and "content" in answer:
            answer["content"]["application/json"]["example"] = example


def _headers(name: str, status: str) -> list[str]:
    found = ["X-Request-Id"]
    if status in ("429", "503"):
        found.append("Retry-After")
    if (name, status) in SAYS_PROVIDER:
        found.append("X-Studio-Provider")
    if (name, status) == ("generate", "202"):
        found.append("Idempotent-Replayed")
    if name == "openapi" and status in ("200", "304"):
        found.append("ETag")
    return found


def _describe_order(found: dict[str, Any]) -> None:
    bodies = {f"Generate.{re.sub(r'[^A-Za-z0-9._-]', '.', model.id)}": model for model in catalogue.models()}
    references = {name: f"#/components/schemas/{name}" for name in bodies}
    found["components"]["schemas"] |= {name: body_schema(model) for name, model in bodies.items()}
    found["components"]["schemas"]["GenerateImageRequest"] = {
        "oneOf": [{"$ref": reference} for reference in references.values()],
        "discriminator": {
            "propertyName": "model",
            "mapping": {alias: references[name] for name, model in bodies.items() for alias in names_of(model)},
        },
    }
    schema = {"$ref": "#/components/schemas/GenerateImageRequest"}
    found["paths"][f"{PREFIX}images/generate"]["post"]["requestBody"] = {
        "required": True,
        "content": {"application/json": {"schema": schema, "example": words.ORDER_EXAMPLE}},
    }


def names_of(model: ImageModel) -> list[str]:
    """Every name under which a model may be asked for."""
    return [model.id, *model.aliases]


def body_schema(model: ImageModel) -> dict[str, Any]:
    """JSON Schema of an order of one model."""
    door = model.door(DIALECT)
    spoken = door.spoken(model.by_name)
    required = [parameter.name for parameter in spoken if parameter.is_required]
    url = {"type": "string", "format": "uri", "description": "Where this job reports to."}
    properties: dict[str, Any] = {
        "prompt": {"type": "string", "minLength": 1, "maxLength": prompt_max(V2, model)},
        "model": {"type": "string", "enum": names_of(model)},
        "webhookUrl": url,
        "webhook_url": url | {"deprecated": True},
        "webhookEvents": {"type": "array", "minItems": 1, "items": {"type": "string", "enum": list(EVENTS)}},
        door.container: {
            "type": "object",
            "additionalProperties": False,
            "properties": {parameter.name: parameter.schema() for parameter in spoken},
        }
        | ({"required": required} if required else {}),
    }
    assert set(COMMON) < set(properties)
    return {
        "type": "object",
        "title": model.name,
        "additionalProperties": False,
        "required": ["prompt", "model", *([door.container] if required else [])],
        "not": {"required": ["webhookUrl", "webhook_url"]},
        "properties": properties,
    }
