"""OpenAI's library for Python makes pictures here."""

import base64
import io
from typing import Any
from urllib.request import urlopen

import openai
import pytest
import requests
from PIL import Image as Pillow

from studio.credits.audit import verify
from studio.credits.models import Entry
from studio.jobs.calls import OpenCall
from studio.jobs.models import Job
from tests.fakes.dialects import USAGE
from tests.jobs.conftest import wait_for
from tests.sdk.conftest import Connect

SMALL = "a fox [fake:side=64]"


def size_of(data: bytes) -> tuple[int, int]:
    return Pillow.open(io.BytesIO(data)).size


def test_a_program_of_openais_gets_an_address(client: openai.OpenAI) -> None:
    answer = client.images.with_raw_response.generate(prompt=SMALL)
    made = answer.parse()
    job = Job.objects.get()
    assert made.created == int(job.created_at.timestamp())
    assert [item.revised_prompt for item in made.data] == [SMALL]
    assert size_of(urlopen(made.data[0].url).read()) == (64, 64)
    assert answer.headers["X-Studio-Job"] == str(job.pk)
    assert answer.headers["X-Studio-Provider"] == job.provider == "apiframe"
    assert (job.source, job.model, job.api_key.name, job.paid) == ("api", "dall-e-3", "script", 21)
    assert list(Entry.objects.filter(reference=str(job.pk)).values_list("kind", flat=True)) == ["hold", "capture"]
    assert not list(verify())
    wait_for(lambda: not OpenCall.objects.exists())


def test_base64_is_the_file_itself(client: openai.OpenAI) -> None:
    made = client.images.generate(model="dall-e-3", prompt=SMALL, response_format="b64_json")
    assert made.data[0].url is None
    assert size_of(base64.b64decode(made.data[0].b64_json)) == (64, 64)


def test_a_program_of_gpt_image_reads_base64_and_what_stands_beside_it(client: openai.OpenAI, connect: Connect) -> None:
    connect("openai", "/v1")
    made = client.images.generate(model="gpt-image-1", prompt=SMALL, n=2, size="1024x1536", quality="low")
    assert [size_of(base64.b64decode(item.b64_json)) for item in made.data] == [(64, 64)] * 2
    assert made.usage.model_dump(exclude_none=True) == USAGE
    assert (made.size, made.quality, made.background, made.output_format) == ("1024x1536", "low", "auto", "png")
    assert Job.objects.get().count == 2


def test_the_words_the_vendor_used_are_told(client: openai.OpenAI, connect: Connect) -> None:
    connect("openai", "/v1")
    made = client.images.generate(model="dall-e-3", prompt=SMALL, size="1024x1792", quality="hd", style="natural")
    assert made.data[0].revised_prompt == f"{SMALL}, in detail"


def test_the_sample_of_the_dalle_3_page_works_in_the_sandbox(address: str, sandbox_key: str) -> None:
    body: dict[str, Any] = {"prompt": "A cat", "model": "dall-e-3", "n": 1, "quality": "hd", "size": "1024x1024"}
    body |= {"style": "vivid", "response_format": "url"}
    headers = {"Authorization": f"Bearer {sandbox_key}", "Content-Type": "application/json"}
    answer = requests.post(f"{address}/images/generations", headers=headers, json=body)
    answer.raise_for_status()
    assert set(answer.json()) == {"created", "data"}
    assert set(answer.json()["data"][0]) == {"url", "revised_prompt"}


def test_models_are_listed_and_found_by_every_name(client: openai.OpenAI) -> None:
    listed = {model.id for model in client.models.list()}
    assert {"dall-e-3", "flux/dev"} <= listed
    assert client.models.retrieve("flux/dev").id == "flux/dev"
    assert client.models.retrieve("gpt-image-1").id == "gpt-image-1"
    with pytest.raises(openai.NotFoundError, match="The closest are dall-e-3") as caught:
        client.models.retrieve("dall-e-4")
    assert caught.value.code == "model_not_found"


@pytest.mark.parametrize(
    ("words", "raised", "status", "code"),
    [
        ("[fake:job=nsfw]", openai.BadRequestError, 400, "content_policy_violation"),
        ("[fake:job=fail]", openai.InternalServerError, 502, "provider_error"),
    ],
)
def test_what_came_to_nothing_is_told_once(
    client: openai.OpenAI,
    words: str,
    raised: type[openai.APIStatusError],
    status: int,
    code: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    with pytest.raises(raised) as caught:
        client.with_options(max_retries=2).images.generate(prompt=SMALL + words)
    job = Job.objects.get()
    error = caught.value
    assert (error.status_code, error.code, error.response.headers["x-should-retry"]) == (status, code, "false")
    assert error.response.headers["X-Studio-Job"] == str(job.pk)
    assert (job.status, job.paid) == ("FAILED", 0)
    wait_for(lambda: not OpenCall.objects.exists())
    assert sum(f"{job.pk}: the call that waited is answered {status}, {code}" in line for line in caplog.messages) == 1
    assert not [line for line in caplog.records if line.name == "django.request"], "a failed job is no error of ours"
