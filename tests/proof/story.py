"""What the children of these tests do: a client's story, an engine that works, and the facts afterwards.

Every function here runs in a process of its own, on a scratch database, against a fake provider over real HTTP.
"""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from ipaddress import ip_network
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from studio.accounts.key_services import create_api_key
from studio.accounts.models import ApiKey, User
from studio.credits.audit import verify
from studio.credits.models import Entry, Hold
from studio.jobs import engine as engines
from studio.jobs import flying, lifecycle, orders, pictures, reference_files, sweep, tasks, trash, turns, worker
from studio.jobs.batches import Wish, submit_batch
from studio.jobs.engine import Engine
from studio.jobs.errors import NotCancellable, NotSettled
from studio.jobs.idempotency import Claim
from studio.jobs.launch import launch
from studio.jobs.lifecycle import Flight
from studio.jobs.models import Attempt, Image, Job, Reference
from studio.jobs.services import cancel_job, submit_job
from studio.jobs.unknown import ask
from studio.providers.base import Finished
from studio.providers.models import ProviderRow
from studio.providers.services import load_catalogue
from tests.factories import make_user
from tests.proof import KEY

# What the client asks for, by the words for the fake provider; "cancelled" is taken back before an engine runs.
WISHES = {
    "done": "",
    "failed": "[fake:job=fail]",
    "turned away": "[fake:submit=429*1][fake:retry-after=0]",
    "in doubt": "[fake:submit=accept+reset*1]",
    "lost": "[fake:submit=409]",
    "found": "[fake:submit=accept+reset*5]",
    "by a key": "",
    "moved": "[fake:submit=402*1]",
    "cancelled": "",
    "built on": "",
}


def prepare(url: str, credits: int = 10_000, pace: int | None = None) -> None:
    """The catalogue, alice with credits, and the fake provider at `url` as the one that serves."""
    load_catalogue()
    alice = make_user("alice", credits=credits)
    create_api_key(user=alice, name="capped", monthly_cap=credits)
    make_user("bob", credits=credits)
    row = ProviderRow(slug="apiframe", kind="apiframe", name="Apiframe", base_url=url, order=1, pace_concurrent=pace)
    row.set_key(KEY)
    row.save()


def add_second(url: str) -> None:
    """Another account at the same vendor, for what the first surely does not take."""
    row = ProviderRow(slug="second", kind="apiframe", name="Second", base_url=url, order=2)
    row.set_key(KEY)
    row.save()


def quick(*, lease: float = 30.0) -> None:
    """The clock's pace for tests: what takes a second or two in a studio takes tenths here."""
    engines.CLAIM_EVERY, engines.RESUME_EVERY = 0.05, 0.1
    engines.PROGRESS_EVERY, engines.RENEW_EVERY = 0.2, min(10.0, lease / 3)
    flying.FIRST_LOOK = flying.LOOK_EVERY = 0.1
    engines.BACKOFF = 0.02
    reference_files.ALLOWED = (ip_network("127.0.0.0/8"),)  # where the people of the story keep their pictures
    lifecycle.LEASE = turns.LEASE = orders.LEASE = timedelta(seconds=lease)


def submit(name: str, wish: str, prompt: str) -> str:
    """Ask for a picture as a client that repeats itself under the same key; the job's id."""
    claim = Claim(key=wish, scope="live", fingerprint="the same")
    user = User.objects.get(username=name)
    asked: dict[str, Any] = {"model": "dall-e-3", "prompt": f"a fox [fake:side=64]{prompt}", "params": {}}
    if wish == "built on":
        home = ProviderRow.objects.get(slug="apiframe").base_url
        asked |= {"model": "ideogram-v3-turbo", "params": {"style_reference_images": [f"{home}/photos/fox"]}}
    if wish == "by a key":
        asked["api_key"] = ApiKey.objects.get(user=user, name="capped")
    job, _is_replay = submit_job(user=user, claim=claim, **asked)
    return str(job.pk)


def submit_together() -> dict[str, str]:
    """Two pictures of alice's by one click, repeated under the same key; their jobs by what they are called."""
    claim = Claim(key="together", scope="form", fingerprint="the same")
    words = {"one together": "a red fox [fake:side=64]", "other together": "a blue fox [fake:side=64]"}
    wish = Wish(model="dall-e-3", params={})
    alice = User.objects.get(username="alice")
    batch, _is_replay = submit_batch(user=alice, words="foxes", prompts=[*words.values()], wishes=[wish], claim=claim)
    return dict(zip(words, map(str, batch.jobs.order_by("created_at").values_list("pk", flat=True)), strict=True))


def submit_many(name: str, count: int, words: str = "") -> list[str]:
    return [submit(name, f"wish {number} of {name}", f"{number} {words}") for number in range(count)]


def prepare_chaos(url: str) -> str:
    """A second provider, which answers at once, and a key of alice's."""
    ProviderRow(slug="own", kind="openai", name="Own server", base_url=f"{url}/own/v1", order=2).save()
    return create_api_key(user=User.objects.get(username="alice"), name="chaos")[1]


def answer_at_once(url: str) -> None:
    """From now on a server that answers with the pictures serves, in place of the one that is asked for them."""
    ProviderRow.objects.filter(slug="apiframe").update(enabled=False)
    row = ProviderRow(slug="own", kind="openai", name="Own server", base_url=f"{url}/own/v1", order=1)
    row.save()


def submit_pictures(name: str, count: int, first: int = 0, each: float = 0.0) -> None:
    """Ask for `count` pictures of full size, one after the other, one every `each` seconds."""
    user = User.objects.get(username=name)
    began = time.monotonic()
    for number in range(first, first + count):
        time.sleep(max(0.0, began + each * (number - first) - time.monotonic()))
        submit_job(user=user, model="dall-e-3", prompt=f"a fox, {number}", params={})


