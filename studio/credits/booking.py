"""The kernel of the ledger: one account row moves, one entry says so. Only services.py calls it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from studio.core.failpoints import failpoint
from studio.credits.errors import InsufficientCredits, InvalidAmount
from studio.credits.models import Account, Entry, Hold

# The most an amount or a balance may be: far from what anybody has, and running totals of it stay within 64 bits.
LARGEST = 10**12

# The guard is part of the statement: PostgreSQL checks it again after waiting for the row, SQLite has one writer.
_MOVE = """
UPDATE credits_account
   SET balance = balance + %s, held = held + %s, spent = spent + %s, returned = returned + %s, seq = seq + 1,
       entered_at = CASE WHEN entered_at > %s THEN entered_at ELSE %s END
 WHERE id = %s AND balance <= %s
   AND (kind = 'unconfirmed' OR (balance - held >= %s AND held >= %s))
RETURNING seq, balance, held, spent, returned, entered_at
"""


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
    to_balance = move.change + move.held
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(
            _MOVE,
            [
                *(to_balance, move.held, move.spent, move.returned),
                *(now, now),
                *(account_id, LARGEST - max(to_balance, 0)),
                *(-move.change, -move.held),
            ],
        )
        row = cursor.fetchone()
    if row is None:
        raise _refusal(account_id, move)
    seq, balance, held, spent, returned, entered_at = row
    failpoint("credits.book.after_account")
    return Entry.objects.create(
        account_id=account_id,
        seq=seq,
        kind=kind,
        key=key,
        change=move.change,
        held_change=move.held,
        spent=move.spent,
        spendable_after=balance - held,
        held_after=held,
        spent_total=spent,
        returned_total=returned,
        created_at=_moment(entered_at),
        **fields,
    )


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
_LOCK = {"postgresql": "FOR KEY SHARE"}
_HOLD_FIELDS = (
    *("key", "spender", "reference", "amount", "api_key_id", "is_sandbox"),
    *("price_list_version", "formula", "opened_at", "expires_at"),
)


def open_hold(hold: Hold) -> bool:
    """Insert `hold` at the account of its spender and complete it, its key's cap too, in one statement.

    False when the key is taken (a parallel twin is waited for) or the spender has no account yet.
    """
    fields = {field.name: field for field in Hold._meta.concrete_fields}
    values = [
        fields[name].get_db_prep_save(getattr(hold, fields[name].attname), connection=connection)
        for name in _HOLD_FIELDS
    ]
    key_id = fields["api_key_id"].get_db_prep_save(hold.api_key_id, connection=connection)
    with connection.cursor() as cursor:
        cursor.execute(_OPEN.format(lock=_LOCK.get(connection.vendor, "")), [*values, key_id, hold.spender_id])
        row = cursor.fetchone()
    if row is None:
        return False
    hold.pk, hold.account_id, hold.key_cap = row
    hold._state.adding, hold._state.db = False, connection.alias
    return True


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
