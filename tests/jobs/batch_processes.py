"""What the children of the races and crashes about batches do, each in a process of its own."""

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_q.models import OrmQ

from studio.accounts.models import User
from studio.core.errors import StudioError
from studio.credits.audit import verify
from studio.credits.models import Account, Entry, Hold
from studio.jobs.batches import Wish, submit_batch
from studio.jobs.idempotency import Claim
from studio.jobs.models import Batch, IdempotencyKey, Job
from studio.jobs.services import submit_job
from studio.providers.services import load_catalogue
from tests.factories import make_user

CLAIM = Claim(key="a form", scope="form", fingerprint="the same")
WISHES = [Wish("dall-e-3", {}), Wish("gpt-image-2", {"quality": "low"}, 2)]


def prepare(credits: int = 10_000) -> None:
    load_catalogue()
    make_user("alice", credits=credits)


def add_bob(credits: int) -> None:
    make_user("bob", credits=credits)


def order(prompts: int = 3, key: str | None = "a form", name: str = "alice") -> list[Any]:
    """The batch, or why there is none, and whether it was there before."""
    claim = Claim(key=key, scope="form", fingerprint="the same") if key else None
    user, words = User.objects.get(username=name), [f"a fox, {n}" for n in range(prompts)]
    try:
        batch, was_there = submit_batch(user=user, words="foxes", prompts=words, wishes=WISHES, claim=claim)
    except StudioError as error:
        return [error.code, False]
    return [str(batch.pk), was_there]


def statements(jobs: int) -> list[int]:
    """How many statements a batch of so many jobs takes, and how many the same orders one by one."""
    alice = User.objects.get(username="alice")
    prompts = [f"a fox, {n}" for n in range(jobs)]
    numbers = []
    with CaptureQueriesContext(connection) as captured:
        submit_batch(user=alice, words="foxes", prompts=prompts, wishes=WISHES[:1], claim=CLAIM)
    numbers.append(len(captured))
    with CaptureQueriesContext(connection) as captured:
        for prompt in prompts:
            submit_job(user=alice, model="dall-e-3", prompt=prompt, params={})
    return [*numbers, len(captured)]


def facts() -> dict[str, Any]:
    account = Account.objects.get(user__username="alice")
    return {
        "batches": Batch.objects.count(),
        "jobs": Job.objects.exclude(batch=None).count(),
        "queue": OrmQ.objects.count(),
        "holds": Hold.objects.count(),
        "entries": Entry.objects.filter(kind="hold").count(),
        "keys": IdempotencyKey.objects.count(),
        "held": account.held,
        "wrong": list(verify()),
    }
