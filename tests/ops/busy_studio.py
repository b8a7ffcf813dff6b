"""A studio with a bit of everything, made and looked at by child processes."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from studio.accounts.models import User
from studio.credits.audit import verify
from studio.jobs import services
from studio.jobs.models import Attempt, Job
from studio.ops import backup, restore
from studio.ops.health import look
from studio.providers.services import load_catalogue
from tests.factories import make_user

PICTURE = "aa/picture.png"


def fill() -> dict[str, str]:
    """One job in each state that matters to a restore; their ids by a name."""
    load_catalogue()
    user = make_user("alice", credits=1000)
    Session.objects.create(session_key="k" * 32, session_data="somebody-signed-in", expire_date=timezone.now())
    ids = {}
    for name in ("queued", "asked", "doubtful", "sandbox"):
        job, _was_there = services.submit_job(user=user, model="dall-e-3", prompt=f"a {name} lighthouse", params={})
        ids[name] = str(job.pk)
    real = Job.objects.exclude(pk=ids["sandbox"])
    real.update(is_sandbox=False, provider="apiframe")
    for name, provider_job_id in (("asked", "their-1"), ("doubtful", "")):
        under_way(UUID(ids[name]), provider_job_id)
    (settings.MEDIA_ROOT / "aa").mkdir(parents=True)
    (settings.MEDIA_ROOT / PICTURE).write_bytes(b"bytes of a picture")
    (settings.MEDIA_ROOT / "draft-1").write_bytes(b"half")
    return ids


def under_way(pk: UUID, provider_job_id: str) -> None:
    Job.objects.filter(pk=pk).update(
        status=Job.Status.PROCESSING, lease_owner="host:1", lease_expires_at=timezone.now(), fence=1
    )
    Attempt.objects.create(
        job_id=pk, number=1, provider="apiframe", idempotency_key=f"{pk}-1", provider_job_id=provider_job_id
    )


def state() -> dict[str, Any]:
    """What a restored studio is asked about."""
    jobs = {
        str(job.pk): [job.status, job.is_unknown, job.lease_owner, job.prompt] for job in Job.objects.order_by("pk")
    }
    return {
        "jobs": jobs,
        "violations": list(verify()),
        "sessions": Session.objects.count(),
        "picture": (settings.MEDIA_ROOT / PICTURE).read_text(),
        "files": sorted(path.name for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()),
        "health": look(),
    }


def back_up(folder: str) -> str:
    """Why there is no backup; empty when there is one."""
    try:
        backup.make(Path(folder))
    except ImproperlyConfigured as error:
        return str(error)
    return ""


def bring_back(folder: str) -> str:
    """Why nothing was restored; empty when it was."""
    try:
        restore.bring_back(Path(folder))
    except ImproperlyConfigured as error:
        return str(error)
    return ""


def submit_one_more() -> str:
    """A row after a restore: its number must not collide with those that were brought back."""
    user = User.objects.get(username="alice")
    job, _was_there = services.submit_job(user=user, model="dall-e-3", prompt="one more", params={})
    return str(job.pk)
