"""The webhook bench in a browser without script: endpoints, deliveries, sending again, trying out."""

import json
import re
import uuid

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from studio.jobs import lifecycle
from studio.webhooks import endpoint_services as verbs
from studio.webhooks.models import Delivery, Endpoint
from tests.core.peers import answer
from tests.webhooks.conftest import LOOPBACK, claimed, deliver, endpoint_of, read
from tests.webhooks.test_report import complete

pytestmark = pytest.mark.django_db(transaction=True)
BENCH = "/webhooks/"


@pytest.fixture(autouse=True)
def signed_in(catalogue, settings, client, alice):
    settings.WEBHOOK_ALLOW = LOOPBACK
    client.force_login(alice)


def page_of(endpoint, name="endpoint"):
    return reverse(f"webhooks:{name}", args=[endpoint.pk])


def delivery_page(row, name="delivery"):
    return reverse(f"webhooks:{name}", args=[row.message_id])


def form(**changes):
    return {"id": str(uuid.uuid4()), "url": "https://b.example/hook", "events": ["completed"], "api_key": "", **changes}


def shown(client, url):
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


def test_an_endpoint_is_added_and_its_secret_shown_once(client, alice):
    asked = form()
    response = client.post("/webhooks/endpoints/new/", asked)
    endpoint = Endpoint.objects.get()
    assert (str(endpoint.pk), endpoint.owner, endpoint.events) == (asked["id"], alice, ["completed"])
    (secret,) = set(re.findall(r"whsec_[\w+/]{43}=", response.content.decode()))
    assert "no-store" in response["Cache-Control"]
    again = client.post("/webhooks/endpoints/new/", asked)
    assert again["Location"] == page_of(endpoint)
    assert Endpoint.objects.count() == 1
    for url in (BENCH, page_of(endpoint), page_of(endpoint, "edit")):
        assert secret[6:] not in shown(client, url)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"url": "hook"}, "Only http and https"),
        ({"url": "http://10.0.0.1/"}, "not on the public internet"),
        ({"url": "https://b.example:22/"}, "ports 80, 443 and 8443"),
        ({"url": "https://u:p@b.example/"}, "user name or a password"),
        ({"url": "http://[::1"}, "not a web address"),
        ({"url": "https://b.example/" + "a" * 2000}, "at most 2000"),
        ({"url": ""}, "required"),
        ({"events": []}, "at least one"),
        ({"events": ["cancelled"]}, "not one of the available choices"),
        ({"api_key": str(uuid.uuid4())}, "not one of the available choices"),
    ],
)
def test_a_wrong_form_is_told_why_and_makes_nothing(client, settings, wrong, sentence):
    settings.WEBHOOK_ALLOW = []
    response = client.post("/webhooks/endpoints/new/", form(**wrong))
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Endpoint.objects.exists()


def test_the_twenty_first_endpoint_is_refused_in_words(client, alice):
    for _number in range(20):
        endpoint_of(alice)
    response = client.post("/webhooks/endpoints/new/", form())
    assert response.status_code == 422
    assert "20 endpoints" in response.content.decode()
    assert "/webhooks/endpoints/new/" not in shown(client, BENCH)


def test_somebody_elses_key_cannot_be_chosen(client, alice, bob):
    from studio.accounts.key_services import create_api_key

    theirs, mine = (create_api_key(user=person, name="k")[0] for person in (bob, alice))
    assert client.post("/webhooks/endpoints/new/", form(api_key=str(theirs.pk))).status_code == 422
    assert client.post("/webhooks/endpoints/new/", form(api_key=str(mine.pk))).status_code == 200
    assert Endpoint.objects.get().api_key == mine


def test_an_endpoint_is_changed_paused_switched_on_and_deleted(client, alice):
    endpoint, _secret = endpoint_of(alice)
    asked = form(url="https://c.example/", events=["failed", "progress"])
    assert client.post(page_of(endpoint, "edit"), asked)["Location"] == page_of(endpoint)
    endpoint.refresh_from_db()
    assert (endpoint.url, endpoint.events) == ("https://c.example/", ["progress", "failed"])
    for on, state in (("0", "Paused by you"), ("0", "Paused by you"), ("1", "On")):
        client.post(page_of(endpoint, "switch"), {"on": on})
        assert state in shown(client, page_of(endpoint))
        assert Endpoint.objects.get().is_enabled is (on == "1")
    assert client.post(page_of(endpoint, "delete"))["Location"] == BENCH
    assert client.get(page_of(endpoint)).status_code == 404
    assert "c.example" not in shown(client, BENCH)


def test_a_new_secret_is_shown_once_and_the_same_form_makes_no_other(client, alice):
    endpoint, _old = endpoint_of(alice)
    made = client.post(page_of(endpoint, "rotate"), {"number": "1"})
    assert "whsec_" in made.content.decode()
    assert "signs too until" in made.content.decode()
    again = client.post(page_of(endpoint, "rotate"), {"number": "1"})
    assert again["Location"] == page_of(endpoint)
    assert client.post(page_of(endpoint, "rotate"), {"number": "x"}).status_code == 302
    assert Endpoint.objects.get().secret_number == 2


def test_a_test_event_is_sent_marked_and_looks_like_a_real_one(client, alice, receiver):
    endpoint, _secret = endpoint_of(alice, receiver.url())
    for event in ("completed", "failed", "progress"):
        there = client.post(page_of(endpoint, "test"), {"event": event})["Location"]
        assert "About to be sent" in shown(client, there)
        deliver()
        assert "HTTP 200" in shown(client, there)
        row = Delivery.objects.get(event=event)
        assert (row.is_test, row.status) == (True, "delivered")
        body = json.loads(read(receiver.requests[-1])[2])
        assert (body.pop("test"), body["event"], body["jobId"]) == (True, event, row.job)
    assert client.post(page_of(endpoint, "test"), {"event": "cancelled"}).status_code == 422


def test_a_test_event_has_every_field_of_a_real_one(client, alice, ask):
    endpoint, _secret = endpoint_of(alice, events=["completed", "failed"])
    complete(ask())
    lifecycle.fail(claimed(ask()), code="bad_request")
    for event in ("completed", "failed"):
        client.post(page_of(endpoint, "test"), {"event": event})
        real = json.loads(Delivery.objects.get(endpoint=endpoint, event=event, is_test=False).body)
        made_up = json.loads(Delivery.objects.get(event=event, is_test=True).body)
        assert {name: type(value) for name, value in real.items()} == {
            name: type(value) for name, value in made_up.items() if name != "test"
        }


def test_a_test_reaches_an_endpoint_that_is_off_and_is_tried_once(client, alice, receiver):
    endpoint, _secret = endpoint_of(alice, receiver.url())
    verbs.pause(endpoint=endpoint, by=alice)
    receiver.reply = answer(b"", status="500 Oops")
    client.post(page_of(endpoint, "test"), {"event": "completed"})
    assert deliver() == 1
    assert Delivery.objects.get().status == "failed"


def test_sending_by_hand_has_a_limit(client, alice):
    endpoint, _secret = endpoint_of(alice)
    with time_machine.travel(timezone.now(), tick=False):
        for _number in range(verbs.BY_HAND_A_MINUTE + 3):
            client.post(page_of(endpoint, "test"), {"event": "completed"})
    assert Delivery.objects.count() == verbs.BY_HAND_A_MINUTE
