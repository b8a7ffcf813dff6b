"""What is done with selected pictures: by anybody, to anybody's, too many, twice, with nothing."""

import re
import uuid
from html import unescape

import pytest
from django.urls import reverse

from studio.gallery import boards
from studio.jobs.models import Image, Job, Star

BODIES = {
    "gallery:star_all": {},
    "gallery:visibility": {"level": "team"},
    "gallery:delete": {"sure": "1"},
    "gallery:download": {},
    "gallery:restore": {},
    "gallery:collect": {"name": "Mine"},
}


def state():
    """Everything a selection could change."""
    return (
        list(Job.objects.order_by("pk").values_list("pk", "visibility", "version")),
        list(Image.objects.order_by("pk").values_list("pk", "deleted_at")),
        Star.objects.count(),
        list(boards.BoardPicture.objects.values_list("image")),
    )


def levels(*images):
    return [Job.objects.get(pk=image.job_id).visibility for image in images]


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("who", ["bob", "operator"])
def test_ids_of_what_one_may_not_see_are_worth_as_little_as_made_up_ones(client, request, alice, make, name, who):
    client.force_login(request.getfixturevalue(who))
    there, gone = make(alice), make(alice)
    Image.objects.filter(pk=gone.pk).update(deleted_at=gone.created_at)
    before, answers = state(), []
    for ids in ([there.pk, gone.pk], [uuid.uuid4(), uuid.uuid4()]):
        answer = client.post(reverse(name), {**BODIES[name], "picture": ids}, follow=True)
        text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|csrf[^>]*|X-CSRFToken[^}]*", "", answer.text)
        answers.append((answer.status_code, text))
        boards.Board.objects.all().delete()
    assert answers[0] == answers[1]
    assert state() == before


@pytest.mark.parametrize("name", BODIES)
def test_a_selection_is_posted_by_somebody_who_is_signed_in(client, alice, make, name):
    image = make(alice, visibility="public")
    before = state()
    answer = client.post(reverse(name), {**BODIES[name], "picture": [image.pk]})
    assert answer.url.startswith("/accounts/login/")
    client.force_login(alice)
    if name not in ("gallery:delete", "gallery:collect"):
        assert client.get(reverse(name), {"picture": image.pk}).status_code == 405
    else:  # a page that asks, and does nothing
        assert client.get(reverse(name), {**BODIES[name], "picture": image.pk}).status_code == 200
    assert state() == before


@pytest.mark.parametrize("name", BODIES)
def test_nothing_too_much_and_nonsense_change_nothing_and_are_said(client, alice, make, name):
    client.force_login(alice)
    image = make(alice)
    before = state()
    for ids, sentence in (
        ([], "Select pictures first."),
        (["x", "", "1' OR 1=1"], "Select pictures first."),
        ([image.pk, *(uuid.uuid4() for _n in range(500))], "500 pictures at once are the most; you selected 501."),
    ):
        page = client.post(reverse(name), {**BODIES[name], "picture": ids}, follow=True)
        assert sentence in page.text
        assert state() == before
        assert page.status_code == (422 if "500" in sentence else 200)


def test_too_many_are_refused_with_their_number_and_a_way_back(client, alice, make):
    client.force_login(alice)
    image = make(alice)
    board = boards.create_board(user=alice, name="Kettles")
    boards.collect(user=alice, board=board, ids=[image.pk])
    before = state()
    ids = [image.pk, *(uuid.uuid4() for _n in range(500))]
    paths = [
        *(reverse(name) for name in BODIES),
        reverse("gallery:start_duel"),
        *(reverse(name, args=[board.pk]) for name in ("gallery:take_off", "gallery:move")),
    ]
    for path in paths:
        sent = {**BODIES["gallery:visibility"], "picture": ids, "back": "/gallery/?q=kettle", "to": "first"}
        page = client.post(path, sent)
        assert page.status_code == 422, path
        assert "500 pictures at once are the most; you selected 501." in page.text
        assert "Nothing was done." in page.text
        assert 'href="/gallery/?q=kettle"' in page.text
    assert state() == before


def test_deleting_asks_once_and_is_undone_from_the_toast(client, alice, make):
    client.force_login(alice)
    images = [make(alice, f"kettle {number}") for number in range(3)]
    sent = {"picture": [image.pk for image in images[:2]], "back": "/gallery/?q=kettle"}
    asked = client.post(reverse("gallery:delete"), sent).text
    assert "Delete 2 pictures?" in asked
    assert Image.objects.there().count() == 3
    page = client.post(reverse("gallery:delete"), {**sent, "sure": "1"}, follow=True)
    assert page.redirect_chain == [("/gallery/?q=kettle", 302)]
    assert "2 pictures deleted. They can come back until" in page.text
    assert "kettle 0" not in page.text
    undo = unescape(re.search(r'<form class="toasts" method="post" action="([^"]+)"', page.text)[1])
    page = client.post(undo, {"back": "/gallery/"}, follow=True).text
    assert "2 pictures are back." in page
    assert "kettle 0" in page
    assert "Nothing came back" in client.post(undo, follow=True).text
    assert Image.objects.there().count() == 3


