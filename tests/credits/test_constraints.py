"""What the database itself refuses, by plain SQL, on SQLite and PostgreSQL."""

import sqlite3

import psycopg
import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from studio.credits.models import Account, Entry
from tests.databases import Scratch

HERE = "tests.credits.processes"
ENTRY = (
    "INSERT INTO credits_entry (account_id, seq, kind, key, change, held_change, spent, spendable_after, held_after,"
    " spent_total, returned_total, reference, reason, hold_id, is_sandbox, price_list_version, formula, created_at)"
    " SELECT account_id, {seq}, '{kind}', '{key}', {change}, {held}, {spent}, 0, 0, 0, 0, '', {reason}, {hold},"
    " {false}, '', '', created_at FROM credits_entry WHERE key = '{source}'"
)
CAPTURED = "UPDATE credits_hold SET state = 'captured', resolved_at = opened_at"
REFUSED = {
    "a hold beyond the balance": "UPDATE credits_account SET held = balance + 1",
    "a negative held": "UPDATE credits_account SET held = -1",
    "a balance below what is held": "UPDATE credits_account SET balance = 0",
    "a person's account of nobody": "UPDATE credits_account SET user_id = NULL",
    "a hold of nothing": "UPDATE credits_hold SET amount = 0",
    "a hold of less than nothing": "UPDATE credits_hold SET amount = -1",
    "a capture beyond the hold": f"{CAPTURED}, captured = amount + 1",
    "a capture without its amount": CAPTURED,
    "a release without its time": "UPDATE credits_hold SET state = 'released'",
    "another amount on an entry": "UPDATE credits_entry SET change = change",
    "the same number twice": {"seq": 2, "kind": "adjust", "change": 5},
    "the same key twice": {"kind": "adjust", "change": 5, "key": "job:1:hold"},
    "two resolutions of one hold": {
        "kind": "release",
        "change": 1,
        "held": -1,
        "hold": "hold_id",
        "source": "job:0:hold",
    },
    "two beginnings of one hold": {"kind": "hold", "change": -1, "held": 1, "hold": "hold_id"},
    "a resolution of no hold": {"kind": "release", "change": 1, "held": -1},
    "a grant of less than nothing": {"kind": "grant", "change": -5},
    "a grant without a reason": {"kind": "grant", "change": 5, "reason": "''"},
    "a correction without a reason": {"kind": "adjust", "change": 5, "reason": "''"},
    "a capture that does not add up": {"kind": "capture", "change": 1, "held": -1, "spent": 1, "hold": "hold_id"},
    "a kind nobody knows": {"kind": "gift", "change": 5},
}
ERRORS = (sqlite3.IntegrityError, psycopg.IntegrityError)


@pytest.fixture
def with_a_hold(scratch: Scratch) -> Scratch:
    scratch.run(f"{HERE}:open_account", "mina", 100, ["job:0:hold", "job:1:hold"])
    return scratch


def statement(scratch: Scratch, **values: object) -> str:
    false = "false" if scratch.engine == "postgres" else "0"
    usual = {
        "seq": 9,
        "key": "k",
        "held": 0,
        "spent": 0,
        "reason": "'why'",
        "source": "job:1:hold",
        "hold": "NULL",
        "false": false,
    }
    return ENTRY.format(**{**usual, **values})


def test_what_would_break_the_ledger_is_refused(with_a_hold: Scratch):
    """All in one database, because nothing of it takes effect."""
    with_a_hold.run(f"{HERE}:capture_one", "job:0:hold")
    before = with_a_hold.rows("SELECT * FROM credits_account"), with_a_hold.rows("SELECT * FROM credits_entry")
    let_through = []
    for what, how in REFUSED.items():
        query = how if isinstance(how, str) else statement(with_a_hold, **how)
        try:
            with_a_hold.rows(query)
            let_through.append(what)
        except ERRORS:
            continue
    assert let_through == []
    assert before == (
        with_a_hold.rows("SELECT * FROM credits_account"),
        with_a_hold.rows("SELECT * FROM credits_entry"),
    )


def test_the_statement_used_above_is_a_right_one_but_for_what_it_breaks(with_a_hold: Scratch):
    with_a_hold.rows(statement(with_a_hold, kind="adjust", change=5))
    assert with_a_hold.rows("SELECT COUNT(*) FROM credits_entry") == [(4,)]


def test_a_deletion_is_refused_where_the_test_database_is_not_emptied_by_one(with_a_hold: Scratch):
    if with_a_hold.engine == "postgres":
        with pytest.raises(psycopg.IntegrityError):
            with_a_hold.rows("DELETE FROM credits_entry")
    else:  # nothing in SQLite can refuse it, so verify_ledger has to find it
        with_a_hold.rows("DELETE FROM credits_entry WHERE seq = 2")
        (found,) = with_a_hold.run(f"{HERE}:violations")
        assert any("does not follow" in line for line in found)


def test_the_orm_refuses_to_change_or_remove_an_entry(alice):
    entry = Entry.objects.get()
    entry.reason = "another"
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.save()
    for attempt in (entry.delete, Entry.objects.all().delete, lambda: Entry.objects.update(change=1)):
        with pytest.raises(TypeError):
            attempt()
    for row in (alice, Account.objects.get()):
        with pytest.raises(ProtectedError):
            row.delete()
