"""Jobs brought into a state without a worker: the rows as the engine would leave them."""

import uuid
from typing import Any

from django.db.models import F
from django.utils import timezone

from studio.accounts.models import User
from studio.credits import services as credits
from studio.jobs.lifecycle import ended
from studio.jobs.models import Attempt, Image, Job
from studio.jobs.services import submit_job

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/"}


def queued(user: User, prompt: str = "a blue kettle", *, count: int = 1, **fields: Any) -> Job:
    """A job in line; `fields` are columns."""
    model = "gpt-image-2" if count > 1 else "dall-e-3"
    params = {"quality": "low"} if count > 1 else {}
    job, _was_there = submit_job(user=user, model=model, prompt=prompt, params=params, count=count)
    return touch(job, **fields) if fields else job


def touch(job: Job, **fields: Any) -> Job:
    """A visible change, as the engine writes it."""
    Job.objects.filter(pk=job.pk).update(version=F("version") + 1, **fields)
    job.refresh_from_db()
    return job


def working(job: Job, progress: int | None = None) -> Job:
    Attempt.objects.create(job=job, number=1, provider=job.provider, idempotency_key="k", accepted_at=timezone.now())
    return touch(job, status="PROCESSING", started_at=timezone.now(), progress=progress, place=None)


def completed(job: Job, *, pictures: int = 1, has_copies: bool = True, cells: str = "a0b0c0" * 6, **image: Any) -> Job:
    if job.status == Job.Status.QUEUED:
        working(job)
    paid = job.unit_price * pictures
    touch(job, status="COMPLETED", finished_at=timezone.now(), paid=paid, progress=100)
    for index in range(1, pictures + 1):
        Image.objects.create(
            id=uuid.uuid4(),
            job=job,
            index=index,
            format="png",
            width=job.width,
            height=job.height,
            size=2_000_000,
            sha256="0" * 64,
            cells=cells if has_copies else "",
            copies_made_at=timezone.now() if has_copies else None,
            **image,
        )
    credits.capture(key=job.hold_key, amount=paid)
    return job


def failed(job: Job, code: str, **params: Any) -> Job:
    touch(job, **ended(Job.Status.FAILED, code=code, params=params))
    credits.release(key=job.hold_key, reason=code)
    return job


def unknown(job: Job) -> Job:
    working(job)
    return touch(job, is_unknown=True, unknown_at=timezone.now())
