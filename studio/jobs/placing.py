"""From a filled-in composer to its order, or its several orders."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from studio.accounts.models import User
from studio.jobs import idempotency
from studio.jobs.batches import submit_batch
from studio.jobs.blanks import filled
from studio.jobs.forms import Composer
from studio.jobs.models import Job
from studio.jobs.services import submit_job


def place(user: User, composer: Composer, *, retry_of: Job | None) -> UUID:
    """Place what the form asks for; the id of the job, or of the batch of several. Raises StudioError."""
    same: dict[str, Any] = {"user": user, "use_sandbox": composer.use_sandbox, "claim": composer.claim()}
    if composer.several:
        wishes = [column.wish for column in composer.several.columns]
        batch, _was_there = submit_batch(
            words=filled(composer.prompt, composer.data),
            prompts=composer.prompts,
            wishes=wishes,
            retry_of=retry_of,
            **same,
        )
        return batch.pk
    job, _was_there = submit_job(
        model=composer.listing.model.id,
        prompt=composer.prompts[0],
        params=composer.params,
        count=composer.count,
        retry_of=retry_of,
        **same,
    )
    return job.pk


def to_be_seen_first(user: User, composer: Composer) -> str:
    """What to say before several orders are placed whose number and sum the page of the sender did not show.

    Empty where it did, and for a form that was sent before: that is a replay, whatever things cost by now.
    """
    if composer.several is None or composer.data.get("shown") == composer.shown:
        return ""
    claim = composer.claim()
    if claim is not None and idempotency.find(user, claim) is not None:
        return ""
    words = {"words": composer.several.words}
    return _("%(words)s. Nothing is ordered yet: press again to order all of them.") % words
