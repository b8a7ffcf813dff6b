"""/v1/images/generations: what an order of OpenAI's or AI/ML API's means here, and what is refused."""

import json
import threading
import uuid
from typing import Any

import pytest
from django.db import OperationalError

from studio.accounts.key_services import create_api_key
from studio.api import v1, waiting
from studio.api.openai_errors import BadParameter
from studio.api.sync_orders import read_order
from studio.jobs.bodies import V1, call_of
from studio.jobs.models import Job
from studio.providers import catalogue
from studio.providers.models import ProviderRow
from tests.api.made import nothing_is_left
from tests.factories import make_user
from tests.facts.samples import asked

GENERATIONS = "/v1/images/generations"
BODY = {"prompt": "A lighthouse at dawn"}


def meant(**said: Any) -> tuple[dict[str, Any], int | None]:
    order = read_order({"prompt": "a", **said})
    return order.params, order.count


def refused(**said: Any) -> tuple[str, str]:
    with pytest.raises(BadParameter) as caught:
        read_order({"prompt": "a", **said})
    return caught.value.param, caught.value.code


@pytest.mark.parametrize(
    ("said", "params"),
    [
        ({"size": "1024x1792", "quality": "hd"}, {"aspect_ratio": "4:7", "quality": "hd"}),
        ({"size": None, "style": None, "n": None, "user": "u-1", "model": None}, {}),
        ({"model": "dall-e-2", "size": "512x512", "quality": "standard"}, {"resolution": "512"}),
        ({"model": "openai/gpt-image-1", "quality": "auto", "moderation": None}, {"quality": "auto"}),
        ({"model": "gpt-image-2", "size": "1024x1536"}, {"aspect_ratio": "2:3", "output_format": "png"}),
        ({"model": "gpt-image-2", "output_format": "webp"}, {"output_format": "webp"}),
        ({"model": "flux/dev", "image_size": "landscape_16_9", "seed": 7}, {"aspect_ratio": "16:9", "seed": 7}),
        ({"model": "flux/dev", "size": "640x512"}, {"width": 640, "height": 512}),
        ({"model": "flux/dev", "size": "1024x1024", "image_size": "square_hd"}, {"width": 1024, "height": 1024}),
    ],
)  # fmt: skip
def test_names_of_both_vendors_are_read(said: dict[str, Any], params: dict[str, Any]) -> None:
    assert meant(**said)[0] == params


def test_the_number_of_pictures_has_two_names() -> None:
    assert meant(model="flux/dev", num_images=3)[1] == meant(model="flux/dev", n=3, num_images=3)[1] == 3
    assert meant(model="gpt-image-2", n=2)[1] == 2
    assert meant()[1] is None


@pytest.mark.parametrize(
    ("said", "param", "code"),
    [
        ({"stream": True}, "stream", "unknown_parameter"),
        ({"partial_images": 1}, "partial_images", "unknown_parameter"),
        ({"shape": "round"}, "shape", "unknown_parameter"),
        ({"num_images": 1}, "num_images", "unknown_parameter"),
        ({"x" * 200: 1}, "x" * 100, "unknown_parameter"),
        ({"size": "1024 x 1024"}, "size", "invalid_value"),
        ({"size": 1024}, "size", "invalid_value"),
        ({"model": "flux/dev", "size": "big"}, "size", "invalid_value"),
        ({"model": "flux/dev", "size": "1024x1024", "image_size": "landscape_4_3"}, "image_size", "invalid_value"),
        ({"model": "flux/dev", "n": 2, "num_images": 3}, "num_images", "invalid_value"),
        ({"quality": "ultra"}, "quality", "invalid_value"),
        ({"model": "dall-e-2", "quality": "hd"}, "quality", "invalid_value"),
        ({"n": "1"}, "n", "invalid_value"),
        ({"n": True}, "n", "invalid_value"),
        ({"n": 1.0}, "n", "invalid_value"),
        ({"user": 5}, "user", "invalid_value"),
        ({"user": "u" * 513}, "user", "string_above_max_length"),
        ({"model": 5}, "model", "invalid_value"),
        ({"response_format": "jpeg"}, "response_format", "invalid_value"),
        ({"response_format": ["url"]}, "response_format", "invalid_value"),
        ({"prompt": ""}, "prompt", "invalid_value"),
        ({"prompt": None}, "prompt", "invalid_value"),
        ({"prompt": "a" * 4001}, "prompt", "string_above_max_length"),
        ({"model": "dall-e-2", "prompt": "a" * 1001}, "prompt", "string_above_max_length"),
    ],
)
def test_what_cannot_be_read_is_named(said: dict[str, Any], param: str, code: str) -> None:
    assert refused(**said) == (param, code)


