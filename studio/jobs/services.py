"""What people and programs can do with jobs. Form, API, retry and admin all come through here."""

import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import DataError, IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from studio.accounts.models import ApiKey, User
from studio.core.at_once import Together, may_go_at_once
from studio.core.failpoints import failpoint
from studio.core.models import audit
from studio.core.queue import enqueue
from studio.core.rows import insert, insert_at_once, pipelined
from studio.credits import services as credits
from studio.jobs import idempotency, limits, references, sweep, unknown
from studio.jobs.drafts import HOLD_SECONDS, request_for
from studio.jobs.errors import NotCancellable, NotSettled
from studio.jobs.lifecycle import ended
from studio.jobs.models import Job
from studio.providers.services import provider_name

ORDER_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")  # it becomes part of an address


class Changed(Exception):
    """What was remembered may be different by now, or it cannot be written together with a look at it."""


def submit_job(
    *,
    user: User,
    model: str,
    prompt: str,
    params: Mapping[str, Any],
    count: int | None = None,
    source: str = Job.Source.STUDIO,
    api_key: ApiKey | None = None,
    use_sandbox: bool = False,
    claim: idempotency.Claim | None = None,
    input_: Mapping[str, Any] | None = None,
    webhook_url: str = "",
    webhook_events: list[str] | None = None,
    retry_of: Job | None = None,
    visibility: str = "",
    together: Together | None = None,
    is_in_steps: bool = False,
) -> tuple[Job, bool]:
    """Check, price, hold and queue one request; returns the job and whether it was there before (a replay).

    `params` are canonical and as yet unchecked; without `count` it is the fewest the model makes.
    Raises UnknownModel, ModelOff, ParameterErrors, BadPrompt, Unpriced, NoOffer, NoProvider, BadReference,
    InsufficientCredits, IdempotencyConflict, RateLimited; then nothing is left behind.

    A `together` checks what the caller remembers, and prices and providers may be remembered, too: then this raises
    Changed for a replay and wherever it is not written in that one statement, whatever the reason. The same call with
    all of it read anew and `is_in_steps` says which, or gets it done.
    """
    if claim is not None and (earlier := idempotency.find(user, claim)) is not None:
        if together is not None and not together.is_empty:
            raise Changed
        return earlier, True
    is_sandbox_key = api_key is not None and api_key.is_sandbox
    asked = request_for(
        user=user, model=model, params=params, count=count, is_sandbox=use_sandbox or is_sandbox_key, together=together
    )
    job = asked.job(
        prompt,
        is_free=is_sandbox_key,
        api_key=api_key,
        source=source,
        retry_of=retry_of,
        model_as_sent=model,
        input=dict(input_ or {}),
        visibility=visibility or settings.DEFAULT_VISIBILITY,
        webhook_url=webhook_url,
        webhook_events=webhook_events or [],
    )
    try:
        if together is not None and not together.is_empty:
            _write_checked(job, claim, asked.plan, together)
        elif is_in_steps:
            _write_in_steps(job, claim, asked.plan)
        else:
            _write(job, claim, asked.plan)
    except idempotency.Twin:
        assert claim is not None
        earlier = idempotency.find(user, claim)
        if earlier is None:  # the twin was rolled back after all: this is the first one again
            return submit_job(
                user=user, model=model, prompt=prompt, params=params, count=count, source=source, api_key=api_key,
                use_sandbox=use_sandbox, claim=claim, input_=input_, webhook_url=webhook_url,
                webhook_events=webhook_events, retry_of=retry_of, visibility=visibility,
            )  # fmt: skip
        return earlier, True
    failpoint("submit.after_commit")
    return job, False


def _write(job: Job, claim: idempotency.Claim | None, plan: references.Plan) -> None:
    """All rows of a job, in one transaction; on a server, where nothing stands in the way, in one statement.

    What fails at once is written again step by step, which says why it cannot be, or gets it done.
    """
    if _is_one_statement(job, plan):
        try:
            return _write_at_once(job, claim, Together())
        except (DataError, IntegrityError):
            pass  # the steps below say what it was, or get it done
    _write_in_steps(job, claim, plan)


def _write_checked(job: Job, claim: idempotency.Claim | None, plan: references.Plan, together: Together) -> None:
    if not _is_one_statement(job, plan):
        raise Changed
    try:
        _write_at_once(job, claim, together)
    except (DataError, IntegrityError):
        raise Changed from None


def _is_one_statement(job: Job, plan: references.Plan) -> bool:
    is_capped = job.api_key is not None and job.api_key.monthly_cap is not None
    return may_go_at_once() and plan.is_empty and not is_capped


def _write_at_once(job: Job, claim: idempotency.Claim | None, together: Together) -> None:
    if claim is not None:
        idempotency.reserve_at_once(together, job.user, claim, job)
    insert_at_once(together, "inserted", job)
    enqueue("studio.jobs.tasks.run_job", str(job.pk), together=together)
    _hold(job, together=together)
    if job.api_key_id is not None:
        limits.admit_at_once(together, job.api_key_id, job.user_id)
    failpoint("submit.before_commit")
    together.write()


