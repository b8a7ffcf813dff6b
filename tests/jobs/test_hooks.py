"""The door of providers' webhooks: signed, single-purpose, believed in nothing (WHI-1 to WHI-6)."""

import hashlib
import hmac
import io
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from studio.accounts.models import User
from studio.core.models import Counter
from studio.core.queue import waiting
from studio.jobs import lifecycle, turns
from studio.jobs.models import Attempt
from tests.jobs.webhooks import BASE, OTHER_KEY, nudged, open_studio, ordered, send, signature, state, told
from tests.proof import KEY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def studio(settings: LazySettings) -> User:
    return open_studio(settings)


def test_a_signed_webhook_nudges_and_changes_nothing_else(studio: User) -> None:
    flight = ordered(studio)
    before = state(flight)
    answer = send(flight.order.webhook_url)
    assert (answer.status_code, answer.json()) == (200, {"received": True})
    assert nudged(flight) is not None
    assert state(flight) == before


@pytest.mark.parametrize("form", ["sha256=%s", "%s", "SHA256 in hex digits", "sha256=%S"])
def test_every_form_of_their_signature_is_taken(studio: User, form: str) -> None:
    body = told()
    of_digits = hmac.new(hashlib.sha256(KEY.encode()).hexdigest().encode(), body, "sha256").hexdigest()
    given = {"%s": signature(body), "sha256=%s": f"sha256={signature(body)}", "sha256=%S": f"sha256={of_digits}"}
    flight = ordered(studio)
    assert send(flight.order.webhook_url, body, signed=given.get(form, of_digits)).status_code == 200


def test_an_early_webhook_is_taken_before_the_order_is_confirmed(studio: User) -> None:
    flight = ordered(studio, "")
    assert send(flight.order.webhook_url).status_code == 200
    assert nudged(flight) is not None


BODY = told()
FORGED = {
    "missing": (BODY, ""),
    "not hex": (BODY, "sha256=é"),
    "of another key": (BODY, f"sha256={signature(BODY, OTHER_KEY)}"),
    "of no key": (BODY, f"sha256={signature(BODY, '')}"),
    "plain HMAC of the key": (BODY, hmac.new(KEY.encode(), BODY, "sha256").hexdigest()),
    "one byte more": (BODY + b" ", f"sha256={signature(BODY)}"),
    "one byte changed": (BODY.replace(b"100", b"101"), f"sha256={signature(BODY)}"),
    "cut": (BODY, f"sha256={signature(BODY)[:-1]}"),
    "not JSON": (b"{", "sha256=" + "0" * 64),
}


@pytest.mark.parametrize(("body", "signed"), FORGED.values(), ids=FORGED)
def test_a_wrong_signature_is_401_and_writes_nothing_but_a_count(studio: User, body: bytes, signed: str) -> None:
    flight = ordered(studio)
    before = state(flight)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = send(flight.order.webhook_url, body, signed=signed)
    assert (answer.status_code, list(answer.json())) == (401, ["error"])
    written = [query["sql"] for query in queries if not query["sql"].startswith("SELECT")]
    assert len(written) == 1
    assert "core_counter" in written[0]
    assert (state(flight), nudged(flight)) == (before, None)
    assert Counter.objects.get(key="hooks:unsigned:apiframe").count == 1


def test_another_providers_signature_or_address_opens_nothing(studio: User) -> None:
    flight = ordered(studio)
    url, body = flight.order.webhook_url, told()
    theirs = f"sha256={signature(body, OTHER_KEY)}"
    assert send(url, body, signed=theirs).status_code == 401
    assert send(url.replace("/apiframe/", "/second/"), body, signed=theirs).status_code == 404
    assert send(url.replace("/apiframe/", "/sandbox/"), body).status_code == 404
    assert nudged(flight) is None


def test_a_hundred_replays_and_a_late_one_change_nothing(studio: User) -> None:
    flight = ordered(studio)
    lifecycle.fail(flight, code="provider_error")
    before = state(flight)
    with time_machine.travel(timezone.now()) as clock:
        assert {send(flight.order.webhook_url).status_code for _ in range(100)} == {200}
        clock.shift(timedelta(days=30))
        assert send(flight.order.webhook_url).status_code == 200
    assert (state(flight), nudged(flight), waiting()) == (before, None, 1)


def test_an_order_that_was_placed_anew_is_not_nudged_by_the_one_before(studio: User) -> None:
    flight = ordered(studio)
    lifecycle.requeue(flight, code="rate_limited", text="", seconds=0, is_unwell=False)
    (again,) = turns.claim("an engine", room=1)
    assert again.order.webhook_url != flight.order.webhook_url
    assert send(flight.order.webhook_url).status_code == 200
    assert nudged(again) is None


