"""The kernel of the ledger: one account row moves, one entry says so. Only services.py and holds.py call it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from django.db import connection
from django.db.models import CharField, TextField
from django.db.models.expressions import DatabaseDefault
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from studio.core.at_once import Together
from studio.core.failpoints import failpoint
from studio.core.rows import fixed_cursor
from studio.credits.errors import InsufficientCredits, InvalidAmount
from studio.credits.models import Account, Entry, Hold

# The most an amount or a balance may be: far from what anybody has, and running totals of it stay within 64 bits.
LARGEST = 10**12

# The guard is part of the statement: PostgreSQL checks it again after waiting for the row, SQLite has one writer.
_MOVE = """
UPDATE credits_account
   SET balance = balance + %s, held = held + %s, spent = spent + %s, returned = returned + %s, seq = seq + %s,
       entered_at = CASE WHEN entered_at > %s THEN entered_at ELSE %s END
 WHERE id = {account} AND balance <= %s
   AND (kind = 'unconfirmed' OR (balance - held >= %s AND held >= %s))
RETURNING seq, balance, held, spent, returned, entered_at
"""
_MOVE_ONE = _MOVE.format(account="%s")


@dataclass(frozen=True, slots=True)
class Move:
    """What one entry does to an account, in credits."""

    change: int = 0
    held: int = 0
    spent: int = 0
    returned: int = 0


def whole(amount: object, *, least: int = 1) -> int:
    """`amount` when it is an int (no bool, no float) within least..LARGEST; raises InvalidAmount otherwise (LED-9)."""
    if not isinstance(amount, int) or isinstance(amount, bool) or not least <= amount <= LARGEST:
        raise InvalidAmount(
            _("An amount must be a whole number from %(least)d to %(most)d.") % {"least": least, "most": LARGEST}
        )
    return amount


def book(account_id: int, move: Move, *, kind: str, key: str, **fields: Any) -> Entry:
    """Move the account and add its entry; call it last in a transaction, for it locks the account's row.

    Raises InsufficientCredits where the move would take more than there is to spend, InvalidAmount where the
    balance would leave the ledger's limits.
    """
    entry = Entry(account_id=account_id, kind=kind, key=key, change=move.change, held_change=move.held, **fields)
    entry.spent = move.spent
    if connection.vendor == "postgresql":
        _book_at_once(entry, move)
        failpoint("credits.book.after_account")
        return entry
    with connection.cursor() as cursor:
        cursor.execute(_MOVE_ONE, _move_values(move, account_id))
        row = cursor.fetchone()
    _complete(entry, row, move)
    failpoint("credits.book.after_account")
    entry.save(force_insert=True)
    return entry


def _book_at_once(entry: Entry, move: Move) -> None:
    """The account is locked while the server works and, until the transaction ends, for one way back to us."""
    names = [field.attname for field in _ENTRY_FIELDS if field.name not in _OF_MOVE]
    said = {name: getattr(entry, name) for name in names}
    values = [_UNSAID[name] if isinstance(value, DatabaseDefault) else value for name, value in said.items()]
    with fixed_cursor() as cursor:
        cursor.execute(_BOOK, [*_move_values(move, entry.account_id), *values])
        row = cursor.fetchone()
    _complete(entry, row and row[1:], move)
    entry.pk, entry._state.adding, entry._state.db = row[0], False, connection.alias


def _complete(entry: Entry, row: Any, move: Move) -> None:
    """Say in the entry what its account has become; raises why it did not."""
    if row is None:
        raise _refusal(entry.account_id, move)
    entry.seq, balance, held, entry.spent_total, entry.returned_total, entered_at = row
    entry.spendable_after, entry.held_after, entry.created_at = balance - held, held, _moment(entered_at)


def book_holds(account_id: int, holds: Sequence[Hold]) -> None:
    """Move the account once for all of these new holds and add an entry for each, in their order.

    Raises as `book` does; then none is booked.
    """
    total = sum(hold.amount for hold in holds)
    move = Move(change=-total, held=total)
    with connection.cursor() as cursor:
        cursor.execute(_MOVE_ONE, _move_values(move, account_id, entries=len(holds)))
        row = cursor.fetchone()
    if row is None:
        raise _refusal(account_id, move)
    seq, balance, held, spent, returned, entered_at = row
    failpoint("credits.book_holds.after_account")
    held_before, entries = held - total, []
    for number, hold in enumerate(holds, start=seq - len(holds) + 1):
        held_before += hold.amount
        entries.append(
            Entry(
                account_id=account_id,
                seq=number,
                kind=Entry.Kind.HOLD,
                key=hold.key,
                change=-hold.amount,
                held_change=hold.amount,
                spent=0,
                spendable_after=balance - held_before,
                held_after=held_before,
                spent_total=spent,
                returned_total=returned,
                created_at=_moment(entered_at),
                hold=hold,
                reference=hold.reference,
                spender_id=hold.spender_id,
                is_sandbox=hold.is_sandbox,
                price_list_version=hold.price_list_version,
                formula=hold.formula,
                served_by="",
            )
        )
    Entry.objects.bulk_create(entries)


def _move_values(move: Move, *account_id: int, entries: int = 1) -> list[Any]:
    to_balance = move.change + move.held
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    return [
        *(to_balance, move.held, move.spent, move.returned, entries),
        *(now, now),
        *(*account_id, LARGEST - max(to_balance, 0)),
        *(-move.change, -move.held),
    ]


# On PostgreSQL the key's row stays as it is until this transaction ends: nobody sets a cap that this hold escapes.
_OPEN = """
INSERT INTO credits_hold (account_id, state, key, spender_id, reference, amount, api_key_id, is_sandbox,
                          price_list_version, formula, opened_at, expires_at, key_cap)
