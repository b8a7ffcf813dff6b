"""Changing, being made to change, and forgetting a password."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import OrmQ

from studio.accounts.key_services import authenticate_key, create_api_key
from studio.accounts.models import User
from studio.accounts.services import ensure_first_administrator
from studio.accounts.tasks import mail_password_link
from studio.core.models import AuditEvent
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
CHANGE, RESET = "/accounts/password/change/", "/accounts/password/reset/"
NEW = "another quiet window"
SEND = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/"}


def sign_in(client, login="alice", password=PASSWORD):
    return client.post("/accounts/login/", {"login": login, "password": password})


def test_changing_keeps_this_session_and_ends_the_others(client, alice):
    other = Client()
    sign_in(client)
    sign_in(other)
    before = client.session.session_key
    assert client.post(CHANGE, SEND)["Location"] == "/accounts/"
    assert client.get("/accounts/").status_code == 200
    assert client.session.session_key != before
    assert other.get("/accounts/").status_code == 302
    alice.refresh_from_db()
    assert alice.check_password(NEW)
    assert AuditEvent.objects.filter(name="password.changed", actor=alice, ip="127.0.0.1").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"oldpassword": "not it"},
        {"password2": "something else"},
        {"password1": "short", "password2": "short"},
        {"password1": PASSWORD, "password2": PASSWORD},
        {"password1": "alice alice alice", "oldpassword": ""},
    ],
)
def test_a_wrong_form_changes_nothing(client, alice, wrong):
    client.force_login(alice)
    assert client.post(CHANGE, SEND | wrong).status_code == 422
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_a_generated_password_must_be_changed_first(client):
    name, password = ensure_first_administrator()
    assert sign_in(client, name, password)["Location"] == "/"
    for path in ("/accounts/", "/accounts/sessions/", "/admin/"):
        assert client.get(path)["Location"] == CHANGE
        assert client.get(path, headers=HTMX)["HX-Redirect"] == CHANGE
    page = client.get(CHANGE)
    assert "Choose a password of your own." in page.text
    assert client.get("/accounts/logout/").status_code == 200
    assert client.post("/accounts/language/", {"language": "ja"}).status_code == 302
    assert client.post(CHANGE, SEND | {"oldpassword": password})["Location"] == "/"
    assert client.get("/admin/").status_code == 200
    assert not User.objects.get().must_change_password


def test_keys_of_somebody_who_must_change_the_password_go_on(alice):
    _row, raw = create_api_key(user=alice, name="script")
    User.objects.update(must_change_password=True)
    assert authenticate_key({"X-API-Key": raw}).user == alice


def test_without_mail_the_page_says_whom_to_ask(client, alice):
    assert "This studio sends no mail." in client.get(RESET).text
    assert "This studio sends no mail." in client.post(RESET, {"email": "a@example.org"}).text
    assert not OrmQ.objects.exists()


def test_with_mail_a_link_is_sent_that_works_once_for_two_hours(client, settings, time_machine):
    settings.EMAIL_IS_SET = True
    mina = make_user("mina", email="mina@example.org", language="en")
    assert client.post(RESET, {"email": "MINA@example.org"})["Location"] == f"{RESET}done/"
    assert "a link is on its way" in client.get(f"{RESET}done/").text
    mail_password_link(mina.pk)
    (sent,) = mail.outbox
    assert sent.to == ["mina@example.org"]
    assert sent.subject == "Set a password for Northlight"
    path = re.search(r"http://127\.0\.0\.1:8000(/accounts/invitation/\S+)", sent.body)[1]
    assert client.get(path).status_code == 200
    time_machine.move_to(timezone.now() + timedelta(seconds=7201))
    assert client.get(path).status_code == 404


def test_the_answer_and_the_work_are_the_same_for_nobodys_address(client, settings):
    settings.EMAIL_IS_SET = True
    make_user("mina", email="mina@example.org")
    client.post(RESET, {"email": "first@example.org"})
    answers = set()
    for address in ("mina@example.org", "nobody@example.org"):
        with CaptureQueriesContext(connection) as work:
            answer = client.post(RESET, {"email": address})
        answers.add((answer.status_code, answer["Location"], len(work)))
    assert len(answers) == 1
    assert OrmQ.objects.count() == 3
    mail_password_link(0)
    assert not mail.outbox


def test_mails_are_limited_by_address_and_by_place(client, settings):
    settings.EMAIL_IS_SET = True
    mina = make_user("mina", email="mina@example.org")
    for _time in range(20):
        assert client.post(RESET, {"email": "mina@example.org"}).status_code == 302
    assert client.post(RESET, {"email": "mina@example.org"}).status_code == 429
    asked = [task.task["args"] for task in OrmQ.objects.all()]
    assert asked.count((mina.pk,)) == 3
    assert asked.count((0,)) == 17


def test_an_address_that_is_none_is_a_422(client, settings):
    settings.EMAIL_IS_SET = True
    assert client.post(RESET, {"email": "x"}).status_code == 422


def test_somebody_without_a_password_sets_one(client, alice):
    alice.set_unusable_password()
    alice.save()
    client.force_login(alice)
    assert client.get(CHANGE)["Location"] == "/accounts/password/set/"
    assert client.get("/accounts/password/set/").status_code == 200
    assert client.post("/accounts/password/set/", {"password1": NEW, "password2": NEW}).status_code == 302
    alice.refresh_from_db()
    assert alice.check_password(NEW)
