"""Worked stories: what somebody does over weeks, and what the ledger says about it line by line."""

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.accounts.models import User
from studio.credits import errors, services
from studio.credits.audit import verify
from studio.credits.models import Account, Entry, Hold
from tests.factories import make_user

Line = tuple[str, int, int, int]


def lines(user: User) -> list[Line]:
    """(kind, change, to spend after, held after), oldest first."""
    entries = Entry.objects.for_user(user).order_by("seq")
    return [(entry.kind, entry.change, entry.spendable_after, entry.held_after) for entry in entries]


def order(user: User, job: str, amount: int) -> Hold:
    return services.hold(user=user, amount=amount, key=f"job:{job}:hold", reference=job, seconds=3600)


@pytest.mark.django_db
def test_mina_makes_a_lighthouse_and_is_charged_once(settings):
    settings.OPENING_CREDITS = 500
    mina = User.objects.create_user("mina")
    order(mina, "lighthouse", 21)
    services.capture(key="job:lighthouse:hold", amount=21)
    assert lines(mina) == [("opening", 500, 500, 0), ("hold", -21, 479, 21), ("capture", 0, 479, 0)]
    assert list(verify()) == []


@pytest.mark.django_db
def test_a_refused_prompt_costs_nothing_and_the_ledger_shows_it(alice):
    order(alice, "refused", 21)
    entry = services.release(key="job:refused:hold", reason="content_policy")
    assert lines(alice)[1:] == [("hold", -21, 79, 21), ("release", 21, 100, 0)]
    assert (entry.reference, entry.reason, entry.spent) == ("refused", "content_policy", 0)


@pytest.mark.django_db
def test_four_pictures_are_ordered_and_three_arrive(alice):
    order(alice, "four", 84)
    with pytest.raises(errors.InsufficientCredits):
        order(alice, "one more", 21)
    services.capture(key="job:four:hold", amount=63, formula="3 x 21")
    order(alice, "one more", 21)
    assert lines(alice)[1:] == [("hold", -84, 16, 84), ("capture", 21, 37, 0), ("hold", -21, 16, 21)]


@pytest.mark.django_db
def test_a_team_leader_grants_twice_by_mistake_and_takes_one_back(alice, operator):
    for _twice in range(2):
        services.grant(user=alice, amount=200, reason="spring campaign", actor=operator)
    services.adjust(user=alice, amount=-200, reason="granted twice", actor=operator)
    assert [line[1] for line in lines(alice)] == [100, 200, 200, -200]
    assert Entry.objects.of_kind("adjust").get().reason == "granted twice"


@pytest.mark.django_db
def test_an_order_of_unknown_outcome_is_given_back_and_its_cost_noted_apart(alice):
    order(alice, "lost", 21)
    with transaction.atomic():
        services.release(key="job:lost:hold", reason="outcome_unknown")
        services.book_unconfirmed(amount=21, reference="lost", reason="outcome_unknown")
    assert lines(alice)[-1] == ("release", 21, 100, 0)
    assert Account.objects.get(kind="unconfirmed").balance == -21
    assert list(verify()) == []


@pytest.mark.django_db
def test_a_job_that_cannot_be_made_after_its_hold_leaves_neither(alice):
    def submit() -> None:
        order(alice, "doomed", 21)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        transaction.atomic(submit)()
    assert not Hold.objects.exists()
    assert lines(alice) == [("opening", 100, 100, 0)]


@pytest.mark.django_db
def test_alice_and_bob_never_touch_each_others_credits(alice):
    bob = make_user("bob", credits=40)
    order(alice, "hers", 90)
    order(bob, "his", 40)
    services.capture(key="job:his:hold", amount=40)
    services.release(key="job:hers:hold")
    assert [line[1] for line in lines(alice)] == [100, -90, 90]
    assert [line[1] for line in lines(bob)] == [40, -40, 0]


@pytest.mark.django_db
@settings(max_examples=60, derandomize=True, deadline=None)
@given(unit=st.integers(1, 10**6), wanted=st.integers(1, 10), data=st.data())
def test_what_is_paid_is_the_price_of_what_came_and_never_more_than_was_held(unit, wanted, data):
    came = data.draw(st.integers(0, wanted + 2))
    with transaction.atomic():
        user = User.objects.create(username="mina")
        services.account_of(user, opening=unit * wanted)
        order(user, "job", unit * wanted)
        if came > wanted:
            with pytest.raises(errors.OverCapture):
                services.capture(key="job:job:hold", amount=unit * came)
            expected = (unit * wanted, unit * wanted, 0, 0)
        else:
            services.capture(key="job:job:hold", amount=unit * came)
            rest = unit * (wanted - came)
            expected = (rest, 0, unit * came, rest)
        account = Account.objects.get(user=user)
        assert (account.balance, account.held, account.spent, account.returned) == expected
        transaction.set_rollback(True)
