"""One's own profile, theme and language."""

import pytest

from studio.accounts.models import User
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
PROFILE, THEME, LANGUAGE = "/accounts/", "/accounts/theme/", "/accounts/language/"


def test_the_page_shows_name_and_address(client):
    client.force_login(make_user("mina", email="mina@example.org"))
    page = client.get(PROFILE)
    assert page.status_code == 200
    assert "mina@example.org" in page.text


def test_name_language_and_theme_are_saved(client, alice):
    client.force_login(alice)
    assert client.post(PROFILE, {"first_name": "Alice B", "language": "ja", "theme": "dark"})["Location"] == PROFILE
    alice.refresh_from_db()
    assert (alice.display_name, alice.language, alice.theme) == ("Alice B", "ja", "dark")
    page = client.get(PROFILE).text
    assert 'data-theme="dark"' in page
    assert '<html lang="ja"' in page


def test_that_it_is_saved_is_said_in_the_language_chosen(client, alice):
    client.force_login(alice)
    page = client.post(PROFILE, {"first_name": "Alice", "language": "ja", "theme": ""}, follow=True).text
    assert "保存しました。" in page
    assert "Saved." not in page


@pytest.mark.parametrize("wrong", [{"language": "xx"}, {"theme": "pink"}, {"first_name": "x" * 151}])
def test_a_wrong_value_is_a_422_and_changes_nothing(client, alice, wrong):
    client.force_login(alice)
    before = User.objects.values().get()
    assert client.post(PROFILE, {"first_name": "A", "language": "", "theme": ""} | wrong).status_code == 422
    assert User.objects.values().get() == before


def test_every_other_field_that_is_sent_stays_as_it_was(client, alice):
    client.force_login(alice)
    before = User.objects.values().get()
    everything = {name: "1" for name in before} | {"theme": "", "language": "", "first_name": "Alice"}
    everything |= {
        "is_staff": "on",
        "is_superuser": "on",
        "email": "evil@example.org",
        "username": "admin",
        "credits": "9",
    }
    assert client.post(PROFILE, everything).status_code == 302
    assert User.objects.values().get() == {**before, "first_name": "Alice"}


def test_the_theme_is_remembered_and_leads_back(client, alice):
    client.force_login(alice)
    assert client.post(THEME, {"theme": "light", "next": "/usage/?a=1"})["Location"] == "/usage/?a=1"
    assert client.post(THEME, {"theme": "dark", "next": "//evil.example/"})["Location"] == "/"
    assert client.post(THEME, {"theme": "pink"}).status_code == 422
    assert client.get(THEME).status_code == 405
    alice.refresh_from_db()
    assert alice.theme == "dark"


def test_the_language_switch_needs_no_login(client):
    answer = client.post(LANGUAGE, {"language": "ko", "next": "/accounts/login/"})
    assert answer["Location"] == "/accounts/login/"
    assert client.cookies["language"].value == "ko"
    assert int(client.cookies["language"]["max-age"]) == 365 * 86_400
    assert '<html lang="ko"' in client.get("/accounts/login/").text
    assert client.post(LANGUAGE, {"language": "xx", "next": "https://evil.example/"})["Location"] == "/"
    assert client.cookies["language"].value == "ko"
    assert client.get(LANGUAGE).status_code == 405


def test_the_language_goes_with_the_person_to_a_new_machine(client, alice):
    client.force_login(alice)
    client.post(LANGUAGE, {"language": "ja"})
    alice.refresh_from_db()
    assert alice.language == "ja"
    client.cookies.clear()
    client.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    assert client.cookies["language"].value == "ja"


def test_a_language_chosen_on_this_machine_is_left_alone(client, alice):
    User.objects.update(language="ja")
    client.post(LANGUAGE, {"language": "ko"})
    client.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    assert client.cookies["language"].value == "ko"


def test_the_browsers_language_is_taken_where_none_was_chosen(client):
    assert '<html lang="ja"' in client.get("/accounts/login/", headers={"Accept-Language": "ja,en;q=0.5"}).text
