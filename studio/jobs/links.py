"""Links under which a finished picture can be had without a login, for as long as results are kept."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio.core.crypto import derived_key
from studio.core.errors import StudioError
from studio.jobs.grids import has_grid
from studio.jobs.models import Image, Job

_GRID = "-grid.png"


class LinkRefused(StudioError):
    """Nobody signed this link, or what it named is not there any more: which of them is not told."""

    code = "not_found"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("There is no picture at this address."))


class LinkExpired(StudioError):
    """The time for which results are kept is over."""

    code = "expired"
    status = 410

    def __init__(self) -> None:
        super().__init__(_("This link has expired."))


def expires_at(job: Job) -> datetime | None:
    """When the result links of a finished job end; None while it is not finished."""
    return job.finished_at and job.finished_at + timedelta(days=settings.RESULT_DAYS)


def is_expired(job: Job) -> bool:
    """Whether the pictures of a completed job can no longer be had by link."""
    end = expires_at(job)
    return job.status == Job.Status.COMPLETED and end is not None and end <= timezone.now()


def result_url(job: Job, image: Image) -> str:
    """The absolute address of one picture's original bytes: the same at every read."""
    return _address(job, image, f"{job.pk}-{image.index}.{image.format}")


def results_of(job: Job, images: Sequence[Image]) -> dict[str, Any]:
    """The result of a completed job as the Apiframe dialect has it; `images` are those that are still there."""
    found: dict[str, Any] = {"images": [result_url(job, image) for image in images]}
    if has_grid(job, images):
        found["gridUrl"] = _address(job, images[0], f"{job.pk}{_GRID}")
    return found


def _address(job: Job, image: Image, name: str) -> str:
    end = expires_at(job)
    if end is None:
        raise ValueError("Only a finished job has results.")
    seconds = str(int(end.timestamp()))
    path = reverse("jobs:file", args=[image.pk, name])
    return f"{settings.STUDIO_BASE_URL}{path}?e={seconds}&s={_signature(image.pk, name, seconds)}"


def linked_image(*, image_id: UUID, name: str, expires: str, signature: str) -> Image:
    """The picture behind a result link, its row read now. Raises LinkRefused and LinkExpired."""
    if is_grid(name):
        raise LinkRefused
    return _behind(image_id, name, expires, signature)


def is_grid(name: str) -> bool:
    """Whether a link of this name leads to the pictures of its job in one."""
    return name.endswith(_GRID)


def linked_grid(*, image_id: UUID, name: str, expires: str, signature: str) -> list[Image]:
    """The pictures that the one behind such a link is made of. Raises LinkRefused and LinkExpired."""
    first = _behind(image_id, name, expires, signature)
    images = list(Image.objects.linked().filter(job=first.job_id).select_related("job"))
    if not has_grid(images[0].job, images):
        raise LinkRefused
    return images


def _behind(image_id: UUID, name: str, expires: str, signature: str) -> Image:
    if not hmac.compare_digest(signature.encode(), _signature(image_id, name, expires).encode()):
        raise LinkRefused
    if int(expires) <= timezone.now().timestamp():
        raise LinkExpired
    image = Image.objects.linked().filter(pk=image_id).first()
    if image is None:
        raise LinkRefused
    return image


def _signature(image_id: UUID, name: str, expires: str) -> str:
    """192 bits over all that the link says."""
    digest = hmac.digest(derived_key("files"), f"{image_id}/{name}?e={expires}".encode(), "sha256")
    return urlsafe_b64encode(digest[:24]).decode()
