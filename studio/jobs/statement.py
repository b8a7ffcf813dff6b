"""A vendor's own list of orders, line by line against our attempts and the ledger.

Pages are read outside any transaction; each is compared by a few queries and forgotten, so that only the ids of our
own orders are kept in memory.
"""

import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.accounts.models import User
from studio.core.errors import StudioError
from studio.core.models import Lease
from studio.core.outbound import NotSent
from studio.credits.models import Entry, Hold
from studio.jobs.models import Attempt, Job, StatementLine, StatementRun
from studio.providers.base import ListedOrder, ListsOrders, Lookup, NotTaken, ProviderError
from studio.providers.models import ProviderRow
from studio.providers.services import provider_for

LOOKED_BACK = timedelta(days=30)
MOST_PAGES = 2000
MOST_LOOKED_UP = 50  # orders nobody here knows that are asked for one by one
CLOCKS = timedelta(hours=1)  # by how much theirs may differ from ours
NEAR = timedelta(minutes=10)  # an order without an id and what may be it there lie closer together
TRIES, LONGEST_WAIT = 5, 30.0
KEPT_RUNS = 20
Kind = StatementLine.Kind


class NotMatched(StudioError):
    """The list could not be matched; `message` says why."""

    code = "not_matched"
    status = 409


def begin(slug: str, *, since: datetime | None = None, actor: User | None = None) -> StatementRun:
    """A run that waits to be made. Raises NotMatched for a provider that has no list of orders."""
    if not has_list(slug):
        raise NotMatched(_("%(provider)s has no list of orders that could be read.") % {"provider": slug})
    return StatementRun.objects.create(provider=slug, since=since or timezone.now() - LOOKED_BACK, actor=actor)


def has_list(slug: str) -> bool:
    try:
        return isinstance(provider_for(slug), ListsOrders)
    except (ProviderRow.DoesNotExist, KeyError, NotSent):  # NotSent: its address is none
        return False


def match(run: StatementRun) -> None:
    """Make a waiting run; what became of it is written on it. Raises NotMatched while another one is being made.

    A run that waits no more, because its task came twice, is left to whoever makes it.
    """
    waiting = StatementRun.objects.filter(pk=run.pk, state=StatementRun.State.WAITING)
    if not waiting.update(state=StatementRun.State.RUNNING, started_at=timezone.now()):
        return
    lease, owner = f"statement:{run.provider}", f"run {run.pk}"
    if not Lease.take(lease, owner, seconds=300):
        _close(run, StatementRun.State.BROKEN, error=_("Another one was being made at this moment."))
        raise NotMatched(run.error)
    try:
        running = StatementRun.objects.filter(provider=run.provider, state=StatementRun.State.RUNNING)
        died = running.exclude(pk=run.pk)
        died.update(state=StatementRun.State.BROKEN, error=_("The process that made it ended in between."))
        run.refresh_from_db()
        _Matching(run).make()
        _close(run, StatementRun.State.DONE)
    except ProviderError as error:
        run.lines.all().delete()
        _close(run, StatementRun.State.BROKEN, error=f"{error.code} {error.status or ''} {error.text}")
    finally:
        Lease.drop(lease, owner)
    old = StatementRun.objects.filter(provider=run.provider).values_list("pk", flat=True)[KEPT_RUNS:]
    StatementRun.objects.filter(pk__in=list(old)).delete()


def _close(run: StatementRun, state: str, *, error: str = "") -> None:
    run.state, run.error, run.finished_at = state, error[:500], timezone.now()
    run.differing = run.lines.count()
    run.save()


