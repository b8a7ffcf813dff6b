"""What the usage page reads: pages of entries, months, days, the meter."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import RequestContext, Template

from studio.accounts.models import User
from studio.credits import services
from studio.credits.models import Account, Entry, Hold
from studio.credits.statement import Day, statement_of


def work(user: User, key: str, amount: int, paid: int | None = None) -> None:
    services.hold(user=user, amount=amount, key=f"{key}:hold", reference=key, seconds=60)
    if paid:
        services.capture(key=f"{key}:hold", amount=paid)
    elif paid == 0:
        services.release(key=f"{key}:hold")


@pytest.fixture
def autumn(alice, time_machine) -> User:
    """Two months of alice: 28 October to 3 November 2031, in a studio that lives by UTC."""
    for when, key, amount, paid in [
        ("2031-10-28 08:00", "a", 10, 10),
        ("2031-10-31 23:59", "b", 20, 15),
        ("2031-11-01 00:00", "c", 5, 5),
        ("2031-11-02 12:00", "d", 7, 0),
        ("2031-11-03 09:00", "e", 9, None),
        ("2031-11-03 09:30", "f", 4, 4),
    ]:
        time_machine.move_to(f"{when}:00+00:00", tick=False)
        work(alice, key, amount, paid)
    return alice


def test_a_statement_says_now_this_month_and_each_day(autumn):
    statement = statement_of(autumn, days=5)
    assert (statement.account.balance, statement.account.spendable, statement.account.held) == (66, 57, 9)
    assert (statement.month, statement.spent, statement.returned) == (date(2031, 11, 1), 9, 7)
    assert statement.days == [
        Day(date(2031, 10, 30), spent=0, held=0, returned=0),
        Day(date(2031, 10, 31), spent=15, held=0, returned=5),
        Day(date(2031, 11, 1), spent=5, held=0, returned=0),
        Day(date(2031, 11, 2), spent=0, held=0, returned=7),
        Day(date(2031, 11, 3), spent=4, held=9, returned=0),
    ]
    assert (statement.a_day, statement.days_left) == (3, 19)


@pytest.mark.parametrize(
    ("joined", "days"), [("2031-11-03 07:00", 1), ("2031-11-02 23:59", 2), ("2031-10-31 09:00", 3)]
)
def test_the_pace_is_that_of_the_days_since_somebody_joined(autumn, joined, days):
    autumn.date_joined = datetime.fromisoformat(joined).replace(tzinfo=UTC)
    statement = statement_of(autumn)
    assert (statement.spent, statement.account.spendable) == (9, 57)
    assert (statement.a_day, statement.days_left) == (round(9 / days), 57 * days // 9)


def test_days_are_those_of_the_studios_time_zone(autumn, settings):
    settings.TIME_ZONE = "Asia/Tokyo"  # nine hours ahead: what was Friday 23:59 is Saturday 08:59
    statement = statement_of(autumn, days=3)
    assert [day.spent for day in statement.days] == [20, 0, 4]
    assert statement.spent == 24


def test_a_person_without_any_entry_has_a_statement(bob):
    statement = statement_of(bob)
    assert len(statement.days) == 30
    assert {(day.spent, day.held, day.returned) for day in statement.days} == {(0, 0, 0)}
    assert (statement.spent, statement.a_day, statement.days_left) == (0, 0, None)


def test_the_number_of_queries_is_fixed(autumn, django_assert_num_queries):
    with django_assert_num_queries(4):
        statement_of(autumn)


def test_entries_are_paged_by_number_newest_first(autumn):
    entries, before, seen = Entry.objects.for_user(autumn), None, []
    while True:
        rows, before = entries.page(before=before, size=5)
        seen += [entry.seq for entry in rows]
        if before is None:
            break
    assert seen == list(range(12, 0, -1))


def test_months_and_kinds_narrow_the_list(autumn, bob):
    def numbers(month: date, *kinds: str) -> list[int]:
        rows = Entry.objects.of_month(autumn, month)
        return [entry.seq for entry in (rows.of_kind(*kinds) if kinds else rows).page()[0]]

    assert numbers(date(2031, 10, 15)) == [5, 4, 3, 2]
    assert numbers(date(2031, 11, 30)) == [12, 11, 10, 9, 8, 7, 6]
    assert numbers(date(2031, 11, 1), "capture", "release") == [12, 9, 7]
    assert numbers(date(2031, 11, 1), "hold") == [11, 10, 8, 6]
    assert numbers(date(2031, 12, 1)) == []
    assert numbers(date(2030, 1, 1)) == []
    assert not Entry.objects.of_month(bob, date(2031, 11, 1)).exists()


def test_entries_and_holds_are_their_owners_alone(autumn, bob):
    assert not Entry.objects.for_user(bob).exists()
    assert not Hold.objects.for_user(bob).exists()
    assert Hold.objects.for_user(autumn).open().count() == 1


def test_overdue_holds_are_the_open_ones_whose_time_is_over(autumn, time_machine):
    time_machine.move_to("2031-11-03 09:00:59+00:00", tick=False)
    assert not Hold.objects.overdue().exists()
    time_machine.shift(timedelta(seconds=1))
    assert [hold.reference for hold in Hold.objects.overdue()] == ["e"]


def meter_page(rf, user) -> str:
    request = rf.get("/")
    request.user = user
    context = RequestContext(request, {})
    return Template(
        "{% if meter %}{{ meter.to_spend }}/{{ meter.held }}/{{ meter.solid }}+{{ meter.hatched }}{% endif %}"
    ).render(context)


def test_the_meter_is_one_query_where_it_is_shown_and_none_elsewhere(rf, alice, django_assert_num_queries):
    work(alice, "a", 25)
    with django_assert_num_queries(1):
        assert meter_page(rf, alice) == "75/25/63+21"
    request = rf.get("/")
    request.user = alice
    with django_assert_num_queries(0):
        Template("without").render(RequestContext(request, {}))


def test_strangers_have_no_meter(rf, db):
    assert meter_page(rf, AnonymousUser()) == ""


def test_a_first_look_opens_the_account(rf, db, settings):
    settings.OPENING_CREDITS = 500
    assert meter_page(rf, User.objects.create_user("mina")) == "500/0/84+0"
    assert Account.objects.count() == 1