@transaction.atomic
def _write_in_steps(job: Job, claim: idempotency.Claim | None, plan: references.Plan) -> None:
    """Idempotency row, job, its references, queue row, and last the hold and the count: rows that others wait for."""
    if claim is not None:
        idempotency.reserve(job.user, claim, job)
        failpoint("submit.after_idempotency")
    with pipelined():
        insert(job)
        failpoint("submit.after_job")
        references.attach(plan, job)
        enqueue("studio.jobs.tasks.run_job", str(job.pk))
        failpoint("submit.after_queue")
    _hold(job)
    if job.api_key_id is not None:
        # After the hold: the row of the key's count, taken earlier, would be waited for longer than the account's.
        limits.admit(job.api_key_id, job.user_id)
    failpoint("submit.before_commit")


def _hold(job: Job, *, together: Together | None = None) -> None:
    credits.hold(
        user=job.user,
        amount=job.price,
        key=job.hold_key,
        reference=str(job.pk),
        seconds=HOLD_SECONDS,
        api_key_id=job.api_key_id,
        is_sandbox=job.is_sandbox,
        price_list_version=job.price_version,
        formula=job.price_formula,
        together=together,
    )


@transaction.atomic
def cancel_job(*, job: Job, user: User, reason: str = "", ip: str | None = None) -> Job:
    """Cancel while no order was placed; the hold is released in the same transaction. Raises NotCancellable.

    Somebody else's job is an administrator's to cancel, with a `reason`, and audited.
    """
    is_others = user.pk != job.user_id
    params = {"by": "administrator", "reason": reason} if is_others else {}
    changed = Job.objects.filter(pk=job.pk, status=Job.Status.QUEUED).update(
        version=F("version") + 1, fence=F("fence") + 1, **ended(Job.Status.CANCELLED, code="cancelled", params=params)
    )
    if changed != 1:
        job.refresh_from_db()
        raise NotCancellable(_why_not(job))
    if is_others:
        audit("job.cancelled", actor=user, target=job.pk, ip=ip, reason=reason)
    failpoint("cancel.before_release")
    credits.release(key=job.hold_key, reason="cancelled")
    job.refresh_from_db()
    return job


def _why_not(job: Job) -> str:
    provider = provider_name(job.provider)
    if job.is_unknown:
        return _("%(provider)s may have this order already. It is settled as soon as that is known.") % {
            "provider": provider
        }
    if job.is_active:
        return _("%(provider)s already has this order and cannot take it back.") % {"provider": provider}
    return _("This is over already; there is nothing to cancel.")


def retry_job(*, job: Job, user: User, claim: idempotency.Claim | None = None) -> tuple[Job, bool]:
    """The same request again as a new job that points at the old one, priced as of today. Raises as submit_job does.

    What ran in the sandbox by choice is asked of the sandbox again only while nothing real is enabled.
    """
    return submit_job(
        user=user,
        model=job.model,
        prompt=job.prompt,
        params=job.params,
        count=job.count,
        retry_of=job,
        claim=claim,
    )


@transaction.atomic
def release_unknown(*, job: Job, actor: User, reason: str, ip: str | None = None) -> bool:
    """An administrator closes an unknown job: FAILED, hold released, the possible cost booked apart, audited.

    False when it was settled in the meantime; then nothing is written.
    """
    if not job.is_unknown or not sweep.close(str(job.pk), code="released", reason=reason, actor=actor):
        return False
    audit("job.released", actor=actor, target=job.pk, ip=ip, reason=reason)
    return True


@transaction.atomic
def confirm_unknown(*, job: Job, actor: User, reason: str, ip: str | None = None) -> bool:
    """An administrator knows that the order was made and paid for, but its pictures cannot be had.

    As pictures alone are paid for: FAILED, hold released, the cost booked apart as a sure one. False as above.
    """
    if not job.is_unknown or not sweep.close(str(job.pk), code="confirmed", reason=reason, actor=actor):
        return False
    audit("job.confirmed", actor=actor, target=job.pk, ip=ip, reason=reason)
    return True


@transaction.atomic
def find_unknown(*, job: Job, provider_job_id: str, actor: User, reason: str, ip: str | None = None) -> None:
    """An administrator knows the provider's id of the order: an engine fetches its pictures, the job goes on as usual.

    Raises NotSettled; an id that proves to be that of another order is forgotten again.
    """
    if not ORDER_ID.fullmatch(provider_job_id):
        raise NotSettled(_("This is no id of an order."))
    unknown.name_order(job, provider_job_id=provider_job_id)
    audit("job.named", actor=actor, target=job.pk, ip=ip, reason=reason, provider_job_id=provider_job_id)


@transaction.atomic
def look_up_unknown(*, job: Job, actor: User, ip: str | None = None) -> None:
    """Have the provider asked now what became of an order; one without an id is sent again under its own key.

    Raises NotSettled.
    """
    unknown.ask(job)
    audit("job.looked_up", actor=actor, target=job.pk, ip=ip)
