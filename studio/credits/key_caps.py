"""What a key may spend in a calendar month (UTC): counted in the hold's own transaction, in one conditional statement.

A month is counted only while the key has a cap; `set_cap` counts what the month already took. Every hold belongs to the
month it was opened in, whenever it ends. Lock order: the hold, then the count, then the account.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q, Sum
from django.utils import timezone

from studio.accounts.models import ApiKey, User
from studio.core.failpoints import failpoint
from studio.core.models import audit
from studio.credits.booking import whole
from studio.credits.errors import KeyCapReached
from studio.credits.models import Account, Hold, KeyMonth

# The guard is part of the statement: PostgreSQL checks it again after waiting for the row, SQLite has one writer.
_TAKE = """
INSERT INTO credits_keymonth (api_key_id, starts_at, ends_at, held, spent) VALUES (%s, %s, %s, %s, 0)
    ON CONFLICT (api_key_id, starts_at) DO UPDATE SET held = credits_keymonth.held + excluded.held
 WHERE credits_keymonth.held + credits_keymonth.spent + excluded.held <= %s
RETURNING id
"""


def month_of(moment: datetime) -> tuple[datetime, datetime]:
    """First moment of the calendar month in UTC and of the next one."""
    first = moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    return first, following


def take(hold: Hold) -> None:
    """Count a hold just opened against its key's cap. Raises KeyCapReached; then nothing was counted."""
    cap = hold.key_cap
    if cap is None or not hold.amount:
        return
    if hold.amount <= cap:
        fields = {field.name: field for field in KeyMonth._meta.concrete_fields}
        start, end = month_of(hold.opened_at)
        values = {"api_key": hold.api_key_id, "starts_at": start, "ends_at": end}
        with connection.cursor() as cursor:
            cursor.execute(
                _TAKE,
                [
                    *(fields[name].get_db_prep_save(value, connection=connection) for name, value in values.items()),
                    *(hold.amount, cap),
                ],
            )
            if cursor.fetchone() is not None:
                failpoint("credits.hold.after_cap")
                return
    assert hold.api_key_id is not None
    left = max(0, cap - used_in(hold.api_key_id, hold.opened_at))
    to_spend = Account.objects.get(pk=hold.account_id).spendable
    raise KeyCapReached(required=hold.amount, available=min(left, to_spend), cap=cap, left=left)


def settle(hold: Hold, *, spent: int) -> None:
    """Count the end of a hold, of which `spent` was taken; 0 too for one that was never booked."""
    if hold.api_key_id is not None and hold.amount:
        start, _end = month_of(hold.opened_at)
        KeyMonth.objects.filter(api_key_id=hold.api_key_id, starts_at=start).update(
            held=F("held") - hold.amount, spent=F("spent") + spent
        )


def used_in(key_id: UUID, moment: datetime) -> int:
    """Credits that a key with a cap spent or holds of the month `moment` lies in."""
    row = KeyMonth.objects.filter(api_key_id=key_id, starts_at=month_of(moment)[0]).first()
    return row.used if row else 0


def used_now(key_ids: Iterable[UUID]) -> dict[UUID, int]:
    """The same of this month for many keys; those that used nothing, or have no cap, are missing. One query."""
    rows = KeyMonth.objects.filter(api_key_id__in=key_ids, starts_at=month_of(timezone.now())[0])
    return {row.api_key_id: row.used for row in rows}


def spendable_by(key: ApiKey, *, to_spend: int) -> int:
    """What a key can still spend where its owner has `to_spend`, in credits."""
    if key.monthly_cap is None or key.is_sandbox:
        return to_spend
    return min(to_spend, max(0, key.monthly_cap - used_in(key.pk, timezone.now())))


@transaction.atomic
def set_cap(*, key: ApiKey, cap: int | None, by: User) -> bool:
    """Limit what a key may spend in a month, or no longer (None); False when it is so already. Raises InvalidAmount.

    A cap below what is used already stops the key until the next month.
    """
    if cap is not None:
        whole(cap)
    # FOR UPDATE, against which every hold of this key locks the row: nothing of it is on its way in now.
    row = ApiKey.objects.select_for_update(of=("self",)).get(pk=key.pk)
    if row.monthly_cap == cap:
        return False
    start, end = month_of(timezone.now())
    if cap is None:
        KeyMonth.objects.filter(api_key=key, starts_at=start).delete()
    elif row.monthly_cap is None:
        KeyMonth.objects.create(api_key=key, starts_at=start, ends_at=end, **_of_holds(key, start))
    ApiKey.objects.filter(pk=key.pk).update(monthly_cap=cap)
    key.monthly_cap = cap
    audit("key.capped", actor=by, target=str(key), owner=key.user.username, monthly_cap=cap, before=row.monthly_cap)
    return True


def _of_holds(key: ApiKey, start: datetime) -> dict[str, int]:
    """What the key's holds since `start` say; those still open stay as they are until the transaction ends."""
    holds = Hold.objects.filter(account__user=key.user_id, api_key_id=key.pk, opened_at__gte=start)
    list(holds.open().select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    sums = holds.aggregate(held=Sum("amount", filter=Q(resolved_at=None)), spent=Sum("captured"))
    return {name: total or 0 for name, total in sums.items()}


def uncounted() -> Iterator[str]:
    """A sentence for each key with a cap whose holds of this month are counted nowhere."""
    start, _end = month_of(timezone.now())
    capped = ApiKey.objects.exclude(monthly_cap=None).values("pk")
    counted = KeyMonth.objects.filter(starts_at=start).values("api_key_id")
    holds = Hold.objects.filter(api_key_id__in=capped, opened_at__gte=start, amount__gt=0)
    for key_id in holds.exclude(api_key_id__in=counted).values_list("api_key_id", flat=True).distinct().order_by():
        yield f"key {key_id}: what it spends this month is not counted"
