"""The proof of the ledger finds what somebody bent behind its back."""

import pytest
from django.core.management import call_command
from django.db import connection

from studio.credits import audit, services
from studio.credits.models import Account, Hold
from tests.factories import make_user

HOLD = {"reference": "1", "seconds": 60}


@pytest.fixture
def history(alice, bob, operator):
    """Every kind of entry, more than one account, one hold still open."""
    for n, amount in enumerate((10, 20, 30), start=1):
        services.hold(user=alice, amount=amount, key=f"job:{n}:hold", **HOLD)
    services.capture(key="job:1:hold", amount=7)
    services.release(key="job:2:hold")
    services.hold(user=alice, amount=5, key="job:4:hold", reference="4", seconds=0)
    services.expire(key="job:4:hold")
    services.grant(user=bob, amount=50, reason="welcome", actor=operator)
    services.adjust(user=bob, amount=-8, reason="too many", actor=operator)
    services.book_unconfirmed(amount=21, reference="9", reason="outcome unknown")


def verify(capsys) -> tuple[int, str]:
    try:
        call_command("verify_ledger")
        code = 0
    except SystemExit as stop:
        code = int(str(stop.code))
    return code, capsys.readouterr().out


def bend(*statements: str) -> None:
    """As somebody with the database's own tools would: without triggers and constraints in the way."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
            cursor.execute("DROP TRIGGER IF EXISTS credits_entry_append_only")
        else:
            cursor.execute("ALTER TABLE credits_entry DISABLE TRIGGER credits_entry_append_only")
        for statement in statements:
            cursor.execute(statement)
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


def test_a_right_ledger_gets_one_line_and_exit_0(history, capsys):
    assert verify(capsys) == (0, "The ledger is right: 4 accounts, 11 entries, 4 holds.\n")


def test_an_empty_ledger_is_right(db, capsys):
    assert verify(capsys) == (0, "The ledger is right: 0 accounts, 0 entries, 0 holds.\n")


def test_a_bent_balance_is_exit_1_and_names_whose(history, capsys, alice):
    Account.objects.filter(user=alice).update(balance=94)
    code, said = verify(capsys)
    assert code == 1
    assert "(alice): balance, held, spent, returned, entries are 94, 30, 7, 28, 8; the entries say 93, 30, 7" in said
    assert said.count("\n") == 1


BENT = {
    "held": ("UPDATE credits_account SET held = 29 WHERE held = 30", "open holds say 30"),
    "negative": ("UPDATE credits_account SET held = -1 WHERE held = 0", "more is held or spent"),
    "amount of an entry": ("UPDATE credits_entry SET change = change + 1 WHERE kind = 'grant'", "does not follow"),
    "running balance": ("UPDATE credits_entry SET spendable_after = 1 WHERE kind = 'grant'", "does not follow"),
    "number": ("UPDATE credits_entry SET seq = 99 WHERE kind = 'adjust'", "number 99"),
    "lost entry": ("DELETE FROM credits_entry WHERE kind = 'adjust'", "entries are 42, 0, 0, 0, 2"),
    "spent": ("UPDATE credits_entry SET spent = 8 WHERE kind = 'capture'", "does not fit its hold"),
    "sum of an entry": ("UPDATE credits_entry SET spent = 8 WHERE kind = 'capture'", "does not add up"),
    "amount of a hold": ("UPDATE credits_hold SET amount = 31 WHERE amount = 30", "opened it is missing or differs"),
    "state of a hold": ("UPDATE credits_hold SET state = 'open' WHERE key = 'job:2:hold'", "it is open, but 1 entries"),
    "lost release": (
        "UPDATE credits_hold SET state = 'released', resolved_at = opened_at WHERE key = 'job:3:hold'",
        "it is released, but 0 entries",
    ),
    "wrong end": (
        "UPDATE credits_hold SET state = 'expired' WHERE key = 'job:2:hold'",
        "release does not fit its hold",
    ),
    "hold gone": ("UPDATE credits_entry SET hold_id = NULL WHERE kind = 'release'", "release without a hold"),
    "time": ("UPDATE credits_entry SET created_at = '2001-01-01 00:00:00' WHERE kind = 'adjust'", "does not follow"),
}


@pytest.mark.parametrize("what", BENT)
def test_what_was_bent_is_found(history, capsys, what):
    statement, sentence = BENT[what]
    if connection.vendor == "postgresql":
        for table in ("account", "entry", "hold"):
            drop_checks(f"credits_{table}")
    bend(statement)
    code, said = verify(capsys)
    assert code == 1
    assert sentence in said


def drop_checks(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'", [table])
        for (name,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")


def test_the_floors_above_can_add_checks(history, capsys, monkeypatch):
    def holds_of_finished_jobs():
        yield from (f"hold {hold.key}: its job has ended" for hold in Hold.objects.open())

    monkeypatch.setattr(audit, "EXTRA_CHECKS", [holds_of_finished_jobs])
    assert verify(capsys) == (1, "hold job:3:hold: its job has ended\n")


@pytest.mark.django_db(transaction=True)
def test_it_reads_one_moment_and_keeps_nobody_from_writing(capsys):
    assert verify(capsys)[0] == 0
    assert not connection.in_atomic_block
    make_user("mina", credits=3)
    assert verify(capsys)[0] == 0
