"""Sessions: listed, ended, and not for ever."""

import datetime
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from studio.accounts.devices import device_name
from studio.accounts.models import Invitation, PasswordTries
from studio.accounts.services import end_sessions, invite, set_active, tidy
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
LIST, PAGE = "/accounts/sessions/", "/accounts/"
START = datetime.datetime(2026, 3, 1, 12, 0, tzinfo=datetime.UTC)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
POLL = {"HX-Request": "true", "HX-Current-URL": "http://testserver/"}


def signed_in(name="alice", **extra) -> Client:
    client = Client(**extra)
    assert client.post("/accounts/login/", {"login": name, "password": PASSWORD}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get(PAGE).status_code == 200


def test_the_list_shows_ones_own_devices_only(alice, bob):
    here, _there, _bobs = signed_in(), signed_in(HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="192.0.2.7"), signed_in("bob")
    page = here.get(LIST)
    assert page.context["session_count"] == 2
    assert "Firefox on Linux" in page.text
    assert "192.0.2.7" in page.text
    assert page.text.count("this one") == 1


def test_one_device_is_signed_out(alice):
    here, there = signed_in(), signed_in()
    other = UserSession.objects.get(session_key=there.session.session_key)
    assert here.post(f"{LIST}{other.pk}/end/").status_code == 302
    assert is_in(here)
    assert not is_in(there)


def test_ending_ones_own_session_signs_out(alice):
    here = signed_in()
    assert here.post(f"{LIST}{UserSession.objects.get().pk}/end/")["Location"] == "/accounts/login/"
    assert not is_in(here)


def test_somebody_elses_session_is_404(alice, bob):
    here, bobs = signed_in(), signed_in("bob")
    theirs = UserSession.objects.get(user=bob)
    assert here.post(f"{LIST}{theirs.pk}/end/").status_code == 404
    assert here.get(f"{LIST}{theirs.pk}/end/").status_code == 405
    assert is_in(bobs)


def test_all_others_are_signed_out(alice):
    here, there, third = signed_in(), signed_in(), signed_in()
    assert here.post(LIST).status_code == 302
    assert (is_in(here), is_in(there), is_in(third)) == (True, False, False)


def test_deactivation_works_at_the_next_request_and_sessions_do_not_come_back(alice):
    client = signed_in()
    set_active(user=alice, is_active=False)
    assert not is_in(client)
    set_active(user=alice, is_active=True)
    assert not is_in(client)


def test_signed_out_everywhere_by_the_administrator(alice, operator):
    client = signed_in()
    end_sessions(user=alice, by=operator)
    assert not is_in(client)


def test_twelve_idle_hours_end_a_session(alice, time_machine):
    time_machine.move_to(START, tick=False)
    client = signed_in()
    assert is_in(client)
    time_machine.shift(12 * 3600)
    assert is_in(client)
    time_machine.shift(12 * 3600 + 1)
    assert not is_in(client)
    assert not UserSession.objects.exists()


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(alice, time_machine):
    time_machine.move_to(START, tick=False)
    client = signed_in()
    assert is_in(client)
    for _hour in range(12):
        time_machine.shift(3600)
        assert "HX-Redirect" not in client.get(PAGE, headers=POLL)
    time_machine.shift(1)
    assert client.get(PAGE, headers=POLL)["HX-Redirect"] == "/accounts/login/?next=/"


def test_fourteen_days_end_a_session_that_is_used_all_the_time(alice, time_machine):
    time_machine.move_to(START, tick=False)
    client = signed_in()
    for _step in range(14 * 2):
        assert is_in(client)
        time_machine.shift(12 * 3600)
    time_machine.shift(1)
    assert not is_in(client)


def test_a_session_is_written_at_most_every_five_minutes(alice, time_machine):
    time_machine.move_to(START, tick=False)
    client = signed_in()
    is_in(client)
    time_machine.shift(299)
    with CaptureQueriesContext(connection) as work:
        is_in(client)
    assert not [one["sql"] for one in work if not one["sql"].startswith("SELECT")]
    time_machine.shift(2)
    is_in(client)
    assert UserSession.objects.get().last_seen_at == START + datetime.timedelta(seconds=301)


def test_what_has_run_out_is_tidied_away(alice, time_machine):
    time_machine.move_to(START, tick=False)
    old = signed_in()
    Client().post("/accounts/login/", {"login": "x", "password": "y"})
    invite(username="mina")
    time_machine.shift(40 * 86_400)
    new = signed_in()
    tidy()
    assert list(Session.objects.values_list("session_key", flat=True)) == [new.session.session_key]
    assert UserSession.objects.get().session_key != old.cookies["session"].value
    assert not Invitation.objects.exists()
    assert {row.key for row in PasswordTries.objects.all()} == {f"account:{alice.pk}", "address:127.0.0.1"}


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 16) Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", "Unknown device"),
    ],
)
def test_a_browser_is_named_in_words(agent, name):
    assert device_name(agent) == name


def test_a_session_whose_row_has_run_out_is_nobodys(client, alice):
    client.force_login(alice)
    assert client.get("/accounts/").status_code == 200
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    response = client.get("/accounts/")
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")
