"""POST /v2/images/generate: what is taken, what is refused, and that a refusal leaves nothing."""

from typing import Any

import pytest
from django.db import OperationalError
from django_q.models import OrmQ

from studio.credits.models import Account
from studio.jobs.models import Job
from studio.providers import catalogue as declared
from studio.providers.errors import NoOffer
from studio.providers.models import ModelPrice, ModelRow, ProviderRow
from tests.api.conftest import GENERATE, ORDER
from tests.api.made import nothing_is_left
from tests.factories import required_of

pytestmark = pytest.mark.django_db


def test_an_order_is_a_job_like_any_other(order, alice):
    response = order(dalleParams={"aspect_ratio": "3:2", "style": "natural"})
    job = Job.objects.get()
    assert response.status_code == 202
    assert response.json() == {"jobId": str(job.pk), "status": "QUEUED"}
    assert (response["X-Studio-Provider"], "X-Request-Id" in response) == ("sandbox", True)
    assert (job.user, job.source, job.api_key.name) == (alice, "api", "script")
    assert (job.model, job.prompt, job.params) == (
        "dall-e-3",
        ORDER["prompt"],
        {"aspect_ratio": "3:2", "style": "natural"},
    )
    assert (job.width, job.height, job.price, job.visibility) == (1536, 1024, 21, "me")
    account = Account.objects.get(user=alice)
    assert (account.balance, account.held) == (100, 21)
    assert OrmQ.objects.count() == 1


def test_a_picture_count_is_priced_as_such(order):
    assert order(model="gpt-image-2", gptImage2Params={"number_of_images": 3, "quality": "low"}).status_code == 202
    job = Job.objects.get()
    assert (job.count, job.params, job.price) == (3, {"quality": "low"}, 12)


@pytest.mark.parametrize("model", [model.id for model in declared.models()])
def test_every_model_of_the_catalogue_can_be_ordered(order, alice, model):
    Account.objects.filter(user=alice).update(balance=100_000)
    found = declared.find(model)
    assert order(model=model, **found.door("apiframe").write(required_of(found), found.least)).status_code == 202
    assert Job.objects.get().model == model


def test_an_alias_is_taken_and_echoed(order, client, key):
    job_id = order(model="openai/gpt-image-2", gptImage2Params={"quality": "low"}).json()["jobId"]
    assert Job.objects.get().model == "gpt-image-2"
    assert client.get(f"/v2/jobs/{job_id}", headers={"X-API-Key": key}).json()["model"] == "openai/gpt-image-2"


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"prompt": None}, "prompt"),
        ({"prompt": 3}, "prompt"),
        ({"prompt": ""}, "prompt"),
        ({"prompt": " \n\t"}, "prompt"),
        ({"prompt": "x" * 2001}, "prompt"),
        ({"prompt": "a\x07b"}, "prompt"),
        ({"model": None}, "model"),
        ({"model": ["dall-e-3"]}, "model"),
        ({"model": "dall-e-9"}, "model"),
        ({"model": "DALL-E-3"}, "model"),
        ({"model": "x" * 100_000}, "model"),
        ({"dalleParams": None}, "dalleParams"),
        ({"dalleParams": []}, "dalleParams"),
        ({"dalleParams": {"style": "loud"}}, "dalleParams.style"),
        ({"dalleParams": {"style": None}}, "dalleParams.style"),
        ({"dalleParams": {"style": ["vivid"]}}, "dalleParams.style"),
        ({"dalleParams": {"aspect_ratio": "7:4"}}, "dalleParams.aspect_ratio"),
        ({"dalleParams": {"quality": "hd"}}, "dalleParams.quality"),
        ({"dalleParams": {"n": 2}}, "dalleParams.n"),
        ({"fluxParams": {"seed": 1}}, "fluxParams"),
        ({"params": {"style": "vivid"}}, "params"),
        ({"n": 1}, "n"),
        ({"user": 1}, "user"),
        ({"status": "COMPLETED"}, "status"),
        ({"price": 0}, "price"),
        ({"is_sandbox": True}, "is_sandbox"),
        ({"webhookUrl": 5}, "webhookUrl"),
        ({"webhookUrl": ""}, "webhookUrl"),
        ({"webhookUrl": "not an address"}, "webhookUrl"),
        ({"webhookUrl": "ftp://a.example/"}, "webhookUrl"),
        ({"webhookUrl": "https://user:pass@a.example/"}, "webhookUrl"),
        ({"webhookUrl": "https://a.example:22/"}, "webhookUrl"),
        ({"webhookUrl": "http://127.0.0.1/"}, "webhookUrl"),
        ({"webhookUrl": "http://0x7f.1/"}, "webhookUrl"),
        ({"webhookUrl": "http://[::ffff:169.254.169.254]/"}, "webhookUrl"),
        ({"webhook_url": "http://10.0.0.1/"}, "webhook_url"),
        ({"webhookUrl": "https://a.example/", "webhook_url": "https://a.example/"}, "webhook_url"),
        ({"webhookEvents": []}, "webhookEvents"),
        ({"webhookEvents": "completed"}, "webhookEvents"),
        ({"webhookEvents": ["completed", "done"]}, "webhookEvents.1"),
        ({"webhookEvents": [{}]}, "webhookEvents.0"),
    ],
)
def test_what_is_wrong_is_said_by_path_and_leaves_nothing(order, changes, path):
    response = order(**changes)
    body = response.json()
    assert response.status_code == 400
    assert set(body) == {"error", "details"}
    assert list(body["details"]) == [path]
    assert all(isinstance(said, str) and said for said in body["details"][path])
    assert len(response.content) < 3000
    assert nothing_is_left()


