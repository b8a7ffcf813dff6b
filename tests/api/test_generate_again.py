"""Idempotency-Key: the same order sent twice is one job (IDM-1 to IDM-6)."""

import datetime
import json
from typing import Any

import pytest

from studio.credits.models import Hold
from studio.jobs.models import IdempotencyKey, Job
from studio.providers.models import ModelRow

pytestmark = pytest.mark.django_db
URL = "/v2/images/generate"
ORDER = {"prompt": "A lighthouse at dawn", "model": "dall-e-3", "dalleParams": {"style": "natural"}}


@pytest.fixture
def order(client):
    def send(key: str, name: str | None = "one", body: Any = ORDER):
        headers = {"X-API-Key": key} | ({} if name is None else {"Idempotency-Key": name})
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return client.post(URL, data, content_type="application/json", headers=headers)

    return send


def test_ten_times_is_one_job_one_hold_and_says_so(order, key):
    first = order(key)
    assert "Idempotent-Replayed" not in first
    for _time in range(9):
        again = order(key)
        assert (again.status_code, again.json(), again["Idempotent-Replayed"]) == (202, first.json(), "true")
    assert (Job.objects.count(), Hold.objects.count()) == (1, 1)


def test_a_replay_tells_the_present_status(order, key):
    order(key)
    Job.objects.update(status=Job.Status.PROCESSING)
    assert order(key).json()["status"] == "PROCESSING"


def test_the_order_of_fields_and_white_space_do_not_matter(order, key):
    first = order(key)
    mixed = b'{ "model":"dall-e-3",\n "dalleParams" : {"style":"natural"}, "prompt":"A lighthouse at d\\u0061wn" }'
    assert order(key, body=mixed).json() == first.json()


def test_another_body_under_the_same_name_is_409_and_makes_nothing(order, key):
    order(key)
    response = order(key, body=ORDER | {"prompt": "Another"})
    assert (response.status_code, list(response.json())) == (409, ["error"])
    assert (Job.objects.count(), Hold.objects.count()) == (1, 1)


def test_quoted_and_bare_are_one_name(order, key):
    assert order(key, "abc").json() == order(key, '"abc"').json()


@pytest.mark.parametrize("name", ["", '""', " ", "x" * 256, "a\x01b", "é", "\x7f"])
def test_a_name_that_is_none_is_400(order, key, name):
    response = order(key, name)
    assert (response.status_code, Job.objects.count()) == (400, 0)


def test_255_characters_are_a_name(order, key):
    assert order(key, "x" * 255).status_code == 202


def test_names_belong_to_a_person_and_to_live_or_sandbox(order, key, sandbox_key, other_key, bob):
    from studio.credits.services import grant

    grant(user=bob, amount=50, reason="test", actor=None)
    ids = {order(one).json()["jobId"] for one in (key, sandbox_key, other_key)}
    assert len(ids) == 3


def test_two_keys_of_one_person_share_their_names(order, key, alice):
    from studio.accounts.key_services import create_api_key

    second = create_api_key(user=alice, name="second")[1]
    assert order(key).json() == order(second).json()


def test_refusals_are_not_kept(order, key, settings):
    assert order(key, body=ORDER | {"dalleParams": {"style": "loud"}}).status_code == 400
    ModelRow.objects.update(enabled=False)
    assert order(key).status_code == 400
    ModelRow.objects.update(enabled=True)
    settings.SANDBOX = "off"
    assert order(key).status_code == 503
    settings.SANDBOX = "auto"
    assert not IdempotencyKey.objects.exists()
    assert (order(key).status_code, Job.objects.count()) == (202, 1)


def test_after_24_hours_the_name_is_free(order, key, time_machine):
    noon = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.UTC)
    time_machine.move_to(noon, tick=False)
    first = order(key).json()["jobId"]
    time_machine.move_to(noon + datetime.timedelta(hours=23, minutes=59), tick=False)
    assert order(key).json()["jobId"] == first
    time_machine.move_to(noon + datetime.timedelta(hours=24, minutes=1), tick=False)
    other = order(key, body=ORDER | {"prompt": "Another"})
    assert (other.status_code, other.json()["jobId"] == first) == (202, False)
    assert order(key).status_code == 409


def test_a_replay_works_when_the_credits_are_gone(order, key):
    first = order(key)
    for _time in range(3):
        assert order(key, None).status_code == 202
    assert order(key, None).status_code == 402
    assert order(key).json() == first.json()
