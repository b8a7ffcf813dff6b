"""The pictures on a model's page: what staff chose and nothing else, until it is taken back."""

import uuid
from io import BytesIO

import pytest
from django.conf import settings as configured
from django.test import Client
from django.utils import timezone
from PIL import Image as Pillow

from studio.accounts.models import User
from studio.core.models import AuditEvent
from studio.jobs.models import Image, Job
from studio.jobs.pictures import make_copies, path_of
from studio.showcase.examples import MOST
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
WORDS = "a secret lighthouse of alice"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(configured, "MEDIA_ROOT", tmp_path)


@pytest.fixture
def boss() -> User:
    return make_user("boss", is_staff=True, is_superuser=True)


def made(user: User, *, visibility: str = "team", model: str = "dall-e-3", pictures: int = 1, **fields) -> Job:
    """A finished job with pictures on disk; a metadata block says its prompt, as an original may."""
    now = timezone.now()
    ended = {"status": "COMPLETED", "paid": 21, "started_at": now, "finished_at": now, **fields}
    job = Job.objects.create(
        user=user,
        model=model,
        model_as_sent=model,
        prompt=WORDS,
        provider="openai",
        price=21,
        unit_price=21,
        visibility=visibility,
        **ended,
    )
    for index in range(1, pictures + 1):
        image = Image.objects.create(
            job=job, index=index, format="webp", width=60, height=40, size=1, sha256="0", copies_made_at=now
        )
        path = path_of(image.pk, "webp")
        path.parent.mkdir(exist_ok=True)
        Pillow.new("RGB", (60, 40), "navy").save(path, "WEBP", xmp=WORDS.encode())
        make_copies(image.pk, "webp")
    return job


def address(job: Job, variant: str = "small") -> str:
    return f"/models/examples/{job.images.get(index=1).pk}/{variant}"


def test_until_some_are_chosen_the_shipped_ones_stand_there_marked_as_what_they_are(client: Client, alice) -> None:
    made(alice, visibility="team")
    made(alice, visibility="link")
    page = client.get("/models/dall-e-3/").text
    assert page.count("/static/img/samples/") == 4
    assert page.count('class="plate"') == 4
    assert "Drawn by the sandbox, not by DALL·E 3, until pictures made here are chosen." in page
    assert "/models/examples/" not in page


def test_a_stranger_sees_the_picture_and_neither_words_nor_name(client: Client, alice) -> None:
    Image.objects.filter(job=(job := made(alice, visibility="public"))).update(alt="what alice wrote about it")
    page = client.get("/models/dall-e-3/").text
    assert f'src="{address(job)}"' in page
    assert 'alt="Example 1 of DALL·E 3"' in page
    assert "/static/img/samples/" not in page
    for private in (WORDS, "alice", str(job.pk)):
        assert private not in page
    answer = client.get(address(job, "large"))
    data = b"".join(answer.streaming_content)
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (200, "image/webp", "no-cache")
    assert WORDS.encode() not in data
    with Pillow.open(BytesIO(data)) as copy:
        assert not {"xmp", "exif"} & set(copy.info)
    assert answer["X-Robots-Tag"] == "noindex"
    assert client.get(address(job), headers={"If-None-Match": client.get(address(job))["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    "change",
    [
        lambda job: Job.objects.filter(pk=job.pk).update(visibility="link"),
        lambda job: Job.objects.filter(pk=job.pk).update(visibility="me"),
        lambda job: job.images.update(deleted_at=timezone.now()),
        lambda job: job.images.update(copies_made_at=None),
        lambda job: User.objects.filter(pk=job.user_id).update(is_active=False),
    ],
    ids=["link", "me", "deleted", "without copies", "owner gone"],
)
def test_what_is_taken_back_is_gone_at_once_also_for_whoever_has_it_cached(client: Client, alice, change) -> None:
    job = made(alice, visibility="public")
    etag = client.get(address(job))["ETag"]
    change(job)
    assert client.get(address(job)).status_code == 404
    assert client.get(address(job), headers={"If-None-Match": etag}).status_code == 404
    assert "/models/examples/" not in client.get("/models/dall-e-3/").text


def test_only_finished_jobs_and_only_our_copies_are_served(client: Client, alice) -> None:
    job = made(alice, visibility="public")
    Job.objects.filter(pk=job.pk).update(status="FAILED", paid=0)
    assert client.get(address(job)).status_code == 404
    Job.objects.filter(pk=job.pk).update(status="COMPLETED")
    assert client.get(address(job)).status_code == 200
    for variant in ("original", "marked", "webp"):
        assert client.get(address(job).replace("small", variant)).status_code == 404, variant
    assert client.get(f"/models/examples/{uuid.uuid4()}/small").status_code == 404
    assert client.post(address(job)).status_code == 405
    path_of(job.images.get().pk, "small.webp").unlink()
    assert client.get(address(job)).status_code == 404


def test_at_most_eight_the_newest_first_of_this_model_alone(client: Client, alice, django_assert_num_queries) -> None:
    made(alice, visibility="public", model="dall-e-2")
    older = made(alice, visibility="public", pictures=6)
    newer = made(alice, visibility="public", pictures=4)
    with django_assert_num_queries(5):
        page = client.get("/models/dall-e-3/").text
    assert page.count("/small") == MOST
    assert page.index(address(newer)) < page.index(address(older))


def test_a_sandbox_picture_that_was_chosen_says_so(client: Client, alice) -> None:
    made(alice, visibility="public", is_sandbox=True)
    page = client.get("/models/dall-e-3/").text
    assert '<span class="plate">Sandbox</span>' in page
    assert 'alt="Example 1, drawn by the sandbox"' in page
    assert "What is marked was drawn by the sandbox, not by DALL·E 3." in page


def choose(client: Client, action: str, *jobs: Job):
    data = {"action": action, "_selected_action": [str(job.pk) for job in jobs]}
    return client.post("/admin/showcase/example/", data)


def test_staff_choose_in_the_administration_and_take_back(client: Client, alice, boss) -> None:
    shared, private, linked = (made(alice, visibility=level) for level in ("team", "me", "link"))
    client.force_login(boss)
    listed = client.get("/admin/showcase/example/").text
    assert str(shared.pk) in listed
    assert str(private.pk) not in listed
    assert str(linked.pk) not in listed
    choose(client, "show", shared, private, linked)
    assert list(Job.objects.filter(visibility="public")) == [shared]
    event = AuditEvent.objects.get(name="job.visibility")
    assert (event.actor, event.target, event.data) == (boss, str(shared.pk), {"before": "team", "after": "public"})
    assert str(shared.pk) in client.get("/admin/showcase/example/", {"shown": "everybody"}).text
    assert str(shared.pk) not in client.get("/admin/showcase/example/", {"shown": "team"}).text
    choose(client, "take_back", shared, private)
    shared.refresh_from_db()
    private.refresh_from_db()
    assert (shared.visibility, private.visibility) == ("team", "me")


def test_taking_back_moves_only_what_everybody_sees(client: Client, alice, boss) -> None:
    linked = made(alice, visibility="link")
    client.force_login(boss)
    choose(client, "take_back", linked)
    linked.refresh_from_db()
    assert linked.visibility == "link"


def test_staff_without_the_permission_and_members_choose_nothing(client: Client, alice, operator) -> None:
    job = made(alice)
    for person in (operator, alice):
        client.force_login(person)
        assert choose(client, "show", job).status_code == 403
    job.refresh_from_db()
    assert job.visibility == "team"
