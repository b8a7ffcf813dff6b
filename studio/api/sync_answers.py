"""How a call that waited for its pictures is answered (contract 6)."""

import base64
import json
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _

from studio.api.openai_errors import NEVER_AGAIN, broken, envelope
from studio.api.sync_orders import Order
from studio.core.connections import release
from studio.jobs import calls
from studio.jobs.links import result_url
from studio.jobs.models import Image, Job
from studio.jobs.pictures import path_of
from studio.jobs.reports import failure_of
from studio.providers.services import provider_name

log = logging.getLogger(__name__)

CHUNK = 3 * 64 * 1024  # bytes of a file at a time; a multiple of 3, so that pieces of Base64 make one
NO_TOKENS = {
    "input_tokens": 0,
    "input_tokens_details": {"image_tokens": 0, "text_tokens": 0},
    "output_tokens": 0,
    "total_tokens": 0,
}

Part = bytes | Path  # of a body; a path stands for the file's bytes in Base64


class Answer(StreamingHttpResponse):
    """The answer to a call that made a job.

    `call` is closed when the server asks for more than there is: servers do so when what they got before was sent, or
    is the operating system's to send (PEP 3333). Before that the call may be repeated.
    """

    _has_been_logged = True  # whoever makes one says why; Django would call a provider's failure our error

    def __init__(self, job: Job, status: int, parts: list[Part], *, call: UUID | None = None) -> None:
        super().__init__(_pieces(parts, call), status=status, content_type="application/json")
        self.headers["Content-Length"] = str(sum(map(_length, parts)))
        self.headers["X-Studio-Job"] = str(job.pk)
        self.headers["X-Studio-Provider"] = job.provider
        if status != 200:
            self.headers["x-should-retry"] = NEVER_AGAIN["x-should-retry"]


def ended(job: Job, order: Order, call: UUID | None) -> Answer:
    """The answer about a job that has ended, is unknown or is still being made; only the last two leave `call` open."""
    if job.status == Job.Status.COMPLETED:
        return Answer(job, 200, _completed(job, order), call=call)
    provider = provider_name(job.provider)
    if job.is_unknown:
        message = _(
            "%(provider)s may or may not have taken this order. It is not ordered again, and nothing is charged unless "
            "the picture comes."
        )
        return _refused(job, 504, "outcome_unknown", message % {"provider": provider})
    if job.is_active:
        return still_running(job, 504)
    if job.status == Job.Status.CANCELLED:
        return _refused(job, 409, "cancelled", _("This job was cancelled."), call=call)
    is_policy = job.error_code == "content_policy"
    status, code = (400, "content_policy_violation") if is_policy else (502, "provider_error")
    return _refused(job, status, code, failure_of(job, provider=provider), call=call)


def still_running(job: Job, status: int) -> Answer:
    """The answer about a job that goes on without this call."""
    page = f"{settings.STUDIO_BASE_URL}/jobs/{job.pk}/"
    return _refused(job, status, "still_running", _("The picture is still being made: %(page)s") % {"page": page})


def failed(job: Job, error: BaseException) -> Answer:
    """The answer where something of ours broke after the job was made."""
    return Answer(job, 500, [json.dumps(broken(error)).encode()])


def _refused(job: Job, status: int, code: str, message: str, *, call: UUID | None = None) -> Answer:
    log.info("Job %s: the call that waited is answered %d, %s.", job.pk, status, code)
    return Answer(job, status, [json.dumps(envelope(status, message, code=code)).encode()], call=call)


def _completed(job: Job, order: Order) -> list[Part]:
    images = list(Image.objects.there().filter(job=job).order_by("index"))
    parts: list[Part] = [b'{"created": %d, "data": [' % int(job.created_at.timestamp())]
    for place, image in enumerate(images):
        told = json.dumps({"revised_prompt": image.revised_prompt or job.prompt})[1:].encode()
        if order.response_format == "url":
            picture: list[Part] = [json.dumps(result_url(job, image)).encode()]
        else:
            picture = [b'"', path_of(image.pk, image.format), b'"']
        parts += [b", " if place else b"", b'{"%s": ' % order.response_format.encode(), *picture, b", ", told]
    beside = _beside(job, order, images)
    return [*parts, b"]", b", " + json.dumps(beside)[1:].encode() if beside else b"}"]


def _beside(job: Job, order: Order, images: list[Image]) -> dict[str, Any]:
    """What OpenAI says of GPT Image beside the pictures: in the provider's words, else as it was asked and made.

    Who bills no tokens counts none.
    """
    if order.declared.family != "GPT Image":
        return {}
    asked = {**order.declared.defaults, **job.params}
    made = {"size": f"{images[0].width}x{images[0].height}", "output_format": images[0].format} if images else {}
    told = {name: asked.get(name) for name in ("background", "output_format", "quality")} | {"usage": NO_TOKENS} | made
    told |= {name: value for name, value in job.provider_extra.items() if name in told}
    told["output_format"] = "jpeg" if told["output_format"] == "jpg" else told["output_format"]
    return told


def _length(part: Part) -> int:
    return len(part) if isinstance(part, bytes) else 4 * ((part.stat().st_size + 2) // 3)


def _pieces(parts: Iterable[Part], call: UUID | None) -> Iterator[bytes]:
    small = b""
    for part in parts:
        if isinstance(part, bytes):
            small += part
            continue
        yield small
        small = b""
        with part.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield base64.b64encode(chunk)
    yield small
    if call is not None:
        calls.close_call(call)
        release()
