"""The fake vendor counts rightly: what is proved with it stands on this."""

import json
import threading
import urllib.error
import urllib.request
from typing import Any

import pytest
from PIL import Image

from tests.fakes.provider import FakeProvider


def ask(fake: FakeProvider, path: str, body: Any = None, key: str = "afk_fake_0123456789", **headers: str) -> Any:
    request = urllib.request.Request(  # noqa: S310
        fake.url + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"X-API-Key": key, "Authorization": f"Bearer {key}", "Content-Type": "application/json", **headers},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read())


def order(fake: FakeProvider, prompt: str = "a fox", key: str = "one") -> str:
    body = {"prompt": prompt, "model": "dall-e-3", "dalleParams": {"aspect_ratio": "3:2"}}
    return str(ask(fake, "/v2/images/generate", body, **{"Idempotency-Key": key})["jobId"])


def test_one_key_is_one_order_and_one_charge(fake: FakeProvider) -> None:
    threads = [threading.Thread(target=order, args=[fake]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert order(fake) == order(fake)
    stats = ask(fake, "/_stats")
    assert (stats["orders"], stats["charges"], stats["each"][0]["submits"]) == (1, 1, 10)


def test_the_same_key_with_another_body_is_409(fake: FakeProvider) -> None:
    order(fake)
    with pytest.raises(urllib.error.HTTPError) as caught:
        order(fake, "a wolf")
    assert caught.value.code == 409


def test_a_failed_order_is_refunded(fake: FakeProvider) -> None:
    job = ask(fake, f"/v2/jobs/{order(fake, 'a fox [fake:job=nsfw]')}")
    assert (job["status"], job["creditCost"], fake.stats()["charges"]) == ("FAILED", 0, 0)


def test_a_finished_order_has_a_real_picture_in_its_shape(vendor: FakeProvider, fake: FakeProvider) -> None:
    fake.kilobytes = 300
    job = ask(fake, f"/v2/jobs/{order(fake)}")
    fake.kilobytes = 0
    with urllib.request.urlopen(job["result"]["images"][0]) as answer:
        small = answer.read()
    fake.kilobytes = 300
    with urllib.request.urlopen(job["result"]["images"][0]) as answer:
        picture = Image.open(answer)
        assert picture.size == (1536, 1024)
        picture.load()
        assert int(answer.headers["Content-Length"]) >= 300_000 > len(small)
    fake.kilobytes = 0


def test_a_synchronous_vendor_answers_when_it_is_done_and_knows_no_key_of_an_order(fake: FakeProvider) -> None:
    body = {"model": "dall-e-3", "prompt": "a fox", "n": 2, "size": "1024x1024", "response_format": "b64_json"}
    answer = ask(fake, "/v1/images/generations", body, **{"Idempotency-Key": "one"})
    assert ["b64_json" in item for item in answer["data"]] == [True, True]
    ask(fake, "/v1/images/generations", body, **{"Idempotency-Key": "one"})
    assert (fake.stats()["requests"], fake.stats()["charges"]) == ({"submit": 2}, 2)


def test_a_fault_that_happens_once_is_over_for_the_next_try_of_a_synchronous_order(fake: FakeProvider) -> None:
    body = {"prompt": "a fox [fake:submit=503*1]"}
    with pytest.raises(urllib.error.HTTPError):
        ask(fake, "/own/v1/images/generations", body)
    assert len(ask(fake, "/own/v1/images/generations", body)["data"]) == 1


def test_a_script_changes_every_prompt_and_the_listener_can_go_away(fake: FakeProvider) -> None:
    ask(fake, "/_script", {"words": "[fake:submit=503*1]"})
    with pytest.raises(urllib.error.HTTPError) as caught:
        order(fake)
    assert caught.value.code == 503
    job_id = order(fake)
    ask(fake, "/_script", {"refuse": 0.15})
    threading.Event().wait(0.1)
    with pytest.raises(urllib.error.URLError):
        ask(fake, "/_stats")
    threading.Event().wait(0.2)
    assert ask(fake, "/_stats")["each"][0]["id"] == job_id
