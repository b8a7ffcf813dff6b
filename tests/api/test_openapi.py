"""GET /v2/openapi.json says what the routes do."""

import gzip
import json
import re
from typing import Any

import pytest
from django.urls import get_resolver
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from studio.api import sync_orders, v1, v2
from studio.api.document_v1 import body_schema
from studio.jobs.bodies import V1, call_of, doors_of
from studio.jobs.bodies import V2_PROMPT_MAX as PROMPT_MAX
from studio.providers import catalogue as declared
from tests.factories import required_of
from tests.facts.samples import asked, needed

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(client) -> dict[str, Any]:
    response = client.get("/v2/openapi.json")
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    return json.loads(response.content)


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_it_is_openapi_31_and_made_once(client, document):
    assert document["openapi"] == "3.1.0"
    assert client.get("/v2/openapi.json").content == client.get("/v2/openapi.json").content


def test_it_is_valid_by_the_specification(document):
    assert [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_every_operation_and_every_answer_says_what_it_means_and_carries_a_request_id(document):
    for route, operation in operations(document).items():
        assert operation["summary"][:1].isupper(), route
        assert operation["tags"], route
        assert all(parameter["description"] for parameter in operation.get("parameters", ())), route
        for status, answer in operation["responses"].items():
            assert len(answer["description"]) > 4, (route, status)
            assert "X-Request-Id" in answer["headers"], (route, status)
            assert ("Retry-After" in answer["headers"]) is (status in ("429", "503")), (route, status)
            assert set(answer["headers"]) <= set(document["components"]["headers"])


def test_every_example_is_as_its_schema_says(document):
    registry = Registry().with_resource("urn:document", DRAFT202012.create_resource(document))
    tried = 0
    for _route, operation in operations(document).items():
        for part in (operation.get("requestBody", {}), *operation["responses"].values()):
            media = part.get("content", {}).get("application/json", {})
            if "example" in media:
                schema = json.loads(json.dumps(media["schema"]).replace('"#/', '"urn:document#/'))
                Draft202012Validator(schema, registry=registry).validate(media["example"])
                tried += 1
    assert tried > 20


def test_an_unchanged_document_travels_once_and_small(client):
    first = client.get("/v2/openapi.json", headers={"Accept-Encoding": "gzip"})
    assert (first["Content-Encoding"], "Accept-Encoding" in first["Vary"]) == ("gzip", True)
    assert len(first.content) <= 24_000
    assert gzip.decompress(first.content) == client.get("/v2/openapi.json").content
    again = client.get("/v2/openapi.json", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])


def test_every_route_is_in_it_and_nothing_else(document):
    routes = set()
    for dialect, prefix in ((v2.api, "/v2"), (v1.api, "/v1")):
        for router in dialect._get_bound_routers():
            for path, view in router.path_operations.items():
                address = (prefix + path).replace("{path:id}", "{id}").rstrip("/")  # a slash at its end changes nothing
                routes |= {f"{method} {address}" for each in view.operations for method in each.methods}
    assert routes == set(operations(document))
    patterns = next(item for item in get_resolver().url_patterns if getattr(item, "namespace", "") == "v2")
    paths = [path for path in document["paths"] if path.startswith("/v2")]
    assert len(patterns.url_patterns) == len(paths) + 1  # and the root, which is no route


@pytest.mark.parametrize(
    ("route", "statuses"),
    [
        (
            "POST /v2/images/generate",
            {"202", "400", "401", "402", "403", "409", "413", "415", "429", "500", "503"},
        ),
        ("GET /v2/jobs", {"200", "400", "401", "403", "500", "503"}),
        ("GET /v2/jobs/{id}", {"200", "400", "401", "403", "404", "500", "503"}),
        ("POST /v2/jobs/{id}/cancel", {"200", "400", "401", "403", "404", "409", "500", "503"}),
        ("GET /v2/me", {"200", "400", "401", "403", "500", "503"}),
        ("GET /v2/models", {"200", "400", "500", "503"}),
        ("GET /v2/openapi.json", {"200", "304", "500"}),
        (
            "POST /v1/images/generations",
            {"200", "400", "401", "402", "403", "404", "409", "413", "415", "429", "500", "502", "503", "504"},
        ),
        ("GET /v1/models", {"200", "500", "503"}),
        ("GET /v1/models/{id}", {"200", "404", "500", "503"}),
    ],
)
def test_every_status_a_route_answers_is_declared(document, route, statuses):
    assert set(operations(document)[route]["responses"]) == statuses


