"""Standing endpoints: which jobs they hear of, how they are signed, when they are switched off."""

import hashlib
import hmac
import json
from base64 import b64decode
from datetime import timedelta
from ipaddress import ip_network

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from studio.accounts.key_services import create_api_key
from studio.jobs import lifecycle, turns
from studio.jobs.models import Job
from studio.jobs.progress import write_progress
from studio.jobs.services import submit_job
from studio.webhooks import endpoint_services as verbs
from studio.webhooks import services
from studio.webhooks.models import Delivery, Endpoint
from tests.core.peers import serving
from tests.webhooks.conftest import LOOPBACK, claimed, deliver, endpoint_of, read

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def shops(catalogue, settings):
    settings.WEBHOOK_ALLOW = LOOPBACK


def events(endpoint):
    return list(Delivery.objects.filter(endpoint=endpoint).order_by("pk").values_list("event", flat=True))


def test_jobs_of_the_studio_are_told_too_and_a_job_with_an_address_of_its_own_tells_both(alice, ask, fail, key):
    endpoint, _secret = endpoint_of(alice)
    fail()
    assert events(endpoint) == ["failed"]
    own = ask()
    lifecycle.fail(claimed(own), code="bad_request")
    rows = Delivery.objects.filter(job=str(own.pk))
    assert {(row.endpoint_id, row.api_key_id) for row in rows} == {(endpoint.pk, None), (None, own.api_key_id)}
    assert len(set(rows.values_list("body", flat=True))) == 1
    assert set(rows.values_list("owner", flat=True)) == {alice.pk}


def test_nobody_hears_of_other_peoples_jobs_or_of_what_was_not_asked_for(alice, bob, fail):
    others, _ = endpoint_of(bob)
    quiet, _ = endpoint_of(alice, events=["completed"])
    off, _ = endpoint_of(alice)
    verbs.pause(endpoint=off, by=alice)
    gone, _ = endpoint_of(alice)
    verbs.delete_endpoint(endpoint=gone, by=alice)
    fail()
    assert [events(endpoint) for endpoint in (others, quiet, off, gone)] == [[]] * 4


def test_an_endpoint_of_one_key_hears_of_its_jobs_alone(alice, ask, key, fail):
    mine, other = alice.api_keys.get(), create_api_key(user=alice, name="other")[0]
    endpoint, other_endpoint = (endpoint_of(alice, api_key=one)[0] for one in (mine, other))
    fail()
    lifecycle.fail(claimed(ask()), code="bad_request")
    assert (events(endpoint), events(other_endpoint)) == (["failed"], [])


def test_settling_asks_once_for_endpoints_and_not_at_all_where_there_are_none(alice, bob):
    job = submit_job(user=alice, model="dall-e-3", prompt="a fox", params={})[0]
    endpoint_of(bob)

    def asked():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            claimed_flight.progress = (claimed_flight.progress or 0) + 10
            write_progress([claimed_flight])
        return len(seen), sum(one["sql"].startswith('SELECT "webhooks_endpoint"') for one in seen)

    claimed_flight = claimed(job)
    without, looked = asked()
    assert looked == 0
    for _number in range(5):
        endpoint_of(alice, events=["progress"])
    with_five, looked = asked()
    assert looked == 1
    assert with_five - without == 3  # the endpoints, what waits, one insert
    assert Delivery.objects.count() == 5


def test_only_the_newest_progress_waits_at_each_target(alice, ask):
    endpoint, _ = endpoint_of(alice, events=["progress"])
    ends, _ = endpoint_of(alice, events=["failed"])
    job = ask(webhookEvents=["progress"])
    flight = claimed(job)
    for percent in (10, 40):
        flight.progress = percent
        write_progress([flight])
    assert {json.loads(row.body)["progress"] for row in Delivery.objects.all()} == {40}
    assert Delivery.objects.count() == 2
    lifecycle.fail(flight, code="bad_request")
    assert (events(endpoint), events(ends)) == (["progress"], ["failed"])


def test_webhook_status_is_that_of_the_jobs_own_address(alice, ask, status):
    endpoint_of(alice)
    job = ask()
    lifecycle.fail(claimed(job), code="bad_request")
    for minutes in (-1, 1):  # whichever of the two is read last
        at = timezone.now() + timedelta(minutes=minutes)
        Delivery.objects.filter(endpoint__isnull=False).update(status="failed", created_at=at)
        assert status(job) == "pending"
    silent = ask()
    Job.objects.filter(pk=silent.pk).update(webhook_url="")
    lifecycle.fail(claimed(silent), code="bad_request")
    silent.refresh_from_db()
    assert Delivery.objects.filter(job=str(silent.pk)).count() == 1
    assert status(silent) is None


