"""Narrowing: each menu, all together, read from the address and written back."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from studio.accounts.models import User
from studio.gallery import boards, facets
from studio.gallery.filters import Filters
from studio.jobs.models import Image, Job
from studio.jobs.stars import set_stars
from studio.jobs.trash import delete_pictures, restore_pictures
from studio.jobs.visibility import set_visibility
from tests.gallery.conftest import Make
from tests.gallery.test_gallery import PAGE, ids, shown
from tests.jobs.states import failed, queued


@pytest.fixture
def see(client: Client, alice: User):
    client.force_login(alice)
    return lambda query="": client.get(f"{PAGE}{query}").text


def of_job(image: Image, **fields: object) -> Image:
    """The picture, its job with other fields; written anew so that its row is, too."""
    Job.objects.filter(pk=image.job_id).update(**fields)
    copy = Image.objects.get(pk=image.pk)
    image.delete()
    copy.save(force_insert=True)
    return copy


def test_each_menu_narrows(make: Make, see, alice: User, bob: User) -> None:
    plain = make(alice, visibility="team")
    other = of_job(make(alice, visibility="team"), model="flux-1.1-pro", provider="apiframe")
    theirs = make(bob, visibility="team")
    wide = make(alice, visibility="team")
    Image.objects.filter(pk=wide.pk).update(width=1792, height=1024)
    old = make(alice, visibility="team")
    Image.objects.filter(pk=old.pk).update(created_at=datetime(2025, 3, 31, 12, tzinfo=UTC))
    set_stars(alice, theirs.pk, 4)
    set_stars(bob, plain.pk, 5)
    team = "?scope=team&"
    assert shown(see(f"{team}model=flux-1.1-pro")) == ids(other)
    assert shown(see(f"{team}provider=apiframe")) == ids(other)
    assert shown(see(f"{team}person=bob")) == ids(theirs)
    assert shown(see(f"{team}shape=16:9")) == ids(wide)
    assert shown(see(f"{team}shape=wide")) == ids(wide)
    assert shown(see(f"{team}shape=1:1&until=2025-12-31")) == ids(old)
    assert shown(see(f"{team}since=2025-03-31&until=2025-03-31")) == ids(old)
    assert shown(see(f"{team}until=2025-03-30")) == []
    assert shown(see(f"{team}stars=4")) == ids(theirs)
    assert shown(see(f"{team}stars=5")) == []
    assert shown(see(f"{team}q=kettle&person=bob&stars=1&shape=square")) == ids(theirs)
    assert shown(see("?at=2025-03")) == ids(old)


def test_what_was_not_made_is_shown_in_its_own_menu(make: Make, see, alice: User, bob: User) -> None:
    make(alice)
    mine = failed(queued(alice, "an unmade fox", count=1), "content_policy")
    make(bob)
    failed(queued(bob, "another's fox"), "content_policy")
    page = see("?outcome=failed")
    assert shown(page) == []
    assert f'href="/jobs/{mine.pk}/"' in page
    assert "an unmade fox" in page
    assert "another&#x27;s fox" not in page
    assert "1 order" in page
    assert "an unmade fox" not in see()


def test_a_menu_that_is_applied_stands_with_its_cross_and_leads_back(make: Make, see, alice: User) -> None:
    make(alice)
    page = see("?model=dall-e-3&stars=1")
    assert re.search(r'class="facet on" href="/gallery/\?stars=1" data-facet="model"', page)
    assert re.search(r'class="facet on" href="/gallery/\?model=dall-e-3" data-facet="stars"', page)


def test_numbers_stand_only_where_nothing_else_narrows(make: Make, see, alice: User, bob: User) -> None:
    for person in (alice, bob):
        make(person, visibility="team")
    assert see("?scope=team").count('<span class="num">1</span>') == 2
    assert '<span class="num">' not in see("?scope=team&stars=1&q=kettle")


def number_of(page: str, label: str) -> int:
    """What a menu says of one of its lines."""
    found = re.search(rf'<span class="cut">{re.escape(label)}</span><span class="num">(\d+)</span>', page)
    return int(found[1]) if found else 0


def test_numbers_are_right_at_once_after_ones_own_change(make: Make, see, alice: User, bob: User) -> None:
    mine = [make(alice, visibility="team") for _n in range(3)]
    other = of_job(make(alice), model="flux-1.1-pro")
    make(bob, visibility="team")

    def numbers() -> list[int]:
        own, team = see(), see("?scope=team")
        return [number_of(own, name) for name in ("DALL·E 3", "Flux 1.1 Pro")] + [
            number_of(team, name) for name in ("alice", "bob")
        ]

    assert numbers() == [3, 1, 3, 1]
    deletion = delete_pictures(user=alice, ids=[mine[0].pk])
    assert numbers() == [2, 1, 2, 1]
    restore_pictures(user=alice, deleted_at=deletion.at)
    assert numbers() == [3, 1, 3, 1]
    set_visibility(user=alice, jobs=[mine[1].job_id, mine[2].job_id], level="link")
    assert numbers() == [3, 1, 1, 1]
    set_visibility(user=alice, jobs=[mine[1].job_id, mine[2].job_id, other.job_id], level="team")
    assert numbers() == [3, 1, 4, 1]
    delete_pictures(user=alice, ids=[other.pk])
    set_visibility(user=alice, jobs=[mine[0].job_id], level="me")
    make(bob, visibility="team")
    assert numbers()[2:] == [2, 2]


def test_one_that_went_for_another_that_came_is_seen(make: Make, see, alice: User, bob: User) -> None:
    """As many as before, of another model: what a process remembers is not asked for by their number alone."""
    first, second = make(alice), of_job(make(alice), model="flux-1.1-pro")
    third = of_job(make(alice), model="flux-1.1-pro")
    delete_pictures(user=alice, ids=[third.pk])
    assert [number_of(see(), name) for name in ("DALL·E 3", "Flux 1.1 Pro")] == [1, 1]
    delete_pictures(user=alice, ids=[first.pk])
    restore_pictures(user=alice, ids=[third.pk])
    page = see()
    assert 'data-facet="model"' not in page  # one model is no choice
    assert shown(page) == ids(third, second)


def test_remembering_costs_no_question_and_looking_anew_one(
    make: Make, see, alice: User, bob: User, django_assert_num_queries
) -> None:
    images = [make(person, visibility="team") for person in (alice, bob, alice)]
    see("?scope=team"), see("?scope=team")
    with CaptureQueriesContext(connection) as before:
        see("?scope=team")
    delete_pictures(user=alice, ids=[images[0].pk])
    with django_assert_num_queries(len(before) + 1):
        see("?scope=team")
    with django_assert_num_queries(len(before)):
        see("?scope=team")


def test_boards_narrow_what_one_may_see(make: Make, see, alice: User, bob: User) -> None:
    mine, theirs, hidden, off = make(alice), make(bob, visibility="team"), make(bob), make(alice)
    board = boards.create_board(user=bob, name="Kettles <b>", kind="team")
    boards.collect(user=alice, board=board, ids=[mine.pk])
    boards.collect(user=bob, board=board, ids=[theirs.pk, hidden.pk])
    secret = boards.create_board(user=bob, name="Not hers")
    boards.collect(user=bob, board=secret, ids=[theirs.pk])
    page = see("?scope=all")
    assert f'href="/gallery/?scope=all&amp;board={board.pk}"' in page
    assert "Kettles &lt;b&gt;" in page
    assert "Not hers" not in page
    assert shown(page) == ids(off, theirs, mine)
    assert shown(see(f"?scope=all&board={board.pk}")) == ids(theirs, mine)
    assert shown(see(f"?board={board.pk}")) == ids(mine)
    assert shown(see(f"?scope=all&board={board.pk}&q=kettle&person=bob")) == ids(theirs)
    applied = see(f"?scope=all&board={board.pk}")
    assert re.search(r'class="facet on" href="/gallery/\?scope=all" data-facet="board"', applied)
    assert "Board: Kettles" in applied
    assert f'name="board" value="{board.pk}"' in applied  # a search goes on narrowing by it
    for other in (secret.pk, uuid.uuid4()):
        page = see(f"?scope=all&board={other}")
        assert shown(page) == []
        assert "Board: gone" in page
        assert "Not hers" not in page
    delete_pictures(user=alice, ids=[mine.pk])
    assert shown(see(f"?scope=all&board={board.pk}")) == ids(theirs)
    assert 'data-facet="board"' not in see("?outcome=failed")


def test_many_boards_take_as_many_questions_as_one(make: Make, see, alice: User, django_assert_num_queries) -> None:
    image = make(alice)
    boards.collect(user=alice, board=boards.create_board(user=alice, name="One"), ids=[image.pk])
    see()
    with CaptureQueriesContext(connection) as one:
        see()
    for number in range(12):
        boards.create_board(user=alice, name=f"Board {number}", kind="team")
    with django_assert_num_queries(len(one)):
        assert "Board 11" in see()


@pytest.mark.parametrize(
    ("query", "back"),
    [
        ("board=nonsense&stars=x", ""),
        ("board=%00", ""),
        ("board=01890A5D-AC96-774B-BCCE-B302099A8057", "board=01890a5d-ac96-774b-bcce-b302099a8057"),
        ("scope=mine", ""),
        ("scope=nobody&stars=9&shape=5:1&outcome=made", ""),
        ("scope=team&q=+a++b+&stars=3", "scope=team&q=a+b&stars=3"),
        ("since=2026-02-30&until=0001-01-01", ""),
        ("since=2026-02-28", "since=2026-02-28"),
        ("q=%00%25", "q=%25"),
        (f"q={'x' * 500}", f"q={'x' * 200}"),
        ("model=no-such&person=nobody", "model=no-such&person=nobody"),
    ],
)
def test_an_address_is_read_leniently_and_written_back(query: str, back: str) -> None:
    assert Filters.read(QueryDict(query)).query == back


@pytest.mark.parametrize("at", ["2025-13", "nonsense", "0000-01", "9999-12", "2025-03-01", ""])
def test_a_month_that_is_none_is_the_newest_page(make: Make, see, alice: User, at: str) -> None:
    image = make(alice)
    assert shown(see(f"?at={at}")) == ids(image)


def test_the_spine_goes_from_the_newest_month_to_the_oldest(make: Make, see, alice: User) -> None:
    first, _second = make(alice), make(alice)
    Image.objects.filter(pk=first.pk).update(created_at=first.created_at - timedelta(days=70))
    spine = see().partition('class="spine"')[2]
    assert 3 <= len(re.findall(r"at=\d{4}-\d\d", spine.partition("</nav>")[0])) <= 6
    assert 'aria-current="true"' in spine


@pytest.mark.parametrize("scope", ["mine", "team", "starred"])
def test_a_search_without_hits_says_where_and_offers_everything(see, scope: str, db: None) -> None:
    page = see(f"?scope={scope}&q=blue+%22kettle%22")
    assert f"Nothing matches “blue &quot;kettle&quot;” in {scope.title()}." in page
    assert 'href="/gallery/?scope=all&amp;q=blue+%22kettle%22"' in page


def test_everything_is_mine_and_what_others_show(make: Make, see, alice: User, bob: User) -> None:
    mine, theirs = make(alice), make(bob, visibility="team")
    make(bob)
    assert shown(see("?scope=all&q=kettle")) == ids(theirs, mine)


@pytest.mark.parametrize("narrowed", ["", "&stars=1"])
def test_what_somebody_takes_back_leaves_the_menus_of_others_at_once(
    make: Make, see, alice: User, bob: User, narrowed: str
) -> None:
    make(alice, visibility="team")
    theirs = of_job(make(bob, visibility="team"), model="flux-1.1-pro")
    page = f"?scope=team{narrowed}"
    for take_back in (
        lambda: set_visibility(user=bob, jobs=[theirs.job_id], level="me"),
        lambda: delete_pictures(user=bob, ids=[theirs.pk]),
    ):
        set_visibility(user=bob, jobs=[theirs.job_id], level="team")
        facets.forget()
        assert "person=bob" in see(page)
        assert "model=flux-1.1-pro" in see(page)
        take_back()
        assert "person=bob" not in see(page)
        assert "model=flux-1.1-pro" not in see(page)
