"""Standing endpoints: every attempt is kept, and what never answers is switched off."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from studio.webhooks import endpoint_services as verbs
from studio.webhooks import services
from studio.webhooks.models import Delivery, DeliveryAttempt, Endpoint
from tests.core.peers import answer
from tests.webhooks.conftest import LOOPBACK, deliver, endpoint_of, read

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def shops(catalogue, settings):
    settings.WEBHOOK_ALLOW = LOOPBACK


def test_every_attempt_is_kept_with_its_request_and_answer(alice, fail, receiver):
    endpoint, secret = endpoint_of(alice, receiver.url())
    receiver.reply = answer(b"<b>no</b>", status="500 Oops")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        fail()
        deliver()
        receiver.reply = answer(b"fine")
        clock.shift(10)
        deliver()
    first, second = DeliveryAttempt.objects.order_by("number")
    assert (first.number, first.status, first.error, first.response_excerpt) == (1, 500, "HTTP 500", "<b>no</b>")
    assert (second.number, second.status, second.error, second.response_excerpt) == (2, 200, "", "fine")
    assert second.at - first.at == timedelta(seconds=10)
    for attempt, request in zip((first, second), receiver.requests, strict=True):
        _line, headers, _body = read(request)
        sent = {name.lower(): value for name, value in attempt.request_headers.items()}
        assert sent.items() <= headers.items()
        assert {"webhook-id", "webhook-timestamp", "webhook-signature", "x-webhook-signature"} <= sent.keys()
        assert secret not in str(sent)
        assert 0 <= attempt.duration_ms < 5000
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        services.tidy()
    assert not DeliveryAttempt.objects.exists()
    assert Delivery.objects.filter(endpoint=endpoint).exists()


def test_410_switches_an_endpoint_off_at_once(alice, fail, receiver):
    endpoint, _ = endpoint_of(alice, receiver.url("/hook?token=hushhush"))
    receiver.reply = answer(b"", status="410 Gone")
    fail(), fail()
    rows = services.due(limit=1, busy={})
    services.record(rows[0], services.attempt(rows[0]))
    endpoint.refresh_from_db()
    assert (endpoint.is_enabled, endpoint.off_reason) == (False, "gone")
    assert set(Delivery.objects.values_list("status", flat=True)) == {"failed"}
    assert deliver() == 0
    fail()
    assert Delivery.objects.count() == 2


def test_five_days_of_nothing_but_failures_switch_an_endpoint_off(alice, fail, receiver):
    endpoint, _ = endpoint_of(alice, receiver.url())
    receiver.reply = answer(b"", status="500 Oops")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        fail()
        deliver()
        clock.shift(timedelta(days=4, hours=23))
        fail()
        deliver()
        assert Endpoint.objects.get().is_enabled
        clock.shift(timedelta(hours=2))
        fail()
        deliver()
        endpoint.refresh_from_db()
        assert (endpoint.is_enabled, endpoint.off_reason, endpoint.off_at) == (False, "failing", timezone.now())
        assert not Delivery.objects.filter(status="pending").exists()
        verbs.switch_on(endpoint=endpoint, by=alice)
        fail()
        deliver()
        assert Endpoint.objects.get().is_enabled


def test_one_success_in_between_clears_its_name(alice, fail, receiver):
    endpoint_of(alice, receiver.url())
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for reply, hours in [("500 Oops", 0), ("200 OK", 100), ("500 Oops", 1), ("500 Oops", 118)]:
            receiver.reply = answer(b"", status=reply)
            clock.shift(timedelta(hours=hours))
            fail()
            deliver()
            assert Endpoint.objects.get().is_enabled, (reply, hours)


def test_what_was_taken_while_it_was_switched_off_counts_as_taken(alice, fail, receiver):
    endpoint, _ = endpoint_of(alice, receiver.url())
    fail()
    (row,) = services.due(limit=1, busy={})
    verbs.pause(endpoint=endpoint, by=alice)
    assert Delivery.objects.get().status == "failed"
    services.record(row, services.attempt(row))
    assert Delivery.objects.get().status == "delivered"
