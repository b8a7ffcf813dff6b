"""The part of the OpenAPI document about `/v1`, the OpenAI and AI/ML API dialect."""

import re
from typing import Any

from django.utils.translation import gettext_noop as _

from studio.api.document_words import PICTURE
from studio.api.sync_orders import DEFAULT_MODEL, FORMATS, NULLABLE, ONLY, USER_MAX
from studio.jobs.bodies import PATHS, V1, doors_of, prompt_max, unsaid
from studio.providers import catalogue
from studio.providers.catalogue import ImageModel
from studio.providers.catalogue.join import SIDES

TAG = "OpenAI’s words"
ORDER = {"model": "dall-e-3", "prompt": "A lighthouse in the fog", "size": "1792x1024", "response_format": "url"}
MODEL = {"id": "dall-e-3", "object": "model", "created": 1_700_000_000, "owned_by": "OpenAI"}
HEADERS = {
    "X-Studio-Job": {
        "description": _("The id of the job that was made. From here on nothing that is sent again is made twice."),
        "schema": {"type": "string", "format": "uuid"},
    },
    "x-should-retry": {
        "description": _("`false` wherever a job was made: OpenAI's libraries then do not send the order again."),
        "schema": {"type": "string", "enum": ["false"]},
    },
}
MEANINGS = {
    "200": _("The pictures are there, and paid for."),
    "400": _(
        "The request is not as it must be (`param` names what), or the provider refused the prompt "
        "(`content_policy_violation`)."
    ),
    "401": _("The key is missing or not known."),
    "402": _("Too few credits: `insufficient_quota`."),
    "403": _("The key is paused, revoked or expired, or may not do this."),
    "404": _("There is no such model; the sentence names the closest."),
    "409": _("The job was cancelled, or the Idempotency-Key was used with another body."),
    "413": _("The body is larger than 1 MB."),
    "415": _("The body is not JSON."),
    "429": _("More orders than this key may place in this time, or as many calls wait as may wait."),
    "500": _("Something broke on our side."),
    "502": _("The job failed; nothing was charged."),
    "503": _("No provider can draw at the moment, or the studio is stopping while the job goes on (`still_running`)."),
    "504": _("The job goes on without this call (`still_running`), or its outcome is not known (`outcome_unknown`)."),
}
OF_A_JOB = {"200", "400", "409", "500", "502", "503", "504"}
_TEXT = {"type": "string"}

NOT_FOUND = {
    "error": {
        "message": "There is no model dall-e-33. The closest are dall-e-3, dall-e-2, imagen-3.",
        "type": "invalid_request_error",
        "param": "model",
        "code": "model_not_found",
    }
}
SCHEMAS: dict[str, Any] = {
    "OpenAIFailure": {
        "type": "object",
        "description": "Why a request was refused, as OpenAI says it.",
        "required": ["error"],
        "properties": {
            "error": {
                "type": "object",
                "required": ["message", "type", "param", "code"],
                "properties": {
                    "message": _TEXT,
                    "type": _TEXT,
                    "param": {"type": ["string", "null"]},
                    "code": {"type": ["string", "null"]},
                },
            }
        },
    },
    "OpenAIImages": {
        "type": "object",
        "description": "The pictures; GPT Image also says what it used and made.",
        "required": ["created", "data"],
        "properties": {
            "created": {"type": "integer"},
            "data": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"url": _TEXT, "b64_json": _TEXT, "revised_prompt": _TEXT},
                },
            },
            **{name: {"type": ["string", "null"]} for name in ("background", "output_format", "quality", "size")},
            "usage": {"type": "object"},
        },
    },
    "OpenAIModel": {
        "type": "object",
        "required": ["id", "object", "created", "owned_by"],
        "properties": {"id": _TEXT, "object": {"const": "model"}, "created": {"type": "integer"}, "owned_by": _TEXT},
    },
    "OpenAIModelList": {
        "type": "object",
        "required": ["object", "data"],
        "properties": {
            "object": {"const": "list"},
            "data": {"type": "array", "items": {"$ref": "#/components/schemas/OpenAIModel"}},
        },
    },
}


