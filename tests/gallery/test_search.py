"""One list of searches in three languages gives the same hits on both databases."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from studio.gallery import search
from studio.gallery.folding import fold, terms
from studio.gallery.models import Listed
from studio.jobs.models import Image, Job
from tests.databases import Scratch
from tests.factories import make_user

PICTURES = {
    "kettle": ("A blue Kettle on a windowsill, 100% linen", "", ""),
    "lantern": ("七つの紙灯籠、青いやかんのとなり", "", ""),
    "harbour": ("항구 위의 파란 주전자, 첫눈", "", ""),
    "half": ("ﾆﾔﾝｺ と ＢＬＵＥ ＳＫＹ", "", ""),
    "nfd": ("cafe\u0301 Übermut, \u1112\u1161\u11ab\u1100\u1173\u11af", "", ""),
    "signs": ('snake_case "quoted" it\'s AND NOT (a* OR b) C:\\new 5"x7"', "", ""),
    "revised": ("a fox", "An owl in MOONLIGHT", ""),
    "alt": ("a fox", "", "Two hedgehogs, 猫もいる"),
    "emoji": ("pool 🐟🐟 party", "", ""),
}
# What is searched for, and what is found by it.
SEARCHES: dict[str, set[str]] = {
    "kettle": {"kettle"},
    "KETTLE blue": {"kettle"},
    "blue": {"kettle", "half"},
    "ett": {"kettle"},
    "tt": {"kettle"},
    "青いやかん": {"lantern"},
    "やかん 灯籠": {"lantern"},
    "灯籠　青い": {"lantern"},
    "青": {"lantern"},
    "紙灯": {"lantern"},
    "猫": {"alt"},
    "ニャンコ": set(),
    "ニヤンコ": {"half"},
    "ﾆﾔﾝｺ": {"half"},
    "ｂｌｕｅ sky": {"half"},
    "파란 주전자": {"harbour"},
    "주전": {"harbour"},
    "첫": {"harbour"},
    "첫눈 항구": {"harbour"},
    "한글": {"nfd"},
    "\u1112\u1161\u11ab\u1100\u1173\u11af": {"nfd"},
    "café": {"nfd"},
    "CAFE\u0301": {"nfd"},
    "übermut": {"nfd"},
    "ÜBER": {"nfd"},
    "100%": {"kettle"},
    "1%0": set(),
    "%": {"kettle"},
    "100_": set(),
    "e_c": {"signs"},
    "snake_case": {"signs"},
    "snakeXcase": set(),
    '"quoted"': {"signs"},
    '"': {"signs"},
    '5"x7"': {"signs"},
    '5"x8': set(),
    "it's": {"signs"},
    "and not": {"signs"},
    "(a* or": {"signs"},
    "a*": {"signs"},
    "c:\\new": {"signs"},
    "\\": {"signs"},
    "owl moonlight": {"revised"},
    "fox owl": {"revised"},
    "hedgehogs": {"alt"},
    "fox": {"revised", "alt"},
    "🐟🐟": {"emoji"},
    "🐟🐟 party": {"emoji"},
    "nothing at all": set(),
    "kettle owl": set(),
    "NEAR(a b)": set(),
    "text:fox": set(),
    "^fox": set(),
    "-fox": set(),
    "\0": set(PICTURES),
    "   ": set(PICTURES),
}


def hits(many: int = search.MANY, *, has_index: bool = True) -> dict[str, list[str]]:
    """The names of the pictures that each search finds."""
    alice = make_user("alice")
    names: dict[uuid.UUID, str] = {}
    for name, (prompt, revised, alt) in PICTURES.items():
        now = timezone.now()
        job = Job.objects.create(
            user=alice,
            model="dall-e-3",
            prompt=prompt,
            price=1,
            unit_price=1,
            paid=1,
            status="COMPLETED",
            finished_at=now,
        )
        image = Image.objects.create(
            job=job, index=1, format="png", width=8, height=8, size=1, sha256="0" * 64, revised_prompt=revised, alt=alt
        )
        names[image.pk] = name
    search.MANY = many
    if not has_index:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("DROP INDEX gallery_listed_words")
            else:
                for trigger in ("added", "changed", "gone"):
                    cursor.execute(f"DROP TRIGGER gallery_words_{trigger}")
                cursor.execute("DROP TABLE gallery_words")
    rows = Listed.objects.all()
    return {
        words: sorted(names[pk] for pk in search.find(rows, words).rows.values_list("image_id", flat=True))
        for words in SEARCHES
    }


WANTED = {words: sorted(found) for words, found in SEARCHES.items()}


def test_every_search_finds_the_same(scratch: Scratch) -> None:
    assert scratch.run("tests.gallery.test_search:hits") == [WANTED]


def test_a_word_in_most_pictures_finds_the_same(scratch: Scratch) -> None:
    assert scratch.run("tests.gallery.test_search:hits", 0) == [WANTED]


def without_index() -> dict[str, list[str]]:
    return hits(has_index=False)


def test_without_an_index_the_texts_are_looked_through(scratch: Scratch) -> None:
    assert scratch.run("tests.gallery.test_search:without_index") == [WANTED]


def bounded() -> list[Any]:
    hits(has_index=False)
    search.LOOKED_THROUGH = 3
    found = search.find(Listed.objects.all(), "a")
    whole = search.find(Listed.objects.all()[:0].model.objects.filter(pk__lt=0), "a")
    return [found.is_partial, found.rows.count() <= 3, whole.is_partial]


def test_without_an_index_only_the_newest_texts_are_looked_through(scratch: Scratch) -> None:
    assert scratch.run("tests.gallery.test_search:bounded") == [[True, True, False]]


def bounded_where_no_index_helps() -> dict[str, list[Any]]:
    """Of each search whether not all texts were looked through, and how many hits there are."""
    hits()
    search.LOOKED_THROUGH = 3
    asked = ("b", "fo", "猫", "fox", "f fox", "__c", "%%%")
    found = {words: search.find(Listed.objects.all(), words) for words in asked}
    return {words: [one.is_partial, one.rows.count()] for words, one in found.items()}


def test_words_that_no_index_holds_are_looked_for_in_the_newest_texts(scratch: Scratch) -> None:
    wanted = {"b": [True, 0], "fo": [True, 2], "猫": [True, 1], "fox": [False, 2], "f fox": [False, 2]}
    assert scratch.run("tests.gallery.test_search:bounded_where_no_index_helps") == [
        {**wanted, "__c": [True, 0], "%%%": [True, 0]}
    ]


@pytest.mark.parametrize(
    ("text", "folded"),
    [("ＢＬＵＥ", "blue"), ("ｹﾄﾙ", "ケトル"), ("Ⅳ", "iv"), ("E\u0301", "é"), ("ＡＢ\u3000ｃ", "ab c")],
)
def test_what_is_written_alike_folds_alike(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_the_words_of_a_search_are_each_looked_for_once() -> None:
    assert terms(" Blue\u3000kettle  BLUE\0 ") == ["blue", "kettle"]
