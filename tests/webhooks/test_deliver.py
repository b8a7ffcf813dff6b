"""One attempt at a time: what is sent, how answers are read, when it is tried again."""

import base64
import hashlib
import hmac
import json
import uuid
from collections import Counter
from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from studio.accounts.key_services import create_api_key
from studio.accounts.keys import whsec_of
from studio.accounts.models import ApiKey
from studio.jobs import lifecycle, turns
from studio.jobs.progress import write_progress
from studio.webhooks import services
from studio.webhooks.models import Delivery
from tests.core.peers import answer, serving
from tests.webhooks.conftest import claimed, deliver, delivery_of, read

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = [0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]


@pytest.fixture
def failed(ask):
    """A job that failed and reports to a peer."""

    def make(peer):
        job = ask(peer.url("/hook?token=hushhush"))
        lifecycle.fail(claimed(job), code="bad_request")
        return job

    return make


def standard_webhooks_verify(secret, headers, body):
    """The specification's own steps: id, timestamp within five minutes, any of the space-separated signatures."""
    sent_at = int(headers["webhook-timestamp"])
    assert abs(datetime.now().timestamp() - sent_at) < 300
    signed = f"{headers['webhook-id']}.{sent_at}.{body.decode()}".encode()
    expected = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    given = [part.split(",", 1) for part in headers["webhook-signature"].split(" ")]
    assert any(version == "v1" and hmac.compare_digest(base64.b64decode(text), expected) for version, text in given)


def test_a_delivery_is_verified_by_both_schemes(failed, receiver, key, status):
    job = failed(receiver)
    assert status(job) == "pending"
    assert deliver() == 1
    first, headers, body = read(receiver.requests[0])
    assert first == "POST /hook?token=hushhush HTTP/1.1"
    assert (headers["content-type"], headers["x-webhook-event"]) == ("application/json", "failed")
    digest = hmac.new(hashlib.sha256(key.encode()).digest(), body, hashlib.sha256).hexdigest()
    assert headers["x-webhook-signature"] == f"sha256={digest}"
    standard_webhooks_verify(whsec_of(key), headers, body)
    assert json.loads(body)["jobId"] == str(job.pk)
    row = delivery_of(job)
    assert (row.status, row.attempts, row.last_status, row.last_error) == ("delivered", 1, 200, "")
    assert row.response_excerpt == "ok"
    assert row.delivered_at is not None
    assert status(job) == "delivered"
    assert deliver() == 0


def test_attempts_have_one_id_one_body_and_their_own_time(failed, receiver, key):
    receiver.reply = answer(b"no", status="500 Oops")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        failed(receiver)
        for _attempt in range(3):
            deliver()
            clock.shift(3600)
        sent = [read(request) for request in receiver.requests]
        assert len(sent) == 3
        assert {(headers["webhook-id"], body) for _first, headers, body in sent} == {
            (sent[0][1]["webhook-id"], sent[0][2])
        }
        assert len({headers["webhook-timestamp"] for _first, headers, _body in sent}) == 3
        clock.shift(-3600)
        standard_webhooks_verify(whsec_of(key), sent[2][1], sent[2][2])


def test_ten_attempts_by_the_schedule_and_then_no_more(failed, receiver, status):
    receiver.reply = answer(b"no", status="503 Busy")
    waits = []
    with time_machine.travel(timezone.now(), tick=False) as clock:
        job, last = failed(receiver), timezone.now()
        while delivery_of(job).status == "pending":
            due_at = delivery_of(job).next_at
            clock.move_to(due_at - timedelta(milliseconds=1))
            assert deliver() == 0
            clock.move_to(due_at)
            assert deliver() == 1
            waits.append((due_at - last).total_seconds())
            last = due_at
        clock.shift(timedelta(days=7))
        assert deliver() == 0
    assert len(receiver.requests) == len(waits) == 10
    for wait, seconds in zip(waits, SECONDS, strict=True):
        assert 0.9 * seconds <= wait <= 1.1 * seconds
    assert any(abs(wait - seconds) > 0.001 * seconds for wait, seconds in zip(waits, SECONDS, strict=True))
    row = delivery_of(job)
    assert (row.attempts, row.last_status, row.last_error) == (10, 503, "HTTP 503")
    assert status(job) == "failed"


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [("Retry-After: 600", 600, 600), ("Retry-After: 1", 4.5, 5.5), ("Retry-After: 9999999", 86_400, 86_400)],
)
def test_retry_after_wins_where_it_is_later_than_the_slot(failed, receiver, header, least, most):
    receiver.reply = answer(b"", header, status="429 Slow down")
    with time_machine.travel(timezone.now(), tick=False):
        job = failed(receiver)
        deliver()
        assert least <= (delivery_of(job).next_at - timezone.now()).total_seconds() <= most


def test_a_redirect_is_a_failure_and_not_followed(failed, receiver):
    with serving() as other:
        receiver.reply = answer(b"", f"Location: {other.url()}", status="307 There")
        job = failed(receiver)
        deliver()
        assert other.connections == 0
    row = delivery_of(job)
    assert (row.status, row.attempts, row.last_status) == ("pending", 1, 307)
    assert "not followed" in row.last_error


