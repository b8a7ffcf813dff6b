"""What programs are told of their jobs by webhook, as the facts of the Apiframe dialect have it (A7)."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import translation

from studio.jobs.errors import failure_sentence
from studio.jobs.links import result_url
from studio.jobs.models import Image, Job, JobQuerySet
from studio.providers import catalogue
from studio.providers.services import provider_name
from studio.webhooks import services as webhooks


def ended(job_id: str | UUID) -> None:
    """Tell that a job is COMPLETED or FAILED, in the transaction that made it so."""
    for job in _reporting([job_id]):
        event = job.status.lower()
        if event in job.webhook_events:
            _publish(job, event, _completed(job) if job.status == Job.Status.COMPLETED else _failed(job))


def progressed(job_ids: Iterable[str]) -> None:
    """Tell how far jobs are, in the transaction that wrote it; called at most once a second for each."""
    for job in _reporting(job_ids):
        if "progress" in job.webhook_events and job.progress is not None:
            _publish(job, "progress", {"status": job.status, "progress": job.progress, "model": job.model_as_sent})


def failure_of(job: Job, *, provider: str) -> str:
    """Why a job failed, in the reader's language; `provider` as people read it."""
    model = catalogue.find(job.model)
    name = model.name if model else job.model
    return failure_sentence(job.error_code, params=job.error_params, model=name, provider=provider)


def moment(at: datetime) -> str:
    """ISO 8601 in UTC with milliseconds and Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _reporting(job_ids: Iterable[str | UUID]) -> JobQuerySet:
    """Those of the jobs that somebody wants to hear of, and for whom it can be signed."""
    jobs = Job.objects.filter(pk__in=list(job_ids), api_key__isnull=False).exclude(webhook_url="")
    return jobs.defer("prompt", "params", "input")


def _publish(job: Job, event: str, told: dict[str, Any]) -> None:
    assert job.api_key_id is not None
    body = {"event": event, "jobId": str(job.pk), **told}
    webhooks.publish(job=job.pk, api_key_id=job.api_key_id, url=job.webhook_url, event=event, body=body)


def _completed(job: Job) -> dict[str, Any]:
    assert job.finished_at is not None
    return {
        "status": job.status,
        "progress": 100,
        "result": {"images": [result_url(job, image) for image in Image.objects.there().filter(job=job)]},
        "model": job.model_as_sent,
        "creditCost": job.paid,
        "completedAt": moment(job.finished_at),
    }


def _failed(job: Job) -> dict[str, Any]:
    with translation.override(settings.LANGUAGE_CODE):  # not that of an administrator who closed it
        error = failure_of(job, provider=provider_name(job.provider))
    return {"status": job.status, "error": error, "model": job.model_as_sent}