@pytest.mark.parametrize(
    ("model", "params", "path"),
    [
        ("gpt-image-2", {"gptImage2Params": {"number_of_images": 11}}, "gptImage2Params.number_of_images"),
        ("gpt-image-2", {"gptImage2Params": {"number_of_images": 0}}, "gptImage2Params.number_of_images"),
        ("gpt-image-2", {"gptImage2Params": {"number_of_images": True}}, "gptImage2Params.number_of_images"),
        ("gpt-image-2", {"gptImage2Params": {"number_of_images": 1.5}}, "gptImage2Params.number_of_images"),
        ("flux-1.1-pro", {"fluxParams": {"output_quality": 101}}, "fluxParams.output_quality"),
        ("flux-1.1-pro", {"fluxParams": {"guidance": 1.4}}, "fluxParams.guidance"),
        ("flux-1.1-pro", {"fluxParams": {"seed": 2**63}}, "fluxParams.seed"),
        ("flux-1.1-pro", {"fluxParams": {"aspect_ratio": "3:2\n"}}, "fluxParams.aspect_ratio"),
        ("flux-1.1-pro", {"fluxParams": {"raw": "true"}}, "fluxParams.raw"),
    ],
)
def test_ranges_and_types_hold_for_every_family(order, model, params, path):
    response = order(model=model, **params)
    assert (response.status_code, list(response.json()["details"])) == (400, [path])


def test_all_problems_are_told_at_once(order):
    response = order({"prompt": "", "model": "dall-e-3", "dalleParams": {"style": 1, "size": 2}, "n": 3})
    assert set(response.json()["details"]) == {"prompt", "dalleParams.style", "dalleParams.size", "n"}


def test_a_wrong_model_names_the_three_closest_and_no_more(order):
    (said,) = order(model="dall-e").json()["details"]["model"]
    assert "dall-e-3" in said
    assert sum(model.id in said for model in declared.models()) == 3


@pytest.mark.parametrize("missing", ["prompt", "model"])
def test_prompt_and_model_are_required(order, missing):
    body = {name: value for name, value in ORDER.items() if name != missing}
    assert list(order(body).json()["details"]) == [missing]


def test_a_body_of_a_thousand_wrong_fields_gets_a_short_answer(order):
    response = order(**{f"field{number}": number for number in range(1000)}, dalleParams={"x" * 10_000: 1})
    assert response.status_code == 400
    assert len(response.content) < 8000


def test_prompts_up_to_2000_characters_of_any_script_are_kept_as_they_are(order):
    prompt = "קרן אור בערפל 🌊" + "燈" * 1985
    assert (len(prompt), order(prompt=prompt).status_code) == (2000, 202)
    assert Job.objects.get().prompt == prompt


