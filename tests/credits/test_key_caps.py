"""What a key may spend in a month: counted with the hold, given back with it, and proved by the ledger's check."""

import datetime

import pytest
from django.db import connection

from studio.accounts.key_services import create_api_key
from studio.accounts.models import ApiKey
from studio.core.models import AuditEvent
from studio.credits import key_caps, services
from studio.credits.audit import verify
from studio.credits.errors import InsufficientCredits, InvalidAmount, KeyCapReached
from studio.credits.models import Entry, Hold, KeyMonth


@pytest.fixture
def capped(alice) -> ApiKey:
    """A key of alice, who has 100 credits, for 50 of them a month."""
    return create_api_key(user=alice, name="nightly", monthly_cap=50)[0]


def hold(key: ApiKey, amount: int, name: str) -> Hold:
    return services.hold(user=key.user, amount=amount, key=name, reference=name, seconds=60, api_key_id=key.pk)


def counted(key: ApiKey) -> tuple[int, int]:
    row = KeyMonth.objects.get(api_key=key)
    return row.held, row.spent


def test_a_key_spends_up_to_its_cap_and_no_further(capped):
    hold(capped, 30, "one")
    with pytest.raises(KeyCapReached) as refused:
        hold(capped, 21, "two")
    assert refused.value.params == {"required": 21, "available": 20, "missing": 1, "cap": 50, "left": 20}
    assert refused.value.message == "This takes 21 and this key may spend 20 more of its 50 credits a month."
    hold(capped, 20, "three")
    assert counted(capped) == (50, 0)
    assert not Hold.objects.filter(key="two").exists()
    assert list(verify()) == []


def test_more_than_the_whole_cap_at_once_is_refused_in_a_fresh_month(capped):
    with pytest.raises(KeyCapReached):
        hold(capped, 51, "one")
    assert not KeyMonth.objects.exists()


def test_what_is_given_back_can_be_spent_again_and_what_is_captured_cannot(capped):
    hold(capped, 30, "one")
    services.capture(key="one", amount=10)
    assert counted(capped) == (0, 10)
    hold(capped, 40, "two")
    services.release(key="two")
    assert counted(capped) == (0, 10)
    assert key_caps.spendable_by(capped, to_spend=90) == 40
    assert list(verify()) == []


def test_too_few_credits_of_the_owner_count_nothing(capped):
    services.adjust(user=capped.user, amount=-90, reason="test", actor=capped.user)
    hold(capped, 4, "one")
    with pytest.raises(InsufficientCredits) as refused:
        hold(capped, 20, "two")
    assert (refused.value.code, refused.value.params["available"]) == ("insufficient_credits", 6)
    assert counted(capped) == (4, 0)


def test_what_is_left_of_the_cap_is_never_more_than_the_owner_has(capped):
    services.adjust(user=capped.user, amount=-85, reason="test", actor=capped.user)
    with pytest.raises(KeyCapReached) as refused:
        hold(capped, 51, "one")
    assert refused.value.params["available"] == 15
    assert key_caps.spendable_by(capped, to_spend=15) == 15


def test_the_same_hold_again_is_counted_once(capped):
    assert hold(capped, 30, "one") == hold(capped, 30, "one")
    assert counted(capped) == (30, 0)


def test_a_month_is_that_of_the_hold_whenever_it_ends(capped, time_machine):
    time_machine.move_to(datetime.datetime(2026, 11, 30, 23, 59, 59, tzinfo=datetime.UTC), tick=False)
    hold(capped, 50, "one")
    time_machine.shift(1)
    hold(capped, 50, "two")
    services.capture(key="one", amount=50)
    months = KeyMonth.objects.order_by("starts_at").values_list("starts_at__month", "ends_at__month", "held", "spent")
    assert list(months) == [(11, 12, 0, 50), (12, 1, 50, 0)]
    assert list(verify()) == []


def test_another_key_of_the_same_person_is_not_limited(alice, capped):
    other = create_api_key(user=alice, name="other")[0]
    hold(capped, 50, "one")
    hold(other, 50, "two")
    assert list(KeyMonth.objects.values_list("api_key_id", flat=True)) == [capped.pk]


def test_a_cap_counts_what_the_month_already_took_and_forgets_it_when_it_goes(alice):
    key = create_api_key(user=alice, name="nightly")[0]
    hold(key, 10, "one")
    services.capture(key="one", amount=7)
    hold(key, 20, "two")
    hold(key, 5, "three")
    services.release(key="three")
    assert key_caps.set_cap(key=key, cap=30, by=alice)
    assert counted(key) == (20, 7)
    with pytest.raises(KeyCapReached):
        hold(key, 4, "four")
    services.capture(key="two", amount=20)
    assert counted(key) == (0, 27)
    assert key_caps.set_cap(key=key, cap=None, by=alice)
    hold(key, 40, "five")
    assert key_caps.set_cap(key=key, cap=40, by=alice)
    assert counted(key) == (40, 27)
    assert list(verify()) == []


def test_a_cap_below_what_is_used_stops_the_key(alice, capped):
    hold(capped, 30, "one")
    assert key_caps.set_cap(key=capped, cap=20, by=alice)
    with pytest.raises(KeyCapReached) as refused:
        hold(capped, 1, "two")
    assert refused.value.params["available"] == 0
    assert key_caps.spendable_by(capped, to_spend=100) == 0


def test_who_changed_a_cap_is_written_down_once(alice, capped):
    assert not key_caps.set_cap(key=capped, cap=50, by=alice)
    key_caps.set_cap(key=capped, cap=60, by=alice)
    event = AuditEvent.objects.get(name="key.capped")
    assert (event.actor, event.data["before"], event.data["monthly_cap"]) == (alice, 50, 60)


@pytest.mark.parametrize("cap", [0, -1, True, 1.5, 10**13])
def test_a_cap_is_a_whole_number_of_credits(alice, capped, cap):
    with pytest.raises(InvalidAmount):
        key_caps.set_cap(key=capped, cap=cap, by=alice)


def test_a_sandbox_key_spends_nothing_of_its_cap(alice):
    key = create_api_key(user=alice, name="trial", is_sandbox=True, monthly_cap=1)[0]
    services.hold(user=alice, amount=0, key="one", reference="", seconds=60, api_key_id=key.pk, is_sandbox=True)
    assert not KeyMonth.objects.exists()
    assert key_caps.spendable_by(key, to_spend=100) == 100


def test_a_hold_takes_one_statement_more_with_a_cap_and_none_without(alice, capped, django_assert_num_queries):
    free = create_api_key(user=alice, name="free")[0]
    with django_assert_num_queries(3):
        hold(free, 1, "one")
    with django_assert_num_queries(4):
        hold(capped, 1, "two")
    assert Entry.objects.filter(kind="hold").count() == 2


BENT = {
    "UPDATE credits_keymonth SET held = held + 1": "are 31, 0; its holds say 30, 0",
    "UPDATE credits_keymonth SET spent = spent + 1": "are 30, 1; its holds say 30, 0",
    "DELETE FROM credits_keymonth": "is not counted",
}


@pytest.mark.parametrize("statement", BENT)
def test_a_wrong_count_is_found(capped, statement):
    hold(capped, 30, "one")
    with connection.cursor() as cursor:
        cursor.execute(statement)
    (said,) = verify()
    assert said.startswith("key ")
    assert said.endswith(BENT[statement])
