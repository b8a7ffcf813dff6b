"""From a row to what the engine and a provider need to know."""

from django.utils import timezone

from studio.jobs import gathering, hooks
from studio.jobs.lifecycle import LEASE, Flight
from studio.jobs.models import Attempt, Job
from studio.jobs.times import usual
from studio.providers import catalogue
from studio.providers.base import Order
from studio.providers.catalogue import ImageModel
from studio.providers.services import provider_for


def make_flight(job: Job, attempt: Attempt, *, is_resumed: bool) -> Flight:
    """The flight of a job just claimed, with its order; the rows are not touched."""
    model = catalogue.find(job.model)
    vendor = provider_for(job.provider)
    now = timezone.now()
    deadline = job.deadline_at or now
    references, errand = gathering.find_for(job, attempt)
    order = Order(
        job_id=str(job.pk),
        attempt_id=str(attempt.pk),
        idempotency_key=attempt.idempotency_key,
        model=job.model,
        offer_model=job.offer_model,
        prompt=job.prompt,
        params=job.params,
        wire_params=model.wire(vendor.slug, job.params, job.count, offer_model=job.offer_model) if model else {},
        count=job.count,
        deadline_seconds=max(1.0, (deadline - now).total_seconds()),
        width=job.width,
        height=job.height,
        webhook_url=hooks.url_for(attempt, vendor),
        references=references,
    )
    flight = Flight(
        job_id=str(job.pk),
        fence=job.fence,
        user_id=job.user_id,
        provider=job.provider,
        order=order,
        attempt_id=str(attempt.pk),
        deadline_at=deadline,
        lease_until=job.lease_expires_at or now + LEASE,
        vendor=vendor,
        ordered_at=attempt.accepted_at or attempt.created_at,
        usual=_usual(model, job),
        request_id=job.request_id,
        is_resumed=is_resumed,
        provider_job_id=attempt.provider_job_id,
        is_unknown=job.is_unknown,
        is_id_given=bool(attempt.provider_job_id) and attempt.accepted_at is None,
        sent=is_resumed,
        refusals=job.tries,
        claims=job.claims,
        progress=job.progress,
        written_progress=job.progress,
        errand=errand,
    )
    if gathering.is_due(flight):  # then no order was placed in this attempt, whoever held the job before
        flight.is_resumed = flight.sent = False
    return flight


def _usual(model: ImageModel | None, job: Job) -> tuple[int, int]:
    """Between how many seconds it is usually ready, as learnt here: when it is worth asking."""
    if model is None:
        return 10, 60
    band = usual(model, is_sandbox=job.is_sandbox)
    return band.low, band.high