def test_too_few_credits_say_how_many(client, other_key):
    response = client.post(GENERATE, ORDER, content_type="application/json", headers={"X-API-Key": other_key})
    body = response.json()
    assert (response.status_code, body["creditsRequired"], body["creditsAvailable"]) == (402, 21, 0)
    assert "21" in body["error"]
    assert nothing_is_left()


def test_a_model_that_is_off_or_unpriced_is_a_wrong_model(order):
    ModelRow.objects.filter(model="dall-e-3").update(enabled=False)
    ModelPrice.objects.filter(model="dall-e-2").delete()
    for model in ("dall-e-3", "dall-e-2"):
        response = order(model=model)
        assert (response.status_code, list(response.json()["details"])) == (400, ["model"])


@pytest.mark.parametrize(
    ("param", "path"),
    [
        ("output_quality", "fluxParams.output_quality"),
        ("model", "model"),
        ("prompt", "prompt"),
        ("count", "model"),
    ],
)
def test_what_no_connected_provider_honours_is_named_by_its_path(order, monkeypatch, param, path):
    def refused(**_asked: Any) -> None:
        raise NoOffer(param, "Flux 1.1 Pro")

    monkeypatch.setattr("studio.api.v2.submit_job", refused)
    response = order(model="flux-1.1-pro")
    assert (response.status_code, list(response.json()["details"])) == (400, [path])


def test_without_any_provider_it_is_503(order, settings):
    settings.SANDBOX = "off"
    response = order()
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert nothing_is_left()


def test_a_webhook_is_kept_with_the_job(order):
    order(webhookUrl="https://a.example/hook?x=1")
    order(webhook_url="http://a.example:8443/", webhookEvents=["failed", "progress", "failed"])
    kept = Job.objects.order_by("created_at").values_list("webhook_url", "webhook_events")
    assert list(kept) == [
        ("https://a.example/hook?x=1", ["completed", "failed"]),
        ("http://a.example:8443/", ["progress", "failed"]),
    ]


def test_a_private_webhook_address_needs_the_operators_word(order, settings):
    from ipaddress import ip_network

    settings.WEBHOOK_ALLOW = [ip_network("10.1.0.0/16")]
    assert order(webhookUrl="http://10.1.2.3:9000/").status_code == 202
    assert order(webhookUrl="http://10.2.2.3/").status_code == 400


def test_a_sandbox_key_pays_nothing_and_its_jobs_are_marked(client, sandbox_key, alice):
    response = client.post(GENERATE, ORDER, content_type="application/json", headers={"X-API-Key": sandbox_key})
    job = Job.objects.get()
    assert (response.status_code, response["X-Studio-Provider"]) == (202, "sandbox")
    assert (job.is_sandbox, job.price, job.unit_price, job.provider) == (True, 0, 0, "sandbox")
    assert Account.objects.get(user=alice).held == 0


def test_a_sandbox_key_never_reaches_a_real_provider(client, sandbox_key, settings):
    settings.PROVIDERS_FROM_ENVIRONMENT = {"apiframe": {"key": "secret", "base_url": "http://127.0.0.1:1"}}
    ProviderRow.objects.create(slug="apiframe", kind="apiframe", name="Apiframe")
    response = client.post(GENERATE, ORDER, content_type="application/json", headers={"X-API-Key": sandbox_key})
    assert response["X-Studio-Provider"] == "sandbox"


def test_a_sandbox_key_is_503_while_the_sandbox_is_off(client, sandbox_key, settings):
    settings.SANDBOX = "off"
    response = client.post(GENERATE, ORDER, content_type="application/json", headers={"X-API-Key": sandbox_key})
    assert response.status_code == 503
    assert nothing_is_left()


def test_a_database_that_does_not_answer_is_503(order, monkeypatch, caplog):
    def broken(**_asked: Any) -> None:
        raise OperationalError("gone away")

    monkeypatch.setattr("studio.api.v2.submit_job", broken)
    response = order()
    assert (response.status_code, "Retry-After" in response) == (503, True)
    assert "gone away" not in response.content.decode()


def test_a_mistake_of_ours_is_a_sentence_without_a_traceback(order, monkeypatch, caplog):
    def broken(**_asked: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("studio.api.v2.submit_job", broken)
    response = order()
    assert (response.status_code, response.json()) == (500, {"error": "Something broke on our side."})
    assert "secret detail" in caplog.text
