"""Proves the ledger: everything that is kept as a sum is derived again from the entries."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

from django.db import connection, transaction

from studio.core.models import Reading
from studio.credits.key_caps import uncounted
from studio.credits.models import Account, Entry, Hold

log = logging.getLogger(__name__)
VIOLATIONS = "ledger violations"
_MOST_COUNTED, _MOST_LOGGED = 1000, 5
# Checks of the floors above (open holds of work that ended …), added by their AppConfig.ready(); each yields sentences.
EXTRA_CHECKS: list[Callable[[], Iterator[str]]] = []


@dataclass(frozen=True)
class Check:
    """A query that finds wrong rows, and the sentence about each, with the query's columns by position."""

    sentence: str
    query: str


CHECKS = (
    # SUM of bigint is numeric on PostgreSQL and integer on SQLite; both compare with integers exactly.
    Check(
        "account {0} ({1}): balance, held, spent, returned, entries are {2}, {3}, {4}, {5}, {6}; "
        "the entries say {7}, {8}, {9}, {10}, {11}",
        """WITH e AS (SELECT account_id, SUM(change + held_change) AS balance, SUM(held_change) AS held,
                             SUM(spent) AS spent, COUNT(*) AS entries,
                             SUM(CASE WHEN kind IN ('capture', 'release', 'expire') THEN change ELSE 0 END) AS returned
                        FROM credits_entry GROUP BY account_id)
           SELECT a.id, COALESCE(u.username, a.kind), a.balance, a.held, a.spent, a.returned, a.seq,
                  COALESCE(e.balance, 0), COALESCE(e.held, 0), COALESCE(e.spent, 0), COALESCE(e.returned, 0),
                  COALESCE(e.entries, 0)
             FROM credits_account a LEFT JOIN e ON e.account_id = a.id LEFT JOIN accounts_user u ON u.id = a.user_id
            WHERE a.balance <> COALESCE(e.balance, 0) OR a.held <> COALESCE(e.held, 0)
               OR a.spent <> COALESCE(e.spent, 0) OR a.returned <> COALESCE(e.returned, 0)
               OR a.seq <> COALESCE(e.entries, 0)""",
    ),
    Check(
        "account {0}: held is {1}, its open holds say {2}",
        """SELECT a.id, a.held, COALESCE(h.held, 0) FROM credits_account a
           LEFT JOIN (SELECT account_id, SUM(amount) AS held FROM credits_hold WHERE state = 'open' GROUP BY account_id)
           h ON h.account_id = a.id WHERE a.held <> COALESCE(h.held, 0)""",
    ),
    Check(
        "account {0}: more is held or spent than there is (balance {1}, held {2})",
        """SELECT id, balance, held FROM credits_account
           WHERE kind = 'person' AND (held < 0 OR balance < held)""",
    ),
    Check(
        "entry {0}: number {1} of account {2} does not follow from the entry before it",
        """SELECT e.id, e.seq, e.account_id FROM credits_entry e
             LEFT JOIN credits_entry b ON b.account_id = e.account_id AND b.seq = e.seq - 1
            WHERE (b.id IS NULL AND e.seq <> 1) OR e.created_at < b.created_at
               OR e.spendable_after <> COALESCE(b.spendable_after, 0) + e.change
               OR e.held_after <> COALESCE(b.held_after, 0) + e.held_change
               OR e.spent_total <> COALESCE(b.spent_total, 0) + e.spent
               OR e.returned_total <> COALESCE(b.returned_total, 0)
                  + CASE WHEN e.kind IN ('capture', 'release', 'expire') THEN e.change ELSE 0 END""",
    ),
    Check(
        "entry {0}: {1} with change {2}, held {3}, spent {4} does not add up",
        """SELECT id, kind, change, held_change, spent FROM credits_entry
           WHERE NOT (change + held_change = -spent AND spent >= 0
                 OR kind IN ('opening', 'grant', 'adjust') AND held_change = 0 AND spent = 0)
              OR (kind IN ('hold', 'release', 'expire') AND spent <> 0)""",
    ),
    Check(
        "hold {0}: the entry that opened it is missing or differs",
        """SELECT h.key FROM credits_hold h LEFT JOIN credits_entry e ON e.hold_id = h.id AND e.kind = 'hold'
           WHERE e.id IS NULL OR e.held_change <> h.amount OR e.account_id <> h.account_id OR e.key <> h.key""",
    ),
    Check(
        "hold {0}: it is {1}, but {2} entries end it",
        """SELECT h.key, h.state, COUNT(e.id) FROM credits_hold h
           LEFT JOIN credits_entry e ON e.hold_id = h.id AND e.kind IN ('capture', 'release', 'expire')
           GROUP BY h.id, h.key, h.state HAVING COUNT(e.id) <> CASE WHEN h.state = 'open' THEN 0 ELSE 1 END""",
    ),
    Check(
        "entry {0}: {1} does not fit its hold {2}",
        """SELECT e.id, e.kind, h.key FROM credits_entry e JOIN credits_hold h ON h.id = e.hold_id
           WHERE e.kind IN ('capture', 'release', 'expire')
             AND (e.held_change <> -h.amount OR e.account_id <> h.account_id OR e.spent <> COALESCE(h.captured, 0)
                  OR h.state <> CASE e.kind WHEN 'capture' THEN 'captured' WHEN 'release' THEN 'released'
                                ELSE 'expired' END)""",
    ),
    Check(
        "key {0}: held and spent of the month from {1} are {2}, {3}; its holds say {4}, {5}",
        """SELECT m.api_key_id, m.starts_at, m.held, m.spent,
                  COALESCE(SUM(CASE WHEN h.state = 'open' THEN h.amount END), 0), COALESCE(SUM(h.captured), 0)
             FROM credits_keymonth m LEFT JOIN credits_hold h
               ON h.api_key_id = m.api_key_id AND h.opened_at >= m.starts_at AND h.opened_at < m.ends_at
            GROUP BY m.id, m.api_key_id, m.starts_at, m.held, m.spent
           HAVING m.held <> COALESCE(SUM(CASE WHEN h.state = 'open' THEN h.amount END), 0)
               OR m.spent <> COALESCE(SUM(h.captured), 0)""",
    ),
    Check(
        "entry {0}: {1} without a hold",
        """SELECT e.id, e.kind FROM credits_entry e LEFT JOIN credits_hold h ON h.id = e.hold_id
           WHERE e.kind IN ('hold', 'capture', 'release', 'expire') AND h.id IS NULL""",
    ),
)


