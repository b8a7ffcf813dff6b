"""The ledger as CSV: streamed, and harmless when a spreadsheet opens it (EXP-1, EXP-2)."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.utils import timezone

from studio.accounts.models import User
from studio.credits.models import Account, Entry

CHUNK = 2000
# What makes a spreadsheet take a cell for a formula or a command (OWASP, "CSV Injection").
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\0")

COLUMNS = (
    *("entry", "time", "kind", "for", "change", "held_change", "spent", "to_spend_after", "held_after"),
    *("reason", "by", "api_key", "sandbox", "price_list", "formula"),
)


def defused(cell: Any) -> Any:
    """Text that begins like a formula gets a leading quote; our own numbers (`-21`) stay numbers."""
    if isinstance(cell, str) and cell.startswith(_DANGEROUS):
        return f"'{cell}"
    return cell


def rows_for_csv(user: User, *, month: date | None = None, kinds: Iterable[str] = ()) -> Iterator[list[Any]]:
    """A header, then the user's entries, oldest first, every text cell defused; sum of `change` = what is to spend.

    Reads pieces by number, so it holds no transaction and no server-side cursor and needs the memory of one piece;
    entries added meanwhile are left out.
    """
    yield list(COLUMNS)
    entries = Entry.objects.of_month(user, month) if month else Entry.objects.for_user(user)
    wanted = tuple(kinds)
    if wanted:
        entries = entries.of_kind(*wanted)
    entries = entries.select_related("actor").order_by("seq")
    last = Account.objects.filter(user=user).values_list("seq", flat=True).first() or 0
    seen = 0
    while piece := list(entries.filter(seq__gt=seen, seq__lte=last)[:CHUNK]):
        for entry in piece:
            yield [defused(cell) for cell in _cells(entry)]
        seen = piece[-1].seq


def csv_lines(rows: Iterable[list[Any]]) -> Iterator[str]:
    """RFC 4180 text of `rows`, line by line, for a StreamingHttpResponse."""
    writer = csv.writer(_Passing())
    return (writer.writerow(row) for row in rows)


class _Passing:
    """A file whose write hands the text back to the writer's caller."""

    def write(self, text: str) -> str:
        return text


def _cells(entry: Entry) -> list[Any]:
    return [
        entry.number,
        timezone.localtime(entry.created_at).isoformat(timespec="seconds"),
        str(entry.kind),
        entry.reference,
        entry.change,
        entry.held_change,
        entry.spent,
        entry.spendable_after,
        entry.held_after,
        entry.reason,
        entry.actor.username if entry.actor else "",
        str(entry.api_key_id or ""),
        int(entry.is_sandbox),
        entry.price_list_version,
        entry.formula,
    ]
