"""The first step of a flight: an order of unknown outcome is looked up before anything else happens."""

from dataclasses import replace

from django.conf import settings
from django.utils import timezone

from studio.core.failpoints import failpoint
from studio.jobs import fetching, flying, gathering, lifecycle, unknown
from studio.jobs.engine import Engine
from studio.jobs.lifecycle import Flight
from studio.providers.base import Accepted, Lookup, Refused, TurnedAway

# Refusals of a repeated order that only come where there is no order under its key: it would have been told instead.
SURELY_NONE = ("content_policy", "bad_request")


def launch(engine: Engine, flight: Flight) -> None:
    """Go on with a claimed job from wherever its rows say it is."""
    if not flight.is_unknown:
        flying.start(engine, flight)
    elif flight.provider_job_id:
        if not flight.is_id_given or _is_ours(engine, flight):
            flying.poll(engine, flight)
    elif flight.vendor.is_idempotent and timezone.now() < flight.ordered_at + unknown.SAME_ORDER:
        _order_again(engine, flight)
    else:
        engine.record(flight, unknown.look_later, None)


def _is_ours(engine: Engine, flight: Flight) -> bool:
    """Whether the id an administrator gave is that of this very order; otherwise that is written down."""
    if not flying.go_on(engine, flight):
        return False
    assert isinstance(flight.vendor, Lookup), "an id is only taken for a provider that can be asked by it"
    try:
        known = flight.vendor.look_up(flight.provider_job_id)
    except Exception as error:
        engine.record(flight, unknown.look_later, None, text=str(flying.as_ambiguous(error)))
        return False
    if known.prompt and known.prompt.split() != flight.order.prompt.split():
        engine.record(flight, unknown.not_ours, None, text="The order of this id has another prompt.")
        return False
    if known.model and known.model != flight.order.offer_model:
        engine.record(flight, unknown.not_ours, None, text=f"The order of this id is one of {known.model}.")
        return False
    return True


def _order_again(engine: Engine, flight: Flight) -> None:
    """Send the same order under the same key, which the provider answers with the order it has, if it has it."""
    if not flying.go_on(engine, flight) or not engine.may_order(flight):
        return
    failpoint("lookup.before_call")
    try:
        sent = gathering.addressed(flight.order)
        order = replace(flight.order, wire_params=sent, deadline_seconds=float(settings.JOB_DEADLINE))
        outcome = flight.vendor.submit(order, lambda _progress: None)
    except Refused as error:
        if error.code in SURELY_NONE or isinstance(error, TurnedAway):
            engine.record(flight, lifecycle.fail, None, code=error.code, text=error.text)
        else:  # it says nothing of an order that was there before
            engine.record(flight, unknown.look_later, None, text=str(error))
    except Exception as error:
        engine.record(flight, unknown.look_later, None, text=str(flying.as_ambiguous(error)))
    else:
        failpoint("lookup.after_call")
        if isinstance(outcome, Accepted):
            flight.provider_job_id = outcome.provider_job_id
            told = {"provider_job_id": outcome.provider_job_id}
            engine.record(flight, unknown.found, lambda: flying.poll_later(engine, flight), **told)
        else:
            fetching.fetch(engine, flight, outcome)
    finally:
        flight.calling = False
