"""Pictures side by side: what differs, what does not, and only what somebody may see."""

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from studio.accounts.models import User
from studio.gallery.compare import address, comparison
from studio.jobs.models import Image, Job
from tests.gallery.conftest import Make

PAGE = reverse("gallery:compare")


def test_only_what_differs_stands_in_the_table(make: Make, alice: User) -> None:
    one, other = make(alice, "a red fox at dusk"), make(alice, "a red fox at dawn")
    Job.objects.filter(pk=other.job_id).update(params={"aspect_ratio": "2:3", "style": "natural"})
    found = comparison(alice, [one.pk, other.pk])
    differing = {row.label: row.values for row in found.differing}
    assert differing["Shape"] == ["1:1", "2:3"]
    assert differing["Style"] == ["Vivid", "Natural"]  # what was not asked for is what the model takes by itself
    assert {"Model", "Price of a picture", "Served by", "Made by"} <= {row.label for row in found.same}
    assert not {row.label for row in found.same} & set(differing)
    assert [(one.text.strip(), one.kind) for one in found.columns[1].changes or [] if one.kind != "same"] == [
        ("dusk", "gone"),
        ("dawn", "new"),
    ]
    assert found.columns[0].changes is None


def test_what_a_picture_cost_is_told_to_whose_money_it_was(make: Make, alice: User, bob: User) -> None:
    mine, theirs = make(alice), make(bob, visibility="team")
    rows = {row.label: row.values for row in comparison(alice, [mine.pk, theirs.pk]).differing}
    assert rows["Price of a picture"] == ["21 credits", "–"]


def test_what_a_model_does_not_have_is_a_dash_and_the_seed_is_the_pictures_own(make: Make, alice: User) -> None:
    one, other = make(alice, seed=7), make(alice)
    Job.objects.filter(pk=one.job_id).update(model="flux-1.1-pro", params={"steps": 20})
    rows = {row.label: row.values for row in comparison(alice, [one.pk, other.pk]).differing}
    assert rows["Seed"] == ["7", "not offered by this model"]
    assert "–" in next(values for values in rows.values() if values[0] == "20")


def test_the_same_words_are_said_once(make: Make, alice: User, client: Client) -> None:
    client.force_login(alice)
    ids = [make(alice, "a quiet heron").pk, make(alice, "a quiet heron").pk]
    page = client.get(address(ids)).text
    assert page.count("a quiet heron</p>") == 1
    assert '<th scope="row" role="rowheader">Prompt</th>' not in page


def test_one_can_be_taken_away_and_swapped_by_plain_links(make: Make, alice: User, client: Client) -> None:
    client.force_login(alice)
    a, b, c = (make(alice).pk for _ in range(3))
    first, second, third = comparison(alice, [a, b, c]).columns
    assert (first.without, second.without, third.without) == (address([b, c]), address([a, c]), address([a, b]))
    assert (first.earlier, second.earlier, third.earlier) == ("", address([b, a, c]), address([a, c, b]))
    page = client.get(address([a, b, c])).text
    assert second.earlier.replace("&", "&amp;") in page
    assert third.without.replace("&", "&amp;") in page


@pytest.mark.parametrize("hidden", ["private", "absent", "deleted"])
def test_what_somebody_may_not_see_is_as_absent(
    make: Make, alice: User, bob: User, client: Client, hidden: str
) -> None:
    client.force_login(bob)
    shown = make(alice, "a plain kettle", visibility="team")
    secret = make(alice, "the secret bridge", visibility="team" if hidden == "deleted" else "me")
    if hidden == "deleted":
        Image.objects.filter(pk=secret.pk).update(deleted_at=secret.created_at)
    pk = uuid.uuid4() if hidden == "absent" else secret.pk
    answer = client.get(address([shown.pk, pk]))
    assert answer.status_code == 200
    assert "1 of these pictures is not shown." in answer.text
    assert "secret bridge" not in answer.text
    assert str(secret.pk) not in answer.text.replace(f"picture={pk}", "")
    alone = client.get(address([pk]))
    assert alone.status_code == 404
    by_job = client.get(PAGE, {"job": str(secret.job_id if hidden != "absent" else pk)})
    assert by_job.status_code == 200
    assert "secret bridge" not in by_job.text


