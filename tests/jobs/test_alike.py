"""What a teammate already made of exactly this is offered first, and never in the way."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from studio.accounts.models import User
from studio.credits.services import grant
from studio.jobs.alike import already_made, fingerprint
from studio.jobs.models import Image, Job, Star
from studio.jobs.services import submit_job
from studio.providers import catalogue
from tests.databases import Scratch
from tests.jobs.states import HTMX, completed

MADE = "made exactly this"
WORDS = "a blue kettle"


def make(user: User, *, model: str = "dall-e-3", visibility: str = "team", prompt: str = WORDS, **params: Any) -> Job:
    grant(user=user, amount=100, reason="for the test", actor=None)
    job, _was_there = submit_job(user=user, model=model, prompt=prompt, params=params)
    job = completed(job)
    Job.objects.filter(pk=job.pk).update(visibility=visibility)
    return job


def asked(client: Client, **fields: str) -> str:
    data = {"model": "dall-e-3", "prompt": WORDS, "shown": "", **fields}
    return client.post("/studio/price/", data, headers=HTMX).text


@pytest.fixture
def bobs(client: Client, catalogue: None, alice: User, bob: User) -> Iterator[Client]:
    """Bob's composer; Alice made a blue kettle and shows it."""
    grant(user=bob, amount=100, reason="for the test", actor=None)
    client.force_login(bob)
    return client


def test_it_is_offered_with_the_price_and_making_it_anew_stays(bobs: Client, alice: User) -> None:
    job = make(alice)
    text = asked(bobs)
    assert f"alice {MADE} on " in text
    assert "0 credits" in text
    assert f"/gallery/pictures/{Image.objects.get(job=job).pk}/keep/" in text
    assert "Make it anew, 21" in text
    page = bobs.get("/", {"model": "dall-e-3", "prompt": WORDS}).text
    assert f"alice {MADE}" in page


@pytest.mark.parametrize(
    "change",
    [
        {"visibility": "me"},
        {"prompt": "a blue Kettle"},
        {"style": "natural"},
        {"aspect_ratio": "3:2"},
        {"model": "flux-1.1-pro"},
    ],
    ids=str,
)
def test_what_is_not_exactly_this_is_not_offered(bobs: Client, alice: User, change: dict[str, Any]) -> None:
    make(alice, **change)
    assert MADE not in asked(bobs)


def test_own_deleted_failed_and_real_ones_are_not_offered(bobs: Client, alice: User, bob: User) -> None:
    make(bob)
    assert MADE not in asked(bobs)
    job = make(alice)
    assert MADE in asked(bobs)
    Job.objects.filter(pk=job.pk).update(is_sandbox=False)
    assert MADE not in asked(bobs)  # the sandbox would draw here
    Job.objects.filter(pk=job.pk).update(is_sandbox=True)
    Image.objects.filter(job=job).update(deleted_at=timezone.now(), deleted_by=alice)
    assert MADE not in asked(bobs)


def test_defaults_that_were_said_aloud_and_blank_ends_make_no_difference(bobs: Client, alice: User) -> None:
    default = catalogue.find("dall-e-3").defaults  # type: ignore[union-attr]
    make(alice, prompt=f"  {WORDS}\r\n", **{name: value for name, value in default.items() if name == "style"})
    assert MADE in asked(bobs)


def test_any_seed_will_do_unless_one_is_asked_for(bobs: Client, alice: User, bob: User) -> None:
    make(alice, model="flux-1.1-pro", seed=7)
    flux = catalogue.find("flux-1.1-pro")
    assert flux is not None

    def found(**params: Any) -> bool:
        return already_made(bob, flux, params, prompt=WORDS, count=1, is_sandbox=True) is not None

    assert found()
    assert found(seed=7)
    assert not found(seed=8)


def test_what_builds_on_pictures_has_no_fingerprint() -> None:
    model = catalogue.find("flux-1.1-pro")
    assert model is not None
    assert fingerprint(model, {"image_prompt": "ref_1"}, prompt=WORDS, count=1) == ""
    assert fingerprint(model, {}, prompt=WORDS, count=1) != fingerprint(model, {}, prompt=WORDS, count=2)


def test_pressing_generate_makes_it_anew(bobs: Client, alice: User, bob: User) -> None:
    make(alice)
    answer = bobs.post("/", {"model": "dall-e-3", "prompt": WORDS, "key": "k" * 24}, headers=HTMX)
    assert answer.status_code == 200
    assert Job.objects.of(bob).count() == 1


def test_using_that_one_stars_it_and_opens_it_for_nothing(bobs: Client, alice: User, bob: User) -> None:
    image = Image.objects.get(job=make(alice))
    path = f"/gallery/pictures/{image.pk}/keep/"
    answer = bobs.post(path)
    assert answer["Location"] == f"/jobs/{image.job_id}/?picture=1"
    assert Star.objects.get().user == bob
    assert bobs.post(path, headers=HTMX)["HX-Redirect"] == f"/jobs/{image.job_id}/?picture=1"
    assert (Star.objects.count(), Job.objects.of(bob).count()) == (1, 0)
    assert bobs.get(path).status_code == 405
    Job.objects.update(visibility="me")
    assert bobs.post(path).status_code == 404


def test_it_takes_one_query_and_several_orders_none(bobs: Client, alice: User) -> None:
    make(alice)
    counts = {}
    for words in ("", WORDS, "a {red|blue} kettle"):
        asked(bobs, prompt=words)
        with CaptureQueriesContext(connection) as queries:
            asked(bobs, prompt=words)
        counts[words] = sum("fingerprint" in query["sql"].partition("WHERE")[2] for query in queries)
    assert counts == {"": 0, WORDS: 2, "a {red|blue} kettle": 0}  # a teammate's, and one's own a moment ago


PLAN = "tests.jobs.alike_process:plan"


def test_the_index_answers_on_both_databases(scratch: Scratch) -> None:
    [plan] = scratch.run(PLAN)
    assert "jobs_job_alike" in plan
    assert "SCAN jobs_job" not in plan
    assert "Seq Scan on jobs_job" not in plan
