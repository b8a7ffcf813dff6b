"""The ledger as CSV: streamed, and harmless when a spreadsheet opens it (EXP-1, EXP-2)."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone

from studio.accounts.models import User
from studio.credits.models import Account, Entry

CHUNK = 2000
# What makes a spreadsheet take a cell for a formula or a command (OWASP, "CSV Injection").
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\0")

# Column of the file: field of the entry.
COLUMNS = {
    "entry": "id",
    "time": "created_at",
    "kind": "kind",
    "for": "reference",
    "change": "change",
    "held_change": "held_change",
    "spent": "spent",
    "to_spend_after": "spendable_after",
    "held_after": "held_after",
    "reason": "reason",
    "by": "actor__username",
    "api_key": "api_key_id",
    "sandbox": "is_sandbox",
    "price_list": "price_list_version",
    "formula": "formula",
    "served_by": "served_by",
}
FIELDS = tuple(COLUMNS.values())


def defused(cell: Any) -> Any:
    """Text that begins like a formula gets a leading quote; our own numbers (`-21`) stay numbers."""
    if isinstance(cell, str) and cell.startswith(_DANGEROUS):
        return f"'{cell}"
    return int(cell) if isinstance(cell, bool) else cell


def rows_for_csv(
    user: User, *, month: date | None = None, kinds: Iterable[str] = (), key_id: UUID | None = None
) -> Iterator[list[Any]]:
    """A header, then the user's entries, oldest first, every text cell defused; sum of `change` = what is to spend.

    Reads pieces by number, so it holds no transaction and no server-side cursor and needs the memory of one piece;
    entries added meanwhile are left out.
    """
    yield list(COLUMNS)
    entries = Entry.objects.of_month(user, month) if month else Entry.objects.for_user(user)
    wanted = tuple(kinds)
    if wanted:
        entries = entries.of_kind(*wanted)
    if key_id:
        entries = entries.filter(api_key_id=key_id)
    entries = entries.order_by("seq")
    last = Account.objects.filter(user=user).values_list("seq", flat=True).first() or 0
    seen = 0
    while piece := list(entries.filter(seq__gt=seen, seq__lte=last).values_list("seq", *FIELDS)[:CHUNK]):
        for _seq, number, created_at, *cells in piece:
            time = timezone.localtime(created_at).isoformat(timespec="seconds")
            yield [number, time, *map(defused, cells)]
        seen = piece[-1][0]


def csv_lines(rows: Iterable[list[Any]]) -> Iterator[str]:
    """RFC 4180 text of `rows`, line by line, for a StreamingHttpResponse."""
    writer = csv.writer(_Passing())
    return (writer.writerow(row) for row in rows)


class _Passing:
    """A file whose write hands the text back to the writer's caller."""

    def write(self, text: str) -> str:
        return text
