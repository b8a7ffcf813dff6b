"""Orders of unknown outcome: asked for again, found, or known by an id that an administrator gave (PRV-3).

Each verb is one short transaction. Those of a flight are guarded by its fencing token; the others by a conditional
update that matches only while the job is unknown and nobody asks for it at this moment.
"""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.core.failpoints import failpoint
from studio.core.queue import enqueue
from studio.jobs.errors import NotSettled
from studio.jobs.lifecycle import LET_GO, LOOK_AGAIN, Flight, LostLease, deadline_of_a_new_attempt, take
from studio.jobs.models import Attempt, Job
from studio.providers.base import Lookup, Provider
from studio.providers.services import provider_for, provider_name

# Providers know an idempotency key again for 24 hours (vendor facts A5); less what clocks and a slow call may take.
SAME_ORDER = timedelta(hours=24) - timedelta(minutes=15)


def why_not_asked(job: Job) -> str:
    """Why the provider cannot be asked what became of this job, in the reader's language; empty when it can."""
    attempt = job.attempts.order_by("-number").first()
    if not job.is_unknown or attempt is None:
        return _("The outcome of this job is known.")
    vendor = vendor_of(job)
    name = provider_name(job.provider)
    if vendor is None:
        return _("%(provider)s is no longer connected here, so nobody can be asked.") % {"provider": name}
    if attempt.provider_job_id:
        return ""
    if not vendor.is_idempotent:
        words = _("%(provider)s gave no id and would take the same order as a second one, so it is not asked.")
        return words % {"provider": name}
    if not is_same_order(attempt):
        words = _("%(provider)s gave no id, and after a day would take the same order as a second one.")
        return words % {"provider": name}
    return ""


def why_nobody_asks(job: Job) -> str:
    """Why no engine asks by itself what became of this job, in the reader's language; empty when one does."""
    if job.look_at is not None or job.lease_owner:
        return ""
    reason = why_not_asked(job)
    if reason:
        return reason
    words = _("%(provider)s gave no id, so we cannot look for the picture by ourselves.")
    return words % {"provider": provider_name(job.provider)}


def vendor_of(job: Job) -> Provider | None:
    """The provider of a job, None when it was removed since or is of a kind this release does not know."""
    try:
        return provider_for(job.provider)
    except Exception:  # whatever is wrong with its row: nobody is left to ask
        return None


def is_same_order(attempt: Attempt) -> bool:
    """Whether the order of this attempt, sent again under its key now, is surely the same order there."""
    return timezone.now() < attempt.created_at + SAME_ORDER


@transaction.atomic
def ask(job: Job) -> None:
    """Have an engine ask the provider now. Raises NotSettled with the reason why it cannot."""
    reason = why_not_asked(job)
    if reason:
        raise NotSettled(reason)
    _due_now(job)


@transaction.atomic
def name_order(job: Job, *, provider_job_id: str) -> None:
    """Note the id under which the provider knows this order, so that an engine asks for it. Raises NotSettled."""
    attempt = job.attempts.order_by("-number").first()
    vendor = vendor_of(job)
    if attempt is None or vendor is None or not isinstance(vendor, Lookup):
        raise NotSettled(
            _("%(provider)s cannot be asked for an order by id.") % {"provider": provider_name(job.provider)}
        )
    try:
        with transaction.atomic():
            named = Attempt.objects.filter(pk=attempt.pk, accepted_at=None).update(provider_job_id=provider_job_id)
    except IntegrityError:
        raise NotSettled(_("This is the order of another job.")) from None
    if not named:
        raise NotSettled(
            _("%(provider)s gave this order another id itself.") % {"provider": provider_name(job.provider)}
        )
    _due_now(job)


def _due_now(job: Job) -> None:
    free = Job.objects.filter(pk=job.pk, is_unknown=True, lease_owner="")
    if not free.update(look_at=timezone.now()):
        raise NotSettled(_("This job is known, or is being asked for at this moment."))
    enqueue("studio.jobs.tasks.look_up")


@transaction.atomic
def known_again(flight: Flight) -> None:
    """The provider answered for an unknown order: it is under way after all."""
    _known(flight)


def found(flight: Flight, *, provider_job_id: str) -> None:
    """The same order under its own key was answered with its id; from now on it has the time of a new one.

    Raises LostLease, too, where that is the id of another order: nobody is shown somebody else's picture.
    """
    try:
        _found(flight, provider_job_id)
    except IntegrityError:
        flight.provider_job_id = ""
        not_ours(flight, text="The provider gave it the id of another order.")
        raise LostLease(flight.job_id) from None


@transaction.atomic
def _found(flight: Flight, provider_job_id: str) -> None:
    flight.deadline_at = deadline_of_a_new_attempt()
    _known(flight, deadline_at=flight.deadline_at)
    Attempt.objects.filter(pk=flight.attempt_id).update(provider_job_id=provider_job_id)
    failpoint("found.before_commit")


def _known(flight: Flight, **changes: object) -> None:
    take(flight, is_unknown=False, unknown_at=None, look_at=None, error_code="", error_text="", claims=0, **changes)
    now = timezone.now()
    attempt = Attempt.objects.filter(pk=flight.attempt_id)
    attempt.update(outcome=Attempt.Outcome.OPEN, error_code="", error_text="")
    attempt.filter(accepted_at=None).update(accepted_at=now)
    flight.is_id_given = False


@transaction.atomic
def look_later(flight: Flight, *, text: str = "") -> None:
    """An unknown outcome was looked up in vain; look again, less and less often, until the policy settles it.

    What has no id is not looked up by itself: that would be to place the order again.
    """
    job = Job.objects.only("unknown_at").get(pk=flight.job_id)
    age = timezone.now() - (job.unknown_at or timezone.now())
    later = timezone.now() + max(LOOK_AGAIN, age / 4) if flight.provider_job_id else None
    take(flight, look_at=later, claims=0, **LET_GO)  # whoever looked lives on
    if text:
        Attempt.objects.filter(pk=flight.attempt_id).update(error_text=text[:500])


@transaction.atomic
def not_ours(flight: Flight, *, text: str) -> None:
    """The id that was given is that of an order of somebody else: forget it, the job stays unknown."""
    take(flight, look_at=None, claims=0, **LET_GO)
    Attempt.objects.filter(pk=flight.attempt_id, accepted_at=None).update(provider_job_id="", error_text=text[:500])