def add_to(found: dict[str, Any], *, security: list[Any], submit_parameters: list[Any]) -> None:
    """Put the routes of `/v1` and what they name into a document."""
    bodies = {f"Generations.{re.sub(r'[^A-Za-z0-9._-]', '.', model.id)}": model for model in catalogue.models()}
    references = {name: f"#/components/schemas/{name}" for name in bodies}
    request = {
        "oneOf": [{"$ref": reference} for reference in references.values()],
        "discriminator": {
            "propertyName": "model",
            "mapping": {alias: references[n] for n, m in bodies.items() for alias in (m.id, *m.aliases)},
        },
    }
    found["components"]["headers"] |= HEADERS
    found["components"]["schemas"] |= SCHEMAS | {name: body_schema(model) for name, model in bodies.items()}
    found["components"]["schemas"]["ImageGenerationsRequest"] = request
    order = _operation(
        "generate_and_wait",
        _("Order pictures and wait for them"),
        _("A job like any other, but the answer comes when it has ended. A model that is not named is dall-e-3."),
        answer="OpenAIImages",
        example={"created": 1763717424, "data": [{"url": PICTURE, "revised_prompt": "A lighthouse in thick fog"}]},
        statuses=list(MEANINGS),
    )
    order |= {
        "security": security,
        "parameters": submit_parameters,
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"$ref": "#/components/schemas/ImageGenerationsRequest"},
                    "example": ORDER,
                }
            },
        },
    }
    models = _operation(
        "list_openai_models",
        _("List models as OpenAI does"),
        _("The models that can be used here. No key is needed."),
        answer="OpenAIModelList",
        example={"object": "list", "data": [MODEL]},
        statuses=["200", "500", "503"],
    )
    one = _operation(
        "get_openai_model",
        _("Look at a model"),
        _("One model, by any name it is known under. No key is needed."),
        answer="OpenAIModel",
        example=MODEL,
        statuses=["200", "404", "500", "503"],
    )
    told = {"in": "path", "name": "id", "required": True, "description": _("Any name of the model."), "schema": _TEXT}
    found["paths"] |= {
        PATHS[V1]: {"post": order},
        "/v1/models": {"get": models},
        "/v1/models/{id}": {"get": one | {"parameters": [told]}},
    }


def _operation(
    name: str, summary: str, description: str, *, answer: str, example: Any, statuses: list[str]
) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for status in statuses:
        schema = answer if status == "200" else "OpenAIFailure"
        names = ["X-Request-Id"]
        names += ["Retry-After"] if status in ("429", "503") else []
        if len(statuses) > 4 and status in OF_A_JOB:
            names += ["X-Studio-Job", "X-Studio-Provider", "Idempotent-Replayed"]
            names += ["x-should-retry"] if status != "200" else []
        media: dict[str, Any] = {"schema": {"$ref": f"#/components/schemas/{schema}"}}
        if status == "200":
            media["example"] = example
        elif status == "404":
            media["example"] = NOT_FOUND
        responses[status] = {
            "description": MEANINGS[status] if len(statuses) > 4 or status != "200" else "Done.",
            "headers": {each: {"$ref": f"#/components/headers/{each}"} for each in names},
            "content": {"application/json": media},
        }
    told = {"operationId": name, "summary": summary, "description": description, "tags": [TAG], "security": []}
    return told | {"responses": responses}


def body_schema(model: ImageModel) -> dict[str, Any]:
    """JSON Schema of an order of one model: OpenAI's names and AI/ML API's."""
    doors = doors_of(V1, model)
    properties: dict[str, Any] = {}
    required: list[str] = []
    for door in doors:
        for parameter in door.spoken(model.by_name):
            schema, there = parameter.schema(), properties.get(parameter.name)
            if there is None:
                properties[parameter.name] = schema
            elif schema != there:
                properties[parameter.name] = {"anyOf": [*there.get("anyOf", [there]), schema]}
            required += [parameter.name] if parameter.is_required and parameter.name not in required else []
    if "size" not in properties and set(SIDES) <= set(model.by_name):
        properties["size"] = {"type": "string", "pattern": "^[1-9][0-9]{0,4}x[1-9][0-9]{0,4}$"}
    for name, value in unsaid(model).items():
        properties[name] = properties[name] | {"default": value}
    for (model_id, name), value in ONLY.items():
        if model.id == model_id:
            properties[name] = {"const": value}
    names = [model.id, *model.aliases]
    is_default = model.id == DEFAULT_MODEL
    properties |= {
        "n": {"type": "integer", "minimum": model.least, "maximum": model.most},
        "model": {"type": ["string", "null"], "enum": [*names, None]}
        if is_default
        else {"type": "string", "enum": names},
        "response_format": {"type": "string", "enum": list(FORMATS)},
        "user": _TEXT | {"maxLength": USER_MAX},
    }
    for name in NULLABLE & properties.keys():
        if name != "model" and "null" not in str(properties[name].get("type")):
            properties[name] = {"anyOf": [properties[name], {"type": "null"}]}
    properties["prompt"] = {"type": "string", "minLength": 1, "maxLength": prompt_max(V1, model)}
    needed = ["prompt"] if is_default else ["prompt", "model"]
    return {
        "type": "object",
        "title": model.name,
        "additionalProperties": False,
        "required": [*needed, *required],
        "properties": properties,
    }
