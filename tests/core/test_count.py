"""Counters of how often something happened in a window of time."""

import datetime

import pytest
from django.db import transaction

from studio.core.models import Counter, count

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.UTC)


def test_each_key_and_window_is_counted_for_itself(time_machine):
    time_machine.move_to(NOON, tick=False)
    assert [count("a", seconds=60), count("a", seconds=60, by=3), count("b", seconds=60)] == [1, 4, 1]
    time_machine.shift(60)
    assert count("a", seconds=60) == 1
    assert Counter.objects.order_by("expires_at").first().expires_at == NOON + datetime.timedelta(seconds=120)


def test_it_is_one_statement(django_assert_num_queries):
    for _again in range(2):
        with django_assert_num_queries(1):
            count("a", seconds=60)


def test_a_rollback_takes_the_count_back():
    def broken() -> None:
        with transaction.atomic():
            count("a", seconds=60)
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        broken()
    assert count("a", seconds=60) == 1
