"""OpenAI's libraries for Python and JavaScript, with nothing changed but the address and the key."""

import base64
import io
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image as Pillow
from pytest_django.fixtures import Settings

from studio.accounts.key_services import create_api_key
from studio.accounts.models import User
from studio.jobs.models import Job
from tests.factories import make_user
from tests.fakes.provider import FakeProvider
from tests.jobs.conftest import wait_for
from tests.sdk.conftest import Connect
from tests.sdk.libraries import Library, told_by

SMALL = "a fox [fake:side=64]"


def orders(fake: FakeProvider) -> int:
    return int(fake.stats()["orders"])


def test_an_address(library: Library) -> None:
    (made,) = library.ask("generate", {"prompt": SMALL})["answer"]["data"]
    assert made["url"].endswith(f"-1.png?{made['url'].partition('?')[2]}")
    assert made["revised_prompt"] == SMALL


def test_base64_of_several(library: Library, connect: Connect) -> None:
    connect("openai", "/v1")
    answer = library.ask("generate", {"model": "gpt-image-1", "prompt": SMALL, "n": 2})["answer"]
    assert [Pillow.open(io.BytesIO(base64.b64decode(one["b64_json"]))).size for one in answer["data"]] == [(64, 64)] * 2
    assert answer["usage"]["total_tokens"] == 1069


def test_the_models(library: Library) -> None:
    assert "dall-e-3" in library.ask("models")["answer"]["ids"]


@pytest.mark.parametrize(
    ("asked", "error", "status", "code", "param"),
    [
        ({"size": "1024x1792"}, "BadRequestError", 400, "unsupported_value", "size"),
        ({"size": "512x512"}, "BadRequestError", 400, "invalid_value", "size"),
        ({"n": 2}, "BadRequestError", 400, "invalid_value", "n"),
        ({"stream": True}, "BadRequestError", 400, "unknown_parameter", "stream"),
        ({"model": "dall-e-9"}, "NotFoundError", 404, "model_not_found", "model"),
    ],
)
def test_what_cannot_be_had_is_named(
    library: Library, asked: dict[str, Any], error: str, status: int, code: str, param: str
) -> None:
    if asked.get("stream"):
        asked = {"extra_body": asked} if library.language == "python" else asked
    told = library.ask("generate", {"prompt": SMALL, "model": "dall-e-3", **asked})
    expected = {"error": error, "status": status, "code": code, "param": param, "job": None, "retry": None}
    assert told == expected
    assert not Job.objects.exists()


def test_too_few_credits(library: Library) -> None:
    poor = create_api_key(user=make_user("carol", credits=20), name="poor")[1]
    told = replace(library, key=poor).ask("generate", {"prompt": SMALL})
    assert (told["status"], told["code"]) == (402, "insufficient_quota")
    assert not Job.objects.exists()


def test_a_wrong_key(library: Library) -> None:
    told = replace(library, key="sk-of-somebody-else").ask("generate", {"prompt": SMALL})
    assert (told["error"], told["status"], told["code"]) == ("AuthenticationError", 401, "invalid_api_key")


def test_a_refusal_is_not_asked_again(library: Library, fake: FakeProvider) -> None:
    told = library.ask("generate", {"prompt": f"{SMALL}[fake:job=nsfw]"})
    assert (told["error"], told["status"], told["code"]) == ("BadRequestError", 400, "content_policy_violation")
    assert (told["job"], told["retry"]) == (str(Job.objects.get().pk), "false")
    assert orders(fake) == 1


def test_who_hangs_up_loses_nothing(library: Library, fake: FakeProvider) -> None:
    fake.script(seconds=1)
    program = library.begin("generate", {"prompt": SMALL})
    wait_for(lambda: Job.objects.exists())
    program.kill()
    program.wait()
    wait_for(lambda: Job.objects.filter(status="COMPLETED", paid=21).exists())
    assert orders(fake) == 1


def test_a_stalled_provider_is_asked_once_however_often_the_library_tries(library: Library, fake: FakeProvider) -> None:
    told = library.ask("generate", {"prompt": f"{SMALL}[fake:job=never]"}, timeout=800)
    assert told["status"] is None, "the library gave up by itself, after two more tries"
    assert (Job.objects.count(), orders(fake)) == (1, 1)


def test_a_slow_picture_is_had_at_the_second_try(library: Library, fake: FakeProvider) -> None:
    fake.script(seconds=2)
    (made,) = library.ask("generate", {"prompt": SMALL}, timeout=2000)["answer"]["data"]
    assert str(Job.objects.get().pk) in made["url"]
    assert orders(fake) == 1


def test_a_dead_provider_is_told_once(library: Library, fake: FakeProvider, connect: Connect) -> None:
    connect("openai", "/v1")
    told = library.ask("generate", {"prompt": f"{SMALL}[fake:submit=accept+reset]"})
    assert (told["status"], told["code"], told["retry"]) == (504, "outcome_unknown", "false")
    assert (Job.objects.count(), orders(fake)) == (1, 1)


def test_the_wait_is_over_before_the_picture_is_there(library: Library, settings: Settings, fake: FakeProvider) -> None:
    settings.SYNC_WAIT = 0.3
    told = library.ask("generate", {"prompt": f"{SMALL}[fake:job=never]"})
    assert (told["status"], told["code"], told["retry"]) == (504, "still_running", "false")
    assert Job.objects.get().is_active
    assert orders(fake) <= 1


def test_what_was_cancelled_is_told(library: Library, studio: User) -> None:
    program = library.begin("generate", {"prompt": f"{SMALL}[fake:submit=429][fake:retry-after=30]"})
    wait_for(lambda: Job.objects.exists())
    Job.objects.get()
    from studio.jobs.services import cancel_job

    def cancelled() -> bool:
        try:
            cancel_job(job=Job.objects.get(), user=studio)
        except Exception:
            return False
        return True

    wait_for(cancelled)
    told = told_by(program)
    assert (told["error"], told["status"], told["code"], told["retry"]) == ("ConflictError", 409, "cancelled", "false")
