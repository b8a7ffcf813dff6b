"""The rows of calls that wait for their pictures: who goes on with which, and when one goes away."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from studio.accounts.key_services import create_api_key
from studio.accounts.models import ApiKey
from studio.jobs.calls import MOST_REFUSED, REFUSED_FOR, SCOPE, OpenCall, open_call, refuse_call
from studio.jobs.idempotency import Claim
from studio.jobs.services import submit_job

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(alice) -> ApiKey:
    return create_api_key(user=alice, name="script")[0]


def test_a_row_stays_while_one_of_those_who_go_by_it_was_not_refused(key):
    first = open_call(key, "same", repetition=0)
    assert open_call(key, "same", repetition=1) == first
    refuse_call(first, key, comes_again=False)
    assert OpenCall.objects.exists(), "the repetition may be about to make the job"
    refuse_call(first, key, comes_again=False)
    assert not OpenCall.objects.exists()


def test_calls_side_by_side_are_taken_up_one_after_another_however_often_they_break(key):
    calls = {open_call(key, "same", repetition=0) for _call in range(3)}
    assert len(calls) == 3
    for again in (1, 2):
        assert {open_call(key, "same", repetition=again) for _call in range(3)} == calls
        assert open_call(key, "same", repetition=again) in calls, "a fourth makes no row: it would buy"
    assert OpenCall.objects.count() == 3


def test_a_repetition_goes_on_with_the_call_that_made_a_job_not_with_one_that_died_before_it(key, catalogue):
    made = open_call(key, "same", repetition=0)
    claim = Claim(scope=SCOPE, key=str(made), fingerprint="same")
    submit_job(user=key.user, model="dall-e-3", prompt="a fox", params={}, claim=claim)
    open_call(key, "same", repetition=0)  # newer; its process is killed here
    assert open_call(key, "same", repetition=1) == made
    assert open_call(key, "same", repetition=2) == made, "the dead one would make another job"


def refused(key: ApiKey, body: str = "same", *, repetition: int = 0):
    call = open_call(key, body, repetition=repetition)
    refuse_call(call, key, comes_again=True)
    return call


def test_a_new_order_is_not_taken_for_the_refused_call_whose_repetition_came(key):
    first = refused(key)
    assert open_call(key, "same", repetition=1) == first
    assert open_call(key, "same", repetition=0) != first, "it is an order of its own"


def test_refused_calls_side_by_side_come_again_as_two_orders(key):
    calls = {open_call(key, "same", repetition=0) for _call in range(2)}
    for call in calls:
        refuse_call(call, key, comes_again=True)
    assert {open_call(key, "same", repetition=1) for _call in range(2)} == calls


def test_a_call_overtaken_by_a_repetition_that_was_refused_goes_on_with_it(key):
    ahead = refused(key, repetition=1)
    assert open_call(key, "same", repetition=0) == ahead
    assert open_call(key, "same", repetition=2) == ahead


def test_a_call_that_is_refused_again_and_again_stays_the_same(key):
    first, now = refused(key), timezone.now()
    for repetition in (1, 2, 3):
        with time_machine.travel(now + repetition * timedelta(seconds=60)):
            assert refused(key, repetition=repetition) == first


def test_nobody_waits_long_for_a_refused_call_and_a_key_has_few_of_them(key):
    first = refused(key)
    with time_machine.travel(timezone.now() + REFUSED_FOR + timedelta(seconds=1)):
        assert open_call(key, "same", repetition=1) != first
    for number in range(MOST_REFUSED + 5):
        refused(key, f"order {number}")
    assert OpenCall.objects.filter(callers=0).count() == MOST_REFUSED
