"""The webhook bench in a browser without script: deliveries, sent again, filtered, shown."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone
from django.utils.html import escape

from studio.jobs import lifecycle
from studio.webhooks import endpoint_services as verbs
from studio.webhooks import services, tasks
from studio.webhooks.health import switch_off
from studio.webhooks.models import Delivery, DeliveryAttempt, Endpoint
from tests.core.peers import answer
from tests.webhooks.conftest import LOOPBACK, claimed, deliver, endpoint_of, read
from tests.webhooks.test_bench import BENCH, delivery_page, form, page_of, shown
from tests.webhooks.test_report import complete

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def signed_in(catalogue, settings, client, alice):
    settings.WEBHOOK_ALLOW = LOOPBACK
    client.force_login(alice)


def test_one_is_sent_again_with_the_same_id_and_body_and_a_whole_schedule(client, alice, fail, receiver):
    endpoint_of(alice, receiver.url())
    fail()
    deliver()
    row = Delivery.objects.get()
    client.post(delivery_page(row, "again"))
    deliver()
    first, second = (read(request) for request in receiver.requests)
    assert (first[1]["webhook-id"], first[2]) == (second[1]["webhook-id"], second[2])
    row.refresh_from_db()
    assert (row.status, row.attempts, row.tries.count()) == ("delivered", 2, 2)
    receiver.reply = answer(b"", status="500 Oops")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client.post(delivery_page(row, "again"))
        while Delivery.objects.filter(status="pending").exists():
            clock.move_to(Delivery.objects.get().next_at)
            deliver()
    row.refresh_from_db()
    assert (row.status, row.attempts) == ("failed", 12)


def test_one_that_waits_goes_now_and_one_under_way_is_left_alone(client, alice, fail, receiver):
    receiver.reply = answer(b"", status="500 Oops")
    endpoint_of(alice, receiver.url())
    fail()
    (claimed_row,) = services.due(limit=1, busy={})
    lease = Delivery.objects.get().next_at
    assert "Being sent" in shown(client, delivery_page(claimed_row))
    client.post(delivery_page(claimed_row, "again"))
    assert Delivery.objects.get().next_at == lease
    services.record(claimed_row, services.attempt(claimed_row))
    assert "Next attempt" in shown(client, delivery_page(claimed_row))
    assert deliver() == 0
    client.post(delivery_page(claimed_row, "again"))
    assert deliver() == 1


def test_what_failed_lately_is_sent_again_all_at_once(client, alice, bob, fail, receiver):
    here, _ = endpoint_of(alice, receiver.url())
    off, _ = endpoint_of(alice, receiver.url("/off"), events=["failed"])
    theirs, _ = endpoint_of(bob, receiver.url("/bob"))
    fail(), fail(), fail()
    old = Delivery.objects.filter(endpoint=here).first()
    Delivery.objects.update(status="failed")
    Delivery.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(hours=7))
    services.Delivery.objects.create(
        owner=bob, endpoint=theirs, job="x", event="failed", url=theirs.url, host="h", body="{}", status="failed"
    )
    verbs.pause(endpoint=off, by=alice)
    response = client.post("/webhooks/again/", {"hours": "6", "endpoint": "", "event": "", "job": ""}, follow=True)
    assert "2 deliveries are sent again." in response.content.decode()
    waiting = Delivery.objects.filter(status="pending")
    assert set(waiting.values_list("endpoint", flat=True)) == {here.pk}
    assert not waiting.filter(pk=old.pk).exists()
    assert client.post("/webhooks/again/", {"hours": "5"}).status_code == 422
    assert "Nothing failed" in client.post("/webhooks/again/", {"hours": "1"}, follow=True).content.decode()


def test_nothing_is_sent_again_to_an_endpoint_that_is_off(client, alice, fail):
    endpoint, _ = endpoint_of(alice)
    fail()
    verbs.pause(endpoint=endpoint, by=alice)
    answered = client.post(delivery_page(Delivery.objects.get(), "again"), follow=True)
    assert "Switch it on first" in answered.content.decode()
    assert Delivery.objects.get().status == "failed"


def test_nothing_is_sent_again_to_an_endpoint_that_is_deleted_and_its_history_stays(client, alice, fail):
    endpoint, _ = endpoint_of(alice)
    fail()
    client.post(page_of(endpoint, "test"), {"event": "failed"})
    verbs.delete_endpoint(endpoint=endpoint, by=alice)
    for row in Delivery.objects.all():
        client.post(delivery_page(row, "again"))
        assert "an endpoint that is deleted" in shown(client, delivery_page(row))
    assert set(Delivery.objects.values_list("status", flat=True)) == {"failed"}
    assert deliver() == 0


def test_strangers_find_nothing(client, alice, bob, fail):
    endpoint, _ = endpoint_of(alice)
    fail()
    row = Delivery.objects.get()
    client.force_login(bob)
    for url in (page_of(endpoint), page_of(endpoint, "edit"), delivery_page(row)):
        assert client.get(url).status_code == 404
    for url in [*(page_of(endpoint, name) for name in ("edit", "switch", "rotate", "test", "delete"))]:
        assert client.post(url, {"on": "0", "number": "1", "event": "failed", **form()}).status_code == 404
    assert client.post(delivery_page(row, "again")).status_code == 404
    for query in ("", f"?endpoint={endpoint.pk}", f"?job={row.job}"):
        assert row.message_id not in shown(client, BENCH + query)
    same_id = client.post("/webhooks/endpoints/new/", form(id=str(endpoint.pk)))
    assert same_id.status_code == 404
    endpoint.refresh_from_db()
    assert (endpoint.is_enabled, endpoint.secret_number, endpoint.owner) == (True, 1, alice)


def test_the_list_is_filtered_and_goes_on(client, alice, ask, fail, monkeypatch):
    endpoint, _ = endpoint_of(alice)
    job = ask()
    lifecycle.fail(claimed(job), code="bad_request")
    complete(ask())
    fail()
    Delivery.objects.filter(endpoint=endpoint, event="failed").update(status="failed")
    links = {row.message_id: row for row in Delivery.objects.all()}
    assert len(links) == 5

    def found(query):
        page = shown(client, f"{BENCH}?{query}")
        return {name for name in links if name in page}

    def wanted(**asked):
        return set(Delivery.objects.filter(**asked).values_list("message_id", flat=True))

    assert found("") == set(links)
    assert found("state=failed") == wanted(status="failed")
    assert found("event=completed") == wanted(event="completed")
    assert found(f"endpoint={endpoint.pk}") == wanted(endpoint=endpoint)
    assert found("endpoint=own") == wanted(endpoint=None)
    assert found(f"job={job.pk}") == wanted(job=str(job.pk))
    assert found("state=odd&event=odd&endpoint=odd&job=odd&before=odd") == set(links)
    monkeypatch.setattr("studio.webhooks.bench.PAGE", 3)
    first = found("")
    before = min(links[name].pk for name in first)
    assert len(first) == 3
    assert found(f"before={before}") == set(links) - first
    rest = client.get(f"{BENCH}?before={before}", headers={"HX-Request": "true"}).content.decode()
    assert rest.lstrip().startswith("<tr>")


def test_the_list_asks_a_fixed_number_of_questions(client, alice, fail, django_assert_max_num_queries):
    endpoint_of(alice)
    for _number in range(6):
        fail()
    with django_assert_max_num_queries(12):
        shown(client, BENCH)


def test_hostile_answers_are_shown_as_text(client, alice, fail, receiver):
    endpoint_of(alice, receiver.url("/hook?token=<script>"))
    receiver.reply = answer(b"<script>alert(1)</script>\r\n\x1b[31m</pre>", status="500 <b>Oops</b>")
    fail()
    deliver()
    page = shown(client, delivery_page(Delivery.objects.get()))
    assert "<script>alert" not in page
    assert escape("<script>alert(1)</script>") in page
    assert "<b>Oops" not in page + shown(client, BENCH)


def test_the_page_of_a_delivery_has_request_answers_and_times(client, alice, ask, receiver, key):
    receiver.reply = answer(b"try later", status="503 Busy")
    job = ask(receiver.url("/own"))
    lifecycle.fail(claimed(job), code="bad_request")
    deliver()
    row, attempt = Delivery.objects.get(), DeliveryAttempt.objects.get()
    page = shown(client, delivery_page(row))
    for part in (row.message_id, "/own", f"{attempt.duration_ms} ms", "HTTP 503", "try later", "webhook-signature"):
        assert part in page
    assert escape('"jobId": "') in page
    assert f"/jobs/{job.pk}/" in page
    assert f"{BENCH}?job={job.pk}" in shown(client, f"/jobs/{job.pk}/")
    assert "data-poll" in page
    Delivery.objects.update(next_at=timezone.now() + timedelta(hours=1))
    assert "data-poll" not in shown(client, delivery_page(row))


def test_an_owner_is_mailed_of_what_they_did_not_do_themselves(alice, settings):
    settings.EMAIL_IS_SET = True
    alice.email = "alice@studio.example"
    alice.save()
    endpoint, _secret = endpoint_of(alice, "https://b.example/hook?token=hushhush")
    switch_off(endpoint, why=Endpoint.Off.FAILING)
    tasks.mail_endpoint_off(str(endpoint.pk))
    (message,) = mail.outbox
    assert message.to == ["alice@studio.example"]
    assert page_of(endpoint) in message.body
    assert "https://b.example/hook" in message.body
    assert "hushhush" not in message.body
    verbs.switch_on(endpoint=endpoint, by=alice)
    tasks.mail_endpoint_off(str(endpoint.pk))
    assert len(mail.outbox) == 1


def test_the_way_there_is_in_the_account_menu(client):
    assert f'href="{BENCH}"' in shown(client, "/usage/")
