"""Administration of people, links and keys."""

import re

import pytest
from django.contrib.auth.models import Permission

from studio.accounts import keys, tries
from studio.accounts.key_services import create_api_key
from studio.accounts.models import ApiKey, Invitation, PasswordTries, User
from studio.accounts.services import find_invitation, set_password_link
from studio.core.models import AuditEvent, audit
from tests.factories import make_user

pytestmark = pytest.mark.django_db
USERS = "/admin/accounts/user/"


@pytest.fixture
def admin(client) -> User:
    user = make_user("admin", is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


def act(client, where, name, *rows, **more):
    return client.post(where, {"action": name, "_selected_action": [row.pk for row in rows], **more})


def told(name):
    return list(AuditEvent.objects.filter(name=name).values_list("actor__username", "target"))


def token_in(text):
    return re.search(r"/accounts/invitation/([\w-]{43})/", text)[1]


def test_adding_a_person_shows_a_link_once_and_keeps_it_out_of_every_later_page(client, admin):
    page = client.post(f"{USERS}add/", {"username": "mina", "email": "mina@example.org", "is_staff": "on"})
    mina = User.objects.get(username="mina")
    assert find_invitation(token_in(page.text)).user == mina
    assert page["Cache-Control"] == "no-store, private"
    assert (mina.is_staff, mina.is_superuser, mina.has_usable_password()) == (True, False, False)
    assert told("user.created") == [("admin", "mina")]
    assert token_in(page.text) not in client.get(USERS).text + str(client.cookies)


def test_a_wrong_or_taken_name_is_said_in_the_form(client, admin):
    for name in ("Admin", "two words", ""):
        page = client.post(f"{USERS}add/", {"username": name, "email": ""})
        assert page.status_code == 200
        assert "errorlist" in page.text
    assert User.objects.count() == 1


def test_a_link_is_made_for_somebody_who_forgot(client, admin, alice):
    page = act(client, USERS, "make_links", alice)
    assert find_invitation(token_in(page.text)).user == alice


def test_deactivating_and_activating(client, admin, alice):
    link = set_password_link(alice)
    act(client, USERS, "deactivate", alice)
    alice.refresh_from_db()
    assert not alice.is_active
    assert not Invitation.objects.open().exists()
    assert told("user.deactivated") == [("admin", "alice")]
    assert "would not work" in client.get(act(client, USERS, "make_links", alice)["Location"]).text
    act(client, USERS, "activate", alice)
    alice.refresh_from_db()
    assert alice.is_active
    assert client.get(link.removeprefix("http://127.0.0.1:8000")).status_code == 404


def test_the_last_administrator_stays(client, admin):
    page = client.get(act(client, USERS, "deactivate", admin)["Location"])
    assert "This is the only administrator" in page.text
    page = client.post(f"{USERS}{admin.pk}/change/", {"username": "admin", "is_staff": "on"})
    assert "This is the only administrator" in page.text
    admin.refresh_from_db()
    assert admin.is_active
    assert admin.is_superuser


def test_unlocking_lets_the_right_password_in_again(client, admin, alice):
    for _time in range(tries.PER_ACCOUNT):
        tries.take(account=tries.account_key(alice, ""), address=tries.address_key("192.0.2.1"))
    act(client, USERS, "unlock", alice)
    assert not PasswordTries.objects.filter(key=f"account:{alice.pk}").exists()
    assert told("user.unlocked") == [("admin", "alice")]


def test_a_change_of_role_is_told_and_nothing_else_of_the_row_moves(client, admin, alice):
    before = User.objects.values().get(pk=alice.pk)
    send = {"username": "alice", "is_staff": "on", "password": "x", "is_active": "", "must_change_password": "on"}
    assert client.post(f"{USERS}{alice.pk}/change/", send).status_code == 302
    assert User.objects.values().get(pk=alice.pk) == {**before, "is_staff": True}
    assert told("user.role_changed") == [("admin", "alice")]


def test_nobody_is_deleted(client, admin, alice):
    assert client.post(f"{USERS}{alice.pk}/delete/", {"post": "yes"}).status_code == 403
    assert act(client, USERS, "delete_selected", alice, post="yes").status_code == 403
    assert User.objects.filter(pk=alice.pk).exists()


@pytest.mark.parametrize("action", ["make_links", "deactivate", "activate", "unlock", "end_sessions"])
def test_staff_without_the_permission_get_403(client, operator, alice, action):
    client.force_login(operator)
    assert act(client, USERS, action, alice).status_code == 403
    operator.user_permissions.add(Permission.objects.get(codename="view_user"))
    assert act(client, USERS, action, alice).status_code == 403
    assert AuditEvent.objects.count() == 0


def test_staff_with_the_permission_manage_members_but_nobody_with_rights(client, operator, alice):
    client.force_login(operator)
    root = make_user("root", is_staff=True, is_superuser=True)
    for name in ("view_user", "change_user", "add_user"):
        operator.user_permissions.add(Permission.objects.get(codename=name))
    assert token_in(act(client, USERS, "make_links", alice).text)
    for person in (root, operator, make_user("other", is_staff=True)):
        assert act(client, USERS, "make_links", alice, person).status_code == 403
        assert client.post(f"{USERS}{person.pk}/change/", {"username": "mine"}).status_code == 403
    client.post(f"{USERS}{alice.pk}/change/", {"username": "alice", "is_superuser": "on", "is_staff": "on"})
    client.post(f"{USERS}add/", {"username": "mina", "is_staff": "on"})
    assert not User.objects.filter(username__in=["alice", "mina"], is_staff=True).exists()


def test_keys_are_paused_and_revoked_and_show_no_secret(client, admin, alice):
    row, raw = create_api_key(user=alice, name="<b>script</b>")
    where = "/admin/accounts/apikey/"
    pages = client.get(where).text + client.get(f"{where}{row.pk}/change/").text
    assert "<b>script" not in pages
    for secret in (raw, row.digest, row.signing_secret, keys.signing_secret_of(raw).hex()):
        assert secret not in pages
    assert f"{row.prefix}…{raw[-4:]}" in pages
    act(client, where, "pause", row)
    assert not ApiKey.objects.get().is_active
    act(client, where, "resume", row)
    assert ApiKey.objects.get().is_active
    act(client, where, "revoke", row)
    assert ApiKey.objects.get().revoked_at
    assert told("key.revoked") == [("admin", str(row))]
    assert client.get(f"{where}add/").status_code == 403
    assert client.post(f"{where}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(f"{where}{row.pk}/change/", {"name": "other", "is_active": "on", "digest": "0"})
    assert (ApiKey.objects.get().name, ApiKey.objects.get().is_active) == ("<b>script</b>", False)


def test_links_are_listed_without_token_and_revoked(client, admin, alice):
    token = token_in(set_password_link(alice))
    row = Invitation.objects.get()
    where = "/admin/accounts/invitation/"
    pages = client.get(where).text + client.get(f"{where}{row.pk}/change/").text
    assert token not in pages
    assert row.digest not in pages
    act(client, where, "revoke", row)
    assert not Invitation.objects.open().exists()


def test_the_audit_log_is_only_read(client, admin):
    audit("login.failed", target="<script>alert(1)</script>")
    row, where = AuditEvent.objects.get(), "/admin/core/auditevent/"
    assert "<script>alert" not in client.get(where).text + client.get(f"{where}{row.pk}/change/").text
    for path in (f"{where}add/", f"{where}{row.pk}/change/", f"{where}{row.pk}/delete/"):
        assert client.post(path, {"name": "x", "post": "yes"}).status_code == 403
    assert act(client, where, "delete_selected", row, post="yes").status_code == 403
    assert AuditEvent.objects.get() == row


def test_only_our_own_rows_are_administered(client, admin):
    page = client.get("/admin/").text
    for app in ("django_q", "auth", "account", "usersessions", "sites"):
        assert f'href="/admin/{app}/' not in page


def test_the_admin_has_no_door_of_its_own(client, alice, operator):
    assert client.get("/admin/login/")["Location"].startswith("/accounts/login/?next=")
    assert client.post("/admin/login/", {"username": "admin", "password": "x"})["Location"].startswith(
        "/accounts/login/"
    )
    client.force_login(alice)
    assert client.get("/admin/").status_code == 403
    client.force_login(operator)
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/password_change/")["Location"] == "/accounts/password/change/"
    assert client.post("/admin/logout/")["Location"] == "/accounts/login/"
    assert client.get("/admin/").status_code == 302
