"""Vendors that answer with the pictures: what they are sent, and how every known shape of answer is read."""

import base64
import json
from typing import Any

import pytest

from studio.core.outbound import Answer
from studio.providers.aimlapi import AimlApi
from studio.providers.base import Ambiguous, Connection, Gone, NotTaken, ProviderError, Refused
from studio.providers.openai import OpenAI
from studio.providers.results import extras_of, pictures_of
from studio.providers.synchronous import SynchronousVendor
from tests.fakes.dialects import USAGE
from tests.fakes.provider import FakeProvider
from tests.providers.conftest import MakeOrder

KEY = "afk_fake_0123456789"
OPENAI_ITSELF = OpenAI(Connection("https://api.openai.com/v1", KEY))


@pytest.fixture
def aimlapi(fake: FakeProvider) -> AimlApi:
    return AimlApi(Connection(f"{fake.url}/aimlapi", KEY))


@pytest.fixture
def openai(fake: FakeProvider) -> OpenAI:
    return OpenAI(Connection(f"{fake.url}/v1", KEY))


@pytest.fixture
def own(fake: FakeProvider) -> OpenAI:
    return OpenAI(Connection(f"{fake.url}/own/v1"))


def silent(progress: int) -> None:
    pass


def body_at(fake: FakeProvider, vendor: SynchronousVendor, make_order: MakeOrder, **change: Any) -> dict[str, Any]:
    vendor.submit(make_order(**{"wire_params": {}, **change}), silent)
    [seen] = fake.stats()["each"]
    assert seen["client_request_id"] == "00000000-0000-4000-8000-000000000002"
    body: dict[str, Any] = seen["body"]
    return body


def test_aimlapi_is_sent_the_parameters_as_they_are_spelt_there(
    fake: FakeProvider, aimlapi: AimlApi, make_order: MakeOrder
) -> None:
    wire = {"num_images": 2, "image_size": {"width": 512, "height": 256}, "seed": 7}
    body = body_at(fake, aimlapi, make_order, offer_model="flux-pro", wire_params=wire, count=2)
    assert body == {"prompt": "a lighthouse", "model": "flux-pro", **wire}


def test_an_address_of_aimlapi_as_openais_libraries_want_it_is_the_same_address() -> None:
    assert AimlApi(Connection("https://api.aimlapi.com/v1/")).base_url == "https://api.aimlapi.com"


@pytest.mark.parametrize("model", ["gpt-image-1", "gpt-image-2", "chatgpt-image-latest", "openai/gpt-image-1"])
def test_gpt_image_models_are_never_sent_a_response_format(make_order: MakeOrder, model: str) -> None:
    order = make_order(offer_model=model, wire_params={"quality": "low", "response_format": "b64_json"})
    for vendor in (OPENAI_ITSELF, OpenAI(Connection("http://gateway.example/v1"))):
        assert vendor.body(order) == {"prompt": "a lighthouse", "model": model, "quality": "low"}


def test_pictures_are_asked_for_as_base64_where_that_can_be_asked(
    fake: FakeProvider, own: OpenAI, make_order: MakeOrder
) -> None:
    assert OPENAI_ITSELF.body(make_order(offer_model="dall-e-3", wire_params={}))["response_format"] == "b64_json"
    assert "response_format" not in OPENAI_ITSELF.body(make_order(offer_model="sunburst", wire_params={}))
    body = body_at(fake, own, make_order, offer_model="", wire_params={"n": 2, "size": "512x512"}, count=2)
    assert body == {"prompt": "a lighthouse", "n": 2, "size": "512x512", "response_format": "b64_json"}


