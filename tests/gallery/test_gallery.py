"""The gallery page: whose pictures, in which order, page after page."""

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from studio.accounts.models import User
from studio.gallery import facets, listing
from studio.gallery.models import Listed
from studio.jobs.models import Image, Job
from studio.jobs.stars import set_stars
from tests.gallery.conftest import Make
from tests.jobs.states import HTMX

PAGE = "/gallery/"


def shown(page: str) -> list[str]:
    """The ids of the pictures on a page, in order."""
    return re.findall('name="picture" value="([^"]+)"', page)


def ids(*images: Image) -> list[str]:
    return [str(image.pk) for image in images]


@pytest.fixture
def see(client: Client, alice: User):
    client.force_login(alice)
    return lambda query="", **headers: client.get(f"{PAGE}{query}", headers=headers).text


def test_mine_are_mine_newest_first(make: Make, see, alice: User, bob: User) -> None:
    first, second = make(alice), make(alice)
    make(bob, visibility="team")
    assert shown(see()) == ids(second, first)


def test_team_is_what_everybody_shows_to_the_team_with_my_own(make: Make, see, alice: User, bob: User) -> None:
    make(alice, visibility="link")
    make(bob, visibility="link")
    mine, theirs = make(alice, visibility="team"), make(bob, visibility="public")
    assert shown(see("?scope=team")) == ids(theirs, mine)


def test_starred_are_those_i_starred_and_may_see(make: Make, see, alice: User, bob: User) -> None:
    mine, theirs, private = make(alice), make(bob, visibility="team"), make(bob, visibility="team")
    for image in (mine, theirs, private):
        set_stars(alice, image.pk, 1)
    set_stars(bob, make(bob, visibility="team").pk, 5)
    Job.objects.filter(pk=private.job_id).update(visibility="me")
    assert shown(see("?scope=starred")) == ids(theirs, mine)


def test_what_is_listed_is_still_shown_only_to_those_who_may_see_it(make: Make, see, bob: User) -> None:
    make(bob)
    Listed.objects.update(shared=1)
    assert shown(see("?scope=team")) == []


def test_a_deleted_picture_is_not_there(make: Make, see, alice: User) -> None:
    kept, gone = make(alice), make(alice)
    Image.objects.filter(pk=gone.pk).update(deleted_at=timezone.now())
    assert shown(see()) == ids(kept)


def test_pages_go_on_by_key_and_nothing_is_shown_twice(
    make: Make, see, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    images = [make(alice) for _ in range(5)]
    same = images[0].created_at
    Image.objects.filter(pk__in=[image.pk for image in images[1:4]]).update(created_at=same + timedelta(days=1))
    seen: list[str] = []
    page = see()
    while True:
        seen += shown(page)
        older = re.search(r'href="/gallery/\?(before=[^"]+)"', page)
        if older is None:
            break
        page = see(f"?{older[1].replace('&amp;', '&')}")
    assert seen == ids(images[3], images[2], images[1], images[4], images[0])


def test_the_next_page_for_htmx_is_the_tiles_alone(
    make: Make, see, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE", 1)
    make(alice)
    make(alice)
    link = re.search(r'hx-get="([^"]+)"[^>]*hx-trigger="revealed', see())[1].replace("&amp;", "&")  # type: ignore[index]
    answer = see(link.removeprefix(PAGE), **HTMX)
    assert "<html" not in answer
    assert len(shown(answer)) == 1
    assert "<h2" not in answer, "the heading of this month stands there already"


@pytest.mark.parametrize(
    "before",
    [
        "nonsense",
        "2026-01-01_x",
        "0001-01-01T00:00:00+14:00_" + "0" * 32,
        "_",
        "%00",
        "2026-01-01_99999999999999999999",
    ],
)
def test_a_key_that_is_none_is_the_first_page(make: Make, see, alice: User, before: str) -> None:
    image = make(alice)
    assert shown(see(f"?before={before}")) == ids(image)


def test_the_number_of_queries_does_not_grow(
    make: Make, client: Client, alice: User, bob: User, django_assert_max_num_queries
) -> None:
    client.force_login(alice)
    client.get(PAGE)
    make(bob, visibility="team")
    with django_assert_max_num_queries(40) as few:
        client.get(f"{PAGE}?scope=team")
    template = Image.objects.get()
    jobs, images = [], []
    for _ in range(299):
        job = Job.objects.get(pk=template.job_id)
        job.pk = None
        job.id = uuid.uuid4()
        jobs.append(job)
        image = Image.objects.get(pk=template.pk)
        image.id = uuid.uuid4()
        image.job = job
        images.append(image)
    Job.objects.bulk_create(jobs)
    Image.objects.bulk_create(images)
    facets.forget()
    with django_assert_max_num_queries(40) as many:
        assert len(shown(client.get(f"{PAGE}?scope=team").text)) == listing.PAGE
    assert len(many) == len(few)


def test_a_picture_whose_copies_are_not_made_yet_asks_for_none(make: Make, see, alice: User) -> None:
    image = make(alice)
    Image.objects.filter(pk=image.pk).update(copies_made_at=None)
    page = see()
    assert shown(page) == ids(image)
    assert f"pictures/{image.pk}/small" not in page
    Image.objects.filter(pk=image.pk).update(created_at=timezone.now() - timedelta(minutes=3))
    assert f"pictures/{image.pk}/small" in see()  # its address has it as it came
    Image.objects.filter(pk=image.pk).update(copies_made_at=timezone.now())
    assert f"pictures/{image.pk}/small" in see()