def test_one_picture_is_offered_its_kin_first_and_then_ones_own(
    make: Make, alice: User, bob: User, client: Client
) -> None:
    client.force_login(bob)
    old = make(bob, "an old picture of mine")
    parent = make(alice, "a bridge", visibility="team")
    private_child, child = make(alice, "a hidden bridge"), make(alice, "a shown bridge", visibility="team")
    Job.objects.filter(pk__in=[private_child.job_id, child.job_id]).update(retry_of=parent.job)
    page = client.get(address([parent.pk])).text
    assert "Put one beside it" in page
    assert page.index(str(child.pk)) < page.index(str(old.pk))
    assert str(private_child.pk) not in page
    assert address([parent.pk, child.pk]).replace("&", "&amp;") in page


def test_five_are_too_many_and_the_first_four_are_offered(make: Make, alice: User, client: Client) -> None:
    client.force_login(alice)
    ids = [make(alice).pk for _ in range(5)]
    answer = client.get(address(ids))
    assert answer.status_code == 422
    assert "4 pictures at once are the most; you selected 5." in answer.text
    assert address(ids[:4]).replace("&", "&amp;") in answer.text
    assert client.get(address(ids[:4])).status_code == 200


def test_a_selection_is_posted_and_leads_to_an_address_without_its_token(
    make: Make, alice: User, client: Client
) -> None:
    client.force_login(alice)
    these = reverse("gallery:compare_these")
    ids = [make(alice).pk for _ in range(5)]
    sent = {"picture": [str(pk) for pk in ids[:3]], "csrfmiddlewaretoken": "x", "back": "/gallery/"}
    assert client.post(these, sent)["Location"] == address(ids[:3])
    assert client.get(these).status_code == 405
    answer = client.post(these, {"picture": [str(pk) for pk in ids]})
    assert answer.status_code == 422
    assert address(ids[:4]).replace("&", "&amp;") in answer.text


@pytest.mark.parametrize("query", ["", "?picture=", "?picture=x&picture=../../etc", "?job=1"])
def test_nothing_or_nonsense_is_a_page_to_begin_from(make: Make, alice: User, client: Client, query: str) -> None:
    client.force_login(alice)
    assert "Nothing to compare yet." in client.get(PAGE + query).text
    make(alice)
    assert "Choose a picture to begin with" in client.get(PAGE + query).text


def test_jobs_lead_to_their_first_pictures(make: Make, alice: User, client: Client) -> None:
    client.force_login(alice)
    one, other = make(alice), make(alice)
    answer = client.get(PAGE, {"job": [str(other.job_id), str(one.job_id)]})
    assert answer["Location"] == address([other.pk, one.pk])


def test_strangers_are_sent_to_the_door(client: Client, make: Make, alice: User) -> None:
    assert client.get(address([make(alice, visibility="team").pk])).status_code == 302


def test_four_pictures_take_no_more_queries_than_two(make: Make, alice: User, client: Client) -> None:
    client.force_login(alice)
    ids = [make(alice).pk for _ in range(4)]
    client.get(address(ids))
    counts = []
    for wanted in (ids[:2], ids[:4]):
        with CaptureQueriesContext(connection) as queries:
            client.get(address(wanted))
        counts.append(len(queries))
    assert counts[1] <= counts[0]


def test_the_selection_and_the_page_of_a_job_lead_there(make: Make, alice: User, client: Client) -> None:
    client.force_login(alice)
    image = make(alice)
    assert f'formaction="{reverse("gallery:compare_these")}"' in client.get(reverse("gallery:gallery")).text
    assert address([image.pk]) in client.get(reverse("jobs:job", args=[image.job_id])).text
