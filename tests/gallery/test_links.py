"""What a board's link shows, to whom and until when: pictures alone, and one answer for everything that is not so."""

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from studio.core.logs import redact
from studio.core.models import AuditEvent
from studio.credits.services import grant
from studio.gallery import boards, links
from studio.gallery.models import Board, BoardLink
from studio.jobs.models import Job
from studio.jobs.trash import delete_pictures, restore_pictures
from tests.api.made import completed

pytestmark = pytest.mark.usefixtures("catalogue")
SECRET = "a prompt that nobody outside may read"


@pytest.fixture
def pictures(alice):
    """One picture of each level, and credits for more."""
    grant(user=alice, amount=1000, reason="for the test", actor=None)
    return {
        level: completed(alice, prompt=f"{SECRET} {level}", copies=True, visibility=level).images.get()
        for level in Job.Visibility.values
    }


@pytest.fixture
def board(alice, pictures):
    made = boards.create_board(user=alice, name="For the client", kind="link")
    boards.collect(user=alice, board=made, ids=[image.pk for image in pictures.values()])
    return made


@pytest.fixture
def link(alice, board):
    return links.make_link(user=alice, board=board, days=30)


def page_of(link, client=None):
    return (client or Client()).get(reverse("shared_board", args=[links.token_of(link)]))


def picture_of(link, image, variant="small"):
    return Client().get(reverse("shared_picture", args=[links.token_of(link), image.pk, variant]))


def test_a_link_shows_pictures_that_are_shown_to_links_and_neither_words_nor_names(alice, link, pictures):
    page = page_of(link)
    assert page.status_code == 200
    assert "For the client" in page.text
    for level, image in pictures.items():
        assert (str(image.pk) in page.text) is (level in ("link", "public"))
        for variant in ("small", "large"):
            assert picture_of(link, image, variant).status_code == (200 if level in ("link", "public") else 404)
        assert picture_of(link, image, "original").status_code == 404
        assert picture_of(link, image, "marked").status_code == 404
        assert str(image.job_id) not in page.text
    for word in (SECRET, "alice", "dall-e", "DALL", "sandbox", "Sandbox", "21 credits"):
        assert word not in page.text, word
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["Cache-Control"] == "private, no-store"
    answer = picture_of(link, pictures["link"])
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/webp", "nosniff")
    assert SECRET.encode() not in answer.getvalue()
    assert pictures["link"].sha256 not in str(dict(answer.headers))


def test_originals_only_where_the_owner_lets_visitors_have_them_and_without_the_prompt(alice, board, pictures):
    link = links.make_link(user=alice, board=board, days=7, may_download=True)
    answer = picture_of(link, pictures["link"], "original")
    assert answer.status_code == 200
    assert "prompt" not in answer["Content-Disposition"]
    assert answer["Content-Disposition"].startswith('attachment; filename="picture-')
    for level in ("me", "team"):
        assert picture_of(link, pictures[level], "original").status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        lambda link: links.revoke_link(user=link.created_by, board=link.board),
        lambda link: links.make_link(user=link.created_by, board=link.board, days=7),
        lambda link: BoardLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1)),
        lambda link: boards.change_board(board=link.board, name="x", kind="team"),
        lambda link: Board.objects.update(kind="private"),
        lambda link: boards.delete_board(board=link.board),
        lambda link: type(link.created_by).objects.filter(username="alice").update(is_active=False),
    ],
    ids=["revoked", "made anew", "expired", "team", "private", "deleted", "owner left"],
)
def test_a_link_that_does_not_work_any_more_is_as_one_that_never_was(link, pictures, change):
    token, image = links.token_of(link), pictures["link"]
    paths = [reverse("shared_board", args=[token]), reverse("shared_picture", args=[token, image.pk, "small"])]
    assert [Client().get(path).status_code for path in paths] == [200, 200]
    change(link)
    never = links.token_of(BoardLink(pk=uuid.uuid4()))
    for path in paths:
        gone, unknown = Client().get(path), Client().get(path.replace(token, never))
        assert (gone.status_code, unknown.status_code) == (404, 404)
        told = [re.sub(r'X-CSRFToken": "\w+', "", page.text) for page in (gone, unknown)]
        assert told[0].replace(token, "") == told[1].replace(never, "")


def test_who_comes_by_a_link_that_is_no_more_is_told_whom_to_ask(client):
    told = client.get(f"/b/{'a' * 46}/").text
    assert "Whoever sent it can send another." in told
    assert "share the picture with the team" not in told
    assert "share the picture with the team" in client.get("/nowhere/").text


def test_made_up_tokens_are_404(link):
    token = links.token_of(link)
    other = links.token_of(BoardLink(pk=uuid.uuid4()))
    twisted = [
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        token[:22],
        token + "A",
        other[:22] + token[22:],
        "é" * 54,
    ]
    for made_up in [*twisted, "x" * 54, "-" * 54, token.upper(), str(link.pk), "%00" * 18]:
        assert Client().get(f"/b/{made_up}/").status_code == 404
    assert len(token) == 54
    assert str(link.pk) not in token
    assert token not in str(list(BoardLink.objects.values()))


