"""What the clock of one process on all hosts does now and then: places in line, webhooks, the overdue."""

import time
from datetime import timedelta
from operator import itemgetter

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from studio.accounts import services as accounts
from studio.accounts.models import User
from studio.core.ids import is_id
from studio.core.models import Counter, Lease
from studio.credits import services as credits
from studio.credits.audit import note_violations
from studio.jobs import calls, idempotency, provenance, references, reports, trash, turns
from studio.jobs.courier import Courier
from studio.jobs.engine import Engine
from studio.jobs.fetching import copy_picture
from studio.jobs.lifecycle import ended
from studio.jobs.models import UNKNOWN_POLICY, Attempt, Image, Job, JobQuerySet, Reference
from studio.jobs.moving import OFF, UNWELL, Mover
from studio.jobs.owner import is_surely_dead
from studio.providers.services import Pace, paces
from studio.providers.sync import due as lists_due
from studio.providers.tasks import read_lists
from studio.webhooks import services as webhooks

LONGEST_WAIT = timedelta(days=1)
SHOWN_PLACES = 100
LEASE_SECONDS = 10.0
SWEEP_EVERY, TIDY_EVERY = 15.0, 3600.0
ORPHAN_AGE = 6 * 3600.0  # a file without a row is younger than this only while its job is being settled


class Sweeper:
    """Runs under the lease "clock", so that one process on all hosts does it."""

    def __init__(self) -> None:
        self._leader_until = self._renew_at = self._sweep_at = self._tidy_at = 0.0
        self._courier, self._mover = Courier(), Mover()

    def __call__(self, engine: Engine) -> None:
        now = time.monotonic()
        if now >= self._renew_at:
            self._renew_at = now + LEASE_SECONDS / 2
            leads = _take_clock(engine.owner)
            self._leader_until = now + LEASE_SECONDS if leads else 0.0
        if now >= self._leader_until:
            return
        write_places(self._mover)
        self._courier(engine)
        if now >= self._sweep_at:
            self._sweep_at = now + SWEEP_EVERY
            sweep(engine)
            if lists_due():
                read_lists()
        if now >= self._tidy_at:
            self._tidy_at = now + TIDY_EVERY
            engine.records.submit(tidy)  # it looks at every file there is, which the clock cannot wait for


def _take_clock(owner: str) -> bool:
    if Lease.take("clock", owner, seconds=LEASE_SECONDS):
        return True
    holder = Lease.objects.filter(name="clock").values_list("owner", flat=True).first() or ""
    if not is_surely_dead(holder):
        return False
    Lease.drop("clock", holder)
    return Lease.take("clock", owner, seconds=LEASE_SECONDS)


def write_places(mover: Mover) -> None:
    """Write the place in line of the first hundred, where it changed; move on who waits in vain."""
    if not Job.objects.filter(status=Job.Status.QUEUED).exists():
        return
    on = paces()
    mover(on)
    _write_reasons(on)
    known = dict(Job.objects.filter(status=Job.Status.QUEUED).values_list("pk", "place"))
    places = {waiting.id: place for place, waiting in _per_provider(turns.in_line(each=SHOWN_PLACES))}
    changed = [(pk, places.get(str(pk))) for pk, place in known.items() if places.get(str(pk)) != place]
    with transaction.atomic():
        for pk, place in sorted(changed, key=itemgetter(0)):  # in the one order in which jobs are locked
            Job.objects.filter(pk=pk, status=Job.Status.QUEUED).update(place=place, version=F("version") + 1)


def _write_reasons(known: dict[str, Pace]) -> None:
    """Say on waiting cards that their provider is switched off or left alone for a while, and take it back after."""
    unwell = [slug for slug, pace in known.items() if not pace.is_closed]
    queued = Job.objects.filter(status=Job.Status.QUEUED)
    off, left_alone = queued.exclude(provider__in=known), queued.filter(provider__in=unwell)
    off.exclude(wait_reason=OFF).update(wait_reason=OFF, version=F("version") + 1)
    left_alone.filter(wait_reason="").update(wait_reason=UNWELL, version=F("version") + 1)
    back = queued.filter(provider__in=known, wait_reason=OFF) | queued.filter(
        provider__in=[slug for slug in known if slug not in unwell], wait_reason=UNWELL
    )
    back.update(wait_reason="", version=F("version") + 1)


def _per_provider(line: list[turns.Waiting]) -> list[tuple[int, turns.Waiting]]:
    places: dict[str, int] = {}
    numbered = []
    for waiting in line:
        places[waiting.provider] = places.get(waiting.provider, 0) + 1
        if places[waiting.provider] <= SHOWN_PLACES:
            numbered.append((places[waiting.provider], waiting))
    return numbered


