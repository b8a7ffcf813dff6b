"""A machine that does everything that can happen to jobs, in any order, and looks at the money after each step."""

import uuid
from datetime import timedelta
from typing import Any

import time_machine
from django.db import models, transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from studio.accounts.models import User
from studio.core.errors import StudioError
from studio.credits.audit import verify
from studio.credits.models import Account, Hold
from studio.jobs import lifecycle, services, sweep, turns, unknown
from studio.jobs.idempotency import Claim
from studio.jobs.lifecycle import Flight, LostLease
from studio.jobs.models import Attempt, Image, Job
from studio.jobs.moving import Mover
from studio.jobs.pictures import Stored
from studio.providers.base import Finished
from studio.providers.models import ProviderRow
from studio.providers.services import load_catalogue, paces
from tests.factories import make_user

HOLD_OF = {
    "QUEUED": "open",
    "PROCESSING": "open",
    "COMPLETED": "captured",
    "FAILED": "released",
    "CANCELLED": "released",
}


class JobMachine(RuleBasedStateMachine):
    """Two people, two workers, one clock. `orders` is what a provider was really asked for, by idempotency key."""

    flights = Bundle("flights")

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        load_catalogue()
        for slug in ("first", "second"):
            row = ProviderRow(slug=slug, kind="apiframe", name=slug, base_url="http://127.0.0.1:9")
            row.set_key("afk_a-key-for-tests")
            row.save()
        self.people = [make_user("ada", credits=900), make_user("ben", credits=60)]
        self.clock = time_machine.travel(timezone.now(), tick=False)
        self.time = self.clock.start()
        self.orders: dict[str, set[str]] = {}
        self.ended: dict[str, tuple[str, int | None]] = {}

    def teardown(self) -> None:
        self.clock.stop()
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    @initialize(target=flights)
    def a_busy_studio(self) -> Any:
        """Every history begins with an order placed, one about to be, and a job in line."""
        for person, count in ((0, 3), (1, 1), (0, 3)):
            self.submit(person, "", count)
        taken = turns.claim("one", room=2)
        self._order(taken[0])
        return multiple(*taken)

    # --- people ---

    @rule(person=st.sampled_from([0, 1]), key=st.sampled_from(["", "", "a"]), count=st.sampled_from([3, 1]))
    def submit(self, person: int, key: str, count: int) -> None:
        self.time.shift(timedelta(seconds=1))  # no two jobs of one moment: a history runs the same way every time
        user = User.objects.get(pk=self.people[person].pk)
        claim = Claim(key, "form", f"same {count}") if key else None
        model = "dall-e-3" if count == 1 else "gpt-image-2"
        before = Job.objects.count()
        try:
            _job, is_replay = services.submit_job(
                user=user, model=model, prompt="a fox", params={}, count=count, claim=claim
            )
        except StudioError:
            assert Job.objects.count() == before
        else:
            assert Job.objects.count() == before + (0 if is_replay else 1)

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        job = self._any(data, Job.objects.all())
        if job is None:
            return
        try:
            services.cancel_job(job=job, user=job.user)
        except services.NotCancellable:
            return
        assert not self._ordered(str(job.pk)), "cancelled although an order exists"

    # --- workers ---

    @rule(target=flights, worker=st.sampled_from(["one", "two"]), room=st.integers(1, 3), ordered=st.integers(0, 3))
    def claim(self, worker: str, room: int, ordered: int) -> Any:
        """A worker claims jobs and places the first orders at once."""
        taken = turns.claim(worker, room=room)
        for flight in taken[:ordered]:
            self._order(flight)
        return multiple(*taken)

    @rule(target=flights, worker=st.sampled_from(["one", "two"]), seconds=st.sampled_from([0, 40, 120]))
    def resume(self, worker: str, seconds: int) -> Any:
        self.time.shift(timedelta(seconds=seconds))
        return multiple(*turns.resume(worker, room=5))

    @rule(flight=flights, pictures=st.sampled_from([1, 3]))
    def deliver(self, flight: Flight, pictures: int) -> None:
        """A provider delivers, all or less, to a worker that may have lost its lease and not know it."""
        self._order(flight)
        if not flight.provider_job_id:
            return
        flight.finished = Finished([])
        number = min(pictures, flight.order.count)
        flight.stored = [Stored(uuid.uuid4(), "png", 8, 8, 1, "0" * 64, None, "") for _number in range(number)]
        self._write(flight, lifecycle.complete)

    @rule(flight=flights, answer=st.sampled_from(["order", "fail", "not_taken", "refuse"]))
    def answer(self, flight: Flight, answer: str) -> None:
        if answer == "order":
            self._order(flight)
        elif answer == "fail":
            self._write(flight, lifecycle.fail, code="content_policy")
        elif answer == "refuse" and not flight.provider_job_id:
            self._write(flight, lifecycle.refuse, code="provider_credits", text="", params={})
        elif not flight.provider_job_id:
            told = {"code": "rate_limited", "text": "", "seconds": 1.0, "is_unwell": False}
            self._write(flight, lifecycle.requeue, **told)

    @rule(flight=flights, known=st.booleans())
    def unknown(self, flight: Flight, known: bool) -> None:
        if known and flight.is_unknown and not flight.provider_job_id:
            self.orders.setdefault(flight.job_id, set()).add(flight.order.idempotency_key)
            self._write(flight, unknown.found, provider_job_id=f"at-{flight.order.idempotency_key}")
        elif known and flight.is_unknown:  # taken over by resume to be looked up
            self._write(flight, unknown.known_again)
        else:
            self._write(flight, lifecycle.mark_unknown, code="nonsense")

    @rule(flight=consumes(flights))
    def hand_back(self, flight: Flight) -> None:
        self._write(flight, lifecycle.hand_back)

    def _order(self, flight: Flight) -> None:
        """The provider is called whether or not the worker still has its lease: it may have been asleep."""
        if flight.provider_job_id or Attempt.objects.get(pk=flight.attempt_id).outcome != Attempt.Outcome.OPEN:
            return
        self.orders.setdefault(flight.job_id, set()).add(flight.order.idempotency_key)
        self._write(flight, lifecycle.accepted, provider_job_id=f"at-{flight.order.idempotency_key}")
        flight.provider_job_id = f"at-{flight.order.idempotency_key}"

    # --- time and policy ---

    @rule(is_on=st.booleans())
    def switch_the_first_provider(self, is_on: bool) -> None:
        ProviderRow.objects.filter(slug="first").update(enabled=is_on)
        Mover()(paces())

    @rule(hours=st.sampled_from([0, 25]))
    def close_the_overdue(self, hours: int) -> None:
        self.time.shift(timedelta(hours=hours))
        limit = timezone.now() - timedelta(days=1)
        for job in Job.objects.filter(is_unknown=True, unknown_at__lt=limit):
            sweep.close(str(job.pk), code="never_known")
        for job in Job.objects.filter(status="QUEUED", created_at__lt=limit):
            sweep.close(str(job.pk), code="waited_too_long")

    # --- what must hold ---

    @invariant()
    def the_ledger_is_exact(self) -> None:
        assert not list(verify())

    @invariant()
    def every_job_has_the_hold_its_state_says(self) -> None:
        holds = {reference: told for reference, *told in Hold.objects.values_list("reference", "state", "captured")}
        rows = Job.objects.values_list("pk", "status", "paid", "unit_price", "count")
        pictures = dict(Image.objects.order_by().values_list("job").annotate(number=models.Count("pk")))
        assert len(rows) == len(holds)
        for pk, status, paid, unit_price, count in rows:
            state, captured = holds[str(pk)]
            assert state == HOLD_OF[status], (status, state)
            if status in Job.FINISHED:  # an end is an end
                assert self.ended.setdefault(str(pk), (status, paid)) == (status, paid)
            if status == "COMPLETED":
                assert paid == captured == unit_price * pictures[pk]
                assert 1 <= pictures[pk] <= count

    @invariant()
    def nobody_spends_what_they_do_not_have(self) -> None:
        for balance, held in Account.objects.filter(kind="person").values_list("balance", "held"):
            assert balance >= held >= 0

    @invariant()
    def nothing_is_ordered_twice(self) -> None:
        for job_id, keys in self.orders.items():
            not_taken = Attempt.objects.filter(job_id=job_id, outcome="not_taken").values_list(
                "idempotency_key", flat=True
            )
            assert len(keys - set(not_taken)) <= 1, "two orders for one job"

    # --- helpers ---

    def _ordered(self, job_id: str) -> bool:
        live = Attempt.objects.filter(job_id=job_id, provider_job_id__gt="")
        return live.exclude(outcome="not_taken").exists()

    def _write(self, flight: Flight, verb: Any, **told: Any) -> None:
        """What a worker does with a verb: LostLease means that nothing was written."""
        try:
            verb(flight, **told)
        except LostLease:
            return

    def _any(self, data: st.DataObject, jobs: Any) -> Job | None:
        found = list(jobs.order_by("created_at", "price"))
        return data.draw(st.sampled_from(found), label="job") if found else None
