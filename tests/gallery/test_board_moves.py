"""Pictures that go from one board to another."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from studio.gallery import boards
from tests.gallery.test_boards import board as board
from tests.gallery.test_boards import order_of, page_of
from tests.jobs.test_lock_order import ID


def test_pictures_move_to_another_board(client, alice, board, make):
    client.force_login(alice)
    images = [make(alice).pk for _n in range(3)]
    boards.collect(user=alice, board=board, ids=images)
    target = boards.create_board(user=alice, name="Winter")
    assert 'name="from"' in page_of(client, board).text
    sent = {"picture": images[:2], "from": board.pk}
    asked = client.post(reverse("gallery:collect"), sent).text
    assert "Move 2 pictures to another board" in asked
    assert f'value="{target.pk}"' in asked
    assert f'name="board" value="{board.pk}"' not in asked
    page = client.post(reverse("gallery:collect"), {**sent, "board": target.pk}, follow=True).text
    assert "2 pictures moved to Winter." in page
    assert (order_of(board), order_of(target)) == ([images[2]], images[:2])
    again = client.post(reverse("gallery:collect"), {**sent, "board": target.pk}, follow=True).text
    assert "They were on Winter already." in again, "a second press of the button"
    assert "somebody else" not in again
    page = client.post(reverse("gallery:collect"), {"picture": images, "from": board.pk, "name": "New"}, follow=True)
    assert "1 picture moved to New." in page.text
    assert order_of(board) == []
    assert order_of(boards.Board.objects.get(name="New")) == images


def test_what_may_not_be_taken_off_a_board_stays_on_it_when_moved(client, alice, bob, operator, board, make):
    own, put_by_alice, hidden = make(bob, visibility="team"), make(bob, visibility="team"), make(alice)
    boards.collect(user=bob, board=board, ids=[own.pk])
    boards.collect(user=alice, board=board, ids=[put_by_alice.pk, hidden.pk])
    by_carol = make(operator, visibility="team")
    boards.collect(user=alice, board=board, ids=[by_carol.pk])
    target = boards.create_board(user=bob, name="Winter")
    client.force_login(bob)
    everything = [own.pk, put_by_alice.pk, hidden.pk, by_carol.pk]
    sent = {"picture": everything, "from": board.pk, "board": target.pk}
    page = client.post(reverse("gallery:collect"), sent, follow=True).text
    assert "2 pictures moved to Winter. The others stay" in page
    assert order_of(board) == [hidden.pk, by_carol.pk]
    assert order_of(target) == [own.pk, put_by_alice.pk, by_carol.pk]
    for source in (boards.create_board(user=alice, name="Alice's").pk, uuid.uuid4(), "x"):
        assert client.post(reverse("gallery:collect"), {**sent, "from": source}).status_code == 404
    again = {"picture": order_of(target), "from": target.pk, "board": target.pk}
    client.post(reverse("gallery:collect"), again)
    assert order_of(target) == [own.pk, put_by_alice.pk, by_carol.pk]


def test_a_full_board_keeps_what_was_to_be_moved_where_it_was(alice, board, make, monkeypatch):
    images = [make(alice).pk for _n in range(3)]
    boards.collect(user=alice, board=board, ids=images)
    target = boards.create_board(user=alice, name="Winter")
    monkeypatch.setattr(boards, "MOST_PICTURES", 2)
    with pytest.raises(boards.BoardFull):
        boards.collect_from(user=alice, source=board, board=target, ids=images)
    assert (order_of(board), order_of(target)) == (images, [])


def test_a_picture_on_two_boards_that_is_moved_there_and_back_at_once_stays_on_one(alice, board, make):
    """Each would see it on the other board and take it off its own: both boards are locked first, in one order."""
    target = boards.create_board(user=alice, name="Winter")
    for source, other in ((board, target), (target, board)):
        picture = make(alice).pk
        with CaptureQueriesContext(connection) as said:
            boards.collect_from(user=alice, source=source, board=other, ids=[picture])
        first = next(query["sql"] for query in said if query["sql"].startswith("SELECT"))
        assert {board.pk.hex, target.pk.hex} == {found.replace("-", "") for found in ID.findall(first)}
        assert re.search(r'ORDER BY ("gallery_board"."id"|"pk"|1) ASC', first), first
        assert ("FOR UPDATE" in first) == connection.features.has_select_for_update
