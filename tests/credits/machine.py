"""Generated histories of the ledger beside a model of it that fits on a page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, precondition, rule

from studio.accounts.models import User
from studio.core.errors import StudioError
from studio.credits import errors, services
from studio.credits.audit import verify
from studio.credits.models import Hold

OPENING = 100
ALREADY = {
    "captured": errors.AlreadyCaptured,
    "released": errors.AlreadyReleased,
    "expired": errors.AlreadyExpired,
}
LOOK = """
SELECT a.user_id, a.balance, a.held, a.spent, a.returned, a.seq, SUM(e.change), SUM(e.held_change), SUM(e.spent),
       (SELECT COALESCE(SUM(h.amount), 0) FROM credits_hold h WHERE h.account_id = a.id AND h.state = 'open')
  FROM credits_account a JOIN credits_entry e ON e.account_id = a.id GROUP BY a.id
"""
amounts = st.integers(-3, 60)
people = st.sampled_from(["alice", "bob"])


@dataclass
class Money:
    """What an account should hold."""

    balance: int = OPENING
    held: int = 0
    spent: int = 0
    returned: int = 0
    entries: int = 1


@dataclass
class Held:
    """What a hold should be."""

    key: str
    who: str
    amount: int
    is_due: bool
    state: str = "open"


class LedgerMachine(RuleBasedStateMachine):
    """Every verb in any order, wrong calls included: the ledger must do what the model says, or refuse as it says."""

    holds = Bundle("holds")

    def __init__(self) -> None:
        super().__init__()
        self.sandbox = transaction.atomic()
        self.sandbox.__enter__()
        self.users = {name: User.objects.create(username=name) for name in ("alice", "bob")}
        self.names = {user.pk: name for name, user in self.users.items()}
        for user in self.users.values():
            services.account_of(user, opening=OPENING)
        self.money = {name: Money() for name in self.users}
        self.made: list[Held] = []

    def teardown(self) -> None:
        try:
            assert list(verify()) == []
        finally:
            transaction.set_rollback(True)
            self.sandbox.__exit__(None, None, None)

    def act(self, refusal: type[StudioError] | None, call: Callable[[], Any]) -> bool:
        """Call, and compare how it ended with what the model expects; True when something was booked."""
        met: type[StudioError] | None = None
        try:
            call()
        except StudioError as refused:
            met = type(refused)
        assert met is refusal, f"{met} where the model says {refusal}"
        return met is None

    @rule(who=people, amount=st.integers(-150, 60), is_grant=st.booleans())
    def move_by_hand(self, who: str, amount: int, is_grant: bool) -> None:
        money, user = self.money[who], self.users[who]
        verb = services.grant if is_grant else services.adjust
        refusal: type[StudioError] | None = None
        if amount == 0 or (is_grant and amount < 0):
            refusal = errors.InvalidAmount
        elif money.balance - money.held + amount < 0:
            refusal = errors.InsufficientCredits
        if self.act(refusal, lambda: verb(user=user, amount=amount, reason="by hand", actor=user)):
            money.balance += amount
            money.entries += 1

    @rule(target=holds, who=people, amount=amounts, is_due=st.booleans())
    def hold(self, who: str, amount: int, is_due: bool) -> Any:
        money = self.money[who]
        made = Held(f"job:{len(self.made)}:hold", who, amount, is_due)
        refusal: type[StudioError] | None = None
        if amount < 1:
            refusal = errors.InvalidAmount
        elif amount > money.balance - money.held:
            refusal = errors.InsufficientCredits
        self.made.append(made)
        if not self.act(refusal, lambda: self.ask_for(made)):
            return multiple()
        money.held += amount
        money.entries += 1
        return made

    def ask_for(self, wanted: Held) -> Hold:
        seconds = 0 if wanted.is_due else 3600
        return services.hold(
            user=self.users[wanted.who], amount=wanted.amount, key=wanted.key, reference=wanted.key, seconds=seconds
        )

    @rule(made=holds)
    def hold_again(self, made: Held) -> None:
        assert self.act(None, lambda: self.ask_for(made))

    @rule(made=holds, amount=amounts)
    def capture(self, made: Held, amount: int) -> None:
        refusal: type[StudioError] | None = None
        if amount < 0:
            refusal = errors.InvalidAmount
        elif made.state != "open":
            refusal = ALREADY[made.state]
        elif amount > made.amount:
            refusal = errors.OverCapture
        if self.act(refusal, lambda: services.capture(key=made.key, amount=amount)):
            self.resolved(made, "captured", spent=amount)

    @rule(made=holds)
    def release(self, made: Held) -> None:
        if self.act(ALREADY.get(made.state), lambda: services.release(key=made.key)):
            self.resolved(made, "released")

    @rule(made=holds)
    def expire(self, made: Held) -> None:
        refusal = ALREADY.get(made.state) or (None if made.is_due else errors.HoldNotDue)
        if self.act(refusal, lambda: services.expire(key=made.key)):
            self.resolved(made, "expired")

    @precondition(lambda self: any(made.state == "open" for made in self.made))
    @rule(made=holds)
    def fail_after_settling(self, made: Held) -> None:
        """Whoever settles and then fails has settled nothing."""
        try:
            with transaction.atomic():
                services.release(key=made.key)
                raise RuntimeError
        except (RuntimeError, StudioError):
            pass

    def resolved(self, made: Held, state: str, *, spent: int = 0) -> None:
        money, made.state = self.money[made.who], state
        money.balance -= spent
        money.held -= made.amount
        money.spent += spent
        money.returned += made.amount - spent
        money.entries += 1

    @invariant()
    def accounts_entries_and_holds_are_as_the_model_says(self) -> None:
        """By plain SQL, because it is asked after each of thousands of steps."""
        with connection.cursor() as cursor:
            cursor.execute(LOOK)
            for user_id, *account, change, held_change, spent, open_holds in cursor.fetchall():
                money = self.money[self.names[user_id]]
                assert Money(*account) == money
                assert (change, spent) == (money.balance - money.held, money.spent)
                assert held_change == open_holds == money.held
