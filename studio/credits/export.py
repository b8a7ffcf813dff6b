"""The ledger as CSV: streamed, and harmless when a spreadsheet opens it (EXP-1, EXP-2)."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone

from studio.accounts.models import User
from studio.credits.models import Account, Entry

CHUNK = 2000

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


def rows_for_csv(
    user: User, *, month: date | None = None, kinds: Iterable[str] = (), key_id: UUID | None = None
) -> Iterator[list[Any]]:
    """A header, then the user's entries, oldest first; sum of `change` = what is to spend.

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
            yield [number, time, *cells]
        seen = piece[-1][0]