def test_routes_say_whether_they_need_a_key(document):
    for route, operation in operations(document).items():
        is_open = route in ("GET /v2/models", "GET /v2/openapi.json", "GET /v1/models", "GET /v1/models/{id}")
        assert operation["security"] == ([] if is_open else [{"ApiKey": []}, {"Bearer": []}])
    assert set(document["components"]["securitySchemes"]) == {"ApiKey", "Bearer"}


def test_operation_ids_are_unique_and_every_reference_leads_somewhere(document):
    ids = [operation["operationId"] for operation in operations(document).values()]
    assert len(ids) == len(set(ids))
    text = json.dumps(document)
    for reference in {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}:
        assert reference in document["components"]["schemas"], reference


def test_the_orders_body_is_made_of_the_declarations(document):
    schemas = document["components"]["schemas"]
    request = schemas["GenerateImageRequest"]
    mapping = request["discriminator"]["mapping"]
    assert {"dall-e-3", "openai/gpt-image-2", "flux-pro/v1.1"} <= set(mapping)
    assert len(request["oneOf"]) == len(declared.models())
    three = schemas[mapping["dall-e-3"].rpartition("/")[2]]
    assert (three["additionalProperties"], three["required"]) == (False, ["prompt", "model"])
    assert three["properties"]["prompt"]["maxLength"] == PROMPT_MAX
    params = three["properties"]["dalleParams"]
    assert params["additionalProperties"] is False
    assert set(params["properties"]) == {"aspect_ratio", "style"}
    assert params["properties"]["style"]["enum"] == ["vivid", "natural"]
    assert params["properties"]["aspect_ratio"]["enum"] == ["1:1", "3:2", "2:3"]
    count = schemas[mapping["gpt-image-2"].rpartition("/")[2]]["properties"]["gptImage2Params"]["properties"]
    assert (count["number_of_images"]["minimum"], count["number_of_images"]["maximum"]) == (1, 10)


def test_what_the_document_allows_is_what_the_route_takes(client, document, key):
    """Every enum value and both ends of every range of every model, one order each."""
    from studio.api.orders import read_order

    schemas = document["components"]["schemas"]
    tried = 0
    for model in declared.models():
        body = schemas[f"Generate.{model.id.replace('/', '.')}"]["properties"]
        container = model.door("apiframe").container
        needed = model.door("apiframe").write(required_of(model), 1).get(container, {})
        for name, schema in body[container]["properties"].items():
            ends = [schema[end] for end in ("minimum", "maximum") if end in schema]
            for value in [*schema.get("enum", []), *ends]:
                if schema["type"] == "integer" and not isinstance(value, int):
                    value = int(value)
                read_order({"prompt": "a", "model": model.id, container: {**needed, name: value}})  # or it raises
                tried += 1
    assert tried > 30


@pytest.mark.parametrize("model", declared.models(), ids=lambda model: model.id)
def test_every_order_in_openais_words_is_allowed_by_its_schema(model):
    schema = Draft202012Validator(body_schema(model))
    for door in doors_of(V1, model):
        for params, count in asked(model, door):
            schema.validate(call_of(V1, model, prompt="a fox", params=params, count=count).body)
    assert not schema.is_valid({"model": model.id, "prompt": "a fox", "nonsense": 1})
    assert not schema.is_valid({"model": "nonsense", "prompt": "a fox"})
    nothing = dict.fromkeys(sync_orders.NULLABLE & set(body_schema(model)["properties"]) - {"model"})
    schema.validate(call_of(V1, model, prompt="a", params=needed(model), count=model.least).body | nothing)


def test_every_pattern_is_about_the_whole_text(document):
    patterns = set(re.findall(r'"pattern": ("(?:[^"\\\\]|\\\\.)*")', json.dumps(document)))
    assert len(patterns) > 5
    assert [each for each in patterns if not each.startswith('"^') or not each.endswith('$"')] == []


def test_a_model_may_be_null_only_where_it_may_be_left_out(document):
    schemas = document["components"]["schemas"]
    bodies = {name: body for name, body in schemas.items() if name.startswith("Generations.")}
    nullable = {name for name, body in bodies.items() if None in body["properties"]["model"]["enum"]}
    assert nullable == {name for name, body in bodies.items() if "model" not in body["required"]} != set()
