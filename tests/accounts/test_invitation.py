"""The page behind a set-password link."""

import logging
from datetime import timedelta

import pytest
from django.utils import timezone

from studio.accounts.services import invite, set_password_link
from studio.core.logs import LineFormatter

pytestmark = pytest.mark.django_db
NEW = {"password1": "a long enough passphrase", "password2": "a long enough passphrase"}


def path_of(link: str) -> str:
    return link.removeprefix("http://127.0.0.1:8000")


@pytest.fixture
def path() -> str:
    return path_of(invite(username="mina", email="mina@example.org")[1])


def test_the_password_is_set_and_the_person_is_in(client, path):
    page = client.get(path)
    assert page.status_code == 200
    assert "mina" in page.text
    assert "Welcome" in page.text
    done = client.post(path, NEW)
    assert (done.status_code, done["Location"]) == (302, "/")
    assert client.get("/accounts/").status_code == 200
    assert client.post(path, NEW).status_code == 404


def test_looking_at_the_page_does_not_use_it_up(client, path):
    for _time in range(3):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"password1": "short", "password2": "short"},
        {"password1": "password1234", "password2": "password1234"},
        {"password1": "a long enough passphrase", "password2": "another long passphrase"},
        {"password1": "", "password2": ""},
        {"password1": "mina@example.org", "password2": "mina@example.org"},
    ],
)
def test_a_weak_password_is_refused_and_the_link_still_works(client, path, wrong):
    assert client.post(path, wrong).status_code == 422
    assert client.post(path, NEW).status_code == 302


def test_sixty_four_characters_and_spaces_are_a_fine_password(client, path):
    long = "correct horse battery staple, correct horse battery staple, yes!"
    assert len(long) == 64
    assert client.post(path, {"password1": long, "password2": long}).status_code == 302


def test_unknown_used_expired_and_revoked_read_the_same(client, path, time_machine):
    user, _link = invite(username="bartholomew")
    revoked = path_of(set_password_link(user))
    expired = path_of(set_password_link(user))
    client.post(path, NEW)
    client.post("/accounts/logout/")
    client.get("/accounts/login/")  # reads the message
    time_machine.move_to(timezone.now() + timedelta(days=8))
    pages = {}
    for name, address in {
        "used": path,
        "revoked": revoked,
        "expired": expired,
        "unknown": path[:-9] + "AAAAAAAA/",
    }.items():
        got = client.get(address)
        sent = client.post(address, NEW)
        assert (got.status_code, sent.status_code) == (404, 404)
        assert "This link does not work any more." in got.text
        assert "bartholomew" not in got.text + sent.text
        pages[name] = got.text.replace(address, "").replace(str(got.context["csrf_token"]), "")
    assert len(set(pages.values())) == 1


def test_no_other_site_and_no_cache_learns_the_address(client, path):
    for response in (client.get(path), client.post(path, {}), client.post(path, NEW), client.get(path)):
        assert response["Referrer-Policy"] == "same-origin"  # no-referrer would make browsers post `Origin: null`
        assert response["Cache-Control"] == "no-store, private"


def test_the_token_is_redacted_in_logs(path):
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Not Found: %s", (path,), None)
    record.request_id = "-"
    line = LineFormatter().format(record)
    assert path.split("/")[3] not in line
    assert "/accounts/invitation/[redacted]" in line


def test_only_get_and_post(client, path):
    assert client.put(path).status_code == 405
