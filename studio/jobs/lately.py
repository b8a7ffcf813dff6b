"""Whether somebody ordered exactly the same a moment ago: said quietly, for a second order may be meant."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from studio.accounts.models import User
from studio.jobs.alike import marked
from studio.jobs.models import Batch, Job
from studio.providers.catalogue import ImageModel

LATELY = timedelta(minutes=10)
Asked = tuple[ImageModel, Mapping[str, Any], int]  # a model, its parameters, pictures an order


def ordered_lately(user: User, prompts: Sequence[str], asked: Sequence[Asked]) -> datetime | None:
    """When this person last ordered these, each prompt of each model, by one click; one query, for a batch a few."""
    number = len(prompts) * len(asked)
    return _batch(user, prompts, asked) if number > 1 else _single(user, prompts[0], asked[0])


def _single(user: User, prompt: str, asked: Asked) -> datetime | None:
    (mark, seed) = _told(prompt, asked)
    if not mark:
        return None
    alike = Job.objects.of(user).filter(fingerprint=mark, batch=None, created_at__gt=timezone.now() - LATELY)
    rows = alike.order_by("-created_at").values_list("params", "created_at")[:20]
    return next((at for params, at in rows if params.get("seed") == seed), None)


def _batch(user: User, prompts: Sequence[str], asked: Sequence[Asked]) -> datetime | None:
    number, since = len(prompts) * len(asked), timezone.now() - LATELY
    wanted: set[tuple[str, Any]] = set()
    for batch in Batch.objects.of(user).filter(number=number, created_at__gt=since).order_by("-created_at")[:3]:
        wanted = wanted or {_told(prompt, one) for prompt in prompts for one in asked}
        made = {(mark, params.get("seed")) for mark, params in batch.jobs.values_list("fingerprint", "params")}
        if made == wanted and all(mark for mark, _seed in wanted):
            return batch.created_at
    return None


def _told(prompt: str, asked: Asked) -> tuple[str, Any]:
    model, params, count = asked
    clean, mark = marked(model, params, prompt=prompt, count=count)
    return mark, clean.get("seed")