def test_a_message_about_another_order_is_404(studio: User) -> None:
    flight, other = ordered(studio), ordered(studio, "job-2")
    assert send(flight.order.webhook_url, told(jobId="job-2")).status_code == 404
    assert (nudged(flight), nudged(other)) == (None, None)


def test_an_address_nobody_was_given_is_404_without_a_query(studio: User, django_assert_num_queries: Any) -> None:
    url = ordered(studio).order.webhook_url
    last = "A" if url[-2] != "A" else "B"
    for address in (url[:-2] + last + "/", f"{BASE}/hooks/apiframe/x/", f"{BASE}/hooks/apiframe/{'A' * 52}/"):
        with django_assert_num_queries(0):
            answer = send(address)
        assert (answer.status_code, list(answer.json())) == (404, ["error"])
    for address in (f"{BASE}/hooks/", f"{BASE}/hooks/apiframe/", f"{BASE}/hooks/a b/x/"):
        assert list(send(address).json()) == ["error"]


def test_the_order_of_a_job_that_was_deleted_is_404(studio: User) -> None:
    flight = ordered(studio)
    Attempt.objects.all().delete()
    assert send(flight.order.webhook_url).status_code == 404


def test_an_unknown_job_is_looked_up_at_once(studio: User) -> None:
    flight = ordered(studio)
    lifecycle.mark_unknown(flight, code="provider_unreachable")
    queued = waiting()
    assert turns.resume("another", room=5) == []
    for _ in range(3):
        assert send(flight.order.webhook_url).status_code == 200
    assert waiting() == queued + 1
    (found,) = turns.resume("another", room=5)
    assert (found.job_id, found.is_unknown) == (flight.job_id, True)


def test_what_is_no_webhook_is_refused_in_json(studio: User) -> None:
    flight = ordered(studio)
    path = flight.order.webhook_url.removeprefix(BASE)
    client = Client(enforce_csrf_checks=True)
    for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"):
        answer = client.generic(method, path)
        assert (answer.status_code, answer["Allow"]) == (405, "POST")
        assert answer["Content-Type"] == "application/json"
    file = io.BytesIO(b'{"files": {}}')
    file.name = "a.json"
    kinds = [client.post(path, {"file": file}), client.post(path, told(), content_type="text/plain")]
    kinds += [client.post(path, "a=1", content_type="application/x-www-form-urlencoded"), client.post(path)]
    assert {(answer.status_code, tuple(answer.json())) for answer in kinds} == {(415, ("error",))}
    assert nudged(flight) is None


@pytest.mark.parametrize("is_chunked", [False, True])
def test_256_kb_are_taken_and_a_byte_more_is_not(studio: User, is_chunked: bool) -> None:
    flight = ordered(studio)
    for size, status in ((256 * 1024, 200), (256 * 1024 + 1, 413)):
        body = told(pad="")
        body = told(pad="x" * (size - len(body)))
        if not is_chunked:
            assert send(flight.order.webhook_url, body).status_code == status
            continue
        rest = {"wsgi.input": io.BytesIO(body), "wsgi.input_terminated": True, "CONTENT_TYPE": "application/json"}
        path, signed = flight.order.webhook_url.removeprefix(BASE), {"X-Webhook-Signature": signature(body)}
        assert Client().generic("POST", path, headers=signed, **rest).status_code == status


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[" * 20 + b"]" * 20, 400),  # read, but no object
        (b'{"a":' * 20 + b"1" + b"}" * 20, 200),
        (b'{"a":' * 21 + b"1" + b"}" * 21, 400),
        (b" ", 400),
        (b"\xff\xfe", 400),
        (b'"text"', 400),
        (b'{"a": NaN}', 400),
        (b'{"jobId": {"$gt": ""}}', 200),
    ],
)
def test_signed_nonsense_is_no_error_of_ours(studio: User, body: bytes, status: int) -> None:
    answer = send(ordered(studio).order.webhook_url, body)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/json")


def test_cookies_change_nothing(studio: User) -> None:
    flight = ordered(studio)
    client = Client(enforce_csrf_checks=True)
    client.force_login(studio)
    client.cookies["language"] = "ja"
    answer = send(flight.order.webhook_url, client=client)
    assert (answer.status_code, answer.cookies.output()) == (200, "")
    assert "Cookie" not in answer.get("Vary", "")
    refused = send(flight.order.webhook_url, client=client, signed="")
    assert refused.json() == {"error": "The signature does not fit."}
    with CaptureQueriesContext(connection) as queries:
        send(flight.order.webhook_url, client=client)
    assert not [query for query in queries if "session" in query["sql"]]