class _Matching:
    """One run under way."""

    def __init__(self, run: StatementRun) -> None:
        self.run = run
        vendor = provider_for(run.provider)
        assert isinstance(vendor, ListsOrders)
        self.vendor = vendor
        self.seen: set[str] = set()
        self.looked_up = 0

    def make(self) -> None:
        for page in self._pages():
            fresh = [order for order in page if order.id not in self.seen and order.made_at >= self.run.since - CLOCKS]
            self._compare(fresh)
            self.run.save()
        StatementLine.objects.bulk_create(self._missing(), batch_size=500)

    def _pages(self) -> Iterator[list[ListedOrder]]:
        after, cursors = "", set[str]()
        for _number in range(MOST_PAGES):
            page, after = self._page(after)
            yield page
            is_over = not page or min(order.made_at for order in page) < self.run.since - CLOCKS
            if not after or is_over or after in cursors:
                return
            cursors.add(after)
            Lease.take(f"statement:{self.run.provider}", f"run {self.run.pk}", seconds=300)
        raise ProviderError("too_many", f"More than {MOST_PAGES} pages of orders: choose a later day.")

    def _page(self, after: str) -> tuple[list[ListedOrder], str]:
        """One page; a vendor that has too much to do is asked a few times."""
        for number in range(1, TRIES + 1):
            try:
                return self.vendor.list_orders(after=after, of_team=self.run.is_of_team)
            except NotTaken as error:
                if number == TRIES:
                    raise
                time.sleep(min(error.retry_after or 1.0, LONGEST_WAIT))
            except ProviderError as error:
                if error.status != 403 or not self.run.is_of_team or after:
                    raise
                self.run.is_of_team = False
        raise AssertionError("every try returns or raises")

    def _compare(self, page: list[ListedOrder]) -> None:
        orders = {order.id: order for order in page}
        known = Attempt.objects.filter(provider=self.run.provider, provider_job_id__in=list(orders))
        ours = {attempt.provider_job_id: attempt for attempt in known.select_related("job")}
        strange = [order for order in page if order.id not in ours]
        times = [order.made_at for order in strange]
        if times and self._lost(min(times), max(times)).exists():
            ours |= {order.id: found for order in strange if (found := self._without_id(order)) is not None}
        self.run.listed += len(orders)
        self.run.ours += len(ours)
        self.run.others += len(orders) - len(ours)
        self.seen.update(ours)
        books = _Books(attempt.job for attempt in ours.values())
        lines = [
            StatementLine(
                run=self.run,
                kind=kind,
                job=attempt.job,
                provider_job_id=order_id,
                there=_there(orders[order_id], kind),
                here=_here(attempt, kind),
                made_at=orders[order_id].made_at,
            )
            for order_id, attempt in ours.items()
            for kind in books.differences(orders[order_id], attempt)
        ]
        StatementLine.objects.bulk_create(lines)

    def _without_id(self, order: ListedOrder) -> Attempt | None:
        """The attempt of ours that never learnt its id and is this very order: by model, moment and prompt."""
        lost = self._lost(order.made_at, order.made_at).filter(job__offer_model=order.model)
        if not isinstance(self.vendor, Lookup) or self.looked_up >= MOST_LOOKED_UP or not lost.exists():
            return None
        self.looked_up += 1
        try:
            prompt = self.vendor.look_up(order.id).prompt
        except ProviderError:
            return None
        return next((one for one in lost.select_related("job") if prompt and one.job.prompt == prompt), None)

    def _lost(self, first: datetime, last: datetime) -> QuerySet[Attempt]:
        """Attempts of about that time that never learnt an id, although their order may exist."""
        near = Q(created_at__gt=first - NEAR, created_at__lt=last + NEAR)
        lost = Attempt.objects.filter(near, provider=self.run.provider, provider_job_id="")
        return lost.filter(outcome__in=[Attempt.Outcome.UNKNOWN, Attempt.Outcome.FAILED])

    def _missing(self) -> Iterator[StatementLine]:
        """Orders that were paid here, while the list has no such order."""
        done = Attempt.objects.filter(
            provider=self.run.provider,
            outcome=Attempt.Outcome.DONE,
            created_at__gte=self.run.since,
            created_at__lt=self.run.started_at,
        ).exclude(provider_job_id="")
        for attempt in done.order_by("-created_at", "pk").select_related("job").iterator(chunk_size=500):
            if attempt.provider_job_id not in self.seen:
                yield StatementLine(
                    run=self.run,
                    kind=Kind.MISSING,
                    job=attempt.job,
                    provider_job_id=attempt.provider_job_id,
                    there="–",
                    here=_here(attempt, Kind.MISSING),
                    made_at=attempt.created_at,
                )


class _Books:
    """What the ledger says of some jobs, in two queries."""

    def __init__(self, jobs: Iterable[Job]) -> None:
        found = list(jobs)
        holds = Hold.objects.filter(key__in=[job.hold_key for job in found], state=Hold.State.CAPTURED)
        self.captured = set(holds.values_list("key", flat=True))
        apart = Entry.objects.filter(key__in=[f"unconfirmed:{job.pk}" for job in found])
        self.apart = set(apart.values_list("reference", flat=True))

    def differences(self, order: ListedOrder, attempt: Attempt) -> Iterator[str]:
        job = attempt.job
        is_charged = order.status != "failed" and order.cost != 0
        is_paid = job.hold_key in self.captured and attempt.outcome == Attempt.Outcome.DONE
        if attempt.outcome == Attempt.Outcome.OPEN and job.is_active:
            return  # under way, and nobody is late yet
        if is_paid:
            if order.status == "failed" or order.cost == 0:
                yield Kind.REFUNDED
            elif order.cost is not None and job.cost is not None and order.cost != job.cost:
                yield Kind.COST
            if order.model != job.offer_model:
                yield Kind.MODEL
        elif is_charged and job.is_unknown:
            yield Kind.CHARGED_UNKNOWN
        elif is_charged and str(job.pk) not in self.apart:
            yield Kind.CHARGED_FAILED


def _there(order: ListedOrder, kind: str) -> str:
    if kind == Kind.MODEL:
        return order.model
    cost = "?" if order.cost is None else order.cost
    return f"{order.status}, {cost}"


def _here(attempt: Attempt, kind: str) -> str:
    job = attempt.job
    if kind == Kind.MODEL:
        return job.offer_model
    status = "unknown" if job.is_unknown else job.status
    return f"{status}, {'?' if job.cost is None else job.cost}"