def test_the_longest_prompt_of_dalle_3_is_read() -> None:
    assert len(read_order({"prompt": "a" * 4000}).prompt) == 4000


@pytest.mark.parametrize(
    ("model", "answered"),
    [("dall-e-3", "url"), ("gpt-image-1", "b64_json"), ("openai/gpt-image-1", "url"), ("flux/dev", "url")],
)
def test_a_program_gets_pictures_as_it_reads_them(model: str, answered: str) -> None:
    assert read_order({**BODY, "model": model}).response_format == answered
    assert read_order({**BODY, "model": model, "response_format": "url"}).response_format == "url"


def test_aimlapi_has_another_name_for_base64() -> None:
    imagen = {"prompt": "a", "model": "google/imagen4/preview"}
    assert read_order({**imagen, "convert_base64_to_url": False}).response_format == "b64_json"
    assert read_order({**imagen, "convert_base64_to_url": True}).response_format == "url"
    assert refused(**imagen, convert_base64_to_url=1) == ("convert_base64_to_url", "invalid_value")
    both = {"convert_base64_to_url": True, "response_format": "b64_json"}
    assert refused(**imagen, **both) == ("convert_base64_to_url", "invalid_value")
    assert refused(convert_base64_to_url=True) == ("convert_base64_to_url", "unknown_parameter")


@pytest.mark.parametrize("model", catalogue.models(), ids=lambda model: model.id)
def test_every_order_of_every_model_comes_back_the_same(model: Any) -> None:
    for params, count in asked(model, model.everything()):
        call = call_of(V1, model, prompt="a fox", params=params, count=count)
        order = read_order(call.body)
        assert order.declared == model
        again = call_of(V1, model, prompt="a fox", params=order.params, count=order.count or model.least)
        assert again.body == call.body
        if not call.unsaid:
            kept = {name: value for name, value in params.items() if name in order.params}
            assert order.params | kept == order.params
            assert model.shape(order.params) == model.shape(params)


@pytest.fixture
def send(client: Any, key: str, settings: Any, tmp_path: Any) -> Any:
    """Send an order as alice; nobody works on it, so that one that was taken is told to be still running."""
    settings.SYNC_WAIT = 0
    settings.STUDIO_DATA_DIR = tmp_path

    def post(body: Any = None, *, raw: bytes | None = None, path: str = GENERATIONS, **headers: str) -> Any:
        kind = headers.pop("Content_Type", "application/json")
        data = json.dumps(BODY if body is None else body).encode() if raw is None else raw
        return client.post(path, data, content_type=kind, headers={"X-API-Key": key} | headers)

    return post


def error(response: Any) -> dict[str, Any]:
    """The envelope, which is the same everywhere."""
    body = json.loads(b"".join(response)) if response.streaming else response.json()
    assert list(body) == ["error"]
    assert set(body["error"]) == {"message", "type", "param", "code"}
    assert response["Content-Type"].startswith("application/json")
    assert response["X-Request-Id"]
    return dict(body["error"])


@pytest.mark.parametrize("path", [GENERATIONS, f"{GENERATIONS}/"])
def test_an_order_is_a_job_like_any_other(send: Any, path: str) -> None:
    response = send(path=path)
    job = Job.objects.get()
    assert (response.status_code, error(response)["code"]) == (504, "still_running")
    assert (response["X-Studio-Job"], response["x-should-retry"]) == (str(job.pk), "false")
    assert (job.model, job.source, job.price, job.input) == ("dall-e-3", "api", 21, BODY)


@pytest.mark.parametrize("raw", [b" ", b"[]", b"{", b'{"prompt": NaN}', b'{"prompt": "\xff"}', b'{"a":' * 10_000])
def test_what_is_no_json_of_ours_is_400(send: Any, raw: bytes) -> None:
    response = send(raw=raw)
    assert (response.status_code, error(response)["type"]) == (400, "invalid_request_error")
    assert nothing_is_left()


