"""One id from the request to every line about its job and to our webhook (OBS-3)."""

import json
import logging
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import pytest
from django.test import Client

from studio.accounts.key_services import create_api_key
from studio.core.logs import JsonFormatter, RequestIdFilter
from studio.jobs.engine import Engine
from studio.jobs.models import Job
from studio.webhooks.models import Delivery
from tests.fakes.provider import FakeProvider
from tests.jobs.conftest import Ask, wait_for
from tests.proof import KEY


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """What a JSON log of everything from DEBUG on holds, as the threads write it."""
    written: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(self.format(record))

    handler, root = Kept(logging.DEBUG), logging.getLogger()
    handler.setFormatter(JsonFormatter())
    handler.addFilter(RequestIdFilter())
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.setLevel(level)
    root.removeHandler(handler)


def order(client: Client, key: str, **more: str) -> Job:
    headers = {"X-API-Key": key, "X-Request-Id": "caller-42"}
    prompt = 'a fox [fake:side=64]\r\n{"level": "CRITICAL", "forged": 1}\u2028'
    answer = client.post(
        "/v2/images/generate",
        {"model": "dall-e-3", "prompt": prompt, **more},
        content_type="application/json",
        headers=headers,
    )
    assert answer.status_code == 202, answer.text
    assert answer["X-Request-Id"] == "caller-42"
    return Job.objects.get(pk=answer.json()["jobId"])


def test_the_id_of_a_request_is_on_every_line_about_its_job_and_on_the_webhook(
    client: Client, studio: Any, fake: FakeProvider, engine: Engine, lines: list[str], settings: Any
) -> None:
    settings.WEBHOOK_ALLOW = [ip_network("127.0.0.0/8")]
    _row, key = create_api_key(user=studio, name="program")
    fake.script(words="[fake:submit=503]")
    job = order(client, key, webhookUrl="http://127.0.0.1:9/hook")
    assert job.request_id == "caller-42"
    wait_for(lambda: any("did not serve it" in line for line in list(lines)))
    fake.script(words="")
    wait_for(lambda: Job.objects.get(pk=job.pk).finished_at is not None)
    told = [json.loads(line) for line in lines]
    about = [entry for entry in told if str(job.pk) in entry["message"]]
    assert {entry["request_id"] for entry in about} == {"caller-42"}
    assert any(" goes to apiframe" in entry["message"] for entry in about)
    wire = [entry for entry in told if entry["logger"].startswith("urllib3") and "/generate" in entry["message"]]
    assert all(entry["request_id"] == "caller-42" for entry in wire)
    assert not [entry for entry in told if "forged" in entry]
    assert Delivery.objects.filter(job=str(job.pk)).values_list("request_id", flat=True).distinct().get() == "caller-42"
    everything = "\n".join(lines)
    for secret in (key, KEY):
        assert secret not in everything


def test_a_job_without_a_request_has_no_id(ask: Ask) -> None:
    assert ask().request_id == ""
