"""Who sees it stands on every tile and every card, in the reader's language."""

import re

import pytest
from django.test import Client

from studio.accounts.models import User
from studio.core.templatetags.look import icon
from studio.gallery import boards
from studio.jobs.models import Job
from tests.gallery.conftest import Make
from tests.jobs.states import failed, queued

WORDS = {
    "en": ("Seen by: You alone", "Seen by: Team", "Seen by: Links alone", "Seen by: Everybody"),
    "ja": ("公開範囲：自分だけ", "公開範囲：チーム", "公開範囲：リンクのみ", "公開範囲：全員"),
    "ko": ("공개 범위: 나만", "공개 범위: 팀", "공개 범위: 링크만", "공개 범위: 모두"),
}
LEVELS = ("me", "team", "link", "public")
ICONS = ("lock", "users", "link", "globe")


def marks(page: str) -> list[tuple[str, str, str]]:
    """Title, symbol and spoken words of each mark, in order."""
    return re.findall(r'<span class="level-mark" title="([^"]+)">.*?#([\w-]+)"/></svg><span class="sr">([^<]+)<', page)


@pytest.mark.parametrize("language", WORDS)
def test_every_tile_and_card_says_who_sees_it(make: Make, client: Client, alice: User, language: str) -> None:
    image = make(alice)
    failed(queued(alice), "content_policy", model="DALL·E 3")  # has its words, and who may read them
    board = boards.create_board(user=alice, name="Autumn", kind="private")
    boards.collect(user=alice, board=board, ids=[image.pk])
    client.force_login(alice)
    paths = {"/": 2, "/gallery/": 1, "/gallery/?outcome=failed": 1, f"/gallery/boards/{board.pk}/": 1}
    for level, symbol, words in zip(LEVELS, ICONS, WORDS[language], strict=True):
        Job.objects.update(visibility=level)
        for path, number in paths.items():
            page = client.get(path, headers={"Accept-Language": language}).text
            assert marks(page) == [(words, symbol, words)] * number, path


def test_each_mark_is_its_own_tiles(make: Make, client: Client, alice: User) -> None:
    for level in LEVELS:
        make(alice, visibility=level)
    client.force_login(alice)
    assert [symbol for _title, symbol, _words in marks(client.get("/gallery/").text)] == list(reversed(ICONS))


def test_the_words_beside_the_symbol_teach_it(make: Make, client: Client, alice: User) -> None:
    job = make(alice, visibility="link").job
    client.force_login(alice)
    page = client.get(f"/jobs/{job.pk}/").text
    assert f"{icon('link', 'icon-s')}<span>Seen by: Links alone" in page
