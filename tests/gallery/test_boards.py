"""Boards: whose they are, what is put on them, in which order, and that nothing is implied."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from studio.gallery import boards, links
from studio.gallery.models import Board, BoardLink, BoardPicture
from studio.jobs.models import Image, Job


@pytest.fixture
def board(alice):
    return boards.create_board(user=alice, name="Kettles", kind="team")


def order_of(board):
    return list(BoardPicture.objects.filter(board=board).order_by("position", "pk").values_list("image_id", flat=True))


def page_of(client, board, **query):
    return client.get(reverse("gallery:board", args=[board.pk]), query)


@pytest.mark.parametrize(("kind", "sees"), [("private", False), ("team", True), ("link", True)])
def test_who_sees_a_board_adds_to_it_and_its_owner_manages_it(client, alice, bob, operator, make, kind, sees):
    board = boards.create_board(user=alice, name="Kettles", kind=kind)
    for person in (bob, operator):
        image = make(person)
        client.force_login(person)
        assert page_of(client, board).status_code == (200 if sees else 404)
        assert ("Kettles" in client.get(reverse("gallery:boards")).text) is sees
        put = client.post(reverse("gallery:collect"), {"picture": image.pk, "board": board.pk})
        assert put.status_code == (302 if sees else 404)
        assert BoardPicture.objects.filter(board=board, image=image).exists() is sees
        for name in ("board_change", "board_delete"):
            for ask in (client.get, client.post):
                answer = ask(reverse(f"gallery:{name}", args=[board.pk]), {"name": "Mine", "kind": "team"})
                assert answer.status_code == 404
        assert client.post(reverse("gallery:move", args=[board.pk]), {"picture": image.pk}).status_code == 404
    board.refresh_from_db()
    assert (board.name, board.owner) == ("Kettles", alice)


def test_putting_a_picture_on_a_board_shows_it_to_nobody(client, alice, bob, board, make):
    mine, shared, theirs = make(alice, "mine alone"), make(alice, "for all", visibility="team"), make(bob, "bob's own")
    assert boards.collect(user=alice, board=board, ids=[mine.pk, shared.pk, theirs.pk]) == 2  # bob's is not there
    assert boards.collect(user=bob, board=board, ids=[theirs.pk]) == 1
    client.force_login(bob)
    page = page_of(client, board).text
    assert "for all" in page
    assert "mine alone" not in page
    assert str(mine.pk) not in page
    assert "2 pictures" in page
    assert "1 of yours is not shown to the team." in page  # his own; nothing tells him of hers
    client.force_login(alice)
    page = page_of(client, board).text
    assert "1 of yours is not shown to the team." in page
    assert "bob&#x27;s own" not in page
    assert Job.objects.get(pk=mine.job_id).visibility == "me"


def test_the_button_shows_ones_own_pictures_to_the_team_and_nobody_elses(client, alice, bob, board, make):
    mine, theirs, elsewhere = make(alice), make(bob), make(alice)
    boards.collect(user=alice, board=board, ids=[mine.pk])
    boards.collect(user=bob, board=board, ids=[theirs.pk])
    client.force_login(alice)
    page = client.post(reverse("gallery:board_show", args=[board.pk]), {"level": "team"}, follow=True).text
    assert "1 picture is shown now." in page
    assert "not shown to the team" not in page
    levels = {image.pk: Job.objects.get(pk=image.job_id).visibility for image in (mine, theirs, elsewhere)}
    assert levels == {mine.pk: "team", theirs.pk: "me", elsewhere.pk: "me"}
    for level in ("public", "me", ""):
        client.post(reverse("gallery:board_show", args=[board.pk]), {"level": level})
    assert Job.objects.get(pk=mine.job_id).visibility == "team"


def test_a_link_board_says_what_its_visitors_do_not_see(client, alice, bob, make):
    board = boards.create_board(user=alice, name="For the client", kind="link")
    pictures = [make(alice), make(alice, visibility="team"), make(alice, visibility="link")]
    boards.collect(user=alice, board=board, ids=[image.pk for image in pictures])
    boards.collect(user=bob, board=board, ids=[make(bob, visibility="team").pk, make(bob).pk])
    client.force_login(alice)
    page = page_of(client, board).text
    assert "2 of yours are not shown to those who have the link." in page
    assert "1 of other people is not shown to them" in page
    assert "Those that the team sees now are then shown to links alone." in page
    client.force_login(bob)
    assert "3 pictures" in page_of(client, board).text  # his own two, and the one that alice shows to the team
    client.force_login(alice)
    client.post(reverse("gallery:board_show", args=[board.pk]), {"level": "link"})
    assert {Job.objects.get(pk=image.job_id).visibility for image in pictures} == {"link"}
    assert "of yours" not in page_of(client, board).text


def test_a_team_board_shows_members_what_is_shown_to_the_team_and_says_what_changes(client, alice, bob, board, make):
    pictures = [make(alice, f"{level} kettle", visibility=level) for level in Job.Visibility.values]
    boards.collect(user=alice, board=board, ids=[image.pk for image in pictures])
    client.force_login(bob)
    page = page_of(client, board).text
    assert [f"{level} kettle" in page for level in Job.Visibility.values] == [False, True, False, True]
    assert "2 pictures" in page
    client.force_login(alice)
    page = page_of(client, board).text
    assert "2 of yours are not shown to the team." in page
    assert "Those that links show now are then shown to the team instead." in page
    client.post(reverse("gallery:board_show", args=[board.pk]), {"level": "team"})
    assert "Those that links show" not in page_of(client, board).text
    levels = [Job.objects.get(pk=image.job_id).visibility for image in pictures]
    assert levels == ["team", "team", "team", "public"]


def test_a_board_of_which_a_member_sees_nothing_does_not_say_whether_anything_is_on_it(client, alice, bob, make):
    board = boards.create_board(user=alice, name="For the client", kind="link")
    client.force_login(bob)
    empty = page_of(client, board).text
    assert "Nothing on this board that you may see." in empty
    boards.collect(user=alice, board=board, ids=[make(alice, visibility="link").pk, make(alice).pk])
    assert page_of(client, board).context["count"] == 0
    assert "Nothing on this board that you may see." in page_of(client, board).text


def test_a_new_board_takes_the_selection_in_one_step(client, alice, make):
    client.force_login(alice)
    images = [make(alice) for _n in range(3)]
    sent = {"picture": [image.pk for image in images]}
    page = client.post(reverse("gallery:collect"), sent)
    assert page.status_code == 200
    assert "Put 3 pictures on a board" in page.text
    done = client.post(reverse("gallery:collect"), {**sent, "name": "  Blue \n kettles ", "kind": "team"}, follow=True)
    board = Board.objects.get()
    assert (board.name, board.kind) == ("Blue kettles", "team")
    assert order_of(board) == sent["picture"]
    assert "3 pictures put on Blue kettles." in done.text
    again = client.post(reverse("gallery:collect"), {**sent, "board": board.pk}, follow=True)
    assert "They were on Blue kettles already." in again.text
    assert len(order_of(board)) == 3


@pytest.mark.parametrize("name", ["", "   ", "\0", "x" * 81])
def test_a_board_without_a_proper_name_is_refused_and_the_selection_is_kept(client, alice, make, name):
    client.force_login(alice)
    image = make(alice)
    page = client.post(reverse("gallery:collect"), {"picture": image.pk, "name": name, "kind": "team"})
    assert page.status_code == 422
    assert f'name="picture" value="{image.pk}"' in page.text
    assert client.post(reverse("gallery:boards"), {"name": name}).status_code == 422
    assert not Board.objects.exists()


def test_a_link_board_is_made_with_its_link_and_shows_it(client, alice, bob, make):
    client.force_login(alice)
    made = client.post(reverse("gallery:boards"), {"name": "For the client", "kind": "link"}, follow=True)
    board, link = Board.objects.get(), BoardLink.objects.get()
    assert timedelta(days=29) < link.expires_at - timezone.now() <= timedelta(days=30)
    assert made.redirect_chain == [(reverse("gallery:board", args=[board.pk]), 302)]
    for page in (made.text, client.get(reverse("gallery:board_change", args=[board.pk])).text):
        assert f'<a id="board-address" href="{links.address_of(link)}">' in page
        assert 'data-copy="#board-address"' in page
        assert f"Works until {date_format(timezone.localtime(link.expires_at), 'j F Y, H:i')}." in page
        assert ">Share<" in page
    assert Client().get(f"/b/{links.token_of(link)}/").status_code == 200
    client.force_login(bob)
    assert "/b/" not in page_of(client, board).text
    sent = {"picture": make(bob).pk, "name": "Mine", "kind": "link"}
    assert "/b/" in client.post(reverse("gallery:collect"), sent, follow=True).text


def test_a_board_that_becomes_a_link_board_gets_its_link_once(client, alice, board):
    client.force_login(alice)
    change = reverse("gallery:board_change", args=[board.pk])
    assert "Make a link" in client.get(change).text
    page = client.post(change, {"name": board.name, "kind": "link"}, follow=True).text
    assert links.address_of(BoardLink.objects.get()) in page
    links.revoke_link(user=alice, board=board)
    page = client.post(change, {"name": "Another name", "kind": "link"}, follow=True).text
    assert "This board has no link that works." in page  # what was taken back stays so
    assert not BoardLink.objects.filter(revoked_at=None).exists()
    client.post(change, {"name": "Another name", "kind": "team"})
    client.post(change, {"name": "Another name", "kind": "link"})
    assert BoardLink.objects.filter(revoked_at=None).count() == 1


def test_a_kind_that_is_none_is_refused(client, alice, board):
    client.force_login(alice)
    assert client.post(reverse("gallery:boards"), {"name": "a", "kind": "public"}).status_code == 422
    change = reverse("gallery:board_change", args=[board.pk])
    assert client.post(change, {"name": "a", "kind": "everybody"}).status_code == 422
    assert client.post(change, {"name": "a", "kind": "private"}).status_code == 302
    assert list(Board.objects.values_list("name", "kind")) == [("a", "private")]


def test_deleting_a_board_asks_once_and_deletes_no_picture(client, alice, board, make):
    client.force_login(alice)
    boards.collect(user=alice, board=board, ids=[make(alice).pk])
    path = reverse("gallery:board_delete", args=[board.pk])
    assert "Its pictures stay in the gallery." in client.get(path).text
    assert Board.objects.exists()
    client.post(path)
    assert not Board.objects.exists()
    assert Image.objects.there().count() == 1


@pytest.mark.parametrize(
    ("chosen", "to", "after"),
    [
        ("c", "first", "cabde"),
        ("ac", "last", "bdeac"),
        ("c", "earlier", "acbde"),
        ("ab", "earlier", "abcde"),
        ("bd", "earlier", "badce"),
        ("bc", "later", "adbce"),
        ("e", "later", "abcde"),
        ("", "first", "abcde"),
    ],
)
def test_pictures_move_within_a_board(client, alice, board, make, chosen, to, after):
    client.force_login(alice)
    images = {letter: make(alice) for letter in "abcde"}
    boards.collect(user=alice, board=board, ids=[image.pk for image in images.values()])
    sent = {"picture": [images[letter].pk for letter in chosen], "to": to}
    assert client.post(reverse("gallery:move", args=[board.pk]), sent).url == reverse("gallery:board", args=[board.pk])
    assert order_of(board) == [images[letter].pk for letter in after]


def test_the_owner_takes_off_any_picture_and_others_what_they_put_there_or_made(client, alice, bob, board, make):
    by_bob, by_alice = make(bob, visibility="team"), make(alice, visibility="team")
    added_by_alice = make(bob, visibility="team")
    boards.collect(user=bob, board=board, ids=[by_bob.pk])
    boards.collect(user=alice, board=board, ids=[by_alice.pk, added_by_alice.pk])
    client.force_login(bob)
    everything = {"picture": [image.pk for image in (by_bob, by_alice, added_by_alice)]}
    page = client.post(reverse("gallery:take_off", args=[board.pk]), everything, follow=True).text
    assert "2 pictures taken off this board." in page
    assert order_of(board) == [by_alice.pk]
    assert boards.take_off(user=alice, board=board, ids=[by_alice.pk]) == 1
    assert Image.objects.there().count() == 3


def test_deleted_pictures_leave_boards_at_once_and_come_back_to_their_place(client, alice, board, make):
    from studio.jobs.trash import delete_pictures, restore_pictures

    client.force_login(alice)
    images = [make(alice, f"kettle {number}") for number in range(3)]
    boards.collect(user=alice, board=board, ids=[image.pk for image in images])
    deletion = delete_pictures(user=alice, ids=[images[1].pk])
    page = page_of(client, board).text
    assert "kettle 1" not in page
    assert "2 pictures" in page
    assert str(images[1].pk) not in client.get(reverse("gallery:boards")).text
    restore_pictures(user=alice, deleted_at=deletion.at)
    page = page_of(client, board).text
    assert page.index("kettle 0") < page.index("kettle 1") < page.index("kettle 2")


def test_more_than_500_at_once_is_refused_with_a_sentence_and_nothing_is_done(client, alice, board, make):
    client.force_login(alice)
    ids = [make(alice).pk, *(uuid.uuid4() for _n in range(500))]
    page = client.post(reverse("gallery:collect"), {"picture": ids, "board": board.pk}, follow=True).text
    assert "500 pictures at once are the most; you selected 501." in page
    assert order_of(board) == []
    client.post(reverse("gallery:collect"), {"picture": ids[:500], "board": board.pk})
    assert order_of(board) == ids[:1]


def test_nonsense_in_the_form_is_as_if_it_were_not_there(client, alice, board, make):
    client.force_login(alice)
    image = make(alice)
    collect = reverse("gallery:collect")
    for bad in ("x", "", "1", "\0", str(image.pk)[:-1], str(uuid.uuid4())):
        assert client.post(collect, {"picture": [bad], "board": board.pk}).status_code == 302
        assert client.post(collect, {"picture": [str(image.pk)], "board": bad}).status_code == 404
        assert client.get(reverse("gallery:boards"), {"from": bad}).status_code == 200
        assert page_of(client, board, after=bad).status_code == 200
    assert order_of(board) == []
    for back in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil.example"):
        answer = client.post(reverse("gallery:take_off", args=[board.pk]), {"back": back})
        assert answer.url == reverse("gallery:board", args=[board.pk])


def test_a_full_board_takes_nothing_more(alice, board, make, monkeypatch):
    monkeypatch.setattr(boards, "MOST_PICTURES", 2)
    images = [make(alice).pk for _n in range(3)]
    with pytest.raises(boards.BoardFull, match="room for 2 more"):
        boards.collect(user=alice, board=board, ids=images)
    assert order_of(board) == []
    assert boards.collect(user=alice, board=board, ids=images[:2]) == 2


def test_a_board_that_was_deleted_meanwhile_cannot_be_changed(alice):
    board = boards.create_board(user=alice, name="Autumn")
    boards.delete_board(board=Board.objects.get(pk=board.pk))
    with pytest.raises(Board.DoesNotExist):
        boards.change_board(board=board, name="Winter", kind="team")
    assert not Board.objects.exists()
