"""One job in flight: order, poll, fetch. These functions run in call threads and never touch the database."""

import logging
import time
from dataclasses import replace

from django.conf import settings
from django.utils import timezone

from studio.core.failpoints import failpoint
from studio.core.outbound import OutboundError
from studio.jobs import acceptance, gathering, lifecycle, moving, nudges, unknown
from studio.jobs.engine import Engine, backoff
from studio.jobs.fetching import fetch
from studio.jobs.lifecycle import Flight
from studio.providers import circuit
from studio.providers.base import (
    Accepted,
    Ambiguous,
    Finished,
    Gone,
    NotTaken,
    ProviderError,
    Refused,
    Running,
    TurnedAway,
)

log = logging.getLogger(__name__)

MOST_TRIES = 5
FIRST_LOOK, LOOK_EVERY = 1.5, 1.0  # seconds until the first poll, and between polls while it is usually ready
NOTHING_BEGUN = (429, 503)  # a gateway's 502 or 504 may come after the order was taken
WORDS = ("content_policy", "bad_request", "sandbox_fail", "too_slow")  # refusals that are no trouble of a provider
LONGEST_DOUBT = 90.0  # seconds of answers that tell nothing before we stop asking


def start(engine: Engine, flight: Flight) -> None:
    """Go on with a claimed job from wherever its rows say it is."""
    if flight.provider_job_id:
        poll(engine, flight)
    elif gathering.is_due(flight):
        gather(engine, flight)
    elif flight.is_resumed and not flight.vendor.is_idempotent:
        # The order may have been placed and nobody can tell: never a second one (PRV-3).
        engine.record(flight, lifecycle.mark_unknown, None, code="stopped")
    else:
        order(engine, flight)


def gather(engine: Engine, flight: Flight) -> None:
    """One step towards the pictures the order builds on; with all of them there, the order."""
    if not gathering.is_due(flight):
        order(engine, flight)
        return
    if not go_on(engine, flight):
        return
    if timezone.now() >= flight.deadline_at:
        engine.record(flight, lifecycle.fail, None, code="too_slow", params={"seconds": settings.JOB_DEADLINE})
        return
    try:
        gathering.step(flight)
    except gathering.Later:
        engine.later(backoff(flight.errand.tries, cap=10), gather, engine, flight)
    except NotTaken as error:
        _turned_away(engine, flight, error)
    except Refused as error:
        _refused(engine, flight, error)
    except gathering.Unusable as error:
        engine.record(flight, lifecycle.fail, None, code=error.code, text=error.text)
    else:
        engine.record(flight, gathering.record, lambda: engine.later(0, gather, engine, flight))


def order(engine: Engine, flight: Flight) -> None:
    """Place the order and say what came of it."""
    flight.doubt = flight.doubt or flight.is_resumed  # whoever held it before may have left an order behind
    left = (flight.deadline_at - timezone.now()).total_seconds()
    if left <= 0:
        _give_up_in_doubt(engine, flight, Ambiguous("too_slow"))
        return

    def report(progress: int) -> None:
        flight.progress = progress

    if not go_on(engine, flight) or not engine.may_order(flight):
        return
    log.info("Job %s: order %s goes to %s", flight.job_id, flight.attempt_id, flight.provider)
    failpoint("order.before_call")
    try:
        sent = gathering.addressed(flight.order)
        outcome = flight.vendor.submit(replace(flight.order, wire_params=sent, deadline_seconds=left), report)
    except NotTaken as error:
        _not_taken(engine, flight, error)
    except TurnedAway as error:
        _turned_away(engine, flight, error)
    except Refused as error:
        _refused(engine, flight, error)
    except Exception as error:
        _no_answer(engine, flight, as_ambiguous(error))
    else:
        failpoint("order.after_call")
        if isinstance(outcome, Accepted):
            flight.provider_job_id = outcome.provider_job_id
            flight.tries = 0
            told = {"provider_job_id": outcome.provider_job_id}
            engine.record(flight, acceptance.accepted, lambda: poll_later(engine, flight), **told)
        else:
            fetch(engine, flight, outcome)
    finally:
        flight.calling = False


def _say(flight: Flight, error: ProviderError) -> None:
    """One line per job and provider, however often it is asked; without the vendor's words."""
    if not flight.is_said and not flight.refusals:
        answer = f"HTTP {error.status}" if error.status else "no answer"
        log.warning("Job %s: %s did not serve it: %s, %s", flight.job_id, flight.provider, error.code, answer)
    flight.is_said = True


def as_ambiguous(error: Exception) -> ProviderError:
    if isinstance(error, ProviderError):
        return error
    if not isinstance(error, OutboundError):
        log.exception("A provider's code broke", exc_info=error)
    return Ambiguous("internal", type(error).__name__)


def _params(flight: Flight, error: ProviderError) -> dict[str, object]:
    if error.code == "too_slow":
        return {"seconds": settings.JOB_DEADLINE}
    return {"status": error.status} if error.status else {}


def _refused(engine: Engine, flight: Flight, error: ProviderError) -> None:
    if error.code not in WORDS:
        _say(flight, error)
    told = {"code": error.code, "text": error.text, "params": _params(flight, error)}
    if not moving.may_be_made_elsewhere(error.code, error.status):
        engine.record(flight, lifecycle.fail, None, **told)
    elif flight.doubt or not flight.is_sure:  # it did not look at the order this time; an earlier try may have left one
        _give_up_in_doubt(engine, flight, error)
    else:
        engine.record(flight, lifecycle.refuse, None, **told)


