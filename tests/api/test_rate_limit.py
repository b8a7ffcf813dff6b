"""STUDIO_RATE_LIMIT: how many orders a key may place (KEY-7)."""

import datetime

import pytest

from studio.accounts.key_services import create_api_key
from studio.credits.services import grant
from studio.jobs.models import Job

pytestmark = pytest.mark.django_db
URL = "/v2/images/generate"
ORDER = {"prompt": "A lighthouse at dawn", "model": "dall-e-3"}


@pytest.fixture
def order(client, settings, time_machine):
    settings.RATE_LIMIT = (2, 60)
    time_machine.move_to(datetime.datetime(2026, 1, 1, 12, 0, 10, tzinfo=datetime.UTC), tick=False)

    def send(key: str, **headers: str):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.post(URL, ORDER, content_type="application/json", headers={"X-API-Key": key} | named)

    return send


def test_past_the_limit_is_429_until_the_window_ends(order, key, time_machine):
    assert [order(key).status_code for _time in range(3)] == [202, 202, 429]
    response = order(key)
    assert (response["Retry-After"], list(response.json())) == ("50", ["error"])
    time_machine.shift(50)
    assert order(key).status_code == 202
    assert Job.objects.count() == 3


def test_each_key_has_its_own(order, key, alice):
    second = create_api_key(user=alice, name="second")[1]
    assert [order(one).status_code for one in (key, key, second, key)] == [202, 202, 202, 429]


def test_all_keys_of_a_person_have_one_together(order, key, alice, other_key, bob, settings):
    settings.PERSON_RATE_LIMIT = (3, 60)
    grant(user=bob, amount=100, reason="test", actor=None)
    second = create_api_key(user=alice, name="second")[1]
    assert [order(one).status_code for one in (key, second, key, second)] == [202, 202, 202, 429]
    assert "All keys of one person" in order(second).json()["error"]
    assert order(other_key).status_code == 202


def test_replays_do_not_count_and_are_answered_past_the_limit(order, key):
    for _time in range(5):
        assert order(key, Idempotency_Key="one").status_code == 202
    assert order(key).status_code == 202
    assert order(key).status_code == 429
    assert order(key, Idempotency_Key="one").status_code == 202


def test_refused_orders_do_not_count(order, other_key, bob):
    assert [order(other_key).status_code for _time in range(4)] == [402] * 4
    grant(user=bob, amount=100, reason="test", actor=None)
    assert order(other_key).status_code == 202


def test_reading_is_not_limited(order, client, key):
    for _time in range(3):
        order(key)
    assert client.get("/v2/jobs", headers={"X-API-Key": key}).status_code == 200
