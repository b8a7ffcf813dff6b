"""What is told of a job: written with its end, in the vendor's words, and nothing else."""

import json
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from studio.credits import services as credits
from studio.jobs import lifecycle, sweep, turns
from studio.jobs.models import Attempt, Job
from studio.jobs.pictures import Stored
from studio.jobs.progress import write_progress
from studio.jobs.services import cancel_job, submit_job
from studio.providers.base import Finished
from studio.webhooks.models import Delivery
from tests.webhooks.conftest import claimed, delivery_of

pytestmark = pytest.mark.django_db
EVERY = ["progress", "completed", "failed"]


def complete(job, *, pictures=1):
    flight = claimed(job)
    flight.finished = Finished([])
    flight.stored = [Stored(uuid.uuid4(), "png", 8, 8, 1, "0" * 64, None, "") for _number in range(pictures)]
    lifecycle.complete(flight)


def told(job):
    return json.loads(delivery_of(job).body)


def test_completed_says_what_the_job_says(ask, client, key):
    job = ask(model="gpt-image-2", gptImage2Params={"quality": "low", "number_of_images": 2})
    complete(job, pictures=2)
    shown = client.get(f"/v2/jobs/{job.pk}", headers={"X-API-Key": key}).json()
    assert len(shown["result"]["images"]) == 2
    body = told(job)
    assert body == {
        "event": "completed",
        "jobId": str(job.pk),
        "status": "COMPLETED",
        "progress": 100,
        "result": shown["result"],
        "model": "gpt-image-2",
        "creditCost": shown["creditCost"],
        "completedAt": shown["completedAt"],
    }
    assert list(body)[:2] == ["event", "jobId"]


def test_failed_says_why(ask, client, key):
    job = ask()
    lifecycle.fail(claimed(job), code="content_policy", text="vendor words")
    shown = client.get(f"/v2/jobs/{job.pk}", headers={"X-API-Key": key}).json()
    assert "content policy" in shown["error"]
    assert told(job) == {
        "event": "failed",
        "jobId": str(job.pk),
        "status": "FAILED",
        "error": shown["error"],
        "model": "dall-e-3",
    }


def test_an_end_by_policy_is_told_as_well(ask):
    closed, crashed = ask(), ask()
    sweep.close(str(closed.pk), code="waited_too_long")
    claimed(crashed)
    past = timezone.now() - timedelta(minutes=5)
    Job.objects.filter(pk=crashed.pk).update(claims=turns.MOST_CLAIMS, lease_expires_at=past)
    turns.resume("another", room=5)
    assert Attempt.objects.get(job=crashed).error_code == "crashed"
    assert [told(job)["event"] for job in (closed, crashed)] == ["failed", "failed"]


def test_a_settlement_that_is_rolled_back_tells_nothing(ask, monkeypatch):
    job = ask()

    def broken(**_asked):
        raise RuntimeError

    monkeypatch.setattr(credits, "capture", broken)
    with pytest.raises(RuntimeError):
        complete(job)
    assert not Delivery.objects.exists()


def test_a_cancelled_job_tells_nothing(ask, status, alice):
    job = ask()
    assert status(job) == "pending"
    cancel_job(job=job, user=alice)
    assert not Delivery.objects.exists()
    assert status(job) is None


def test_only_what_was_asked_for_is_told(ask, status):
    job = ask(webhookEvents=["completed"])
    lifecycle.fail(claimed(job), code="bad_request")
    assert not Delivery.objects.exists()
    assert status(job) is None
    assert status(ask(webhookEvents=["progress"])) is None


def test_without_an_address_or_a_key_nothing_is_told(ask, alice):
    silent, mine = ask(), submit_job(user=alice, model="dall-e-3", prompt="a fox", params={})[0]
    Job.objects.filter(pk=silent.pk).update(webhook_url="")
    Job.objects.filter(pk=mine.pk).update(webhook_url="https://a.example/", webhook_events=EVERY)
    for flight in turns.claim("worker", room=2):
        lifecycle.fail(flight, code="bad_request")
    assert Job.objects.filter(status="FAILED").count() == 2
    assert not Delivery.objects.exists()


def test_progress_is_told_when_it_changed_and_only_the_newest_waits(ask):
    job, quiet = ask(webhookEvents=EVERY), ask()
    flights = turns.claim("worker", room=2)
    for percent in (0, 40):
        for flight in flights:
            flight.progress = percent
        write_progress(flights)
    assert told(job) == {
        "event": "progress",
        "jobId": str(job.pk),
        "status": "PROCESSING",
        "progress": 40,
        "model": "dall-e-3",
    }
    assert not Delivery.objects.filter(job=str(quiet.pk)).exists()


def test_a_worker_that_lost_the_job_tells_no_progress(ask):
    flight = claimed(ask(webhookEvents=EVERY))
    flight.progress, flight.fence = 40, flight.fence - 1
    write_progress([flight])
    assert not Delivery.objects.exists()


def test_the_end_takes_waiting_progress_back(ask):
    job = ask(webhookEvents=EVERY)
    flight = claimed(job)
    flight.progress = 40
    write_progress([flight])
    lifecycle.fail(flight, code="bad_request")
    assert delivery_of(job).event == "failed"


def test_no_row_holds_a_secret_and_bodies_are_small(ask, key):
    from studio.accounts.keys import signing_secret_of, whsec_of

    job = ask(model="gpt-image-2", gptImage2Params={"quality": "low", "number_of_images": 4})
    complete(job, pictures=4)
    row = " ".join(map(str, Delivery.objects.values_list().get()))
    for secret in (key, key[-20:], signing_secret_of(key).hex(), whsec_of(key)[6:]):
        assert secret not in row
    assert len(delivery_of(job).body.encode()) < 20_000
    assert "." not in delivery_of(job).message_id
