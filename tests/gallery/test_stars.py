"""Stars: one's own alone, one to five, taken back by the same press."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from studio.accounts.models import User
from studio.jobs.models import Image, Star
from studio.jobs.stars import NoSuchStars, set_stars, stars_of
from tests.gallery.conftest import Make
from tests.jobs.states import HTMX


def address(image: Image) -> str:
    return reverse("gallery:star", args=[image.pk])


def test_stars_are_given_changed_and_taken_back(make: Make, alice: User) -> None:
    image = make(alice)
    assert set_stars(alice, image.pk, 3) == 0
    assert set_stars(alice, image.pk, 5) == 3
    assert stars_of(alice, [image.pk]) == {image.pk: 5}
    assert set_stars(alice, image.pk, 0) == 5
    assert stars_of(alice, [image.pk]) == {}


def test_stars_are_each_persons_own(make: Make, alice: User, bob: User) -> None:
    image = make(alice, visibility="team")
    set_stars(bob, image.pk, 2)
    assert stars_of(alice, [image.pk]) == {}
    assert stars_of(bob, [image.pk]) == {image.pk: 2}


@pytest.mark.parametrize("number", [-1, 6])
def test_no_other_number_is_given(make: Make, alice: User, number: int) -> None:
    with pytest.raises(NoSuchStars):
        set_stars(alice, make(alice).pk, number)


def test_a_picture_that_somebody_may_not_see_is_404_like_none(
    make: Make, alice: User, bob: User, client: Client
) -> None:
    client.force_login(bob)
    image = make(alice)
    assert client.post(address(image), {"stars": "1"}).status_code == 404
    absent = reverse("gallery:star", args=[uuid.uuid4()])
    assert client.post(absent, {"stars": "1"}).status_code == 404
    assert Star.objects.count() == 0


def test_without_script_the_form_comes_back_to_where_it_was(make: Make, alice: User, client: Client) -> None:
    client.force_login(alice)
    image = make(alice)
    answer = client.post(address(image), {"stars": "4", "back": "/gallery/?scope=team"})
    assert (answer.status_code, answer["Location"]) == (302, "/gallery/?scope=team")
    assert Star.objects.get().stars == 4


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "", "/\\evil.example"]
)
def test_it_never_leads_elsewhere(make: Make, alice: User, client: Client, back: str) -> None:
    client.force_login(alice)
    image = make(alice)
    answer = client.post(address(image), {"stars": "1", "back": back})
    assert answer["Location"] == reverse("jobs:job", args=[image.job_id])


def test_the_same_number_again_takes_it_back(make: Make, alice: User, client: Client) -> None:
    client.force_login(alice)
    image = make(alice)
    for expected in (1, 0):
        client.post(address(image), {"stars": "3"})
        assert Star.objects.count() == expected


def test_htmx_gets_the_control_alone(make: Make, alice: User, client: Client) -> None:
    client.force_login(alice)
    image = make(alice)
    answer = client.post(address(image), {"stars": "1"}, headers=HTMX).text
    assert "<html" not in answer
    assert 'aria-pressed="true"' in answer
    full = client.post(f"{address(image)}?full=1", {"stars": "4"}, headers=HTMX).text
    assert full.count("icon-on") == 4


@pytest.mark.parametrize("stars", ["", "6", "-1", "x", "１", "1.0"])
def test_nonsense_is_refused_and_changes_nothing(make: Make, alice: User, client: Client, stars: str) -> None:
    client.force_login(alice)
    image = make(alice)
    set_stars(alice, image.pk, 2)
    assert client.post(address(image), {"stars": stars}).status_code == 400
    assert Star.objects.get().stars == 2


def test_get_is_refused(make: Make, alice: User, client: Client) -> None:
    client.force_login(alice)
    assert client.get(address(make(alice))).status_code == 405


def test_the_page_of_a_job_gives_stars_to_its_picture(make: Make, alice: User, client: Client) -> None:
    image = make(alice)
    client.force_login(alice)
    page = client.get(reverse("jobs:job", args=[image.job_id])).content.decode()
    assert page.count(f'formaction="{address(image)}"') == 5
    assert page.count(f'hx-post="{address(image)}?full=1"') == 5
