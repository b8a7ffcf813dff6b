"""A job that is shown hands nobody a picture of the studio that it was built on and that they may not see."""

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from studio.accounts.models import User
from studio.jobs import references
from studio.jobs.cards import cards_of, with_all
from studio.jobs.errors import BadReference
from studio.jobs.models import Image, Job, Reference
from studio.jobs.readers import for_reader
from studio.jobs.references import seen_among
from studio.jobs.trash import delete_pictures
from studio.jobs.visibility import set_visibility
from studio.providers.catalogue import ParameterErrors
from tests.api.made import completed, submitted
from tests.jobs.test_pictures import draw
from tests.jobs.test_references import keep

pytestmark = pytest.mark.usefixtures("catalogue")
MODEL, PICTURES = "ideogram-v3-turbo", "style_reference_images"
LEVELS = (("me", False), ("link", False), ("team", True))


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def image(alice: User) -> Image:
    return completed(alice, copies=True).images.get()


@pytest.fixture
def job(alice: User, image: Image) -> Job:
    """Built on a picture of alice's own, and shown to the team."""
    made = submitted(alice, model=MODEL, prompt="the same at night", params={PICTURES: [f"image:{image.pk}"]})
    set_visibility(user=alice, jobs=[made.pk], level="team")
    return made


def answers(client: Client, row: Reference) -> set[int]:
    return {client.get(f"/references/{row.pk}/{variant}").status_code for variant in ("small", "original")}


@pytest.mark.parametrize(("level", "is_seen"), LEVELS)
def test_the_picture_a_shown_job_was_built_on_keeps_its_own_level(
    client: Client, alice: User, bob: User, operator: User, image: Image, job: Job, level: str, is_seen: bool
) -> None:
    set_visibility(user=alice, jobs=[image.job_id], level=level)
    row = job.uses.get().reference
    for person, sees in ((alice, True), (bob, is_seen), (operator, is_seen)):
        client.force_login(person)
        assert answers(client, row) == {200 if sees else 404}
        page = client.get(f"/jobs/{job.pk}/")
        assert page.status_code == 200
        assert (f"/references/{row.pk}/small" in page.text) is sees
        assert ("Not shown to you" in page.text) is not sees


def test_a_deleted_picture_is_gone_for_all_but_who_built_on_it(
    client: Client, alice: User, bob: User, image: Image, job: Job
) -> None:
    row = job.uses.get().reference
    set_visibility(user=alice, jobs=[image.job_id], level="team")
    delete_pictures(user=alice, ids=[image.pk])
    client.force_login(bob)
    assert answers(client, row) == {404}
    Reference.objects.filter(pk=row.pk).update(image=None)  # nor where nobody knows any more which one it was
    assert answers(client, row) == {404}
    client.force_login(alice)
    assert answers(client, row) == {200}


def test_nobody_builds_on_what_they_may_not_see_by_naming_the_reference(bob: User, job: Job) -> None:
    with pytest.raises(BadReference):
        references.named(bob, job.uses.get().reference.value)
    with pytest.raises(ParameterErrors):
        submitted(bob, model=MODEL, params=job.params)


def test_what_was_uploaded_before_it_was_picked_as_a_picture_is_that_picture_from_then_on(
    alice: User, bob: User, image: Image
) -> None:
    uploaded = keep(alice, references.path_of(image.pk, image.format).read_bytes())
    made = submitted(alice, model=MODEL, params={PICTURES: [f"image:{image.pk}"]})
    set_visibility(user=alice, jobs=[made.pk], level="team")
    assert made.uses.get().reference == uploaded
    assert seen_among([uploaded.pk], reader=bob) == set()
    set_visibility(user=alice, jobs=[image.job_id], level="team")
    assert seen_among([uploaded.pk], reader=bob) == {uploaded.pk}


def test_a_picture_from_outside_goes_with_the_job_and_the_levels_say_so(client: Client, alice: User, bob: User) -> None:
    row = keep(alice, draw("PNG"))
    made = submitted(alice, model=MODEL, params={PICTURES: [row.value]})
    client.force_login(alice)
    assert "and pictures from outside that it builds on" in client.get(f"/jobs/{made.pk}/").text
    set_visibility(user=alice, jobs=[made.pk], level="team")
    client.force_login(bob)
    assert answers(client, row) == {200}
    assert f"/references/{row.pk}/small" in client.get(f"/jobs/{made.pk}/").text


def test_a_card_of_a_shown_batch_has_no_address_of_what_is_not_shown(
    client: Client, alice: User, bob: User, image: Image, job: Job
) -> None:
    def shown_to(person: User) -> list[str]:
        return for_reader(person, cards_of(with_all(Job.objects.filter(pk=job.pk))))[0].built_on

    small = f"/references/{job.uses.get().reference_id}/small"
    assert (shown_to(alice), shown_to(bob)) == ([small], [])
    set_visibility(user=alice, jobs=[image.job_id], level="team")
    assert shown_to(bob) == [small]
