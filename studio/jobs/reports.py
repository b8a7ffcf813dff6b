"""What programs are told of their jobs by webhook, as the facts of the Apiframe dialect have it (A7)."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import translation

from studio.jobs.errors import failure_sentence
from studio.jobs.links import results_of
from studio.jobs.models import Image, Job
from studio.providers import catalogue
from studio.providers.services import provider_name
from studio.webhooks import services as webhooks
from studio.webhooks.models import Endpoint
from studio.webhooks.services import Target, Told


def ended(job_id: str | UUID) -> None:
    """Tell that a job is COMPLETED or FAILED, in the transaction that made it so."""
    _tell([job_id])


def progressed(job_ids: Iterable[str]) -> None:
    """Tell how far jobs are, in the transaction that wrote it; called at most once a second for each."""
    _tell(job_ids, event="progress")


def failure_of(job: Job, *, provider: str) -> str:
    """Why a job failed, in the reader's language; `provider` as people read it."""
    model = catalogue.find(job.model)
    name = model.name if model else job.model
    return failure_sentence(job.error_code, params=job.error_params, model=name, provider=provider)


def moment(at: datetime) -> str:
    """ISO 8601 in UTC with milliseconds and Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _tell(job_ids: Iterable[str | UUID], *, event: str = "") -> None:
    """One query where nobody wants to hear; one more for the endpoints, where there are any."""
    own = Q(api_key__isnull=False) & ~Q(webhook_url="")
    has_endpoints = Exists(Endpoint.objects.listening().filter(owner=OuterRef("user")))
    jobs = Job.objects.filter(pk__in=list(job_ids)).annotate(has_endpoints=has_endpoints)
    heard = list(jobs.filter(own | Q(has_endpoints=True)).defer("prompt", "params", "input"))
    owners = {job.user_id for job in heard if job.has_endpoints}  # type: ignore[attr-defined]
    endpoints = webhooks.endpoints_of(owners) if owners else {}
    told = []
    for job in heard:
        name = event or job.status.lower()
        if targets := _targets(job, name, endpoints.get(job.user_id, ())):
            body = {"event": name, "jobId": str(job.pk), **_WORDS[name](job)}
            told.append(
                Told(
                    job=job.pk, owner_id=job.user_id, event=name, body=body, targets=targets, request_id=job.request_id
                )
            )
    webhooks.publish(told)


def _targets(job: Job, event: str, endpoints: Iterable[Endpoint]) -> list[Target]:
    found = []
    if event in job.webhook_events and job.webhook_url and job.api_key_id:
        found.append(Target(job.webhook_url, api_key_id=job.api_key_id))
    for endpoint in endpoints:
        if endpoint.wants(event) and endpoint.api_key_id in (None, job.api_key_id):
            found.append(Target(endpoint.url, endpoint_id=endpoint.pk))
    return found


def _progress(job: Job) -> dict[str, Any]:
    return {"status": job.status, "progress": job.progress, "model": job.model_as_sent}


def _completed(job: Job) -> dict[str, Any]:
    assert job.finished_at is not None
    return {
        "status": job.status,
        "progress": 100,
        "result": results_of(job, list(Image.objects.there().filter(job=job))),
        "model": job.model_as_sent,
        "creditCost": job.paid,
        "completedAt": moment(job.finished_at),
    }


def _failed(job: Job) -> dict[str, Any]:
    with translation.override(settings.LANGUAGE_CODE):  # not that of an administrator who closed it
        error = failure_of(job, provider=provider_name(job.provider))
    return {"status": job.status, "error": error, "model": job.model_as_sent}


_WORDS = {"progress": _progress, "completed": _completed, "failed": _failed}
