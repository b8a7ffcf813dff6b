"""The OpenAPI document of the Apiframe dialect: the routes as django-ninja knows them, the order's body as declared."""

import json
import re
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils import translation
from ninja import NinjaAPI

from studio.api.orders import COMMON, DIALECT, EVENTS, prompt_max
from studio.providers import catalogue, overlay
from studio.providers.catalogue import ImageModel, registry

PREFIX = "/v2/"
KEYS = {
    "ApiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "Bearer": {"type": "http", "scheme": "bearer"},
}
SUBMIT_PARAMETERS = [
    {
        "in": "header",
        "name": "Idempotency-Key",
        "required": False,
        "description": "Your own name for this order: sent again within 24 hours it answers with the same job.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
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


def document(api: NinjaAPI) -> bytes:
    """The document as JSON; made anew only when an administrator accepted something about the models."""
    overlay.look()
    return _document(api, registry.number())


@lru_cache(maxsize=1)
def _document(api: NinjaAPI, _number: int) -> bytes:
    with translation.override("en"):
        found: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix=PREFIX), default=str))
        found["info"]["title"] = settings.STUDIO_NAME
        found["servers"] = [{"url": settings.STUDIO_BASE_URL}]
        found["components"]["securitySchemes"] = KEYS
        for path, operations in found["paths"].items():
            for method, operation in operations.items():
                is_open = path in (f"{PREFIX}models", f"{PREFIX}openapi.json")
                operation["security"] = [] if is_open else [{name: []} for name in KEYS]
                operation["operationId"] = operation["operationId"].rpartition("_v2_")[2]
                operation["responses"].update(_everywhere(method))
        _describe_order(found)
    return json.dumps(found, ensure_ascii=False).encode()


def _everywhere(_method: str) -> dict[str, Any]:
    failure = {"application/json": {"schema": {"$ref": "#/components/schemas/Failure"}}}
    return {"500": {"description": "Something broke on our side", "content": failure}}


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
    found["paths"][f"{PREFIX}images/generate"]["post"]["requestBody"] = {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/GenerateImageRequest"}}},
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
        "prompt": {"type": "string", "minLength": 1, "maxLength": prompt_max(model)},
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