def verify() -> Iterator[str]:
    """One sentence per violation, none when all is well; reads one moment of the database and changes nothing."""
    with one_moment():
        for check in CHECKS:
            with connection.cursor() as cursor:
                cursor.execute(check.query)
                while rows := cursor.fetchmany(1000):
                    for row in rows:
                        yield check.sentence.format(*row)
        yield from uncounted()
        for extra in EXTRA_CHECKS:
            yield from extra()


def note_violations() -> int:
    """Prove the ledger and note how many violations there are, for /metrics; the first of them go to the log."""
    found = list(islice(verify(), _MOST_COUNTED))
    for sentence in found[:_MOST_LOGGED]:
        log.error("The ledger is wrong: %s", sentence)
    Reading.note(VIOLATIONS, len(found))
    return len(found)


def summary() -> str:
    """One line about a ledger that was found right."""
    counts = [model.objects.count() for model in (Account, Entry, Hold)]
    return "The ledger is right: {} accounts, {} entries, {} holds.".format(*counts)


@contextmanager
def one_moment() -> Iterator[None]:
    """All reads inside see the database as it was at one moment, while others go on writing.

    Inside a transaction that is already open it adds nothing.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        # Not atomic(): that begins IMMEDIATE here, and would keep every writer out while it reads.
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
