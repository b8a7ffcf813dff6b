"""Every field of every order in the document: what it does not allow is refused, and what it allows is read.

The generated requests of test_fuzz reach a few models; these bodies are read without a server, one change at a time.
"""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from studio.api import orders, sync_orders
from studio.api.document import document
from studio.api.errors import Invalid, Unreadable
from studio.api.openai_errors import BadParameter
from studio.api.v2 import api
from studio.providers.catalogue import ParameterErrors
from studio.providers.errors import UnknownModel

pytestmark = pytest.mark.django_db
ORDERS = {"GenerateImageRequest": orders.read_order, "ImageGenerationsRequest": sync_orders.read_order}
ODD = [None, True, False, "", "x", "\u00e9" * 6000, -1, 0, 1, 2, 0.5, 1.5, 10**30, [], ["x"], [[]], {}, {"x": 1}]


@pytest.fixture(scope="module")
def schemas(django_db_setup: None, django_db_blocker: Any) -> dict[str, Any]:
    with django_db_blocker.unblock():
        found: dict[str, Any] = json.loads(document(api).text)["components"]["schemas"]
    return found


def values(schema: dict[str, Any]) -> Iterator[Any]:
    """What stands at the edges of a field and beyond them."""
    yield from ODD
    for one in (schema, *schema.get("oneOf", ()), *schema.get("anyOf", ())):
        yield from one.get("enum", ())
        for name, step in [("minimum", -1), ("maximum", 1)]:
            if name in one:
                yield from (one[name], one[name] + step)
        if "maxLength" in one and one["maxLength"] < 10_000:
            yield from ("a" * one["maxLength"], "a" * (one["maxLength"] + 1))


def changes(schema: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """The fields of an object and of those in it, and one that it does not have."""
    for name, field in schema["properties"].items():
        yield (*path, name), field
        if field.get("properties"):
            yield from changes(field, (*path, name))
    yield (*path, "nonsense"), {}


def changed(body: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    name, *rest = path
    return {**body, name: changed(body.get(name, {}), tuple(rest), value) if rest else value}


def is_read(name: str, body: dict[str, Any]) -> bool:
    try:
        order = ORDERS[name](body)
        order.declared.clean(order.params, count=order.count)
    except (BadParameter, Invalid, ParameterErrors, Unreadable, UnknownModel):
        return False
    return True


def is_judged(path: tuple[str, ...], field: dict[str, Any], value: Any) -> bool:
    """Not what is looked at elsewhere: where addresses lead, whole numbers of more than 64 bits."""
    is_address = "uri" in (field.get("format"), field.get("items", {}).get("format"))
    if is_address and (isinstance(value, str) or (isinstance(value, list) and value)):
        return False
    if field.get("format") == "int64" and value == 10**30:
        return False
    return path != ("model",) or value is not None  # that is DALL-E 3, whose order is another schema


@pytest.mark.parametrize("name", ORDERS)
def test_what_the_document_does_not_allow_is_refused_and_what_it_allows_is_read(
    name: str, schemas: dict[str, Any]
) -> None:
    wrong = []
    for ref in schemas[name]["oneOf"]:
        schema = schemas[ref["$ref"].rpartition("/")[2]]
        allows = jsonschema_rs.validator_for(schema).is_valid
        order = {"prompt": "a fox", "model": schema["properties"]["model"]["enum"][0]}
        for path, field in changes(schema):
            for value in values(field):
                body = changed(order, path, value)
                if is_judged(path, field, value) and is_read(name, body) != allows(body):
                    wrong.append((schema["title"], path, value))
    assert not wrong