def test_openai_itself_would_refuse_what_the_fake_refuses(
    fake: FakeProvider, openai: OpenAI, make_order: MakeOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = make_order(offer_model="gpt-image-2", wire_params={})
    assert openai.submit(order, silent).pictures[0].data.startswith(b"\x89PNG")
    monkeypatch.setattr(openai, "body", lambda order: {"response_format": "b64_json", **OpenAI.body(openai, order)})
    with pytest.raises(Refused) as caught:
        openai.submit(order, silent)
    assert caught.value.text == "Unknown parameter: 'response_format'."


def test_a_server_of_ones_own_is_asked_without_a_key(own: OpenAI, openai: OpenAI) -> None:
    assert own.auth() == {}
    assert openai.auth() == {"Authorization": f"Bearer {KEY}"}


@pytest.mark.parametrize(
    ("shape", "cost", "seed", "revised"),
    [
        ("", 168_000, 42, ""),
        ("data", 168_000, None, "a fox [fake:result=data], enhanced"),
        ("dalle", 168_000, None, "a fox [fake:result=dalle], in detail"),
        ("meta", 168_000, None, ""),
        ("bits", 168_000, None, ""),
        ("output", None, None, ""),
        ("duplicate", 168_000, 42, ""),
    ],
)
def test_every_shape_of_answer_of_aimlapi_is_read(
    fake: FakeProvider, aimlapi: AimlApi, make_order: MakeOrder, shape: str, cost: int, seed: int | None, revised: str
) -> None:
    words = f"[fake:result={shape}]" if shape else ""
    order = make_order(f"a fox {words}", wire_params={"num_images": 2}, count=2)
    finished = aimlapi.submit(order, silent)
    assert (finished.cost, finished.cost_unit) == (cost, "" if cost is None else "aimlapi")
    assert len(finished.pictures) == 2
    for picture in finished.pictures:
        assert bool(picture.url.startswith(f"{fake.url}/cdn/")) is not picture.data.startswith(b"\x89PNG")
        assert (picture.seed, picture.revised_prompt) == (seed, revised)


@pytest.mark.parametrize("shape", ["", "relative", "link", "data"])
def test_every_shape_of_answer_of_a_server_of_ones_own_is_read(
    fake: FakeProvider, own: OpenAI, make_order: MakeOrder, shape: str
) -> None:
    words = f"[fake:result={shape}]" if shape else ""
    [picture] = own.submit(make_order(f"a fox {words}", wire_params={}), silent).pictures
    if shape in ("relative", "link"):
        assert picture.url.startswith(f"{fake.url}/cdn/")
    else:
        assert picture.data.startswith(b"\x89PNG")


def test_what_openai_says_beside_the_pictures_is_kept(openai: OpenAI, make_order: MakeOrder) -> None:
    order = make_order(offer_model="gpt-image-2", wire_params={"quality": "low", "size": "1024x1536"})
    told = {"background": "auto", "output_format": "png", "quality": "low", "size": "1024x1536", "usage": USAGE}
    assert openai.submit(order, silent).extra == told
    dalle = openai.submit(make_order("a fox", offer_model="dall-e-3", wire_params={}), silent)
    assert (dalle.extra, dalle.pictures[0].revised_prompt) == ({}, "a fox, in detail")


def test_pictures_the_safety_checker_made_black_are_no_pictures(aimlapi: AimlApi, make_order: MakeOrder) -> None:
    blanked = make_order("a fox [fake:job=blanked]", wire_params={})
    hidden = aimlapi.submit(blanked, silent)
    assert (hidden.pictures, hidden.none_because) == ([], "content_policy")
    assert hidden.cost  # the vendor took it all the same
    asked_for = make_order("a fox [fake:job=blanked]", wire_params={"enable_safety_checker": False})
    assert len(aimlapi.submit(asked_for, silent).pictures) == 1
    some = aimlapi.kept(list("ab"), {"has_nsfw_concepts": [True, False]}, blanked)  # type: ignore[arg-type]
    assert some == ["b"]


def test_such_a_vendor_cannot_be_asked_for_an_order(aimlapi: AimlApi, make_order: MakeOrder) -> None:
    with pytest.raises(Gone):
        aimlapi.poll("anything", make_order())


@pytest.mark.parametrize(
    ("words", "expected", "code"),
    [
        ("[fake:submit=402]", Refused, "provider_credits"),
        ("[fake:submit=403]", Refused, "provider_credits"),
        ("[fake:submit=401]", Refused, "provider_key"),
        ("[fake:submit=404]", Refused, "provider_error"),
        ("[fake:submit=500]", Ambiguous, "provider_error"),
        ("[fake:submit=503]", Ambiguous, "provider_error"),
        ("[fake:submit=503][fake:retry-after=4]", NotTaken, "rate_limited"),
        ("[fake:job=busy]", NotTaken, "rate_limited"),
        ("[fake:job=nsfw]", Refused, "content_policy"),
        ("[fake:job=nothing]", Ambiguous, "nonsense"),
    ],
)
def test_what_aimlapi_says_went_wrong_is_understood(
    aimlapi: AimlApi, make_order: MakeOrder, words: str, expected: type[ProviderError], code: str
) -> None:
    with pytest.raises(ProviderError) as caught:
        aimlapi.submit(make_order(f"a fox {words}", wire_params={}), silent)
    assert (type(caught.value), caught.value.code) == (expected, code)


@pytest.mark.parametrize(
    ("status", "error", "expected", "code"),
    [
        (
            429,
            {"message": "You exceeded your current quota", "code": "insufficient_quota"},
            Refused,
            "provider_credits",
        ),
        (429, {"message": "Rate limit reached", "code": "rate_limit_exceeded"}, NotTaken, "rate_limited"),
        (400, {"message": "Billing hard limit", "code": "billing_hard_limit_reached"}, Refused, "provider_credits"),
        (400, {"message": "Rejected", "code": "moderation_blocked"}, Refused, "content_policy"),
        (400, {"message": "The model `dall-e-3` does not exist", "code": "model_not_found"}, Refused, "model_gone"),
        (400, {"message": "Invalid size", "code": "invalid_size"}, Refused, "bad_request"),
        (503, {"message": "The engine is currently overloaded", "code": None}, NotTaken, "rate_limited"),
        (500, {"message": "The server had an error", "code": None}, Ambiguous, "provider_error"),
    ],
)
def test_what_openai_says_went_wrong_is_understood(
    status: int, error: dict[str, Any], expected: type[ProviderError], code: str
) -> None:
    told = OPENAI_ITSELF.submit_error(Answer(status, {}, json.dumps({"error": error}).encode()))
    assert (type(told), told.code, told.status) == (expected, code, status)


@pytest.mark.parametrize("form", ["string", "envelope", "detail", "details", "message"])
def test_an_engine_that_bills_nobody_and_says_it_failed_has_failed(
    own: OpenAI, make_order: MakeOrder, form: str
) -> None:
    with pytest.raises(Refused) as caught:
        own.submit(make_order(f"a fox [fake:submit=500][fake:error={form}]", wire_params={}), silent)
    assert (caught.value.code, "Scripted status 500" in caught.value.text) == ("provider_error", True)


def test_a_gateway_that_fails_says_nothing_of_the_engine_behind_it(own: OpenAI) -> None:
    error = own.submit_error(Answer(500, {}, b"<html>Internal Server Error</html>"))
    assert type(error) is Ambiguous


def read(parsed: dict[str, Any]) -> list[Any] | None:
    return pictures_of(parsed, prompt="a fox", asked_at="https://gpu.example/v1/images/generations")


@pytest.mark.parametrize(
    ("parsed", "urls"),
    [
        ({"data": [{"url": "/v1/images/7/content?variant=1"}]}, ["https://gpu.example/v1/images/7/content?variant=1"]),
        ({"data": [{"url": "//evil.example/x"}]}, ["https://evil.example/x"]),
        ({"data": [{"url": "file:///etc/passwd"}, {"url": "http://[::1"}, {"url": 7}, None, 5, {}]}, []),
        ({"data": [], "images": [{"url": "https://a.example/1"}]}, []),
        ({"data": None, "images": ["https://a.example/1", "https://a.example/1"]}, ["https://a.example/1"]),
        ({"output": {"choices": "x"}}, None),
        ({"data": {"url": "https://a.example"}}, None),
        ({}, None),
    ],
)
def test_addresses_are_resolved_and_odd_ones_left_out(parsed: dict[str, Any], urls: list[str] | None) -> None:
    found = read(parsed)
    assert (None if found is None else [picture.url for picture in found]) == urls


def test_texts_and_numbers_of_an_answer_fit_where_they_are_kept() -> None:
    bits = base64.b64encode(b"picture").decode()
    odd = {"revised_prompt": "a \x00fox\n\ud800" + "x" * 9000, "seed": 2**63}
    [picture] = read({"data": [{"b64_json": bits, **odd}]}) or []
    assert (picture.data, picture.seed, picture.revised_prompt[:9]) == (b"picture", None, "a  fox\n x")
    assert len(picture.revised_prompt) == 8000
    picture.revised_prompt.encode()
    [lines] = read({"data": [{"b64_json": base64.encodebytes(b"picture" * 20).decode()}]}) or []
    assert lines.data == b"picture" * 20
    [broken] = read({"data": [{"b64_json": "###"}], "seed": True}) or []
    assert (broken.data, broken.seed) == (b"not Base64", None)


def test_only_small_known_facts_without_keys_are_kept_beside_the_pictures() -> None:
    deep: dict[str, Any] = {"a": {"b": {"c": {"d": 1}}}}
    parsed = {
        "usage": {"total_tokens": 5, "huge": 1e300, KEY: f"x {KEY}\x00", "list": [1], "deep": deep} | deep,
        "size": "s" * 500,
        "quality": None,
        "other": "thing",
    }
    told = extras_of(parsed, KEY)
    assert set(told) == {"usage", "size"}
    assert (len(told["size"]), told["usage"]["total_tokens"], told["usage"]["huge"]) == (100, 5, None)
    assert KEY not in json.dumps(told)
    assert len(json.dumps(extras_of({"usage": {str(n): "x" * 500 for n in range(999)}}))) < 5000
