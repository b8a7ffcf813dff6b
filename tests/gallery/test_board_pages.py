"""Pages of boards, what they cost, and boards that several change at once."""

import pytest
from django.urls import reverse

from studio.gallery import boards
from tests.databases import Scratch

HERE = "tests.gallery.board_processes"


@pytest.fixture
def board(alice):
    return boards.create_board(user=alice, name="Kettles", kind="team")


def page_of(client, board, **query):
    return client.get(reverse("gallery:board", args=[board.pk]), query)


def test_pages_of_a_board_follow_its_order_and_cost_the_same(client, alice, board, make, monkeypatch):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from studio.gallery import board_pages

    monkeypatch.setattr(board_pages, "PAGE", 3)
    client.force_login(alice)
    images = [make(alice, f"kettle {number}") for number in range(7)]
    boards.collect(user=alice, board=board, ids=[image.pk for image in images[:1]])
    page_of(client, board)  # a fresh session writes first
    with CaptureQueriesContext(connection) as few:
        page_of(client, board)
    boards.collect(user=alice, board=board, ids=[image.pk for image in images])
    seen, after, queries = [], "", set()
    while True:
        with CaptureQueriesContext(connection) as asked:
            page = page_of(client, board, after=after)
        queries.add(len(asked))
        seen += [tile.image.pk for tile in page.context["page"].tiles]
        after = page.context["page"].after
        if not after:
            break
    assert seen == [image.pk for image in images]
    assert queries == {len(few)}
    part = client.get(reverse("gallery:board", args=[board.pk]), {"after": "3_3"}, headers={"HX-Request": "true"}).text
    assert "<html" not in part


def test_the_list_shows_covers_and_costs_the_same_for_one_board_or_many(client, alice, make, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(alice)
    images = [make(alice) for _n in range(6)]
    first = boards.create_board(user=alice, name="One")
    boards.collect(user=alice, board=first, ids=[image.pk for image in images])
    client.get(reverse("gallery:boards"))  # a fresh session writes first
    with CaptureQueriesContext(connection) as few:
        page = client.get(reverse("gallery:boards")).text
    assert page.count("/small") == 4
    assert "6 pictures, Private, alice" in page
    for number in range(8):
        board = boards.create_board(user=alice, name=f"Board {number}")
        boards.collect(user=alice, board=board, ids=[image.pk for image in images[: number % 3]])
    with django_assert_num_queries(len(few)):
        client.get(reverse("gallery:boards"))


def test_a_script_in_a_name_is_text(client, alice):
    client.force_login(alice)
    board = boards.create_board(user=alice, name="<script>alert(1)</script>")
    for path in (
        reverse("gallery:boards"),
        *(reverse(f"gallery:{n}", args=[board.pk]) for n in ("board", "board_change")),
    ):
        assert "<script>alert" not in client.get(path).text


def test_twenty_who_put_the_same_pictures_on_a_board_put_each_there_once(scratch: Scratch):
    scratch.run(f"{HERE}:prepare")
    added = scratch.run(f"{HERE}:collect", processes=8)
    assert sum(added) == 5
    positions = [row[0] for row in scratch.rows("SELECT position FROM gallery_boardpicture ORDER BY position")]
    assert positions == [1, 2, 3, 4, 5]


def test_moves_at_once_leave_each_picture_at_one_place(scratch: Scratch):
    scratch.run(f"{HERE}:prepare")
    scratch.run(f"{HERE}:collect")
    scratch.run(f"{HERE}:move", processes=6)
    positions = [row[0] for row in scratch.rows("SELECT position FROM gallery_boardpicture ORDER BY position")]
    assert positions == [1, 2, 3, 4, 5]