def submit_to_sandbox(name: str, count: int) -> None:
    """Ask for `count` pictures of the sandbox."""
    user = User.objects.get(username=name)
    for number in range(count):
        submit_job(user=user, model="dall-e-3", prompt=f"{number}", params={}, use_sandbox=True)


def live() -> dict[str, Any]:
    """The whole story: submit all, take one back, work until everything has ended."""
    quick()
    jobs = {wish: submit("alice", wish, words) for wish, words in WISHES.items()}
    jobs |= submit_together()
    try:
        cancel_job(job=Job.objects.get(pk=jobs["cancelled"]), user=User.objects.get(username="alice"))
    except NotCancellable:
        assert Job.objects.get(pk=jobs["cancelled"]).status == Job.Status.CANCELLED
    work()
    _ask_for(jobs["found"])
    _throw_away(jobs["done"])
    return facts() | {"wishes": jobs}


def _ask_for(job_id: str) -> None:
    """What an administrator does about an order that nobody heard of again."""
    unknown = Job.objects.filter(pk=job_id, is_unknown=True)
    for job in unknown.all():
        with suppress(NotSettled):  # whoever died may just have asked
            ask(job)
    work(lambda: not unknown.exists() and all_ended())


def _throw_away(job_id: str) -> None:
    """Its picture was deleted a month ago, and the sweep comes by."""
    Image.objects.filter(job=job_id, deleted_at=None).update(deleted_at=timezone.now() - timedelta(days=31))
    trash.purge()


def all_ended() -> bool:
    return not Job.objects.active().filter(is_unknown=False).exists()


def work(until: Callable[[], bool] = all_ended, *, seconds: float = 30.0, calls: int = 64) -> None:
    """One engine in this process until `until`, then stopped; fails after `seconds`."""
    engine = Engine(launch=launch, sweep=sweep.Sweeper(), calls=calls)
    engine.start()
    limit = time.monotonic() + seconds
    try:
        while not until() or engine.copies.unfinished or engine.records.unfinished:
            assert time.monotonic() < limit, [
                (str(job), job.is_unknown, job.error_code) for job in Job.objects.active()
            ]
            time.sleep(0.02)
    finally:
        engine.stop(seconds=5)


def deliver(job_id: str, times: int) -> dict[str, Any]:
    """What a queue worker does that gets the same task so often."""
    quick()
    for _ in range(times):
        tasks.run_job(job_id)
    limit = time.monotonic() + 30
    while not all_ended():
        assert time.monotonic() < limit
        time.sleep(0.02)
    worker.engine().stop(seconds=5)
    return {"pid": os.getpid()}


def stand_still(place: str, lease: float) -> dict[str, Any]:
    """Work, but be stopped (SIGSTOP) at the first failpoint of this name in pictures.py, until somebody says go on."""
    quick(lease=lease)

    def stop_here(name: str) -> None:
        if name == place:
            with (
                transaction.atomic()
            ):  # SQLite has one writer: let none of our other threads be it while we stand still
                Job.objects.filter(pk=None).update(version=0)
            os.kill(os.getpid(), signal.SIGSTOP)

    pictures.failpoint = stop_here
    work()
    return facts()


def work_among_poison(lease: float) -> dict[str, Any]:
    """Work with code that dies of one prompt and breaks on another."""
    quick(lease=lease)
    fetch = flying.fetch

    def poisoned(engine: Engine, flight: Flight, finished: Finished) -> None:
        if "poison" in flight.order.prompt:
            os.kill(os.getpid(), signal.SIGKILL)
        if "broken" in flight.order.prompt:
            raise ZeroDivisionError("planted")
        fetch(engine, flight, finished)

    flying.fetch = poisoned
    work()
    return facts()


def longest_idle_transaction() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        (found,) = cursor.fetchone()
    return str(found)


def work_quickly(lease: float = 30.0) -> dict[str, Any]:
    quick(lease=lease)
    work()
    return facts()


def work_for(seconds: float) -> dict[str, Any]:
    quick()
    until = time.monotonic() + seconds
    work(lambda: time.monotonic() > until)
    return facts()


def facts() -> dict[str, Any]:
    """What the rows and the disk say once everything has ended, orphans swept."""
    sweep.remove_orphans(older_than=0)
    files = [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    return {
        "pid": os.getpid(),
        "now": timezone.now().isoformat(),
        "jobs": {
            str(job.pk): {
                "status": job.status,
                "unknown": job.is_unknown,
                "price": job.price,
                "paid": job.paid,
                "error": job.error_code,
                "text": job.error_text,
                "fence": job.fence,
                "claims": job.claims,
                "images": job.images.count(),
                "attempts": [attempt.outcome for attempt in job.attempts.all()],
                "keys": [attempt.idempotency_key for attempt in job.attempts.all()],
            }
            for job in Job.objects.all()
        },
        "originals": sorted(path.stem for path in files if path.name.count(".") == 1),
        "images": sorted(str(pk) for pk in (*_pictures(), *_references())),
        "strangers": sorted(path.name for path in files if path.name.startswith("draft-")),
        "holds": dict(Hold.objects.values_list("reference", "state")),
        "captured": Entry.objects.of_kind(Entry.Kind.CAPTURE).count(),
        "open_attempts": Attempt.objects.filter(outcome=Attempt.Outcome.OPEN).count(),
        "violations": list(verify()),
    }


def _pictures() -> list[UUID]:
    return list(Image.objects.filter(purged_at=None).values_list("pk", flat=True))


def _references() -> list[UUID]:
    return [row.file for row in Reference.objects.stored() if row.file]
