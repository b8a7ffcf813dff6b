"""Second factors of the staff: demanded by a setting, taken away by an administrator."""

from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.test import Client

from studio.accounts.models import User
from studio.core.models import AuditEvent
from tests.accounts.test_second_factor import FACTOR, LOGIN, code_of, set_up_app
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(alice: User) -> str:
    """The secret of alice's app."""
    client = Client()
    client.force_login(alice)
    return set_up_app(client)


class TestStaff:
    @pytest.fixture(autouse=True)
    def _demanded(self, settings) -> None:
        settings.STAFF_SECOND_FACTOR = True

    @pytest.fixture
    def root(self, db: None) -> User:
        return make_user("root", is_staff=True, is_superuser=True)

    def test_without_one_the_administration_is_closed(self, client: Client, root: User, settings) -> None:
        settings.STAFF_SECOND_FACTOR = False
        client.force_login(root)
        assert client.get("/admin/").status_code == 200
        settings.STAFF_SECOND_FACTOR = True
        assert client.get("/admin/")["Location"] == FACTOR
        actions = {"action": "deactivate", "_selected_action": str(root.pk)}
        assert client.post("/admin/accounts/user/", actions)["Location"] == FACTOR
        assert "Whoever administers this studio needs a second factor." in client.get(FACTOR).text
        assert client.get("/").status_code == 200

    def test_setting_one_up_opens_it(self, client: Client, root: User) -> None:
        client.force_login(root)
        set_up_app(client)
        assert client.get("/admin/").status_code == 200

    def test_a_session_opened_by_password_has_to_show_it(self, client: Client, root: User) -> None:
        old = Client()
        old.force_login(root)
        client.force_login(root)
        secret = set_up_app(client)
        assert old.get("/admin/?a=1")["Location"] == f"{FACTOR}confirm/code/?next=%2Fadmin%2F%3Fa%3D1"
        assert old.get(f"{FACTOR}confirm/?next=/admin/")["Location"].startswith(f"{FACTOR}confirm/code/")
        shown = old.post(f"{FACTOR}confirm/code/", {"code": code_of(secret, later=1), "next": "/admin/"})
        assert shown["Location"] == "/admin/"
        assert old.get("/admin/").status_code == 200

    def test_members_are_asked_for_none(self, client: Client, alice: User) -> None:
        client.force_login(alice)
        assert client.get("/").status_code == 200


class TestReset:
    @pytest.fixture
    def root(self, client: Client) -> User:
        root = make_user("root", is_staff=True, is_superuser=True)
        client.force_login(root)
        return root

    def act(self, client: Client, *people: User, **more: str) -> Any:
        action = {"action": "reset_second_factor", "_selected_action": [str(person.pk) for person in people]}
        return client.post("/admin/accounts/user/", action | more)

    def test_an_administrator_takes_it_away_with_a_reason(self, client: Client, root: User, held: str) -> None:
        alice = User.objects.get(username="alice")
        page = self.act(client, alice)
        assert page.status_code == 200
        assert Authenticator.objects.exists()
        assert self.act(client, alice, reason="").status_code == 422
        assert self.act(client, alice, reason="telephone in the sea").status_code == 302
        assert not Authenticator.objects.exists()
        event = AuditEvent.objects.get(name="second_factor.reset")
        assert (event.actor, event.target, event.data["reason"]) == (root, "alice", "telephone in the sea")
        assert Client().post(LOGIN, {"login": "alice", "password": PASSWORD})["Location"] == "/"

    def test_sessions_end_with_it(self, client: Client, root: User, alice: User) -> None:
        theirs = Client()
        theirs.post(LOGIN, {"login": "alice", "password": PASSWORD})
        set_up_app(theirs)
        self.act(client, alice, reason="stolen")
        assert theirs.get("/accounts/").status_code == 302

    def test_nobody_takes_their_own_away_or_that_of_somebody_with_more_rights(self, client: Client, root: User) -> None:
        set_up_app(client)
        self.act(client, root, reason="mine")
        assert Authenticator.objects.filter(type="totp").exists()
        helper = make_user("helper", is_staff=True)
        helper.user_permissions.set(Permission.objects.filter(codename__in=["change_user", "view_user"]))
        other = Client()
        other.force_login(helper)
        assert self.act(other, root, reason="theirs").status_code == 403
        assert Authenticator.objects.filter(type="totp").exists()

    def test_by_command(self, held: str) -> None:
        call_command("reset_second_factor", "Alice", reason="lost", stdout=StringIO())
        assert not Authenticator.objects.exists()
        with pytest.raises(CommandError):
            call_command("reset_second_factor", "nobody", reason="lost")
