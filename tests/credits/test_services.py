"""Each verb of the ledger, and what it refuses."""

import pytest

from studio.accounts.models import User
from studio.core.models import AuditEvent
from studio.credits import errors, services
from studio.credits.booking import LARGEST
from studio.credits.models import Account, Entry, Hold
from tests.factories import make_user


def hold(user: User, amount: int = 30, key: str = "job:1:hold", **more: object) -> Hold:
    return services.hold(user=user, amount=amount, key=key, reference="1", **{"seconds": 60, **more})


def money(user: User) -> tuple[int, int, int, int]:
    account = Account.objects.get(user=user)
    return account.balance, account.held, account.spent, account.returned


def test_an_account_is_opened_once_with_its_opening_credits(db, settings):
    settings.OPENING_CREDITS = 500
    user = User.objects.create_user("carol")
    assert services.account_of(user).spendable == 500
    assert services.account_of(user, opening=9).spendable == 500
    entry = Entry.objects.for_user(user).get()
    assert (entry.kind, entry.seq, entry.change, entry.spendable_after) == ("opening", 1, 500, 500)


def test_opening_without_credits_books_nothing_and_is_not_made_up_for_later(bob):
    assert services.account_of(bob).seq == 0
    assert not Entry.objects.exists()


def test_a_hold_takes_from_what_is_to_spend_and_not_from_the_balance(alice):
    made = hold(alice)
    assert money(alice) == (100, 30, 0, 0)
    entry = made.entries.get()
    assert (entry.change, entry.held_change, entry.spendable_after, entry.held_after) == (-30, 30, 70, 30)
    assert (entry.key, entry.reference, entry.spender, entry.seq) == ("job:1:hold", "1", alice, 2)


def test_a_hold_beyond_what_is_to_spend_says_how_much_is_missing_and_leaves_nothing(alice):
    hold(alice, 90)
    with pytest.raises(errors.InsufficientCredits) as refusal:
        hold(alice, 21, key="job:2:hold")
    assert refusal.value.params == {"required": 21, "available": 10, "missing": 11}
    assert (refusal.value.code, refusal.value.status) == ("insufficient_credits", 402)
    assert Hold.objects.count() == 1
    assert money(alice) == (100, 90, 0, 0)


def test_the_whole_balance_can_be_held(alice):
    hold(alice, 100)
    assert money(alice) == (100, 100, 0, 0)


def test_retry_of_a_hold_at_zero_balance_returns_the_first_hold(alice):
    first = hold(alice, 100)
    assert hold(alice, 100) == first
    assert Entry.objects.of_kind("hold").count() == 1


@pytest.mark.parametrize("other", [{"amount": 31}, {"reference": "2"}, {"user": "bob"}])
def test_a_hold_key_that_was_used_for_something_else_is_refused(alice, other):
    hold(alice)
    if "user" in other:
        other = {"user": make_user("bob", credits=50)}
    call = {"user": alice, "amount": 30, "key": "job:1:hold", "reference": "1", "seconds": 60, **other}
    with pytest.raises(errors.KeyReused):
        services.hold(**call)


def test_a_capture_takes_its_part_and_gives_the_rest_back_in_one_entry(alice):
    hold(alice)
    entry = services.capture(key="job:1:hold", amount=20)
    assert (entry.change, entry.held_change, entry.spent, entry.spendable_after) == (10, -30, 20, 80)
    assert money(alice) == (80, 0, 20, 10)
    row = Hold.objects.get()
    assert (row.state, row.captured, row.resolved_at is not None) == ("captured", 20, True)


@pytest.mark.parametrize("delivered", range(5))
def test_what_is_delivered_of_four_is_paid_and_the_rest_returns(alice, delivered):
    hold(alice, 4 * 21)
    services.capture(key="job:1:hold", amount=delivered * 21)
    assert money(alice) == (100 - delivered * 21, 0, delivered * 21, (4 - delivered) * 21)


def test_a_release_gives_everything_back(alice):
    hold(alice)
    entry = services.release(key="job:1:hold", reason="refused by the provider")
    assert (entry.kind, entry.change, entry.spent, entry.reason) == ("release", 30, 0, "refused by the provider")
    assert money(alice) == (100, 0, 0, 30)


def test_a_hold_expires_when_its_time_has_come_and_not_before(alice):
    hold(alice)
    with pytest.raises(errors.HoldNotDue):
        services.expire(key="job:1:hold")
    hold(alice, key="job:2:hold", seconds=0)
    assert services.expire(key="job:2:hold").kind == "expire"
    assert Hold.objects.open().get().key == "job:1:hold"


def test_capturing_more_than_was_held_is_refused_not_clipped(alice):
    hold(alice)
    with pytest.raises(errors.OverCapture):
        services.capture(key="job:1:hold", amount=31)
    assert money(alice) == (100, 30, 0, 0)
    assert Hold.objects.open().exists()


RESOLVE = {
    "capture": (lambda: services.capture(key="job:1:hold", amount=30), errors.AlreadyCaptured),
    "release": (lambda: services.release(key="job:1:hold"), errors.AlreadyReleased),
    "expire": (lambda: services.expire(key="job:1:hold"), errors.AlreadyExpired),
}


