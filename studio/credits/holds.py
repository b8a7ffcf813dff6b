"""The ledger's verb for many holds at once: one movement of the account, an entry for each, all or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from studio.accounts.models import User
from studio.core.failpoints import failpoint
from studio.credits.booking import book_holds, whole
from studio.credits.errors import KeyReused
from studio.credits.models import Hold
from studio.credits.services import account_of


@dataclass(frozen=True)
class Part:
    """One hold of several: as the arguments of `services.hold`, for what no API key orders."""

    amount: int
    key: str
    reference: str
    is_sandbox: bool = False
    price_list_version: str = ""
    formula: str = ""


def hold_all(*, user: User, parts: Sequence[Part], seconds: float) -> list[Hold]:
    """Set all of these aside for `seconds`, or none, in four statements however many they are.

    Raises InsufficientCredits (for the sum), InvalidAmount, KeyReused: the transaction it was called in is then over.
    Call it last there, for it locks the account's row.
    """
    whole(sum(whole(part.amount) for part in parts))
    account = account_of(user)
    now = timezone.now()
    holds = [
        Hold(
            account_id=account.pk,
            spender_id=user.pk,
            key=part.key,
            reference=part.reference,
            amount=part.amount,
            is_sandbox=part.is_sandbox,
            price_list_version=part.price_list_version,
            formula=part.formula,
            opened_at=now,
            expires_at=now + timedelta(seconds=seconds),
        )
        for part in parts
    ]
    with transaction.atomic(savepoint=False):
        try:
            Hold.objects.bulk_create(holds)
        except IntegrityError:
            raise KeyReused(parts[0].key) from None
        failpoint("credits.hold_all.after_holds")
        book_holds(account.pk, holds)
        failpoint("credits.hold_all.after_entries")
    return holds