def test_a_real_delivery_is_verified_by_the_standard_library_and_by_the_vendors_scheme(alice, fail, receiver):
    _endpoint, secret = endpoint_of(alice, receiver.url("/hook"))
    job = fail()
    assert deliver() == 1
    _first, headers, body = read(receiver.requests[0])
    assert Webhook(secret).verify(body, headers) == json.loads(body)
    assert json.loads(body)["jobId"] == str(job.pk)
    raw = b64decode(secret.removeprefix("whsec_"))
    assert len(raw) == 32
    assert headers["x-webhook-signature"] == f"sha256={hmac.new(raw, body, hashlib.sha256).hexdigest()}"
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body + b" ", headers)


def test_the_standard_library_verifies_what_a_jobs_own_address_is_sent(ask, receiver, key):
    from studio.accounts.keys import whsec_of

    lifecycle.fail(claimed(ask(receiver.url())), code="bad_request")
    deliver()
    _first, headers, body = read(receiver.requests[0])
    assert Webhook(whsec_of(key)).verify(body, headers)["event"] == "failed"


def test_both_secrets_sign_for_a_day_after_a_rotation(alice, fail, receiver):
    endpoint, old = endpoint_of(alice, receiver.url())
    with time_machine.travel(timezone.now(), tick=False) as clock:
        new = verbs.rotate_secret(endpoint=endpoint, by=alice, number=1)
        assert new
        assert verbs.rotate_secret(endpoint=endpoint, by=alice, number=1) is None
        clock.shift(timedelta(hours=23))
        fail()
        deliver()
        _first, headers, body = read(receiver.requests[-1])
        for secret in (old, new):
            Webhook(secret).verify(body, headers)
        clock.shift(timedelta(hours=2))
        fail()
        deliver()
        _first, headers, body = read(receiver.requests[-1])
        Webhook(new).verify(body, headers)
        with pytest.raises(WebhookVerificationError):
            Webhook(old).verify(body, headers)
        services.tidy()
    endpoint.refresh_from_db()
    assert (endpoint.old_secret, endpoint.secret_number) == ("", 2)


def test_secrets_are_encrypted_at_rest_and_different(alice):
    (one, first), (_two, second) = endpoint_of(alice), endpoint_of(alice)
    assert first != second
    kept = " ".join(str(value) for row in Endpoint.objects.values_list() for value in row)
    assert first[6:] not in kept
    assert b64decode(first[6:]).hex() not in kept
    verbs.delete_endpoint(endpoint=one, by=alice)
    one.refresh_from_db()
    assert (one.secret, one.old_secret, one.is_enabled) == ("", "", False)


def test_a_delivery_is_signed_for_exactly_one(alice, fail, key):
    endpoint_of(alice)
    fail()
    row = Delivery.objects.get()
    for key_id, endpoint_id in [(alice.api_keys.get().pk, row.endpoint_id), (None, None)]:
        with pytest.raises(IntegrityError), transaction.atomic():
            Delivery.objects.update(api_key=key_id, endpoint=endpoint_id)


@pytest.mark.parametrize(
    "url",
    [
        *("", "hook", "ftp://a.example/", "https://u:p@a.example/", "https://a.example:22/", "http://169.254.169.254/"),
        *("http://localhost/", "https://LOCALHOST.:8443/", "https://a.localhost/", "https://printer.local/"),
        *("https://intranet/hook", "http://metadata.google.internal/"),
    ],
)
def test_a_malformed_or_forbidden_address_is_refused_and_nothing_is_changed(alice, settings, url):
    settings.WEBHOOK_ALLOW = []
    with pytest.raises(verbs.BadAddress):
        endpoint_of(alice, url)
    assert not Endpoint.objects.exists()
    endpoint, _ = endpoint_of(alice)
    with pytest.raises(verbs.BadAddress):
        verbs.change_endpoint(endpoint=endpoint, by=alice, url=url, events=["failed"])
    assert Endpoint.objects.get().url == "https://b.example/hook"


def test_names_of_ones_own_network_are_taken_where_the_operator_lets_webhooks_into_it(alice, settings):
    settings.WEBHOOK_ALLOW = [ip_network("10.0.0.0/8")]
    assert endpoint_of(alice, "https://intranet/hook")[0].url == "https://intranet/hook"


def test_there_are_twenty_endpoints_at_most(alice, bob):
    made = [endpoint_of(alice)[0] for _number in range(20)]
    with pytest.raises(verbs.TooManyEndpoints):
        endpoint_of(alice)
    endpoint_of(bob)
    verbs.delete_endpoint(endpoint=made[0], by=alice)
    endpoint_of(alice)


def test_a_flood_at_a_full_host_and_a_dead_one_leaves_others_their_turn(alice, fail, receiver):
    with serving(lambda _connection: None) as dead:
        for _number in range(3):
            endpoint_of(alice, dead.url())
        endpoint_of(alice, receiver.url())
        fail(), fail()
        rows = services.due(limit=64, busy={})
    hosts = [row.host for row in rows]
    assert hosts.count(f"127.0.0.1:{dead.port}") == services.PER_HOST
    assert hosts.count(f"127.0.0.1:{receiver.port}") == 2
    assert len(turns.claim("nobody", room=1)) == 0
