"""A pasted cURL command fills in the composer; it orders nothing, and its keys are never shown again."""

import json
import logging

import pytest

from studio.jobs.models import Job
from studio.jobs.pasted import is_call, without_secrets

pytestmark = pytest.mark.usefixtures("catalogue")
SECRET = "afk_0123456789abcdefghijklmnopqrstuvwxyz0123"
ORDER = {"model": "dall-e-3", "prompt": "A fox's den", "dalleParams": {"aspect_ratio": "3:2", "style": "natural"}}


def call(body=None, *, url="http://testserver/v2/images/generate", options="", data=None) -> str:
    text = json.dumps(ORDER if body is None else body) if data is None else data
    quoted = text.replace("'", "'\\''")
    return (
        f"curl {url} \\\n  -H 'X-API-Key: {SECRET}' \\\n  -H 'Content-Type: application/json' {options} -d '{quoted}'"
    )


@pytest.fixture
def paste(client, alice):
    client.force_login(alice)
    return lambda text, **more: client.post("/", {"prompt": text, "model": "imagen-4", **more})


def test_a_call_fills_in_the_form_and_prices_it(paste):
    answer = paste(call())
    composer = answer.context["composer"]
    assert answer.status_code == 200
    assert (composer.listing.model.id, composer.prompt) == ("dall-e-3", "A fox's den")
    assert (composer.params, composer.price) == ({"aspect_ratio": "3:2", "style": "natural"}, 21)
    assert "Filled in from your API call. Nothing is ordered yet." in answer.text
    assert SECRET not in answer.text
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    "url",
    [
        "https://api.apiframe.ai/v2/images/generate",
        "http://testserver/v2/images/generate/",
        "testserver/v2/images/generate",
        "'https://me:secret@api.apiframe.ai/v2/images/generate?x=1'",
    ],
)
def test_calls_to_this_studio_and_to_the_vendors_are_read(paste, url):
    assert paste(call(url=url)).context["composer"].prompt == "A fox's den"


@pytest.mark.parametrize(
    "text",
    [
        call(options="-X POST -sS --max-time 30 -o /dev/null --compressed"),
        call().replace(" -d ", " --data-raw "),
        call().replace(" -d '", " --data='"),
        call().replace(" -d '", " -d'"),
        call().replace(" -d ", " --json "),
        call().replace("curl ", "  $ curl --request POST --url "),
        call().replace("\\\n", "\\\r\n"),
    ],
)
def test_every_way_to_write_it(paste, text):
    assert paste(text).context["composer"].prompt == "A fox's den"


def test_an_alias_and_the_number_of_pictures_are_understood(paste):
    body = {"model": "gpt-image-2", "prompt": "four", "gptImage2Params": {"number_of_images": 4}}
    composer = paste(call(body)).context["composer"]
    assert (composer.listing.model.id, composer.count) == ("gpt-image-2", 4)


def test_a_call_in_openais_words_is_understood(paste):
    body = {"model": "dall-e-3", "prompt": "a fox", "size": "1024x1792", "quality": "hd", "n": 1, "user": "u"}
    url = "https://api.openai.com/v1/images/generations"
    composer = paste(call(body, url=url).replace("X-API-Key: ", "Authorization: Bearer ")).context["composer"]
    assert (composer.listing.model.id, composer.prompt) == ("dall-e-3", "a fox")
    assert (composer.params["quality"], composer.listing.model.shape(composer.params)) == ("hd", (1024, 1792))
    assert not composer.has_errors


def test_where_a_program_reports_to_is_left_out_and_named(paste):
    answer = paste(call(ORDER | {"webhookUrl": "http://10.0.0.1/", "webhookEvents": ["nonsense"]}))
    assert answer.status_code == 200
    assert "This form has no place for webhookUrl, webhookEvents." in answer.text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (call(url="https://evil.example/v2/images/generate"), "goes to another server"),
        (call(url="http://testserver/v2/jobs"), "must order pictures"),
        (call(url="http://[::1/v2/images/generate"), "cannot be read"),
        (call(data="{"), "is not JSON"),
        (call(data='{"a": NaN}'), "is not JSON"),
        (call(data="[" * 5000), "is not JSON"),
        (call(data="[]"), "must be a JSON object"),
        (call(data="@body.json"), "stands in a file"),
        (call() + " -d '{}'", "must have one body"),
        ("curl http://testserver/v2/images/generate", "must have one body"),
        (call() + " | sh", "nothing behind it"),
        (call() + "'", "is not closed"),
        (call(options="-X DELETE"), "must be a POST"),
        (call(options="--config x"), "--config of curl is not understood"),
        (call(ORDER | {"model": "dall-e-33"}), "dall-e-3"),
        (call({"model": "dall-e-3", "prompt": "a", "dalleParams": {"style": "loud"}}), "vivid, natural"),
        (call(ORDER | {"prompt": "x" * 2001}), "at most 2,000"),
        (call(ORDER | {"prompt": "x" * 100_001}), "too long"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_lost_but_the_key(paste, text, sentence, caplog):
    caplog.set_level(logging.DEBUG)
    answer = paste(text)
    composer = answer.context["composer"]
    assert answer.status_code == 422
    assert sentence in composer.prompt_error
    assert composer.prompt == without_secrets(text)
    assert composer.listing.model.id == "imagen-4"
    assert SECRET not in answer.text + caplog.text
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    "secret",
    [
        f'-H "X-API-Key: {SECRET}"',
        f"-H 'Authorization: Bearer sk-{SECRET}'",
        f"--header=authorization:{SECRET}",
        f"-u 'me:{SECRET}'",
        f"--oauth2-bearer {SECRET}",
        f"-b 'session={SECRET}'",
        f"http://testserver/?key={SECRET}",
    ],
)
def test_keys_are_replaced_however_they_are_given(secret):
    assert SECRET[8:] not in without_secrets(f"curl {secret} -d '{{}}")


def test_a_prompt_that_speaks_of_curls_is_a_prompt():
    assert not is_call("curly hair")
    assert not is_call("a curl of smoke")
    assert is_call("curl -X POST")


def test_a_model_that_is_switched_off_is_said_so(paste):
    from studio.providers.models import ModelRow

    ModelRow.objects.update_or_create(model="dall-e-3", defaults={"enabled": False})
    answer = paste(call())
    assert (answer.status_code, "switched off" in answer.context["composer"].prompt_error) == (422, True)