@pytest.mark.parametrize("first", RESOLVE)
@pytest.mark.parametrize("second", RESOLVE)
def test_a_hold_is_resolved_once_and_the_second_is_told_how_it_ended(alice, first, second):
    hold(alice, seconds=0)
    RESOLVE[first][0]()
    before = money(alice)
    with pytest.raises(RESOLVE[first][1]):
        RESOLVE[second][0]()
    assert money(alice) == before
    assert Entry.objects.filter(hold__isnull=False).count() == 2


def test_resolving_a_hold_that_never_was_is_refused(alice):
    with pytest.raises(errors.UnknownHold):
        services.release(key="job:1:hold")


@pytest.mark.parametrize("amount", [0, -1, 1.0, True, "5", None, 2**63, LARGEST + 1])
def test_amounts_are_whole_positive_numbers(alice, amount):
    with pytest.raises(errors.InvalidAmount):
        hold(alice, amount)
    with pytest.raises(errors.InvalidAmount):
        services.grant(user=alice, amount=amount, reason="gift", actor=None)
    if amount != -1:
        with pytest.raises(errors.InvalidAmount):
            services.adjust(user=alice, amount=amount, reason="mistake", actor=alice)
    if amount != 0:
        hold(alice)
        with pytest.raises(errors.InvalidAmount):
            services.capture(key="job:1:hold", amount=amount)


def test_a_balance_stays_within_the_ledgers_limits(alice):
    with pytest.raises(errors.InvalidAmount):
        services.grant(user=alice, amount=LARGEST, reason="too much", actor=None)
    assert money(alice)[0] == 100


def test_nothing_is_free_but_what_a_sandbox_key_asks_for(alice):
    key_id = "0b5c0c9e-9a0e-4f6e-8f0a-0d8e8a5b1c11"
    for more in ({}, {"is_sandbox": True}, {"api_key_id": key_id}):
        with pytest.raises(errors.InvalidAmount):
            hold(alice, 0, **more)
    made = hold(alice, 0, is_sandbox=True, api_key_id=key_id)
    assert made.entries.get().is_sandbox
    assert services.capture(key=made.key, amount=0).spendable_after == 100


def test_an_entry_keeps_who_paid_with_which_key_and_by_which_price(alice):
    key_id = "0b5c0c9e-9a0e-4f6e-8f0a-0d8e8a5b1c11"
    hold(alice, api_key_id=key_id, price_list_version="2026-11", formula="2 x 15")
    entry = services.capture(key="job:1:hold", amount=15, formula="1 x 15")
    assert (str(entry.api_key_id), entry.price_list_version, entry.formula) == (key_id, "2026-11", "1 x 15")
    assert (entry.spender, entry.reference) == (alice, "1")


def test_a_grant_needs_a_reason_and_is_in_the_audit_log(alice, operator):
    with pytest.raises(errors.ReasonRequired):
        services.grant(user=alice, amount=5, reason="  ", actor=operator)
    entry = services.grant(user=alice, amount=5, reason="a good month", actor=operator)
    event = AuditEvent.objects.get(name="credits.grant")
    assert (event.actor, event.target, event.data["entry"]) == (operator, "alice", entry.pk)
    assert money(alice)[0] == 105


def test_a_grant_with_a_key_is_booked_once(alice, bob):
    first = services.grant(user=alice, amount=5, reason="gift", actor=None, key="form:1")
    assert services.grant(user=alice, amount=5, reason="gift", actor=None, key="form:1") == first
    for other in ({"amount": 6}, {"user": bob}):
        with pytest.raises(errors.KeyReused):
            services.grant(**{"user": alice, "amount": 5, "reason": "gift", "actor": None, "key": "form:1", **other})
    assert money(alice)[0] == 105


def test_a_correction_may_take_what_is_to_spend_but_nothing_that_is_held(alice, operator):
    hold(alice)
    entry = services.adjust(user=alice, amount=-70, reason="granted twice", actor=operator)
    assert (entry.kind, entry.change, entry.actor, entry.reason) == ("adjust", -70, operator, "granted twice")
    with pytest.raises(errors.InsufficientCredits):
        services.adjust(user=alice, amount=-1, reason="granted twice", actor=operator)
    with pytest.raises(errors.ReasonRequired):
        services.adjust(user=alice, amount=1, reason="", actor=operator)


def test_a_possible_cost_is_nobodys_and_is_noted_once(alice, operator):
    entry = services.book_unconfirmed(amount=21, reference="job-1", reason="never heard of again", actor=operator)
    assert services.book_unconfirmed(amount=21, reference="job-1", reason="again") == entry
    services.book_unconfirmed(amount=4, reference="job-2", reason="never heard of again")
    account = Account.objects.get(kind="unconfirmed")
    assert (account.balance, account.spent, account.user) == (-25, 25, None)
    assert money(alice) == (100, 0, 0, 0)


def test_time_never_goes_back_within_an_account(alice, time_machine):
    time_machine.move_to("2031-05-01 12:00:00+00:00")
    late = services.grant(user=alice, amount=1, reason="gift", actor=None)
    time_machine.move_to("2031-05-01 11:00:00+00:00")  # another host, whose clock is an hour behind
    later = services.grant(user=alice, amount=1, reason="gift", actor=None)
    assert later.created_at == late.created_at