def test_somebody_elses_undo_brings_nothing_back(client, alice, bob, operator, make):
    client.force_login(alice)
    image = make(alice, visibility="team")
    page = client.post(reverse("gallery:delete"), {"picture": image.pk, "sure": "1"}, follow=True).text
    undo = unescape(re.search(r'<form class="toasts" method="post" action="([^"]+)"', page)[1])
    for person in (bob, operator):
        client.force_login(person)
        assert "Nothing came back" in client.post(undo, follow=True).text
    for at in ("", "x", "2026-13-45T00:00:00Z", "2026-01-01", "9" * 40):
        client.post(f"{reverse('gallery:restore')}?at={at}")
    assert not Image.objects.there().exists()


def test_the_trash_shows_what_one_may_bring_back_and_nothing_else(client, alice, bob, operator, make):
    secret, shared = make(alice, "alone"), make(alice, "for the team", visibility="team")
    client.force_login(alice)
    client.post(reverse("gallery:delete"), {"picture": [secret.pk, shared.pk], "sure": "1"})
    other = make(bob, "by the staff", visibility="team")
    client.force_login(operator)
    client.post(reverse("gallery:delete"), {"picture": [other.pk], "sure": "1"})
    for person, sees in ((alice, {secret, shared}), (bob, {other}), (operator, {other})):
        client.force_login(person)
        page = client.get(reverse("gallery:trash"))
        assert set(page.context["images"]) == sees
        assert f"{len(sees)} picture{'s' * (len(sees) > 1)} can come back" in page.text
        for image in (secret, shared, other):
            assert (str(image.pk) in page.text) is (image in sees)
            small = client.get(reverse("gallery:trash_picture", args=[image.pk]))
            assert small.status_code == 404  # of no picture there is a file here
    client.force_login(operator)
    client.post(reverse("gallery:restore"), {"picture": [secret.pk, shared.pk, other.pk]})
    assert list(Image.objects.there()) == [other]
    page = client.get(reverse("gallery:trash")).text
    assert "The trash is empty." in page
    assert "can come back" not in page, "nothing is no number of pictures"


def test_the_bar_of_a_selection_says_how_many_the_server_takes(client, alice, make, monkeypatch):
    make(alice)
    client.force_login(alice)
    monkeypatch.setattr("studio.gallery.templatetags.boards.MOST", 1234)
    page = client.get(reverse("gallery:gallery")).text
    assert 'data-most="1234"' in page
    assert 'data-full="1,234 pictures at once are the most."' in page


def test_of_a_mixed_selection_only_ones_own_is_deleted_and_the_rest_is_named(client, alice, bob, make):
    client.force_login(alice)
    mine, theirs = make(alice), make(bob, visibility="team")
    sent = {"picture": [mine.pk, theirs.pk]}
    page = client.post(reverse("gallery:delete"), sent).text
    assert "Delete 1 picture?" in page
    assert "1 more is not yours to delete." in page
    client.post(reverse("gallery:delete"), {**sent, "sure": "1"})
    assert list(Image.objects.there()) == [theirs]


def test_the_level_of_a_selection_is_set_and_what_it_takes_along_is_said(client, alice, bob, make):
    client.force_login(alice)
    one, theirs = make(alice), make(bob, visibility="team")
    other = Image.objects.create(
        job=one.job, index=2, format="png", width=10, height=10, size=1, sha256="0" * 64, copies_made_at=one.created_at
    )
    path = reverse("gallery:visibility")
    page = client.post(path, {"picture": [one.pk], "level": "team"}, follow=True).text
    assert "Seen by Team: 2 pictures. Pictures of one order are seen together." in page
    page = client.post(path, {"picture": [other.pk, theirs.pk, one.pk], "level": "link"}, follow=True).text
    assert "The others are not yours to show." in page
    assert levels(one, theirs) == ["link", "team"]
    for level in ("public", "", "x"):
        client.post(path, {"picture": [one.pk], "level": level})
    assert levels(one, theirs) == ["link", "team"]


def test_starring_a_selection_leaves_the_stars_there_are(client, alice, bob, make):
    client.force_login(alice)
    images = [make(alice), make(alice), make(bob, visibility="team")]
    Star.objects.create(user=alice, image=images[0], stars=4)
    page = client.post(reverse("gallery:star_all"), {"picture": [image.pk for image in images]}, follow=True).text
    assert "3 pictures starred." in page
    assert dict(Star.objects.filter(user=alice).values_list("image", "stars")) == {
        images[0].pk: 4,
        images[1].pk: 1,
        images[2].pk: 1,
    }


def test_the_bar_works_by_its_own_buttons_and_offers_only_what_there_is(client, alice, make):
    client.force_login(alice)
    make(alice)
    board = boards.create_board(user=alice, name="Kettles")
    page = client.get(reverse("gallery:gallery")).text
    form = page[page.index('id="selection"') : page.index("</form>", page.index('id="selection"'))]
    for name in ("star_all", "collect", "visibility", "delete"):
        assert f'formaction="{reverse(f"gallery:{name}")}"' in form
    assert f'name="board" value="{board.pk}"' in form
    assert 'value="public"' not in form
    first = re.search(r"<button[^>]*>", form)[0]
    assert "disabled" in first  # Enter on a checkbox presses the first button of a form
