"""The page about the API: for anyone, from our own origin alone, right about every model."""

import re
from html import unescape

import pytest

from studio.api import orders, sync_orders
from studio.api.document_v1 import body_schema
from studio.api.v2 import api
from studio.jobs.bodies import V1, V2
from studio.jobs.call_words import example_call, model_fields
from studio.providers import catalogue
from tests.tools import messages

pytestmark = pytest.mark.django_db


def test_anyone_may_read_it_and_nothing_on_it_is_inline_or_from_elsewhere(client):
    answer = client.get("/docs/api/")
    assert answer.status_code == 200
    assert "<style" not in answer.text
    assert not re.search(r'\son\w+="|\sstyle="', answer.text)
    assert all("src=" in tag.split(">")[0] for tag in answer.text.split("<script")[1:])
    assert not re.search(r'(?:src|href)="(?:https?:)?//', answer.text)
    assert "unsafe" not in answer["Content-Security-Policy"]


def test_every_route_is_on_it_with_all_its_answers(client):
    page = client.get("/docs/api/").text
    for router in api._get_bound_routers():
        for path in router.path_operations:
            assert f"<code>/v2{path}</code>" in page, path
    assert all(f'<th scope="row">{status}</th>' in page for status in (202, 400, 401, 402, 409, 413, 415, 429, 503))


@pytest.mark.parametrize("model", catalogue.models(), ids=lambda model: model.id)
def test_the_first_order_of_every_model_is_one_that_is_taken(model):
    for dialect, read in ((V2, orders.read_order), (V1, sync_orders.read_order)):
        order = read(example_call(dialect, model).body)
        assert order.declared == model
        assert model.clean(order.params, count=order.count) == order.params


def test_a_model_is_chosen_by_a_plain_form_and_any_nonsense_is_the_first_one(client):
    page = client.get("/docs/api/", {"model": "gpt-image-2"}).text
    assert '"model": "gpt-image-2"' in unescape(page)
    assert "gptImage2Params.quality" in page
    for nonsense in ({"model": "nonsense"}, {"model": "x" * 5000}, {"dialect": "v9"}, {"model": "\0"}):
        assert '"model": "dall-e-3"' in unescape(client.get("/docs/api/", nonsense).text)


def test_it_is_light(client):
    page = client.get("/docs/api/", headers={"Accept-Encoding": "gzip"})
    assert len(page.content) <= 12_000


def test_people_find_it(client, alice):
    assert 'href="/docs/api/"' in client.get("/docs/api/").text
    client.force_login(alice)
    assert 'href="/docs/api/"' in client.get("/accounts/").text


def test_what_counts_without_a_word_is_told_of_the_dialect_that_is_shown():
    model = catalogue.find("gpt-image-2")
    one, two = ({field.name: field.default for field in model_fields(dialect, model)} for dialect in (V1, V2))
    assert (one["output_format"], two["gptImage2Params.output_format"]) == ("png", "webp")
    assert body_schema(model)["properties"]["output_format"]["anyOf"][0]["default"] == "png"


@pytest.mark.parametrize(
    ("dialect", "told", "meant"), [("v1", "param", "outcome_unknown"), ("v2", "details", "no such job")]
)
def test_errors_are_told_as_the_dialect_that_is_shown_has_them(client, dialect, told, meant):
    errors = unescape(client.get("/docs/api/", {"dialect": dialect}).text.partition('id="errors"')[2])
    assert f'"{told}"' in errors
    assert meant in errors


def test_the_page_speaks_the_readers_language_and_the_document_english(client):
    """A sentence added to the document has to be marked for the catalogues, or the page would say it in English."""
    document = client.get("/v2/openapi.json", headers={"Accept-Language": "ko"}).json()
    marked = {text.text for text in messages.texts()}
    operations = [each for path in document["paths"].values() for each in path.values()]
    said = {told["description"] for told in document["components"]["headers"].values()}
    for operation in operations:
        said |= {operation["summary"], operation["description"]}
        said |= {told["description"] for told in (*operation.get("parameters", ()), *operation["responses"].values())}
    assert said - marked == set()
    page = client.get("/docs/api/", headers={"Accept-Language": "ko"}).text
    assert "<h3>그림 주문</h3>" in page
    assert [each["summary"] for each in operations if f"<h3>{each['summary']}</h3>" in page] == []
