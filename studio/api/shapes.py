"""Rows as the Apiframe dialect shows them."""

import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, Q
from django.utils.translation import gettext as _

from studio.accounts.keys import BRAND
from studio.accounts.models import ApiKey, User
from studio.api import schemas
from studio.api.errors import Invalid
from studio.core.crypto import derived_key
from studio.credits.key_caps import spendable_by
from studio.credits.services import account_of
from studio.jobs.links import is_expired, results_of
from studio.jobs.models import Image, Job, JobQuerySet
from studio.jobs.reports import failure_of, moment
from studio.providers.services import Listing, provider_name
from studio.webhooks.models import Delivery

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def with_pictures(jobs: JobQuerySet) -> JobQuerySet:
    """`jobs` with the pictures that are still there, in one more query."""
    return jobs.prefetch_related(Prefetch("images", queryset=Image.objects.there(), to_attr="shown"))


def job_item(job: Job, names: dict[str, str], told: dict[str, str], *, reader: User) -> dict[str, Any]:
    """The fields of one job from `with_pictures`.

    `names` keeps what providers are called from job to job, `told` says how far the webhooks of ends are.
    Staff list everybody's jobs, but the pictures of a job that is not theirs to see stay out. Money is its owner's.
    """
    is_shown = job.status == Job.Status.COMPLETED and job.is_visible_to(reader)
    return {
        "id": job.pk,
        "status": job.status,
        "model": job.model_as_sent,
        "progress": _progress(job),
        "result": _result(job) if is_shown else None,
        "error": _error(job, names),
        "creditCost": (job.price if job.paid is None else job.paid) if job.user_id == reader.pk else None,
        "webhookStatus": _webhook_status(job, told.get(str(job.pk))),
        "createdAt": moment(job.created_at),
        "completedAt": job.finished_at and moment(job.finished_at),
        "expired": is_expired(job),
    }


def job_items(jobs: Iterable[Job], *, reader: User) -> list[schemas.JobItem]:
    jobs, names = list(jobs), dict[str, str]()
    told = _told(jobs)
    return [schemas.JobItem(**job_item(job, names, told, reader=reader)) for job in jobs]


def job_object(job: Job, *, reader: User) -> schemas.Job:
    """One job with its request; where it reports to, and every other address in it, is its owner's alone."""
    asked = dict(job.input)
    if job.user_id != reader.pk:
        for name in ("webhookUrl", "webhook_url", "webhookEvents"):
            asked.pop(name, None)
        words = {name: asked.pop(name) for name in ("prompt",) if name in asked}
        asked = {**words, **_without_addresses(asked)}
    item = job_item(job, {}, _told([job]), reader=reader)
    return schemas.Job(**item, input=asked or {"model": job.model_as_sent, "prompt": job.prompt})


def _without_addresses(value: Any) -> Any:
    """What was sent without the addresses of pictures: whoever has one of ours may have the bytes it leads to."""
    if isinstance(value, dict):
        return {name: _without_addresses(one) for name, one in value.items() if not _is_address(one)}
    if isinstance(value, list):
        return [_without_addresses(one) for one in value if not _is_address(one)]
    return value


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and value.lstrip().lower().startswith(("http:", "https:", "data:"))


def _result(job: Job) -> schemas.Result:
    images: list[Image] = job.shown  # type: ignore[attr-defined]
    found = results_of(job, images)
    return schemas.ResultWithGrid(**found) if "gridUrl" in found else schemas.Result(**found)


def _told(jobs: Iterable[Job]) -> dict[str, str]:
    return Delivery.objects.final_states(str(job.pk) for job in jobs if job.webhook_url)


def _webhook_status(job: Job, told: str | None) -> str | None:
    """What became of telling the end; None where nobody asked for it, or it was not an end that is told."""
    is_awaited = job.is_active and any(event in job.webhook_events for event in Delivery.FINAL)
    return told or ("pending" if is_awaited else None)


def _progress(job: Job) -> int | None:
    if job.status == Job.Status.COMPLETED:
        return 100
    return job.progress if job.status == Job.Status.PROCESSING else 0


def _error(job: Job, names: dict[str, str]) -> str | None:
    if job.status != Job.Status.FAILED and not job.is_unknown:
        return None
    if job.provider not in names:
        names[job.provider] = provider_name(job.provider)
    provider = names[job.provider]
    if job.is_unknown:
        return _(
            "%(provider)s may or may not have taken this order. It is not ordered again, and nothing is charged unless "
            "the picture comes. Settled by %(time)s at the latest."
        ) % {"provider": provider, "time": moment(job.settled_by) if job.settled_by else ""}
    return failure_of(job, provider=provider)


def cursor_after(job: Job) -> str:
    """Where the next page begins; opaque to callers."""
    micros = (job.created_at - _EPOCH) // timedelta(microseconds=1)
    return urlsafe_b64encode(micros.to_bytes(8, "big") + job.pk.bytes).decode().rstrip("=")


def after(cursor: str) -> Q:
    """The jobs behind a cursor, newest first. Raises Invalid."""
    try:
        raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        micros, job_id = int.from_bytes(raw[:8], "big"), uuid.UUID(bytes=raw[8:])
        at = _EPOCH + timedelta(microseconds=micros)
    except (ValueError, OverflowError):
        raise Invalid({"cursor": [_("This is no cursor of ours.")]}) from None
    return Q(created_at__lt=at) | Q(created_at=at, pk__lt=job_id)


def me(key: ApiKey) -> schemas.Me:
    """The owner of a key, the team, the key."""
    user, team_id = key.user, uuid.UUID(bytes=derived_key("team")[:16], version=4)
    role: schemas.Role = "OWNER" if user.is_superuser else "ADMIN" if user.is_staff else "MEMBER"
    return schemas.Me(
        user=schemas.Person(id=uuid.uuid5(team_id, str(user.pk)), email=user.email, role=role),
        team=schemas.Team(
            id=team_id,
            name=settings.STUDIO_NAME,
            credits=spendable_by(key, to_spend=account_of(user).spendable),
            plan="self-hosted",
            customerId=None,
            maxConcurrentJobs=settings.WORKERS * settings.CALLS_PER_WORKER,
        ),
        apiKey=schemas.Key(id=key.pk, name=key.name, prefix=BRAND + key.prefix),
    )


def model_entry(listing: Listing) -> schemas.ModelEntry | None:
    """One usable model; None for one that has no price yet."""
    if listing.price_range is None:
        return None
    model, (least, most) = listing.model, listing.price_range
    return schemas.ModelEntry(
        id=model.id,
        label=model.name,
        modality="image",
        description=str(model.good_at),
        costMin=least,
        costMax=most,
        pricingMode="per-output" if model.most > model.least else "flat",
    )
