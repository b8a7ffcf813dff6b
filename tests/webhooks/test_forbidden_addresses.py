"""No delivery is connected to anything but a public address: as literal, as a name's answer, as a redirect (SSR-1)."""

from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from studio.webhooks import services
from studio.webhooks.models import Delivery, DeliveryAttempt, Endpoint
from studio.webhooks.services import Target, Told
from tests.core.peers import Internet, answer, serving
from tests.core.test_outbound_addresses import FORBIDDEN, PUBLIC, SPELLINGS, url_of
from tests.webhooks.conftest import deliver, endpoint_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def internet(monkeypatch, settings):
    settings.WEBHOOK_ALLOW = []
    with serving(answer()) as listener:
        yield Internet(monkeypatch, listener)


@pytest.fixture
def tell(alice):
    """One event for each of many addresses at once, past what the form would refuse."""

    def publish(*urls):
        endpoint, _secret = endpoint_of(alice)
        for url in urls:
            targets = [Target(url, endpoint_id=endpoint.pk)]
            services.publish([Told(uuid4(), alice.pk, "failed", {"event": "failed"}, targets)])
        while deliver():
            Delivery.objects.filter(attempts__gt=0).update(next_at=timezone.now() + timedelta(hours=1))
        assert DeliveryAttempt.objects.count() == len(urls)

    return publish


def test_literal_addresses_are_not_connected_to(internet, tell):
    tell(*map(url_of, FORBIDDEN + SPELLINGS))
    assert len(FORBIDDEN) >= 40
    assert (internet.connects, internet.lookups, internet.peer.connections) == ([], [], 0)
    assert not Delivery.objects.filter(status="delivered").exists()


def test_names_that_lead_there_are_not_connected_to(internet, tell):
    names = [f"evil{number}.example" for number in range(len(FORBIDDEN))]
    internet.names |= {name: [[PUBLIC, address]] for name, address in zip(names, FORBIDDEN, strict=True)}
    tell(*(f"https://{name}/" for name in names))
    assert (internet.connects, internet.peer.connections) == ([], 0)
    assert sorted(internet.lookups) == sorted(names)


def test_redirects_that_lead_there_are_not_followed(internet, tell):
    def redirect(connection):
        address = FORBIDDEN[internet.peer.connections - 1]
        connection.sendall(answer(b"", f"Location: {url_of(address)}", "Connection: close", status="307 There"))

    internet.peer.reply = redirect
    tell(*(f"http://{PUBLIC}/{number}" for number in range(len(FORBIDDEN))))
    assert internet.connects == [(PUBLIC, 80)] * len(FORBIDDEN)
    assert set(Delivery.objects.values_list("last_status", "status")) == {(307, "pending")}


def test_a_name_that_turns_private_after_the_form_was_sent_is_not_connected_to(internet, tell, alice):
    internet.names["turns.example"] = [[PUBLIC], ["127.0.0.1"]]
    with time_machine.travel(timezone.now(), tick=False):
        tell("http://turns.example/")
        assert internet.connects == [(PUBLIC, 80)]
        Endpoint.objects.update(url="http://turns.example/")
        Delivery.objects.all().delete()
        services.publish(
            [
                Told(uuid4(), alice.pk, "failed", {}, [Target(one.url, endpoint_id=one.pk)])
                for one in Endpoint.objects.all()
            ]
        )
        deliver()
    assert internet.connects == [(PUBLIC, 80)]
    assert internet.lookups == ["turns.example"] * 2
    assert urlsplit(Delivery.objects.get().url).hostname == "turns.example"
