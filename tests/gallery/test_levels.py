"""The four levels, everywhere a picture can be asked for: who sees all of it, who the picture alone, who nothing."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from studio.accounts.key_services import create_api_key
from studio.accounts.models import User
from studio.credits.services import grant
from studio.gallery import boards, links
from studio.gallery.models import Board
from studio.jobs.alike import already_made
from studio.jobs.links import result_url
from studio.jobs.models import Image, Job
from studio.jobs.visibility import set_visibility
from studio.providers import catalogue as models
from tests.api.made import completed

pytestmark = pytest.mark.usefixtures("catalogue")
WORDS = "an umbrella of paper"
LEVELS = ("me", "team", "link", "public")
PEOPLE = ("owner", "member", "staff", "stranger")
BY_MEMBERS = ("team", "public")  # levels at which a member sees the whole job
BY_LINKS = ("link", "public")  # levels at which the link of a board shows the picture
LOGIN = "/accounts/login/"


@dataclass
class World:
    """One finished job of alice on a board of each shared kind, and everybody who may come for it."""

    job: Job
    image: Image
    team_board: Board
    link_board: Board
    people: dict[str, User | None]

    def client(self, who: str) -> Client:
        client = Client()
        if user := self.people[who]:
            client.force_login(user)
        return client

    def headers(self, who: str) -> dict[str, str]:
        user = self.people[who]
        return {"X-API-Key": create_api_key(user=user, name="program")[1]} if user else {}


@pytest.fixture
def world(
    request: pytest.FixtureRequest, alice: User, bob: User, operator: User, tmp_path: Any, settings: Any
) -> World:
    settings.MEDIA_ROOT = tmp_path
    job = completed(alice, prompt=WORDS, copies=True)
    image = job.images.get()
    made = [boards.create_board(user=alice, name=kind.title(), kind=kind) for kind in ("team", "link")]
    for board in made:
        boards.collect(user=alice, board=board, ids=[image.pk])
    level = request.node.callspec.params["level"]
    Job.objects.filter(pk=job.pk).update(visibility=level)  # also `public`, which only staff set
    job.refresh_from_db()
    people = {"owner": alice, "member": bob, "staff": operator, "stranger": None}
    return World(job, Image.objects.select_related("job").get(), *made, people)


def sees(who: str, level: str) -> bool:
    """Whether this person sees the job whole."""
    return who == "owner" or (who != "stranger" and level in BY_MEMBERS)


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("level", LEVELS)
def test_the_job_and_its_bytes(world: World, who: str, level: str) -> None:
    client, job, image = world.client(who), world.job, world.image
    paths = [
        reverse("jobs:job", args=[job.pk]),
        reverse("jobs:job_live", args=[job.pk]),
        *(reverse("jobs:picture", args=[job.pk, image.pk, name]) for name in ("small", "large", "original")),
    ]
    for path in paths:
        answer = client.get(path)
        if who == "stranger":
            assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, LOGIN), path
            assert WORDS not in str(answer.headers)
        else:
            assert answer.status_code == (200 if sees(who, level) else 404), path
    acts = [("jobs:again", [job.pk]), ("gallery:star", [image.pk]), ("gallery:keep", [image.pk])]
    if who != "stranger" and not sees(who, level):
        for name, ids in acts:
            assert client.post(reverse(name, args=ids), {"stars": "1"}).status_code == 404
        assert client.post(reverse("jobs:visibility", args=[job.pk]), {"level": "team"}).status_code == 404


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("level", LEVELS)
def test_gallery_search_palette_boards_and_suggestions(world: World, who: str, level: str) -> None:
    client, whole, pk = world.client(who), sees(who, level), str(world.image.pk)
    if who == "stranger":
        for path in (reverse("gallery:gallery"), reverse("gallery:board", args=[world.team_board.pk])):
            assert client.get(path).status_code == 302
        return
    pages = [
        (reverse("gallery:gallery"), {"scope": "team"}, level in BY_MEMBERS),
        (reverse("gallery:gallery"), {"scope": "mine"}, who == "owner"),
        (reverse("gallery:gallery"), {"scope": "all", "q": "umbrella"}, whole),
        (reverse("gallery:gallery"), {"scope": "all", "person": "alice"}, whole),
        (reverse("gallery:palette"), {"q": "umbrella"}, whole),
        (reverse("gallery:boards"), {}, whole),
        (reverse("gallery:board", args=[world.team_board.pk]), {}, whole),
        (reverse("gallery:board", args=[world.link_board.pk]), {}, whole),
    ]
    for path, query, expected in pages:
        page = client.get(path, query, headers={"HX-Request": "true"} if "palette" in path else {}).text
        assert (pk in page or str(world.job.pk) in page) is expected, (path, query)
        assert expected or WORDS not in page
    user = world.people[who]
    model = models.find("dall-e-3")
    assert user is not None
    assert model is not None
    offered = already_made(user, model, {}, prompt=WORDS, count=1, is_sandbox=world.job.is_sandbox)
    assert (offered is not None) is (whole and who != "owner")


@pytest.mark.parametrize("who", ["owner", "member", "staff"])
@pytest.mark.parametrize("level", LEVELS)
def test_programs(world: World, who: str, level: str) -> None:
    client, headers = Client(), world.headers(who)
    answer = client.get(f"/v2/jobs/{world.job.pk}", headers=headers)
    assert answer.status_code == (200 if sees(who, level) else 404)
    listed = client.get("/v2/jobs", headers=headers).json()["jobs"]
    assert [row["id"] for row in listed] == ([str(world.job.pk)] if who == "owner" else [])
    of_team = client.get("/v2/jobs?scope=team", headers=headers)
    assert of_team.status_code == (200 if who == "staff" else 403)
    if who == "staff":  # staff see that there is a job, and what it is only where the team does
        assert [row["result"] is not None for row in of_team.json()["jobs"]] == [level in BY_MEMBERS]
        assert WORDS not in of_team.text


@pytest.mark.parametrize("level", LEVELS)
def test_whoever_holds_a_link_gets_the_picture_alone(world: World, level: str) -> None:
    link = links.make_link(user=world.people["owner"], board=world.link_board, days=7)
    token, client = links.token_of(link), Client()
    page = client.get(reverse("shared_board", args=[token]))
    assert page.status_code == 200
    shown = level in BY_LINKS
    assert (str(world.image.pk) in page.text) is shown
    for word in (WORDS, "alice", "dall-e", "DALL", str(world.job.pk)):
        assert word not in page.text
    picture = client.get(reverse("shared_picture", args=[token, world.image.pk, "large"]))
    assert picture.status_code == (200 if shown else 404)
    result = client.get(result_url(world.job, world.image))  # its owner's to hand on, whatever the level
    assert (result.status_code, result["Content-Type"]) == (200, "image/png")
    assert WORDS not in str(result.headers)
    assert "umbrella" not in str(result.headers)


@pytest.mark.parametrize("level", LEVELS)
def test_a_stranger_sees_an_example_and_no_other(world: World, level: str) -> None:
    page = Client().get("/models/dall-e-3/").text
    assert (str(world.image.pk) in page) is (level == "public")
    assert WORDS not in page
    answer = Client().get(f"/models/examples/{world.image.pk}/small")
    assert answer.status_code == (200 if level == "public" else 404)


@pytest.mark.parametrize("level", ["link"])
def test_a_member_who_starred_and_collected_it_has_nothing_left_of_it(world: World, level: str) -> None:
    bob = world.people["member"]
    set_visibility(user=world.people["owner"], jobs=[world.job.pk], level="team")
    client = world.client("member")
    client.post(reverse("gallery:star", args=[world.image.pk]), {"stars": "3"})
    board = boards.create_board(user=bob, name="Mine")
    assert boards.collect(user=bob, board=board, ids=[world.image.pk]) == 1
    set_visibility(user=world.people["owner"], jobs=[world.job.pk], level=level)
    for path in ("/gallery/?scope=starred", reverse("gallery:board", args=[board.pk]), reverse("gallery:boards")):
        page = client.get(path).text
        assert WORDS not in page
        assert str(world.image.pk) not in page
    other = boards.create_board(user=bob, name="Other")
    assert boards.collect(user=bob, board=other, ids=[world.image.pk]) == 0
    grant(user=bob, amount=50, reason="for the test", actor=None)
    again = client.get("/", {"from": str(world.job.pk)})
    assert WORDS not in again.text
