"""Receivers on loopback, and a program that asks to be told there."""

from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from studio.accounts.key_services import create_api_key
from studio.accounts.models import User
from studio.jobs import lifecycle, turns
from studio.jobs.lifecycle import Flight
from studio.jobs.models import Job
from studio.jobs.services import submit_job
from studio.webhooks import services
from studio.webhooks.endpoint_services import add_endpoint
from studio.webhooks.models import Delivery, Endpoint
from tests.core.peers import Peer, serving

Ask = Callable[..., Job]
LOOPBACK = [ip_network("127.0.0.0/8")]


@pytest.fixture
def receiver(settings: Any) -> Iterator[Peer]:
    """A program that takes everything, where the operator allows it."""
    settings.WEBHOOK_ALLOW = LOOPBACK
    with serving() as peer:
        yield peer


@pytest.fixture
def key(alice: User, catalogue: None) -> str:
    """A live key of alice, who has 100 credits."""
    return create_api_key(user=alice, name="script")[1]


@pytest.fixture
def ask(client: Client, key: str, settings: Any) -> Ask:
    """Order one picture as a program does, with a webhook."""
    settings.WEBHOOK_ALLOW = LOOPBACK

    def order(url: str = "https://a.example/hook?token=hushhush", **changes: Any) -> Job:
        body = {"model": "dall-e-3", "prompt": "a fox", "webhookUrl": url, **changes}
        headers = {"X-API-Key": key}
        response = client.post("/v2/images/generate", body, content_type="application/json", headers=headers)
        assert response.status_code == 202, response.content
        return Job.objects.get(pk=response.json()["jobId"])

    return order


@pytest.fixture
def status(client: Client, key: str) -> Callable[[Job], str | None]:
    """The webhookStatus of a job, the same in the list and alone."""

    def read(job: Job) -> str | None:
        alone = client.get(f"/v2/jobs/{job.pk}", headers={"X-API-Key": key}).json()
        listed = client.get(f"/v2/jobs?search={job.pk}", headers={"X-API-Key": key}).json()["jobs"]
        assert [entry["webhookStatus"] for entry in listed] == [alone["webhookStatus"]]
        return alone["webhookStatus"]

    return read


def claimed(job: Job) -> Flight:
    """The job as a worker has it that is about to settle it."""
    flights = [flight for flight in turns.claim("worker", room=16) if flight.job_id == str(job.pk)]
    return flights[0]


def delivery_of(job: Job) -> Delivery:
    return Delivery.objects.get(job=str(job.pk))


def endpoint_of(owner: User, url: str = "https://b.example/hook", **changes: Any) -> tuple[Endpoint, str]:
    """A standing endpoint of `owner` and its secret."""
    asked = {"events": ["completed", "failed"], **changes}
    added = add_endpoint(owner=owner, pk=uuid4(), url=url, **asked)
    assert added is not None
    return added


def deliver() -> int:
    """One attempt of everything that is due, as the courier makes it; how many there were."""
    rows = services.due(limit=100, busy={})
    for row in rows:
        services.record(row, services.attempt(row))
    return len(rows)


def read(request: bytes) -> tuple[str, dict[str, str], bytes]:
    """First line, headers (names in lower case) and body of a request as it came over the wire."""
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    return first, {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}, body


@pytest.fixture
def fail(alice: User) -> Callable[[], Job]:
    """A job of alice, out of the studio, that failed."""

    def make() -> Job:
        job = submit_job(user=alice, model="dall-e-3", prompt="a fox", params={})[0]
        lifecycle.fail(claimed(job), code="bad_request")
        return job

    return make