def test_410_ends_it_at_once(failed, receiver, status):
    receiver.reply = answer(b"", status="410 Gone")
    job = failed(receiver)
    deliver()
    row = delivery_of(job)
    assert (row.status, row.attempts, status(job)) == ("failed", 1, "failed")


def test_a_private_address_is_refused_and_that_counts_as_an_attempt(failed, receiver, settings):
    job = failed(receiver)
    settings.WEBHOOK_ALLOW = []
    deliver()
    row = delivery_of(job)
    assert receiver.connections == 0
    assert (row.status, row.attempts, row.last_status) == ("pending", 1, None)
    assert "address" in row.last_error
    assert "hushhush" not in row.last_error


def test_nobody_there_counts_as_an_attempt(failed, receiver):
    job = failed(receiver)
    receiver.close()
    deliver()
    assert delivery_of(job).last_error.startswith("refused")


@pytest.mark.parametrize(
    ("reply", "state", "excerpt"),
    [
        (answer(b"x" * 8192), "delivered", "x" * 500),
        (answer(b"x" * 9000), "delivered", ""),  # 2xx all the same, and not read to its end
        (answer(b"\xff\0<b>", status="204 Fine"), "delivered", None),
        (answer(b"\xff\0<b>"), "delivered", "\ufffd<b>"),
        (answer(b"?", "Content-Encoding: br"), "delivered", ""),
        (answer(b"x" * 9000, status="500 Oops"), "pending", ""),
        (b"nonsense\r\n\r\n", "pending", ""),
    ],
)
def test_answers_are_read_to_a_bound_and_kept_short(failed, receiver, reply, state, excerpt):
    receiver.reply = reply
    job = failed(receiver)
    deliver()
    row = delivery_of(job)
    assert row.status == state
    assert excerpt is None or row.response_excerpt == excerpt


def test_progress_is_sent_once(ask, receiver):
    receiver.reply = answer(b"", status="500 Oops")
    job = ask(receiver.url(), webhookEvents=["progress"])
    flight = claimed(job)
    flight.progress = 40
    write_progress([flight])
    deliver()
    row = delivery_of(job)
    assert (row.status, row.attempts) == ("failed", 1)
    services.tidy()
    assert Delivery.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        services.tidy()
    assert not Delivery.objects.exists()


def test_a_claim_is_somebodys_alone_until_its_lease_runs_out(failed, receiver):
    job = failed(receiver)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        (mine,) = services.due(limit=10, busy={})
        assert services.due(limit=10, busy={}) == []
        clock.shift(61)
        (theirs,) = services.due(limit=10, busy={})
        assert theirs.message_id == mine.message_id
        services.record(mine, services.Outcome(status=410, error="HTTP 410"))  # too late to decide anything
        assert delivery_of(job).status == "pending"
        services.record(mine, services.Outcome(status=200))  # but taken is taken
        services.record(theirs, services.Outcome(error="reset"))
        assert delivery_of(job).status == "delivered"


def test_one_host_is_given_so_many_at_once_and_others_theirs(ask, receiver):
    with serving() as other:
        jobs = [ask(url, model="dall-e-2") for url in [*[receiver.url()] * 6, other.url()]]
        for flight in turns.claim("worker", room=16):
            lifecycle.fail(flight, code="bad_request")
        assert Delivery.objects.count() == len(jobs) == 7
        first = services.due(limit=100, busy={})
        busy = f"127.0.0.1:{receiver.port}"
        assert sorted(row.host == busy for row in first) == [False, True, True, True, True]
        assert services.due(limit=100, busy={busy: 4}) == []
        assert len(services.due(limit=1, busy={busy: 2})) == 1


def test_a_long_line_for_a_full_host_hides_nobody_behind_it(key):
    signer = ApiKey.objects.get()
    for url in [*["https://dead.example/"] * 20, "https://well.example/"]:
        target = services.Target(url, api_key_id=signer.pk)
        services.publish([services.Told(uuid.uuid4(), signer.user_id, "failed", {}, [target])])
    (found,) = services.due(limit=1, busy={"dead.example:443": services.PER_HOST})
    assert found.host == "well.example:443"


def test_one_person_has_a_quarter_of_all_places_whatever_the_number_of_hosts(key, bob):
    signer, other = ApiKey.objects.get(), create_api_key(user=bob, name="script")[0]
    for number in range(12 * services.PER_OWNER):
        url = f"https://{number % 32}.dead.example/"
        target = services.Target(url, api_key_id=signer.pk)
        services.publish([services.Told(uuid.uuid4(), signer.user_id, "failed", {}, [target])])
    target = services.Target("https://well.example/", api_key_id=other.pk)
    services.publish([services.Told(uuid.uuid4(), bob.pk, "failed", {}, [target])])
    claimed = Counter(row.owner_id for row in services.due(limit=services.PER_OWNER + 1, busy={}))
    assert claimed == {signer.user_id: services.PER_OWNER, bob.pk: 1}
    assert services.due(limit=64, busy=claimed) == []
    assert len(services.due(limit=64, busy={signer.user_id: services.PER_OWNER - 3})) == 3


def test_the_id_of_the_request_comes_back_in_the_delivery(failed, receiver):
    job = failed(receiver)
    assert len(job.request_id) == 16
    deliver()
    assert read(receiver.requests[0])[1]["x-request-id"] == job.request_id
