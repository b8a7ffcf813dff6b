"""Orders that ask for exactly the same, and the picture that a teammate already has of one."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from studio.accounts.models import User
from studio.jobs.models import Image, Job
from studio.jobs.prompts import trimmed
from studio.providers.catalogue import ImageModel, ParameterErrors


@dataclass(frozen=True)
class Made:
    """A picture that is there already."""

    image: Image

    @property
    def person(self) -> str:
        return self.image.job.user.display_name

    @property
    def day(self) -> str:
        """`3 November`, with its year where that is not this one."""
        at = timezone.localdate(self.image.created_at)
        return date_format(at, "j F" if at.year == timezone.localdate().year else "j F Y")


def fingerprint(model: ImageModel, params: Mapping[str, Any], *, prompt: str, count: int) -> str:
    """What two orders of the same have in common whatever their seed: 32 hexadecimal digits.

    `params` are clean. What equals the model's default is as if it was not asked for. Empty for an order that builds
    on pictures: whether those are the same is not told by their names.
    """
    if any(parameter.is_picture and parameter.name in params for parameter in model.parameters):
        return ""
    asked = {name: value for name, value in params.items() if name != "seed" and value != model.defaults.get(name)}
    told = json.dumps([model.id, trimmed(prompt), count, asked], sort_keys=True)
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def already_made(
    user: User, model: ImageModel, params: Mapping[str, Any], *, prompt: str, count: int, is_sandbox: bool
) -> Made | None:
    """The latest picture a teammate shows that this order would make again; one query.

    Any seed will do where none is asked for. A picture of the sandbox never stands in for a real one, nor the reverse.
    """
    clean, mark = marked(model, params, prompt=prompt, count=count)
    if not mark:
        return None
    found = Image.objects.there().filter(
        job__fingerprint=mark,
        job__status=Job.Status.COMPLETED,
        job__visibility__in=Job.SHARED,
        job__is_sandbox=is_sandbox,
        copies_made_at__isnull=False,
    )
    if "seed" in clean:
        found = found.filter(job__params__seed=clean["seed"])
    others = found.exclude(job__user=user).select_related("job__user")
    image = others.order_by("-job__finished_at", "index").first()
    return Made(image) if image else None


def marked(model: ImageModel, params: Mapping[str, Any], *, prompt: str, count: int) -> tuple[Mapping[str, Any], str]:
    """What is asked for, clean, and the fingerprint of its order; an empty one for an order that cannot be."""
    try:
        clean = model.clean(params, count=count)
    except ParameterErrors:
        return {}, ""
    return clean, fingerprint(model, clean, prompt=prompt, count=count) if trimmed(prompt) else ""
