"""The ledger under generated histories (LED-12), and proof that these histories find bugs: six are planted."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from studio.core.errors import StudioError
from studio.credits import booking, errors, services
from studio.credits.models import Entry, Hold
from tests.credits.machine import LedgerMachine

# derandomize: the same histories on every machine and every day.
SETTINGS = settings(
    max_examples=200,
    stateful_step_count=40,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
Verb = Callable[..., Any]


@pytest.mark.django_db
def test_no_history_brings_the_ledger_out_of_true():
    run_state_machine_as_test(LedgerMachine, settings=SETTINGS)


def resolve_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second resolution of any kind gives the hold's credits back once more."""
    first = services._resolve

    def resolve(key: str, state: Hold.State, **more: Any) -> Entry:
        try:
            return first(key, state, **more)
        except errors.AlreadyResolved:
            return give(key)

    monkeypatch.setattr(services, "_resolve", resolve)


def capture_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """What exceeds the hold is taken from what is to spend."""
    first = services.capture

    def capture(*, key: str, amount: int) -> Entry:
        held = Hold.objects.get(key=key)
        over = amount - held.amount
        if held.state != "open" or over <= 0 or over > held.account.spendable:
            return first(key=key, amount=amount)
        first(key=key, amount=held.amount)
        return give(key, amount=-over)

    monkeypatch.setattr(services, "capture", capture)


def hold_without_a_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard looks at the balance and forgets what is already held."""
    unguarded = booking._MOVE_ONE.replace("balance - held >= %s", "balance >= %s")
    assert unguarded != booking._MOVE_ONE
    monkeypatch.setattr(booking, "_MOVE_ONE", unguarded)


def release_after_a_capture(monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure reported after success refunds what was paid."""
    first = services.release

    def release(*, key: str) -> Entry:
        try:
            return first(key=key)
        except errors.AlreadyCaptured:
            return give(key)

    monkeypatch.setattr(services, "release", release)


def lose_the_release(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hold is closed, but the credits stay held."""
    first = services.release

    def release(*, key: str) -> Entry:
        held = Hold.objects.get(key=key)
        if held.state != "open":
            return first(key=key)
        Hold.objects.filter(pk=held.pk).update(state="released", resolved_at=held.opened_at)
        return held.entries.get()

    monkeypatch.setattr(services, "release", release)


def take_negative_amounts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks at the sign: a grant of -5 takes, a hold of -5 gives."""
    monkeypatch.setattr(services, "whole", lambda amount, **_limits: amount)


def give(key: str, amount: int | None = None) -> Entry:
    held = Hold.objects.get(key=key)
    move = booking.Move(change=held.amount if amount is None else amount)
    name = f"bug:{Entry.objects.count()}"
    return booking.book(held.account_id, move, kind="adjust", key=name, reason="bug", reference=held.reference)


BUGS = [
    resolve_twice,
    capture_too_much,
    hold_without_a_check,
    release_after_a_capture,
    lose_the_release,
    take_negative_amounts,
]


@pytest.mark.django_db
@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found(bug: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch):
    bug(monkeypatch)
    bounded = settings(SETTINGS, max_examples=100, phases=[Phase.generate], report_multiple_bugs=False)
    with pytest.raises((AssertionError, StudioError, DatabaseError)):
        run_state_machine_as_test(LedgerMachine, settings=bounded)
