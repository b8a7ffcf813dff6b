"""Webhooks of a provider as the tests send them, and the studio that takes them."""

import hashlib
import hmac
import json
from typing import Any

from django.conf import LazySettings
from django.test import Client

from studio.accounts.models import User
from studio.jobs import lifecycle, turns
from studio.jobs.lifecycle import Flight
from studio.jobs.models import Attempt, Job
from studio.jobs.services import submit_job
from studio.providers.models import ProviderRow
from tests.proof import KEY
from tests.proof.story import prepare

BASE = "http://127.0.0.1:8160"
OTHER_KEY = "afk_another_0123456789"


def open_studio(settings: LazySettings) -> User:
    """Alice's studio under a base URL that was set, with Apiframe under KEY and a second Apiframe under OTHER_KEY."""
    settings.BASE_URL_WAS_SET, settings.STUDIO_BASE_URL = True, BASE
    prepare("http://127.0.0.1:1")
    second = ProviderRow(slug="second", kind="apiframe", name="Second", base_url="http://127.0.0.1:1", order=2)
    second.set_key(OTHER_KEY)
    second.save()
    return User.objects.get(username="alice")


def ordered(user: User, provider_job_id: str = "job-1") -> Flight:
    """A job of alice's that the provider has taken under this id; "" for one it has not confirmed yet."""
    submit_job(user=user, model="dall-e-3", prompt="a fox", params={})
    (flight,) = turns.claim("an engine", room=1)
    if provider_job_id:
        lifecycle.accepted(flight, provider_job_id)
        flight.provider_job_id = provider_job_id
    return flight


def signature(body: bytes, key: str = KEY) -> str:
    return hmac.new(hashlib.sha256(key.encode()).digest(), body, "sha256").hexdigest()


def told(**changes: Any) -> bytes:
    message = {"event": "completed", "jobId": "job-1", "status": "COMPLETED", "progress": 100, "result": None}
    return json.dumps(message | changes).encode()


def send(url: str, body: bytes | None = None, *, signed: str | None = None, client: Client | None = None) -> Any:
    body = told() if body is None else body
    headers = {"X-Webhook-Signature": f"sha256={signature(body)}" if signed is None else signed}
    headers |= {"X-Webhook-Event": "completed"}
    asked = {"data": body, "content_type": "application/json", "headers": headers}
    return (client or Client(enforce_csrf_checks=True)).post(url.removeprefix(BASE), **asked)


def nudged(flight: Flight) -> Any:
    return Job.objects.get(pk=flight.job_id).nudged_at


def state(flight: Flight) -> dict[str, Any]:
    """All that the rows say of a job and its attempt, but for the nudge."""
    (job,) = Job.objects.filter(pk=flight.job_id).values()
    (attempt,) = Attempt.objects.filter(pk=flight.attempt_id).values()
    return job | attempt | {"nudged_at": None}
