"""Jobs and pictures as the engine leaves them, without the wait."""

import hashlib
import io
import uuid
from typing import Any

from django.utils import timezone
from django_q.models import OrmQ
from PIL import Image as Pillow

from studio.accounts.models import User
from studio.credits import services as credits
from studio.credits.models import Entry, Hold
from studio.jobs.models import IdempotencyKey, Image, Job
from studio.jobs.pictures import make_copies, path_of
from studio.jobs.services import submit_job

PROMPT = "A lighthouse at dawn"


def submitted(user: User, **asked: Any) -> Job:
    """A job in line, asked for through the door everybody uses."""
    given = {"model": "dall-e-3", "prompt": PROMPT, "params": {}} | asked
    return submit_job(user=user, **given)[0]


def completed(user: User, *, pictures: int = 1, copies: bool = False, **asked: Any) -> Job:
    """A finished job with PNGs of different colours, paid for; `copies` makes those the pages show."""
    job = submitted(user, count=pictures, **asked)
    now = timezone.now()
    for index in range(1, pictures + 1):
        image = stored(job, index)
        if copies:
            make_copies(image.pk, image.format)
            Image.objects.filter(pk=image.pk).update(copies_made_at=now)
    credits.capture(key=job.hold_key, amount=job.price)
    Job.objects.filter(pk=job.pk).update(
        status=Job.Status.COMPLETED, progress=100, paid=job.price, started_at=now, finished_at=now
    )
    job.refresh_from_db()
    return job


def failed(user: User, code: str = "content_policy", **asked: Any) -> Job:
    """A job that ended without a picture, its hold released."""
    job = submitted(user, **asked)
    credits.release(key=job.hold_key)
    Job.objects.filter(pk=job.pk).update(
        status=Job.Status.FAILED, error_code=code, error_text="vendor words", paid=0, finished_at=timezone.now()
    )
    job.refresh_from_db()
    return job


def stored(job: Job, index: int = 1) -> Image:
    """One picture's row and its file on disk."""
    buffer = io.BytesIO()
    Pillow.new("RGB", (60, 40), (40 * index, 90, 120)).save(buffer, "PNG")
    data, image_id = buffer.getvalue(), uuid.uuid4()
    path = path_of(image_id, "png")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return Image.objects.create(
        id=image_id,
        job=job,
        index=index,
        format="png",
        width=60,
        height=40,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )


def nothing_is_left() -> bool:
    """No job, queue row, hold or key of a request that was refused."""
    rows = (Job, OrmQ, Hold, IdempotencyKey)
    return not any(model.objects.exists() for model in rows) and not Entry.objects.filter(kind="hold").exists()
