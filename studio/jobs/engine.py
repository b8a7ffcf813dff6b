"""The engine: one in each queue worker process; it waits for providers without holding a worker.

Call threads talk to providers and never touch the database; record threads do all that is written; the clock decides
when. A queue task only wakes it. What is in memory here may vanish at any moment: the rows are the truth.
"""

import heapq
import itertools
import logging
import random
import threading
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import close_old_connections, connection
from django.utils import timezone

from studio.core import heartbeat
from studio.core.logs import about
from studio.jobs import lifecycle, nudges, turns
from studio.jobs.lifecycle import Flight, LostLease
from studio.jobs.owner import name_of_this_process
from studio.jobs.progress import write_progress
from studio.jobs.threads import Pool

log = logging.getLogger(__name__)

CLAIM_EVERY = 0.5  # seconds between looks for work that no queue row announced
NUDGE_GAP = 0.03  # and between looks that queue rows ask for: a burst of them is one look
PROGRESS_EVERY = 1.0
RESUME_EVERY = 2.0
RENEW_EVERY = 10.0
BEAT_EVERY = 5.0
RECORD_TRIES = 60  # how often a record is tried while the database is away, one second apart
STOPPING_TRIES = 3
BACKOFF = 1.0  # seconds; the unit of `backoff`
LIVED = 60.0  # seconds in flight after which a job is no longer suspected of killing workers