SELECT a.id, 'open', %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, k.monthly_cap
  FROM credits_account a LEFT JOIN (SELECT monthly_cap FROM accounts_apikey WHERE id = %s {lock}) k ON 1 = 1
 WHERE a.user_id = %s
    ON CONFLICT (key) DO NOTHING
RETURNING id, account_id, key_cap
"""
_HOLD_FIELDS = (
    *("key", "spender", "reference", "amount", "api_key_id", "is_sandbox"),
    *("price_list_version", "formula", "opened_at", "expires_at"),
)
_HELD = [next(field for field in Hold._meta.concrete_fields if field.name == name) for name in _HOLD_FIELDS]

# What an entry says of what its account has become; everything else in it is known before.
_AFTER = {
    "account": "opened.account_id",
    "hold": "opened.id",
    "seq": "moved.seq",
    "spendable_after": "moved.balance - moved.held",
    "held_after": "moved.held",
    "spent_total": "moved.spent",
    "returned_total": "moved.returned",
    "created_at": "moved.entered_at",
}
_ENTRY_FIELDS = [field for field in Entry._meta.concrete_fields if not field.primary_key]
_KNOWN = [field for field in _ENTRY_FIELDS if field.name not in _AFTER]
_UNSAID = {field.attname: "" if isinstance(field, CharField | TextField) else field.get_default() for field in _KNOWN}
_ENTER = f"""
INSERT INTO credits_entry ({", ".join(field.attname for field in _ENTRY_FIELDS)})
SELECT {", ".join(_AFTER.get(field.name, "%s") for field in _ENTRY_FIELDS)} FROM opened, moved
RETURNING seq
"""  # noqa: S608 -- names of our own columns
_OF_MOVE = {name: source for name, source in _AFTER.items() if source.startswith("moved.")}
_BOOK = f"""
WITH moved AS ({_MOVE_ONE}), entered AS (
INSERT INTO credits_entry ({", ".join(field.attname for field in _ENTRY_FIELDS)})
SELECT {", ".join(_OF_MOVE.get(field.name, "%s") for field in _ENTRY_FIELDS)} FROM moved
RETURNING id)
SELECT entered.id, moved.* FROM entered, moved
"""  # noqa: S608 -- as above
# A server is asked once for what are three statements elsewhere. A key with a cap is counted between the first two.
_PARTS = {
    "opened": _OPEN.format(lock="FOR KEY SHARE"),
    "moved": _MOVE.format(account="(SELECT account_id FROM opened WHERE key_cap IS NULL)"),
    "entered": _ENTER,
}
_OPEN_AND_BOOK = f"""
WITH {", ".join(f"{name} AS ({sql})" for name, sql in _PARTS.items())}
SELECT opened.id, opened.account_id, opened.key_cap, (SELECT seq FROM entered) FROM opened
"""  # noqa: S608 -- as above


class Opening(Enum):
    """What became of a hold that was to be opened."""

    NOT = "its key is taken, or the spender has no account yet"
    OPEN = "it is there, and the account is to be moved"
    BOOKED = "it is there, and so is its entry"


def open_hold(hold: Hold, move: Move, **fields: Any) -> Opening:
    """Insert `hold` at the account of its spender and complete it, its key's cap too, in one statement.

    On PostgreSQL that statement makes the entry too (`fields` as in `book`), unless the key has a cap or the account
    has too little: what is not BOOKED is for `book`, which knows why. A parallel twin is waited for.
    """
    is_server = connection.vendor == "postgresql"
    sql = _OPEN_AND_BOOK if is_server else _OPEN.format(lock="")
    values = _hold_values(hold)
    if is_server:
        values += [*_move_values(move), *_entry_values(hold, move, fields)]
    with fixed_cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
    if row is None:
        return Opening.NOT
    hold.pk, hold.account_id, hold.key_cap, *entered = row
    hold._state.adding, hold._state.db = False, connection.alias
    return Opening.BOOKED if any(entered) else Opening.OPEN


def open_hold_at_once(together: Together, hold: Hold, move: Move, **fields: Any) -> None:
    """`open_hold` as parts of `together`, which fails where it would not be BOOKED."""
    values = _hold_values(hold), _move_values(move), _entry_values(hold, move, fields)
    for (name, sql), given in zip(_PARTS.items(), values, strict=True):
        together.add(name, sql, given)


def _hold_values(hold: Hold) -> list[Any]:
    values = [getattr(hold, column.attname) for column in _HELD]
    if connection.vendor != "postgresql":  # there they go as they are
        pairs = zip(_HELD, values, strict=True)
        values = [column.get_db_prep_save(value, connection=connection) for column, value in pairs]
    return [*values, values[_HOLD_FIELDS.index("api_key_id")], hold.spender_id]


def _entry_values(hold: Hold, move: Move, fields: dict[str, Any]) -> list[Any]:
    """What is known of the entry of a hold before it is booked; on a server, where values go as they are."""
    said = {"kind": Entry.Kind.HOLD, "key": hold.key, "change": move.change, "held_change": move.held, **fields}
    return [said.get(name, unsaid) for name, unsaid in _UNSAID.items()]


def _refusal(account_id: int, move: Move) -> InsufficientCredits | InvalidAmount:
    account = Account.objects.get(pk=account_id)
    if account.spendable < -move.change:
        return InsufficientCredits(required=-move.change, available=account.spendable)
    return InvalidAmount(_("The balance would leave the ledger's limits."))


def _moment(value: datetime | str) -> datetime:
    """SQLite hands a time back without its zone, as text or not by the driver's mood; it is in UTC."""
    moment = parse_datetime(value) if isinstance(value, str) else value
    if moment is None:
        raise ValueError(f"not a time: {value!r}")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
