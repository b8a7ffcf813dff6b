"""add_user and grant_credits at the command line: what they print, and that bad input writes nothing."""

import re

import pytest
from django.core.management import CommandError, call_command

from studio.accounts.models import Invitation, User
from studio.accounts.services import find_invitation
from studio.core.models import AuditEvent
from studio.credits.models import Account, Entry

pytestmark = pytest.mark.django_db
PASSWORD = "a quiet northern window"


def said(capsys, *args: str) -> str:
    call_command(*args)
    return capsys.readouterr().out


def test_a_member_with_a_password_gets_the_opening_credits(capsys, settings):
    settings.OPENING_CREDITS = 500
    assert said(capsys, "add_user", "mina", "--password", PASSWORD) == "mina can sign in.\n"
    user = User.objects.get(username="mina")
    assert user.check_password(PASSWORD)
    assert (user.is_staff, user.is_superuser, user.must_change_password) == (False, False, False)
    assert Account.objects.get(user=user).spendable == 500


def test_credits_stand_in_for_the_opening_credits(capsys):
    call_command("add_user", "mina", "--password", PASSWORD, "--credits", "7", "--staff", "--email", "mina@example.org")
    user = User.objects.get(username="mina")
    assert (user.is_staff, user.email) == (True, "mina@example.org")
    assert Entry.objects.get().kind == "opening"
    assert Account.objects.get(user=user).spendable == 7


def test_no_credits_at_all(capsys):
    call_command("add_user", "mina", "--password", PASSWORD, "--credits", "0")
    assert Account.objects.get(user__username="mina").spendable == 0
    assert not Entry.objects.exists()


def test_without_a_password_a_link_to_set_one_is_printed(capsys):
    link = re.search(r"http://\S+/accounts/invitation/([\w-]+)/", said(capsys, "add_user", "mina"))
    assert link
    user = User.objects.get(username="mina")
    assert find_invitation(link[1]).user == user
    assert not user.has_usable_password()
    assert Account.objects.filter(user=user).exists()


@pytest.mark.parametrize(
    "args",
    [
        ["no spaces"],
        [""],
        ["alice"],
        ["ALICE"],
        ["mina", "--password", "short"],
        ["mina", "--password", "password1234"],
        ["mina", "--password", ""],
        ["mina", "--email", "nonsense"],
        ["mina", "--credits", "-1"],
        ["mina", "--credits", "many"],
        ["mina", "--credits", str(10**30)],
    ],
)
def test_a_wrong_add_user_is_one_line_and_adds_nobody(alice, capsys, args):
    events = AuditEvent.objects.count()
    with pytest.raises(CommandError) as refusal:
        call_command("add_user", *args)
    assert len(str(refusal.value).splitlines()) == 1
    assert refusal.value.returncode != 0
    assert list(User.objects.all()) == [alice]
    assert (Account.objects.count(), Invitation.objects.count(), AuditEvent.objects.count()) == (1, 0, events)


def test_a_grant_is_booked_with_its_reason(alice, capsys):
    line = said(capsys, "grant_credits", "Alice", "50", "--reason", "a good month")
    entry = Entry.objects.of_kind("grant").get()
    assert line == f"Entry {entry.number}: granted 50 to alice, who has 150 to spend.\n"
    assert (entry.reason, entry.actor) == ("a good month", None)


@pytest.mark.parametrize(
    "args",
    [
        ["nobody", "50", "--reason", "why"],
        ["alice", "0", "--reason", "why"],
        ["alice", "--reason", "why", "--", "-5"],
        ["alice", "1.5", "--reason", "why"],
        ["alice", "ten", "--reason", "why"],
        ["alice", str(2**63), "--reason", "why"],
        ["alice", "50", "--reason", "  "],
        ["alice", "50"],
    ],
)
def test_a_wrong_grant_is_one_line_and_books_nothing(alice, args):
    before = Entry.objects.count()
    with pytest.raises(CommandError) as refusal:
        call_command("grant_credits", *args)
    assert len(str(refusal.value).splitlines()) == 1
    assert Entry.objects.count() == before


def test_as_a_process_a_wrong_grant_ends_with_1_and_one_line(scratch):
    done = scratch.manage("grant_credits", "nobody", "5", "--reason", "why")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "CommandError: There is nobody called nobody.\n")
    done = scratch.manage("verify_ledger")
    assert (done.returncode, done.stdout) == (0, "The ledger is right: 0 accounts, 0 entries, 0 holds.\n")