def test_pictures_that_are_deleted_closed_taken_off_or_whose_owner_left_are_gone_at_once(alice, bob, board, link):
    theirs = completed(alice, copies=True, visibility="link").images.get()
    Job.objects.filter(pk=theirs.job_id).update(user=bob)
    boards.collect(user=alice, board=board, ids=[theirs.pk])  # not hers to see
    assert picture_of(link, theirs).status_code == 404
    boards.collect(user=bob, board=board, ids=[theirs.pk])
    assert picture_of(link, theirs).status_code == 200
    jobs, people = Job.objects.filter(pk=theirs.job_id), type(bob).objects.filter(pk=bob.pk)
    for undo, change in (
        (lambda: jobs.update(visibility="link"), lambda: jobs.update(visibility="team")),
        (lambda: restore_pictures(user=bob, ids=[theirs.pk]), lambda: delete_pictures(user=bob, ids=[theirs.pk])),
        (lambda: people.update(is_active=True), lambda: people.update(is_active=False)),
        (lambda: None, lambda: boards.take_off(user=alice, board=board, ids=[theirs.pk])),
    ):
        change()
        assert picture_of(link, theirs).status_code == 404
        assert str(theirs.pk) not in page_of(link).text
        undo()


def test_only_the_owner_makes_and_takes_back_links_and_it_is_written_down(client, alice, bob, operator, board):
    path = reverse("gallery:board_link", args=[board.pk])
    for person in (bob, operator):
        client.force_login(person)
        for sent in ({"days": "30"}, {"revoke": "1"}):
            assert client.post(path, sent).status_code == 404
        assert "/b/" not in client.get(reverse("gallery:board", args=[board.pk])).text
    client.force_login(alice)
    first = BoardLink.objects.get()  # the board was made with it
    for days in ("", "0", "31", "-7", "x", "99999"):
        client.post(path, {"days": days})
    assert BoardLink.objects.get() == first
    page = client.post(path, {"days": "7"}, follow=True).text
    link = BoardLink.objects.get(revoked_at=None)
    assert link != first
    assert links.address_of(link) in page
    assert timedelta(days=6) < link.expires_at - timezone.now() <= timedelta(days=7)
    client.post(path, {"revoke": "1"})
    assert client.get(f"/b/{links.token_of(link)}/").status_code == 404
    names = list(AuditEvent.objects.order_by("pk").values_list("name", flat=True))
    assert [name for name in names if name.startswith("board.")] == [
        "board.link_made",
        "board.link_made",
        "board.link_revoked",
    ]
    assert links.token_of(link) not in str(list(AuditEvent.objects.values()))


def test_a_team_board_has_no_link(client, alice):
    client.force_login(alice)
    board = boards.create_board(user=alice, name="Ours", kind="team")
    client.post(reverse("gallery:board_link", args=[board.pk]), {"days": "7"})
    assert not BoardLink.objects.exists()


def test_nothing_can_be_done_by_a_link(link, pictures):
    token = links.token_of(link)
    for path in (
        reverse("shared_board", args=[token]),
        reverse("shared_picture", args=[token, pictures["link"].pk, "small"]),
    ):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            assert Client().generic(method, path).status_code == 405


def test_tokens_stay_out_of_the_logs(link):
    address = links.address_of(link)
    for line in (
        f"GET {address}",
        f"Not Found: /b/{links.token_of(link)}/",
        f'"GET /b/{links.token_of(link)}/{link.pk}/small"',
    ):
        assert links.token_of(link) not in redact(line)


def test_pages_of_a_link_follow_the_order_of_the_board(alice, board, link, pictures, monkeypatch):
    from studio.gallery import link_views

    monkeypatch.setattr(link_views, "PAGE", 2)
    more = [completed(alice, copies=True, visibility="link").images.get() for _n in range(3)]
    boards.collect(user=alice, board=board, ids=[image.pk for image in more])
    seen, after = [], ""
    while True:
        page = Client().get(reverse("shared_board", args=[links.token_of(link)]), {"after": after})
        seen += [image.pk for image, _ratio in page.context["tiles"]]
        after = page.context["next"]
        if not after:
            break
    assert seen == [pictures["link"].pk, pictures["public"].pk, *(image.pk for image in more)]


def test_a_picture_on_other_boards_too_is_shown_once_and_at_its_place_on_this_one(alice, board, link, pictures):
    before = [image.pk for image, _ratio in page_of(link).context["tiles"]]
    other = boards.create_board(user=alice, name="Other")
    boards.collect(user=alice, board=other, ids=before[::-1])
    assert [image.pk for image, _ratio in page_of(link).context["tiles"]] == before != []
