"""The command palette: what its dialog holds, what it finds, and the keys that the pages name."""

import re

import pytest
from django.conf import settings
from django.test import Client

from studio.accounts.models import User
from studio.gallery.models import Board
from studio.gallery.palette import PICTURES
from studio.jobs.models import Image, Preset
from tests.gallery.conftest import Make

PALETTE = "/gallery/palette/"


@pytest.fixture
def see(client: Client, alice: User):
    client.force_login(alice)
    return lambda **query: client.get(PALETTE, query, headers={"HX-Request": "true"}).text


def hrefs(page: str) -> list[str]:
    return re.findall(r'role="option"[^>]* href="([^"]+)"', page)


def test_it_holds_models_my_presets_and_the_boards_i_see(make: Make, see, alice: User, bob: User) -> None:
    mine = Preset.objects.create(user=alice, name="Poster", model="dall-e-3", prompt="a kettle")
    teams = Preset.objects.create(user=bob, name="Cover", model="dall-e-3", prompt="a sea", is_team=True)
    theirs = Preset.objects.create(user=bob, name="Secret", model="dall-e-3", prompt="a key")
    boards = [Board.objects.create(owner=owner, name=name) for owner, name in [(alice, "Spring"), (bob, "Autumn")]]
    page = see()
    assert "/?model=dall-e-3" in hrefs(page)
    assert f"/presets/{mine.pk}/" in hrefs(page)
    assert f"/presets/{teams.pk}/" in hrefs(page)
    assert str(theirs.pk) not in page
    assert f"/gallery/boards/{boards[0].pk}/" in hrefs(page)
    assert str(boards[1].pk) not in page


def test_pictures_are_found_by_words_newest_first_and_never_what_i_may_not_see(
    make: Make, see, alice: User, bob: User
) -> None:
    old, new = make(alice, "a blue kettle"), make(bob, "the kettle of the team", visibility="team")
    make(bob, "the kettle of bob")
    make(alice, "a red sea")
    deleted = make(alice, "a kettle that is gone")
    Image.objects.filter(pk=deleted.pk).update(deleted_at=deleted.created_at)
    assert hrefs(see(q="kettle")) == [f"/jobs/{image.job_id}/?picture=1" for image in (new, old)]


def test_what_cannot_be_found_is_no_error(make: Make, see, alice: User) -> None:
    make(alice)
    for query in ("", "   ", "\0", "%", "'", '"', "x" * 5000, "kettle AND", "漢"):
        assert hrefs(see(q=query)) == []


def test_a_few_pictures_are_enough_in_a_fixed_number_of_queries(
    make: Make, see, alice: User, django_assert_max_num_queries
) -> None:
    for _number in range(PICTURES + 2):
        make(alice)
    see(q="kettle")
    with django_assert_max_num_queries(6):  # session, person, three for the search
        assert len(hrefs(see(q="kettle"))) == PICTURES


def test_a_stranger_is_sent_to_sign_in(client: Client, db: None) -> None:
    assert client.get(PALETTE).status_code == 302
    answer = client.get(PALETTE, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"].startswith("/accounts/login/")


def test_every_page_of_a_member_has_the_field_and_it_works_without_script(
    make: Make, client: Client, alice: User
) -> None:
    kettle = make(alice)
    client.force_login(alice)
    for path in ("/", "/gallery/", "/usage/", "/models/", f"/jobs/{kettle.job_id}/", "/keys/"):
        page = client.get(path).text
        form = re.search(r'<form class="finder"[^>]* action="([^"]+)".*?</form>', page, re.S)
        assert form, path
        assert (form[1], 'name="q"' in form[0]) == ("/gallery/", True)
        assert f'data-palette="{PALETTE}"' in page
    assert str(kettle.pk) in client.get("/gallery/", {"q": "kettle"}).text
    client.logout()
    assert 'class="finder"' not in client.get("/models/").text
    assert "data-palette=" not in client.get("/models/").text


@pytest.mark.parametrize(("agent", "key"), [("Macintosh; Intel Mac OS X", "⌘K"), ("X11; Linux x86_64", "Ctrl K")])
def test_the_field_names_the_key_of_this_machine(client: Client, alice: User, agent: str, key: str) -> None:
    client.force_login(alice)
    page = client.get("/usage/", headers={"User-Agent": agent}).text
    assert f'<kbd aria-hidden="true">{key}</kbd>' in page


def test_no_script_but_these_asks_which_character_was_pressed() -> None:
    """Letters, digits and signs are bound by `data-key` alone, where they can be switched off (WCAG 2.1.4)."""
    asks = re.compile(r"""key\s*===?\s*["'][^"']["']""")
    folder = settings.BASE_DIR / "static" / "js"
    found = {path.name for path in folder.glob("*.js") if asks.search(path.read_text())}
    # keys.js holds back what a browser would do with "/"; the others only ask which of their own keys it was.
    assert found <= {"keys.js", "press.js", "job.js", "lightbox.js", "duel.js"}
