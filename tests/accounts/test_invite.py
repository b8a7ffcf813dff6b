"""Inviting people, and the single-use links with which they set a password."""

import datetime
import re

import pytest
from django.core.exceptions import ValidationError

from studio.accounts.models import Invitation, User
from studio.accounts.services import (
    LinkSpent,
    accept_invitation,
    change_password,
    find_invitation,
    invite,
    revoke_invitation,
    set_password_link,
)
from studio.core.models import AuditEvent

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough passphrase"


def token_of(link: str) -> str:
    found = re.fullmatch(r"http://127\.0\.0\.1:8000/accounts/invitation/([\w-]{43})/", link)
    assert found
    return found[1]


def test_an_invited_person_sets_a_password_once():
    user, link = invite(username="mina", email="mina@example.org", is_staff=True)
    assert not user.has_usable_password()
    accept_invitation(token=token_of(link), password=PASSWORD)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert user.is_staff
    with pytest.raises(LinkSpent):
        accept_invitation(token=token_of(link), password="another passphrase")
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_the_token_is_kept_only_as_a_hash():
    _user, link = invite(username="mina")
    assert token_of(link) not in str(list(Invitation.objects.values())) + str(list(AuditEvent.objects.values()))


def test_a_new_link_ends_the_earlier_one():
    user, first = invite(username="mina")
    second = set_password_link(user)
    with pytest.raises(LinkSpent):
        find_invitation(token_of(first))
    assert find_invitation(token_of(second)).user == user


def test_a_changed_password_ends_the_link():
    user, link = invite(username="mina")
    change_password(user=user, password=PASSWORD)
    with pytest.raises(LinkSpent):
        find_invitation(token_of(link))


def test_a_link_lives_seven_days(time_machine):
    time_machine.move_to(datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), tick=False)
    _user, link = invite(username="mina")
    time_machine.shift(datetime.timedelta(days=7, seconds=-1))
    find_invitation(token_of(link))
    time_machine.shift(1)
    with pytest.raises(LinkSpent):
        find_invitation(token_of(link))


def test_a_revoked_link_and_a_deactivated_persons_link_do_not_work():
    _user, link = invite(username="mina")
    assert revoke_invitation(invitation=Invitation.objects.get())
    assert not revoke_invitation(invitation=Invitation.objects.get())
    with pytest.raises(LinkSpent):
        accept_invitation(token=token_of(link), password=PASSWORD)
    user, link = invite(username="bob")
    User.objects.filter(pk=user.pk).update(is_active=False)
    with pytest.raises(LinkSpent):
        accept_invitation(token=token_of(link), password=PASSWORD)


@pytest.mark.parametrize("token", ["", "x", "null", "None", "0" * 43])
def test_an_unknown_token_is_refused(token):
    invite(username="mina")
    with pytest.raises(LinkSpent):
        find_invitation(token)


def test_names_and_addresses_are_unique_in_any_case():
    invite(username="mina", email="mina@example.org")
    invite(username="bob")
    invite(username="carol")
    with pytest.raises(ValidationError, match="has this name"):
        invite(username="Mina")
    with pytest.raises(ValidationError, match="has this e-mail"):
        invite(username="dora", email="MINA@example.org")
    with pytest.raises(ValidationError):
        invite(username="no spaces")
    assert User.objects.count() == 3


def test_every_step_is_in_the_audit_log():
    admin = User.objects.create_superuser("admin")
    _user, link = invite(username="mina", by=admin)
    accept_invitation(token=token_of(link), password=PASSWORD)
    told = AuditEvent.objects.order_by("id").values_list("name", "actor__username", "target")
    assert list(told) == [
        ("user.created", "admin", "mina"),
        ("invitation.created", "admin", "mina"),
        ("password.changed", "mina", "mina"),
        ("invitation.accepted", "mina", "mina"),
    ]
