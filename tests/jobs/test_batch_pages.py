"""A batch on the sheet, under its own head from click to picture, and on its own page."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from studio.accounts.models import User
from studio.credits.audit import verify
from studio.jobs.batches import Wish, submit_batch
from studio.jobs.models import Batch, Job
from tests.factories import make_user
from tests.jobs.states import HTMX, completed, failed, queued, touch, working
from tests.jobs.test_studio_live import look, poll_url

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture
def rich(db: None) -> User:
    return make_user("rich", credits=10_000)


@pytest.fixture
def client(client: Client, rich: User) -> Client:
    client.force_login(rich)
    return client


def order(user: User, prompts: list[str], *models: str) -> list[Job]:
    wishes = [Wish(model, {}) for model in models or ("dall-e-3",)]
    batch, _replay = submit_batch(user=user, words="a {…} fox", prompts=prompts, wishes=wishes)
    return list(batch.jobs.order_by("created_at"))


def heads(text: str) -> list[str]:
    return [unescape(head) for head in re.findall(r"<h[23]>(?:<a[^>]*>)?([^<]+)", text)]


def ids(text: str) -> list[str]:
    return re.findall(r'<article class="card[^>]* id="job-([^"]+)"', text)


def test_the_cards_of_a_batch_stand_together_in_the_order_of_its_prompts(client: Client, rich: User) -> None:
    before = queued(rich, "before")
    jobs = order(rich, ["red", "blue"], "dall-e-3", "gpt-image-2")
    after = queued(rich, "after")
    text = client.get("/").text
    assert ids(text) == [str(job.pk) for job in (after, *jobs, before)]
    assert heads(text) == ["4 pictures, 88 credits, 0 ready"]
    assert f'href="/batches/{jobs[0].batch_id}/"' in text


def test_an_unchanged_look_at_a_batch_is_204_in_three_queries(
    client: Client, rich: User, django_assert_max_num_queries: Any
) -> None:
    jobs = order(rich, [f"fox {n}" for n in range(12)])
    completed(jobs[0])
    url = poll_url(client.get("/").text)
    with django_assert_max_num_queries(3):
        assert look(client, url).status_code == 204


def test_a_change_brings_the_card_and_the_head_and_nothing_moves(client: Client, rich: User) -> None:
    jobs = order(rich, ["red", "blue", "green"])
    working(jobs[0])
    url = poll_url(client.get("/").text)
    completed(jobs[0])
    text = look(client, url).text
    assert ids(text) == [str(jobs[0].pk)]
    assert heads(text) == ["3 pictures, 63 credits, 1 ready"]
    assert f'id="batch-{jobs[0].batch_id}" hx-swap-oob="true"' in text
    assert 'id="active-jobs"' not in text
    assert 'data-announce="3 pictures, 63 credits, 1 ready"' in text
    assert look(client, poll_url(text)).status_code == 204


def test_the_bar_of_a_batch_is_what_is_ready_and_how_far_the_rest_has_come(client: Client, rich: User) -> None:
    jobs = order(rich, [f"fox {n}" for n in range(8)])

    def bar() -> list[tuple[str, str]]:
        return re.findall(r'<rect class="(ready|working)"[^>]* width="(\d+)"', client.get("/").text)

    assert bar() == [("ready", "0"), ("working", "0")]
    for job in jobs:
        working(job)
    assert bar() == [("ready", "0"), ("working", "2")], "eight that have hardly begun are no full bar"
    for job in jobs[:4]:
        touch(job, progress=50)
    assert bar() == [("ready", "0"), ("working", "30")]
    completed(jobs[0])
    assert bar() == [("ready", "15"), ("working", "22")]


def test_a_batch_stays_one_group_until_its_last_order_has_ended(client: Client, rich: User) -> None:
    jobs = order(rich, ["red", "blue", "green"])
    completed(jobs[0])
    failed(jobs[1], "content_policy")
    text = client.get("/").text
    assert ids(text) == [str(job.pk) for job in jobs]
    assert heads(text) == ["3 pictures, 42 credits, 1 ready"], "what came back is not counted"
    assert 'id="day-' not in text
    completed(jobs[2])
    text = client.get("/").text
    assert text.index("Today") < text.index(f'id="job-{jobs[0].pk}"')
    assert heads(text) == ["2 of 3 pictures, 42 credits"]
    assert "Cancel" not in text


def test_what_waits_is_cancelled_in_one_go_and_the_rest_is_said(client: Client, rich: User) -> None:
    jobs = order(rich, ["red", "blue", "green"])
    working(jobs[0])
    assert "Cancel 2 waiting" in client.get("/").text
    path = f"/batches/{jobs[0].batch_id}/cancel/"
    answer = client.post(path, headers=HTMX)
    said = "2 cancelled, 42 credits are back. 1 goes on: Sandbox already has this order and cannot take it back."
    assert said in unescape(answer.text)
    assert '"look-now": {"target": "#live"}' in answer["HX-Trigger"]
    assert [job.status for job in Job.objects.order_by("created_at")] == ["PROCESSING", "CANCELLED", "CANCELLED"]
    again = client.post(path, follow=True)
    assert "Nothing was waiting any more. 1 goes on" in unescape(again.text)
    assert list(verify()) == []


def test_the_page_is_a_table_of_prompts_and_models(client: Client, rich: User) -> None:
    jobs = order(rich, ["red", "blue"], "dall-e-3", "gpt-image-2")
    completed(jobs[0])
    text = client.get(f"/batches/{jobs[0].batch_id}/").text
    assert re.findall(r'<th scope="col">([^<]+)</th>', text) == ["DALL·E 3", "GPT Image 2"]
    assert re.findall(r'<th scope="row"[^>]*>([^<]+)<', text) == ["red", "blue"]
    assert f'href="/gallery/compare/?job={jobs[0].pk}&amp;job={jobs[1].pk}"' in text
    assert ids(text) == [str(job.pk) for job in jobs]
    assert "a {…} fox" in text
    url = poll_url(text)
    assert client.get(url, headers=HTMX).status_code == 204
    completed(jobs[3])
    changed = client.get(url, headers=HTMX).text
    assert ids(changed) == [str(jobs[3].pk)]
    assert heads(changed) == ["4 pictures, 88 credits, 2 ready"]
    for job in jobs[1:3]:
        completed(job)
    assert poll_url(client.get(f"/batches/{jobs[0].batch_id}/").text) is None


def sizes(text: str) -> set[str]:
    return set(re.findall(r'<article.*?sizes="([^"]+)"', text, re.DOTALL))


def test_of_one_model_the_prompts_flow_and_are_no_table(client: Client, rich: User) -> None:
    jobs = order(rich, ["red", "blue", "green"])
    completed(jobs[0])
    text = client.get(f"/batches/{jobs[0].batch_id}/").text
    flow = text.partition('<div class="row batch-flow r28" id="batch-flow">')[2]
    assert ids(flow) == [str(job.pk) for job in jobs]
    assert "<table" not in text
    url = poll_url(text)
    completed(jobs[1])
    changed = client.get(url, headers=HTMX).text
    assert ids(changed) == [str(jobs[1].pk)]
    assert sizes(text) == sizes(changed) == {"(max-width: 1100px) 50vw, 460px"}, "as it was drawn first"


def test_pictures_of_several_models_are_as_wide_as_their_column(client: Client, rich: User) -> None:
    jobs = order(rich, ["red"], "dall-e-3", "dall-e-2", "flux-2-pro")
    completed(jobs[0])
    text = client.get(f"/batches/{jobs[0].batch_id}/").text
    assert '<table class="compare of-3">' in text
    assert sizes(text) == {"(max-width: 900px) 50vw, min(460px, 28vw)"}


def test_a_page_of_a_batch_polls_in_few_queries(client: Client, rich: User, django_assert_max_num_queries: Any) -> None:
    jobs = order(rich, ["red", "blue"])
    url = poll_url(client.get(f"/batches/{jobs[0].batch_id}/").text)
    with django_assert_max_num_queries(4):
        assert client.get(url, headers=HTMX).status_code == 204


def test_a_stranger_sees_nothing_of_a_batch_and_a_member_what_is_shared(client: Client, rich: User, bob: User) -> None:
    jobs = order(rich, ["a secret", "shared"])
    path = f"/batches/{jobs[0].batch_id}/"
    client.force_login(bob)
    absent = client.get("/batches/0b8f1c1e-7a52-4a6e-9a53-1d2f3c4b5a69/")
    for address in (path, f"{path}live/"):
        hidden = client.get(address)
        assert (hidden.status_code, absent.status_code) == (404, 404)
    assert client.post(f"{path}cancel/").status_code == 404
    touch(jobs[1], visibility="team")
    text = client.get(path).text
    assert ids(text) == [str(jobs[1].pk)]
    assert "a secret" not in text
    assert "{…}" not in text, "the words as written tell of the others"
    assert "1 picture, 21 credits" not in text, "money is the owner's to see"
    assert "Cancel" not in text
    assert client.post(f"{path}cancel/").status_code == 404
    assert Batch.objects.count() == 1
    assert client.get(f"/?batch={jobs[0].batch_id}").text.count("{…}") == 0


def test_the_page_of_a_job_leads_to_its_batch(client: Client, rich: User) -> None:
    jobs = order(rich, ["red", "blue"])
    assert f'href="/batches/{jobs[0].batch_id}/"' in client.get(f"/jobs/{jobs[0].pk}/").text
    assert "/batches/" not in client.get(f"/jobs/{queued(rich).pk}/").text


def earlier(client: Client) -> list[tuple[str, str]]:
    """Where each earlier prompt leads, and its words."""
    rows = re.findall(r'class="earlier-row" href="([^"]+)" data-words="([^"]*)"', client.get("/").text)
    return [(unescape(url), unescape(words)) for url, words in rows]


def test_a_batch_is_one_earlier_prompt_as_it_was_written_and_hides_no_other(client: Client, rich: User) -> None:
    single = completed(queued(rich, r"a {plain} cat"))
    jobs = order(rich, [f"a {n} fox" for n in range(26)], "dall-e-2")
    for job in jobs:
        completed(job)
    batch = jobs[0].batch
    assert batch
    assert earlier(client) == [(f"/?batch={batch.pk}", "a {…} fox"), (f"/?like={single.pk}", r"a \{plain\} cat")]
    text = client.get(f"/?batch={batch.pk}").text
    assert re.search(r'<textarea[^>]*id="prompt"[^>]*>\s*a {…} fox</textarea>', text)
    assert client.get(reverse("jobs:prompts")).json() == {"prompts": ["a {…} fox", r"a \{plain\} cat"]}
