"""Saved searches: each person's own, kept under a name, renamed, given up."""

from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.test import Client

from studio.accounts.models import User
from studio.gallery import saved
from studio.gallery.filters import LONGEST, Filters
from studio.gallery.models import SavedSearch
from studio.gallery.saved import NotSaved
from tests.databases import Scratch
from tests.factories import make_user


@pytest.fixture
def send(client: Client, alice: User):
    client.force_login(alice)
    return lambda path="", **fields: client.post(f"/gallery/searches/{path}", fields, follow=True)


def test_what_is_asked_is_kept_and_listed(send, alice: User) -> None:
    page = send(name=" Blue  things ", query="scope=team&q=blue&nonsense=1").text
    assert SavedSearch.objects.values_list("user", "name", "query").get() == (
        alice.pk,
        "Blue things",
        "scope=team&q=blue",
    )
    assert "Blue things" in page
    assert 'aria-current="true"' in page


LONG = {
    "kanji": "猫" * 150,
    "hangul": "고양이 " * 50,
    "emoji": "\N{CAT FACE}" * LONGEST,
    "ascii": "x" * LONGEST,
}


def kept_whole() -> list[str]:
    """The names of the long searches that come back from the database as they were asked for."""
    alice = make_user("alice")
    others = {"scope": "all", "model": "\N{CAT FACE}" * 100, "person": "\N{CAT FACE}" * 150, "since": "2025-01-01"}
    found = []
    for name, words in LONG.items():
        for asked in ({"q": words}, {"q": words, "provider": "\N{CAT FACE}" * 50, **others}):
            saved.save(user=alice, name=name, query=urlencode(asked))
            kept = SavedSearch.objects.get(user=alice, name=name).query
            if Filters.read_text(kept) == Filters.read(QueryDict(urlencode(asked))):
                found.append(name)
    return found


def test_a_long_search_in_any_script_is_kept_whole(scratch: Scratch) -> None:
    assert scratch.run("tests.gallery.test_saved:kept_whole") == [[name for name in LONG for _each in (1, 2)]]


def test_the_same_name_again_stands_for_the_new_search(send) -> None:
    send(name="a", query="q=one")
    send(name="a", query="q=two")
    assert SavedSearch.objects.get().query == "q=two"


@pytest.mark.parametrize(
    ("name", "query", "sentence"),
    [
        ("", "q=a", "Give it a name."),
        ("x" * 61, "q=a", "A name has at most 60 characters."),
        ("a", "", "There is nothing to save: search or narrow first."),
        ("a", "scope=team&evil=1", "There is nothing to save: search or narrow first."),
    ],
)
def test_what_cannot_be_kept_is_said(send, name: str, query: str, sentence: str) -> None:
    assert sentence in send(name=name, query=query).text
    assert not SavedSearch.objects.exists()


def test_there_is_an_end_to_how_many(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved, "MOST", 2)
    for name in ("a", "b", "b"):
        saved.save(user=alice, name=name, query="q=x")
    with pytest.raises(NotSaved):
        saved.save(user=alice, name="c", query="q=x")


def test_it_is_renamed_and_given_up(send, alice: User) -> None:
    kept = saved.save(user=alice, name="a", query="q=x")
    send(f"{kept.pk}/", name="b")
    assert SavedSearch.objects.get().name == "b"
    send(f"{kept.pk}/", delete="1")
    assert not SavedSearch.objects.exists()


def test_a_name_that_is_taken_is_refused(send, alice: User) -> None:
    kept = saved.save(user=alice, name="a", query="q=x")
    saved.save(user=alice, name="b", query="q=y")
    assert "Another saved search has this name." in send(f"{kept.pk}/", name="b").text
    assert sorted(SavedSearch.objects.values_list("name", flat=True)) == ["a", "b"]


def test_anothers_is_404_and_stays(send, bob: User) -> None:
    theirs = saved.save(user=bob, name="a", query="q=x")
    assert send(f"{theirs.pk}/", delete="1").status_code == 404
    assert send("999/", delete="1").status_code == 404
    assert SavedSearch.objects.get().name == "a"
    assert "q=x" not in send(name="mine", query="q=z").text


def test_what_was_deleted_meanwhile_stays_deleted(alice: User) -> None:
    found = saved.save(user=alice, name="Kettles", query="q=kettle")
    SavedSearch.objects.all().delete()
    saved.rename(saved=found, name="Teapots")
    assert not SavedSearch.objects.exists()
