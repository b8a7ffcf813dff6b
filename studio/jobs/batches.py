"""Several orders by one click: all of them or none, with one movement of the account."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from studio.accounts.models import User
from studio.core.errors import StudioError
from studio.core.failpoints import failpoint
from studio.core.queue import enqueue
from studio.core.rows import insert, pipelined
from studio.credits.holds import Part, hold_all
from studio.jobs import idempotency, references
from studio.jobs.drafts import HOLD_SECONDS, Request, request_for
from studio.jobs.errors import IdempotencyConflict, NotCancellable
from studio.jobs.models import Batch, Job
from studio.jobs.services import cancel_job
from studio.jobs.variables import MOST_PROMPTS

MOST_JOBS = MOST_PROMPTS
MOST_ALSO = 6  # models beside the first


class BatchTooLarge(StudioError):
    """More orders than one click may place. `params`: number, most."""

    code = "batch_too_large"

    def __init__(self, number: int) -> None:
        sentence = ngettext(
            "This would be %(number)d order; %(most)d at once is the most.",
            "This would be %(number)d orders; %(most)d at once is the most.",
            number,
        )
        params = {"number": number, "most": MOST_JOBS}
        super().__init__(sentence % params, **params)


@dataclass(frozen=True)
class Wish:
    """What is asked of one model for every prompt: canonical id, parameters as yet unchecked, pictures an order."""

    model: str
    params: Mapping[str, Any]
    count: int | None = None


def submit_batch(
    *,
    user: User,
    words: str,
    prompts: Sequence[str],
    wishes: Sequence[Wish],
    use_sandbox: bool = False,
    claim: idempotency.Claim | None = None,
    retry_of: Job | None = None,
    visibility: str = "",
) -> tuple[Batch, bool]:
    """Order each of `prompts` of each of `wishes`, all or none; the batch, and whether it was there before (a replay).

    `words` are the prompt as it was written. The jobs are as `submit_job` makes them. Raises what it raises
    (InsufficientCredits for the sum), and BatchTooLarge; then nothing is left behind.
    """
    if claim is not None and (earlier := _earlier(user, claim)) is not None:
        return earlier, True
    number = len(prompts) * len(wishes)
    if not 1 <= number <= MOST_JOBS:
        raise BatchTooLarge(number)
    requests = [
        request_for(user=user, model=wish.model, params=wish.params, count=wish.count, is_sandbox=use_sandbox)
        for wish in wishes
    ]
    batch = Batch(
        user=user,
        prompt=words,
        model_ids=[request.shelf.model.id for request in requests],
        number=number,
        price=sum(request.cost.credits for request in requests) * len(prompts),
    )
    same: dict[str, Any] = {
        "batch": batch,
        "retry_of": retry_of,
        "visibility": visibility or settings.DEFAULT_VISIBILITY,
    }
    jobs = [
        [request.job(prompt, model_as_sent=request.shelf.model.id, **same) for prompt in prompts]
        for request in requests
    ]
    # Row by row of the page of the batch: each prompt of all models, and their clocks say so.
    in_order = [job for of_prompt in zip(*jobs, strict=True) for job in of_prompt]
    for position, job in enumerate(in_order):
        job.created_at = batch.created_at + timedelta(microseconds=position)
    try:
        _write(batch, requests, jobs, in_order, claim)
    except idempotency.Twin:
        assert claim is not None
        twin = _earlier(user, claim)
        if twin is None:  # it was rolled back after all: this is the first one again
            return submit_batch(
                user=user, words=words, prompts=prompts, wishes=wishes, use_sandbox=use_sandbox, claim=claim,
                retry_of=retry_of, visibility=visibility,
            )  # fmt: skip
        return twin, True
    return batch, False


def _earlier(user: User, claim: idempotency.Claim) -> Batch | None:
    """The batch this claim already made. Raises IdempotencyConflict when it made something else."""
    job = idempotency.find(user, claim)
    if job is None:
        return None
    if job.batch is None:
        raise IdempotencyConflict(_("This form was already sent with other words."))
    return job.batch


@transaction.atomic
def _write(
    batch: Batch,
    requests: Sequence[Request],
    jobs: Sequence[Sequence[Job]],
    in_order: Sequence[Job],
    claim: idempotency.Claim | None,
) -> None:
    """As for one job: the rows that others wait for come last. `jobs` are those of each request."""
    if claim is not None:
        idempotency.reserve(batch.user, claim, in_order[0])
        failpoint("batch.after_idempotency")
    with pipelined():
        insert(batch)
        Job.objects.bulk_create(in_order)
        failpoint("batch.after_jobs")
        for request, made in zip(requests, jobs, strict=True):
            references.attach(request.plan, *made)
        for job in in_order:
            enqueue("studio.jobs.tasks.run_job", str(job.pk))
        failpoint("batch.after_queue")
    hold_all(user=batch.user, parts=[_part(job) for job in in_order], seconds=HOLD_SECONDS)
    failpoint("batch.before_commit")


def _part(job: Job) -> Part:
    return Part(
        amount=job.price,
        key=job.hold_key,
        reference=str(job.pk),
        is_sandbox=job.is_sandbox,
        price_list_version=job.price_version,
        formula=job.price_formula,
    )


@dataclass(frozen=True)
class Cancelled:
    """What a cancel of a whole batch did: jobs taken back, credits returned with them, and why others were not."""

    number: int
    credits: int
    refusals: tuple[str, ...]


def cancel_waiting(*, batch: Batch, user: User) -> Cancelled:
    """Cancel what is still in line of one's own batch, each job in a transaction of its own; safe to repeat."""
    number = credits = 0
    refusals = []
    for job in Job.objects.of(user).active().filter(batch=batch).order_by("-created_at"):
        try:
            cancel_job(job=job, user=user)
        except NotCancellable as error:
            refusals.append(error.message)
        else:
            number, credits = number + 1, credits + job.price
    return Cancelled(number, credits, tuple(refusals))
