"""The only door to the ledger: every verb moves one account and adds one entry, or raises and leaves nothing.

The ledger never names jobs: a hold has a unique text key and a reference, because entries outlive what they paid for.
Whatever else a transaction does comes before these verbs: they lock the account's row, which many wait for.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from studio.accounts.models import User
from studio.core.at_once import Together
from studio.core.failpoints import failpoint
from studio.core.models import audit
from studio.credits import key_caps
from studio.credits.booking import Move, Opening, book, open_hold, open_hold_at_once, whole
from studio.credits.errors import (
    AlreadyCaptured,
    AlreadyExpired,
    AlreadyReleased,
    AlreadyResolved,
    HoldNotDue,
    InsufficientCredits,
    InvalidAmount,
    KeyCapReached,
    KeyReused,
    OverCapture,
    ReasonRequired,
    UnknownHold,
)
from studio.credits.models import Account, Entry, Hold

Kind = Entry.Kind
_RESOLUTION: dict[str, Entry.Kind] = {
    Hold.State.CAPTURED: Kind.CAPTURE,
    Hold.State.RELEASED: Kind.RELEASE,
    Hold.State.EXPIRED: Kind.EXPIRE,
}
_ALREADY: dict[str, type[AlreadyCaptured | AlreadyReleased | AlreadyExpired]] = {
    Hold.State.CAPTURED: AlreadyCaptured,
    Hold.State.RELEASED: AlreadyReleased,
    Hold.State.EXPIRED: AlreadyExpired,
}


def account_of(user: User, *, opening: int | None = None) -> Account:
    """The user's account, made with its opening grant the first time it is asked for, once, whoever asks first.

    `opening` (credits, 0 for none) stands in for STUDIO_OPENING_CREDITS; an account that exists is left as it is.
    """
    account = Account.objects.filter(user=user).first()
    if account is not None:
        return account
    amount = whole(settings.OPENING_CREDITS if opening is None else opening, least=0)
    with transaction.atomic():
        account, created = Account.objects.get_or_create(user=user, defaults={"kind": Account.Kind.PERSON})
        if created and amount:
            book(account.pk, Move(change=amount), kind=Kind.OPENING, key=f"opening:{user.pk}", spender=user)
            account.refresh_from_db()
    return account


def open_accounts() -> None:
    """Make the account of everybody who has none yet, so that a list of accounts is a list of people."""
    for user in User.objects.filter(credit_account=None):
        account_of(user)


def _account_id(user: User) -> int:
    found = Account.objects.filter(user=user).values_list("pk", flat=True)
    return found[0] if found else account_of(user).pk


@transaction.atomic
def grant(*, user: User, amount: int, reason: str, actor: User | None, key: str | None = None) -> Entry:
    """Give credits; with a `key` once: the same call again returns the first entry.

    `actor` is None at the command line. Raises InvalidAmount, ReasonRequired, KeyReused (same key, other grant).
    """
    return _book_by_hand(Kind.GRANT, user, whole(amount), reason, actor, key)


@transaction.atomic
def adjust(*, user: User, amount: int, reason: str, actor: User, key: str | None = None) -> Entry:
    """Correct an account by `amount`, which may be negative; earlier entries stay as they are (LED-10).

    Raises InvalidAmount (0 too), ReasonRequired, InsufficientCredits when less than `-amount` is to spend.
    """
    if isinstance(amount, int) and amount < 0:
        whole(-amount)
    else:
        whole(amount)
    return _book_by_hand(Kind.ADJUST, user, amount, reason, actor, key)


def hold(
    *,
    user: User,
    amount: int,
    key: str,
    reference: str,
    seconds: float,
    api_key_id: UUID | None = None,
    is_sandbox: bool = False,
    price_list_version: str = "",
    formula: str = "",
    together: Together | None = None,
) -> Hold:
    """Set `amount` credits aside for `seconds`; `amount` is the most the work can cost, 0 only with a sandbox key.

    A key that was used before returns its hold, before any look at the balance; KeyReused when user, amount or
    reference differ. Raises InsufficientCredits (KeyCapReached by the cap of its key), InvalidAmount. Call it last in
    the transaction that makes the job.

    With a `together`, as a part of it, which fails for every one of these reasons, and for a key with a cap; the same
    call without it then says which, or gets it done.
    """
    free = is_sandbox and api_key_id is not None
    whole(amount, least=0 if free else 1)
    marks: dict[str, Any] = {
        "reference": reference,
        "spender_id": user.pk,
        "api_key_id": api_key_id,
        "is_sandbox": is_sandbox,
        "price_list_version": price_list_version,
        "formula": formula,
    }
    now, move = timezone.now(), Move(change=-amount, held=amount)
    made = Hold(key=key, amount=amount, opened_at=now, expires_at=now + timedelta(seconds=seconds), **marks)
    if together is not None:
        open_hold_at_once(together, made, move, **marks)
        return made
    refusal: InsufficientCredits | InvalidAmount | None = None
    # A savepoint would be two more statements on the busiest road: what is refused is taken back by hand instead.
    with transaction.atomic(savepoint=False):
        opening = open_hold(made, move, **marks)
        if opening is Opening.NOT and account_of(user):
            opening = open_hold(made, move, **marks)
        if opening is not Opening.NOT:
            failpoint("credits.hold.after_hold")
            try:
                if opening is not Opening.BOOKED:
                    key_caps.take(made)
                    book(made.account_id, move, kind=Kind.HOLD, key=key, hold=made, **marks)
            except (InsufficientCredits, InvalidAmount) as refused:
                if made.key_cap is not None and not isinstance(refused, KeyCapReached):
                    key_caps.settle(made, spent=0)
                made.delete()
                refusal = refused
            failpoint("credits.hold.after_entry")
    if refusal is not None:
        raise refusal
    return _twin(made) if opening is Opening.NOT else made


def _twin(again: Hold) -> Hold:
    first = Hold.objects.get(key=again.key)
    if (first.spender_id, first.amount, first.reference) != (again.spender_id, again.amount, again.reference):
        raise KeyReused(again.key)
    return first


@transaction.atomic
def capture(
    *,
    key: str,
    amount: int,
    served_by: str = "",
    price_list_version: str | None = None,
    formula: str | None = None,
    reason: str = "",
) -> Entry:
    """Take `amount` of the hold `key` and give the rest back, in one entry that says who made it.

    Price list and formula are the hold's unless given. Raises OverCapture (never clipped), UnknownHold, and on a
    hold that is no longer open AlreadyCaptured, AlreadyReleased or AlreadyExpired: also when the very same capture
    comes twice. Who settles decides by the state of the work in the same transaction, so a repeat is a mistake.
    """
    whole(amount, least=0)
    marks = {"price_list_version": price_list_version, "formula": formula}
    return _resolve(key, Hold.State.CAPTURED, captured=amount, served_by=served_by, reason=reason, **marks)


@transaction.atomic
def release(*, key: str, reason: str = "") -> Entry:
    """Give the whole hold `key` back. Raises as capture does."""
    return _resolve(key, Hold.State.RELEASED, reason=reason)


@transaction.atomic
def expire(*, key: str, reason: str = "") -> Entry:
    """Give a hold back whose time is over (HoldNotDue before that). Raises as capture does."""
    return _resolve(key, Hold.State.EXPIRED, reason=reason)


@transaction.atomic
def book_unconfirmed(
    *, amount: int, reference: str, reason: str, actor: User | None = None, served_by: str = ""
) -> Entry:
    """Note a cost that the provider `served_by` may have taken though nobody was charged; once per `reference`.

    It goes to an account of nobody, whose balance is minus the sum of such costs. A person's account moves before it.
    """
    whole(amount)
    if not reason.strip():
        raise ReasonRequired
    key = f"unconfirmed:{reference}"
    earlier = Entry.objects.filter(key=key).first()
    if earlier is not None:
        return _same(earlier, earlier.account_id, Kind.UNCONFIRMED, -amount)
    account, _created = Account.objects.get_or_create(kind=Account.Kind.UNCONFIRMED)
    move = Move(change=-amount, spent=amount)
    marks = {"reference": reference, "reason": reason.strip(), "actor": actor, "served_by": served_by}
    return book(account.pk, move, kind=Kind.UNCONFIRMED, key=key, **marks)


def _book_by_hand(kind: Entry.Kind, user: User, amount: int, reason: str, actor: User | None, key: str | None) -> Entry:
    reason = reason.strip()
    if not reason:
        raise ReasonRequired
    account_id = _account_id(user)
    marks = {"reason": reason, "actor": actor, "spender": user}
    key = f"{kind}:{key or get_random_string(22)}"
    try:
        with transaction.atomic():
            entry = book(account_id, Move(change=amount), kind=kind, key=key, **marks)
    except IntegrityError:
        earlier = Entry.objects.filter(key=key).first()
        if earlier is None:
            raise
        return _same(earlier, account_id, kind, amount)
    audit(f"credits.{kind}", actor=actor, target=user.username, amount=amount, reason=reason, entry=entry.pk)
    return entry


def _same(entry: Entry, account_id: int, kind: Entry.Kind, change: int) -> Entry:
    if (entry.account_id, entry.kind, entry.change) != (account_id, kind, change):
        raise KeyReused(entry.key)
    return entry


def _resolve(
    key: str,
    state: Hold.State,
    *,
    captured: int | None = None,
    served_by: str = "",
    reason: str = "",
    price_list_version: str | None = None,
    formula: str | None = None,
) -> Entry:
    """End an open hold: first the hold's row by a conditional update, so that one of many wins, then the account."""
    found = Hold.objects.filter(key=key).first()
    if found is None:
        raise UnknownHold(key)
    now = timezone.now()
    if found.state == Hold.State.OPEN:
        if captured is not None and captured > found.amount:
            raise OverCapture(key, held=found.amount, asked=captured)
        if state == Hold.State.EXPIRED and now < found.expires_at:
            raise HoldNotDue(key)
    if not Hold.objects.open().filter(pk=found.pk).update(state=state, captured=captured, resolved_at=now):
        raise _already(key)
    failpoint("credits.resolve.after_hold")
    spent = captured or 0
    rest = found.amount - spent
    key_caps.settle(found, spent=spent)
    entry = book(
        found.account_id,
        Move(change=rest, held=-found.amount, spent=spent, returned=rest),
        kind=_RESOLUTION[state],
        key=f"{key}:{_RESOLUTION[state]}",
        hold=found,
        reason=reason,
        reference=found.reference,
        spender_id=found.spender_id,
        api_key_id=found.api_key_id,
        is_sandbox=found.is_sandbox,
        price_list_version=found.price_list_version if price_list_version is None else price_list_version,
        formula=found.formula if formula is None else formula,
        served_by=served_by,
    )
    failpoint("credits.resolve.after_entry")
    return entry


def _already(key: str) -> AlreadyResolved:
    ended = Hold.objects.get(key=key).state
    return _ALREADY[ended](key)