def _not_taken(engine: Engine, flight: Flight, error: ProviderError) -> None:
    if flight.doubt or flight.tries:  # an earlier try may have left an order: only the same key may be tried
        _no_answer(engine, flight, error)
    else:
        _turned_away(engine, flight, error)


def _turned_away(engine: Engine, flight: Flight, error: ProviderError) -> None:
    """No order exists (any more): back into the line, for a new attempt under a new key."""
    if flight.is_unknown:  # its person has long been told that it is not ordered again
        engine.record(flight, lifecycle.fail, None, code=error.code, text=error.text)
        return
    _say(flight, error)
    wait = error.retry_after if error.retry_after is not None else backoff(flight.refusals + 1)
    unwell = circuit.counts(error)
    told = {"code": error.code, "text": error.text, "seconds": wait, "is_unwell": unwell}
    engine.record(flight, lifecycle.requeue, None, **told)


def _no_answer(engine: Engine, flight: Flight, error: ProviderError) -> None:
    """The order may or may not exist: the same key again where the provider honours it, otherwise unknown."""
    _say(flight, error)
    flight.tries += 1
    flight.doubt = flight.doubt or error.status is None
    flight.is_sure = flight.is_sure and error.status in NOTHING_BEGUN
    if flight.tries == 1 and circuit.counts(error):
        engine.record(flight, lifecycle.doubted, lambda: None, text=f"{error.code} {error.text}")
    wait = max(backoff(flight.tries), error.retry_after or 0)
    over = flight.tries >= MOST_TRIES or time.monotonic() + wait - flight.started > LONGEST_DOUBT
    if not flight.vendor.is_idempotent or over:
        _give_up_in_doubt(engine, flight, error)
        return
    engine.later(wait, order, engine, flight)


def _give_up_in_doubt(engine: Engine, flight: Flight, error: ProviderError) -> None:
    if flight.vendor.is_idempotent and not flight.doubt and error.status:
        # Every try ended with an error the provider itself reported before taking the order.
        verb = lifecycle.refuse if flight.is_sure else lifecycle.fail
        engine.record(flight, verb, None, code=error.code, text=error.text, params=_params(flight, error))
    else:
        engine.record(flight, lifecycle.mark_unknown, None, code=error.code, text=error.text)


def go_on(engine: Engine, flight: Flight) -> bool:
    """Whether the next call may be made; a flight whose lease ran out unrenewed is left to whoever resumes it."""
    if engine.stopping.is_set():
        return False  # stop() decides about it
    if not engine.holds(flight):
        engine.drop(flight)
        return False
    return True


def poll(engine: Engine, flight: Flight) -> None:
    """Ask for an accepted order once, and decide when to ask again."""
    if not go_on(engine, flight):
        return
    late = timezone.now() >= flight.deadline_at
    failpoint("poll.before_call")
    try:
        answer = flight.vendor.poll(flight.provider_job_id, flight.order)
    except TurnedAway as error:
        nudges.found_finished(engine, flight)
        _turned_away(engine, flight, error)
        return
    except Refused as error:
        nudges.found_finished(engine, flight)
        engine.record(flight, lifecycle.fail, None, code=error.code, text=error.text, params=_params(flight, error))
        return
    except Exception as error:
        _not_told(engine, flight, as_ambiguous(error), late=late)
        return
    failpoint("poll.after_call")
    if isinstance(answer, Finished):
        nudges.found_finished(engine, flight)
        fetch(engine, flight, answer)
    elif late:
        engine.record(flight, lifecycle.fail, None, code="too_slow", params={"seconds": settings.JOB_DEADLINE})
    elif flight.is_unknown:
        engine.record(flight, unknown.known_again, lambda: poll_later(engine, flight))
    else:
        _running(engine, flight, answer)


def _running(engine: Engine, flight: Flight, answer: Running) -> None:
    flight.tries = 0
    if answer.progress is not None:
        flight.progress = max(answer.progress, flight.progress or 0)
    poll_later(engine, flight)


def _not_told(engine: Engine, flight: Flight, error: ProviderError, *, late: bool) -> None:
    if flight.is_unknown:
        engine.record(flight, unknown.look_later, None, text=str(error))
        return
    _say(flight, error)
    flight.tries += 1
    if late or (isinstance(error, Gone) and flight.tries >= 3):
        engine.record(flight, lifecycle.mark_unknown, None, code=error.code, text=error.text)
        return
    poll_later(engine, flight, at_least=max(backoff(flight.tries, cap=15), error.retry_after or 0))


def pause(age: float, usual: tuple[int, int]) -> float:
    """Seconds between two looks at an order that is `age` seconds old: short while it is `usual`ly ready.

    Before that ever shorter, since some are early; long after it ever longer, up to 5.
    """
    low, high = usual
    if age < low:
        return max(LOOK_EVERY, min(2 * FIRST_LOOK, (low - age) / 3)) if age >= FIRST_LOOK / 2 else FIRST_LOOK
    return LOOK_EVERY if age <= 1.5 * high else max(LOOK_EVERY, min(5.0, age / 20))


def poll_later(engine: Engine, flight: Flight, *, at_least: float = 0.0) -> None:
    """Ask again at a good moment, and once more right at the deadline."""
    flight.is_unknown = flight.is_suspect = False
    age = (timezone.now() - flight.ordered_at).total_seconds()
    wait = pause(age, flight.usual) * max(1.0, len(engine.flights) / 150)  # hundreds: a little later, no storm
    wait *= nudges.pace(engine, flight)
    left = (flight.deadline_at - timezone.now()).total_seconds()
    wait = min(max(wait, at_least), max(0.05, left + 0.05))
    nudges.plan(engine, flight, wait, poll, at_least=at_least)