class Engine:
    """Claims, orders, waits, fetches, settles: everything between the queue and the receipt."""

    def __init__(
        self, *, launch: "Callable[[Engine, Flight], None]", sweep: "Callable[[Engine], None]", calls: int | None = None
    ) -> None:
        self.owner = name_of_this_process()
        self.room = calls or settings.CALLS_PER_WORKER
        self._launch, self._sweep = launch, sweep
        self.calls = Pool("call", self.room)
        self.records = Pool("record", 3)
        self.copies = Pool("copy", 1, nice=10)
        self.flights: dict[str, Flight] = {}
        self._timers: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._woken = False
        self.hearing = nudges.Hearing()
        self.stopping = threading.Event()
        self._clock: threading.Thread | None = None
        self._next: dict[str, float] = {}

    # --- from outside ---

    def start(self) -> None:
        """Start the clock; once per process."""
        if self._clock is None:
            self._clock = threading.Thread(target=self._run, name="clock", daemon=True)
            self._clock.start()

    def wake(self) -> None:
        """Look for work now: what a queue task does."""
        self._woken = True
        self._wake.set()

    def stop(self, *, seconds: float | None = None) -> None:
        """No new claims; wait for open calls, hand the rest back, leave nothing half-said (CRA-9)."""
        if self.stopping.is_set():
            return
        with self._lock:  # from here on no order is placed: see may_order
            self.stopping.set()
        self._wake.set()
        until = time.monotonic() + (settings.DRAIN_SECONDS if seconds is None else seconds)
        if self._clock is not None and self._clock is not threading.current_thread():
            self._clock.join(timeout=5)
        for flight in list(self.flights.values()):
            if flight.finished is None and (flight.may_go_on_elsewhere or not flight.calling):
                self._hand_back(flight)
        while (self.flights or self.records.unfinished) and time.monotonic() < until:
            self._keep_leases()
            time.sleep(0.05)
        for flight in list(self.flights.values()):
            if flight.may_go_on_elsewhere:
                self._hand_back(flight)
            else:
                self._write(flight, lifecycle.mark_unknown, code="stopped")
        connection.close()

    def _keep_leases(self) -> None:
        """What the clock did until it stopped: nobody else may take over a job whose call is still open here."""
        try:
            if self._every("renew", RENEW_EVERY) and self.flights:
                self._renew()
        except DatabaseError as error:
            log.warning("Leases could not be renewed: %s", error)
            connection.close()

    def _hand_back(self, flight: Flight) -> None:
        self.drop(flight)
        self._write(flight, lifecycle.hand_back)

    # --- the clock ---

    def _run(self) -> None:
        while not self.stopping.is_set():
            self._wake.wait(timeout=self._pause())
            self._wake.clear()
            try:
                self._tick()
            except DatabaseError as error:
                log.warning("The clock could not reach the database: %s", error)
                connection.close()
                self.stopping.wait(1)
            except Exception:
                log.exception("The clock broke in one tick")
                self.stopping.wait(1)
        connection.close()

    def _pause(self) -> float:
        with self._lock:
            due = self._timers[0][0] if self._timers else float("inf")
            next_times = [at for name, at in self._next.items() if name != "nudge" or self._woken]
        return max(0.0, min(due, *next_times, time.monotonic() + CLAIM_EVERY) - time.monotonic())

    def _tick(self) -> None:
        self._run_timers()
        if self._every("beat", BEAT_EVERY):
            close_old_connections()
            heartbeat.beat()
        if self._every("renew", RENEW_EVERY) and self.flights:
            self._renew()
        are_awaited = nudges.are_awaited(self)
        if self._every("nudges", nudges.LOOK_EVERY if are_awaited else CLAIM_EVERY) and are_awaited:
            nudges.look(self)
        if self._every("progress", PROGRESS_EVERY):
            self._write_progress()
        if self._every("resume", RESUME_EVERY):
            suspects = 0 if any(flight.is_suspect for flight in list(self.flights.values())) else 1
            self._take(turns.resume(self.owner, room=self.room - len(self.flights), suspects=suspects))
        if self._every("claim", CLAIM_EVERY) or (self._woken and self._every("nudge", NUDGE_GAP)):
            self._claim()
        if self._every("sweep", 1.0):
            self._sweep(self)

    def _every(self, name: str, seconds: float) -> bool:
        now = time.monotonic()
        if now < self._next.get(name, 0.0):
            return False
        self._next[name] = now + seconds
        return True

    def _run_timers(self) -> None:
        now = time.monotonic()
        while True:
            with self._lock:
                if not self._timers or self._timers[0][0] > now:
                    return
                _due, _number, function, args = heapq.heappop(self._timers)
            self._fly(function, *args)

    def _renew(self) -> None:
        flights, now = dict(self.flights), time.monotonic()
        lived = [flight for flight in flights.values() if flight.claims and flight.finished is None]
        lived = [flight for flight in lived if now - flight.started > LIVED]
        for job_id in turns.renew(self.owner, flights, lived=[flight.job_id for flight in lived]):
            self.flights.pop(job_id, None)
        for flight in lived:
            flight.claims, flight.is_suspect = 0, False

    def _claim(self) -> None:
        self._woken = False
        while not self.stopping.is_set():
            room = self.room - len(self.flights)
            flights = turns.claim(self.owner, room=room)
            self._take(flights)
            if len(flights) < min(turns.PASS, room) or not flights:
                return
            self._run_timers()

    def _take(self, flights: list[Flight]) -> None:
        for flight in flights:
            self.flights[flight.job_id] = flight
            flight.started = time.monotonic()
            self._fly(self._launch, self, flight)

    def _fly(self, function: Callable[..., None], *args: Any) -> None:
        self.calls.submit(self._call, function, args)

    def _call(self, function: Callable[..., None], args: tuple[Any, ...]) -> None:
        """One step of a flight. If our own code breaks, the lease runs out and the job is resumed, a few times."""
        with about(args[1].request_id):
            try:
                function(*args)
            except Exception:
                log.exception("%s broke", getattr(function, "__name__", function))
                self.drop(args[1])

    def _write_progress(self) -> None:
        changed = [flight for flight in list(self.flights.values()) if flight.progress != flight.written_progress]
        if changed:
            write_progress(changed)

    # --- for the flights ---

    def later(self, seconds: float, function: Callable[..., None], *args: Any) -> None:
        """Run `function(engine, flight, ...)` in a call thread after `seconds`."""
        with self._lock:
            heapq.heappush(self._timers, (time.monotonic() + seconds, next(self._numbers), function, args))
            first = self._timers[0][0]
        if first <= time.monotonic() + CLAIM_EVERY:
            self._wake.set()

    def holds(self, flight: Flight) -> bool:
        """Whether the job is still ours as far as we can tell without asking; checked before every call."""
        return self.flights.get(flight.job_id) is flight and timezone.now() < flight.lease_until

    def may_order(self, flight: Flight) -> bool:
        """Whether the order may be placed now; a stop takes it from there as sent."""
        with self._lock:
            if self.stopping.is_set() or not self.holds(flight):
                return False
            flight.calling = flight.sent = True
            return True

    def resume_soon(self) -> None:
        """Look for jobs to take over at the next tick."""
        self._next["resume"] = 0.0

    def drop(self, flight: Flight) -> None:
        """The flight is over for us; where its row still has our lease, that runs out."""
        if self.flights.get(flight.job_id) is flight:
            del self.flights[flight.job_id]
        self._wake.set()

    def record(self, flight: Flight, verb: Callable[..., Any], then: Callable[[], None] | None, **params: Any) -> None:
        """Write by `verb` in a record thread, then go on with `then` (None: the flight is over)."""
        if self.flights.get(flight.job_id) is not flight:
            return  # handed back or lost in the meantime: what we learnt is somebody else's to learn again
        self.records.submit(self._record_about, flight, verb, then, params)

    def _record_about(self, flight: Flight, *args: Any) -> None:
        with about(flight.request_id):
            self._record(flight, *args)

    def _record(
        self, flight: Flight, verb: Callable[..., Any], then: Callable[[], None] | None, params: dict[str, Any]
    ) -> None:
        try:
            written = self._write(flight, verb, **params)
        except Exception:
            log.exception("Job %s: %s broke", flight.job_id, getattr(verb, "__name__", verb))
            written = False
        if then is None or not written:
            self.drop(flight)
        if written and then is not None:
            try:
                then()
            except Exception:
                log.exception("Job %s could not go on here", flight.job_id)
                self.drop(flight)  # its lease runs out, and whoever takes it over goes on from the row

    def _write(self, flight: Flight, verb: Callable[..., Any], **params: Any) -> bool:
        for _try in range(RECORD_TRIES):
            try:
                verb(flight, **params)
            except LostLease:
                log.info("Job %s went on without this worker", flight.job_id)
                return False
            except DatabaseError as error:
                log.warning("Job %s could not be written: %s", flight.job_id, error)
                connection.close()
                if self.stopping.is_set() and _try >= STOPPING_TRIES:
                    return False
                time.sleep(1)
            else:
                return True
        return False


def backoff(tries: int, *, cap: float = 60.0) -> float:
    """Seconds to wait before try number `tries` + 1: exponential with full jitter, at least a tenth of a second."""
    return BACKOFF * (0.1 + random.uniform(0, min(cap, 2.0**tries)))  # noqa: S311