def test_other_bodies_methods_and_addresses(send: Any, client: Any) -> None:
    assert error(send(Content_Type="text/plain"))["code"] == "unsupported_media_type"
    assert error(send(raw=b'{"prompt": "' + b"x" * 1024 * 1024 + b'"}'))["code"] == "too_large"
    for method, path, status in [
        ("get", GENERATIONS, 405),
        ("put", "/v1/models", 405),
        ("get", "/v1/images", 404),
        ("post", "/v1/images/edits", 404),
        ("get", "/v1/models/no/such", 404),
    ]:
        response = getattr(client, method)(path)
        assert response.status_code == status
        error(response)
    assert nothing_is_left()


def test_without_credits_it_is_402(client: Any, catalogue: None, send: Any) -> None:
    poor = create_api_key(user=make_user("poor", credits=20), name="poor")[1]
    response = send(**{"X-API-Key": poor})
    assert (response.status_code, error(response)["type"]) == (402, "insufficient_quota")
    assert nothing_is_left()


def test_too_many_orders_are_429(send: Any, settings: Any) -> None:
    settings.RATE_LIMIT = (1, 60)
    assert send().status_code == 504
    response = send({**BODY, "quality": "hd"})
    assert (response.status_code, error(response)["code"]) == (429, "rate_limit_exceeded")
    assert 0 < int(response["Retry-After"]) <= 60
    assert Job.objects.count() == 1


def test_too_many_callers_are_429(send: Any, settings: Any) -> None:
    settings.SYNC_MAX_WAITING = 0
    response = send()
    assert (response.status_code, response["Retry-After"]) == (429, "10")
    assert nothing_is_left()


def test_a_new_order_beside_the_repetition_of_one_that_was_turned_away_is_another(send: Any, settings: Any) -> None:
    settings.SYNC_MAX_WAITING = 0
    assert send().status_code == 429
    settings.SYNC_MAX_WAITING = 200
    repeated = send(X_Stainless_Retry_Count="1")
    assert repeated["X-Studio-Job"] != send()["X-Studio-Job"]
    assert send(X_Stainless_Retry_Count="2")["X-Studio-Job"] == repeated["X-Studio-Job"]


def test_a_server_that_is_being_stopped_takes_no_order(send: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "_watcher", waiting._Watcher())
    waiting.stop()
    response = send()
    assert (response.status_code, error(response)["code"]) == (503, "stopping")
    assert int(response["Retry-After"]) > 0
    assert nothing_is_left()


def test_calls_are_woken_also_after_a_moment_without_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    watcher, woken = waiting._Watcher(), threading.Event()

    def no_threads(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", no_threads)
        with pytest.raises(RuntimeError):
            watcher.wait(uuid.uuid4(), 1)
    monkeypatch.setattr(watcher, "_look", lambda jobs: (watcher._wake(jobs), woken.set()))
    watcher.wait(uuid.uuid4(), 5)
    assert woken.is_set()


def test_a_database_that_is_away_is_503_and_what_breaks_is_500(send: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(**_asked: Any) -> None:
        raise OperationalError("gone away")

    def broken(**_asked: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(v1, "submit_job", away)
    response = send()
    assert (response.status_code, error(response)["code"]) == (503, "database_unavailable")
    assert int(response["Retry-After"]) > 0
    monkeypatch.setattr(v1, "submit_job", broken)
    response = send()
    assert (response.status_code, error(response)["code"]) == (500, "internal_error")


def test_what_breaks_after_the_job_was_made_is_never_sent_again(send: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "outcome", lambda *_job, **_until: 1 / 0)
    response = send()
    assert (response.status_code, response["x-should-retry"]) == (500, "false")
    assert response["X-Studio-Job"] == str(Job.objects.get().pk)
    assert error(response)["code"] == "internal_error"


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"size": "1024x1792"}, "size"),
        ({"quality": "hd"}, "quality"),
        ({"prompt": "a" * 2001}, "prompt"),
        ({"model": "flux/dev"}, "model"),
        ({"model": "gpt-image-1.5", "moderation": "low"}, "moderation"),
    ],
)
def test_what_nobody_connected_here_honours_is_named(send: Any, body: dict[str, Any], param: str) -> None:
    row = ProviderRow(slug="apiframe", kind="apiframe", name="Apiframe", order=1)
    row.set_key("k" * 20)
    row.save()
    response = send({**BODY, **body})
    told = error(response)
    assert (response.status_code, told["param"], told["code"]) == (400, param, "unsupported_value")
    assert nothing_is_left()
    assert send({**BODY, "quality": "standard"}).status_code == 504, "which Apiframe always makes"
