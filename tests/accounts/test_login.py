"""Signing in and out."""

import pytest
from django.urls import reverse

from studio.accounts.models import User
from studio.core.models import AuditEvent
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


def sign_in(client, login="alice", password=PASSWORD, **more):
    return client.post(LOGIN, {"login": login, "password": password, **more})


@pytest.mark.parametrize("login", ["alice", "ALICE", " alice ", "alice@example.org", "Alice@Example.org"])
def test_name_or_address_in_any_case_signs_in(client, login):
    make_user("alice", email="alice@example.org")
    response = sign_in(client, login)
    assert response.status_code == 302
    assert response["Location"] == "/"
    assert client.session["_auth_user_id"] == str(User.objects.get().pk)


def test_the_page_has_one_form_and_no_sign_up(client):
    page = client.get(LOGIN)
    assert page.status_code == 200
    assert 'name="login"' in page.text
    assert 'name="password"' in page.text
    assert "Ask whoever runs this studio for an invitation" in page.text
    assert "signup" not in page.text
    assert client.get("/accounts/signup/").status_code == 404


@pytest.mark.parametrize(
    ("login", "password"), [("alice", "wrong"), ("nobody", PASSWORD), ("gone", PASSWORD), ("a@b.cd", PASSWORD)]
)
def test_every_refusal_reads_the_same(client, alice, login, password):
    make_user("gone", is_active=False)
    response = sign_in(client, login, password)
    assert response.status_code == 422
    expected = sign_in(client, "alice", "also wrong")
    shown = response.text.replace(f'value="{login}"', 'value="alice"')
    token = response.context["csrf_token"]
    assert shown.replace(str(token), "") == expected.text.replace(str(expected.context["csrf_token"]), "")
    assert "Name and password do not match." in response.text
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "data", [{}, {"login": "alice"}, {"login": "a\x00", "password": "x"}, {"login": "x" * 5000, "password": "y"}]
)
def test_nonsense_is_a_422(client, data):
    assert client.post(LOGIN, data).status_code == 422


def test_the_session_is_a_new_one_after_signing_in(client, alice):
    session = client.session
    session["before"] = 1
    session.save()
    client.cookies["session"] = before = session.session_key
    sign_in(client)
    assert client.session.session_key != before


def test_one_goes_back_to_the_page_one_wanted_but_not_to_another_site(client, alice):
    wanted = reverse("accounts:profile") + "?a=1"
    anonymous = client.get(wanted)
    assert anonymous["Location"] == f"{LOGIN}?next=/accounts/%3Fa%3D1"
    assert f'value="{wanted}"' in client.get(anonymous["Location"]).text
    for bad in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "http:evil", "\\\\evil.example"):
        assert sign_in(client, next=bad)["Location"] == "/"
        client.logout()
    assert sign_in(client, next=wanted)["Location"] == wanted


def test_signing_out_takes_a_post_and_ends_the_session(client, alice):
    sign_in(client)
    old = client.session.session_key
    assert client.get("/accounts/logout/").status_code == 200
    assert client.get("/accounts/").status_code == 200
    assert client.post("/accounts/logout/")["Location"] == LOGIN
    client.cookies["session"] = old
    assert client.get("/accounts/").status_code == 302


def test_who_is_signed_in_is_sent_on_from_the_login_page(client, alice):
    sign_in(client)
    assert client.get(LOGIN)["Location"] == "/"


def test_sign_in_and_out_and_failure_are_in_the_audit_log_without_passwords(client, alice):
    sign_in(client, "alice", "wrong password here")
    sign_in(client, "a password typed as name", "x")
    sign_in(client)
    client.post("/accounts/logout/")
    told = AuditEvent.objects.order_by("id").values_list("name", "actor__username", "target", "ip")
    assert list(told) == [
        ("login.failed", "alice", "alice", "127.0.0.1"),
        ("login.failed", None, "", "127.0.0.1"),
        ("login.ok", "alice", "alice", "127.0.0.1"),
        ("logout", "alice", "alice", "127.0.0.1"),
    ]


def test_no_json_dialect(client, alice):
    response = client.post(LOGIN, {"login": "alice", "password": "x"}, headers={"Accept": "application/json"})
    assert response["Content-Type"].startswith("text/html")