def sweep(engine: Engine) -> None:
    """Free leases of the surely dead, end the overdue, make copies that were forgotten."""
    owners = Job.objects.filter(status=Job.Status.PROCESSING).exclude(lease_owner="")
    for owner in owners.values_list("lease_owner", flat=True).distinct():
        if is_surely_dead(owner) and free(owner):
            engine.resume_soon()
    now = timezone.now()
    for pk in _ids(Job.objects.filter(status=Job.Status.QUEUED, created_at__lt=now - LONGEST_WAIT)):
        close(pk, code="waited_too_long")
    for pk in _ids(Job.objects.filter(is_unknown=True, unknown_at__lt=now - UNKNOWN_POLICY)):
        close(pk, code="never_known")
    forgotten = Image.objects.filter(copies_made_at=None, created_at__lt=now - timedelta(seconds=30), deleted_at=None)
    for image in forgotten.order_by("created_at")[:20]:
        engine.copies.submit(copy_picture, engine, image.pk, image.format)
    if not engine.copies.unfinished:  # what is shown comes first
        provenance.mark_forgotten(engine)


def _ids(jobs: JobQuerySet) -> list[str]:
    return [str(pk) for pk in jobs.values_list("pk", flat=True)[:200]]


def free(owner: str) -> int:
    """Let the leases of a dead process run out now; any engine resumes its jobs. Returns how many."""
    return Job.objects.filter(lease_owner=owner, status=Job.Status.PROCESSING).update(lease_expires_at=timezone.now())


@transaction.atomic
def close(job_id: str, *, code: str, reason: str = "", actor: User | None = None) -> bool:
    """End a job that nobody can finish: FAILED, hold released; an unknown one's possible cost is booked apart."""
    job = Job.objects.select_related("user").get(pk=job_id)
    nobody_works_on_it = Q(status=Job.Status.QUEUED) | Q(is_unknown=True)
    open_end = Job.objects.filter(nobody_works_on_it, pk=job_id, version=job.version)
    params = {"reason": reason} if reason else {}
    changed = open_end.update(
        version=F("version") + 1, fence=F("fence") + 1, **ended(Job.Status.FAILED, code=code, params=params)
    )
    if not changed:
        return False
    Attempt.objects.filter(job_id=job_id, outcome__in=[Attempt.Outcome.OPEN, Attempt.Outcome.UNKNOWN]).update(
        outcome=Attempt.Outcome.FAILED, finished_at=timezone.now(), error_code=code
    )
    reports.ended(job_id)
    credits.release(key=job.hold_key, reason=code)
    if job.is_unknown and job.price and not job.is_sandbox:
        why = f"{code}: {reason}" if reason else code
        credits.book_unconfirmed(
            amount=job.price, reference=str(job.pk), reason=why, actor=actor, served_by=job.provider
        )
    return True


def tidy() -> None:
    """Forget old idempotency keys, counters and progress told; remove files and references nobody needs (IMG-6).

    Proves the ledger, too, so that a wrong sum is on /metrics within the hour.
    """
    idempotency.prune()
    calls.prune()
    accounts.tidy()
    webhooks.tidy()
    Counter.objects.filter(expires_at__lt=timezone.now()).delete()
    trash.purge()
    remove_orphans()
    references.forget_unused()
    note_violations()


def remove_orphans(*, older_than: float = ORPHAN_AGE) -> int:
    """Remove drafts and pictures on disk that no row names or that were purged; returns how many files went."""
    removed = 0
    limit = time.time() - older_than
    for folder in [settings.MEDIA_ROOT, *sorted(settings.MEDIA_ROOT.glob("??"))]:
        old = [path for path in folder.glob("*.*") if path.is_file() and path.stat().st_mtime < limit]
        old += [path for path in folder.glob("draft-*") if path.is_file() and path.stat().st_mtime < limit]
        named = {path: path.name.split(".")[0] for path in set(old)}
        ids = [name for name in named.values() if is_id(name)]
        kept = {str(pk) for pk in Image.objects.filter(pk__in=ids, purged_at=None).values_list("pk", flat=True)}
        kept |= {str(pk) for pk in Reference.objects.filter(file__in=ids).values_list("file", flat=True)}
        for path, name in named.items():
            is_ours = is_id(name) or path.name.startswith("draft-")  # what somebody else put here stays
            if is_ours and (name not in kept or path.name.endswith(".draft")):
                path.unlink(missing_ok=True)
                removed += 1
    return removed
