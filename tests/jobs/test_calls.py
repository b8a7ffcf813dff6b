"""The rows of calls that wait for their pictures: who goes on with which, and when one goes away."""

import pytest

from studio.accounts.key_services import create_api_key
from studio.accounts.models import ApiKey
from studio.jobs.calls import SCOPE, OpenCall, open_call, refuse_call
from studio.jobs.idempotency import Claim
from studio.jobs.services import submit_job

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(alice) -> ApiKey:
    return create_api_key(user=alice, name="script")[0]


def test_a_row_stays_while_one_of_those_who_go_by_it_was_not_refused(key):
    first = open_call(key, "same", repetition=0)
    assert open_call(key, "same", repetition=1) == first
    refuse_call(first, key)
    assert OpenCall.objects.exists(), "the repetition may be about to make the job"
    refuse_call(first, key)
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
