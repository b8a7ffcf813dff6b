"""The last part of a flight: fetch the pictures, settle, make copies. Runs in call threads, away from the database."""

import uuid
from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from studio.core.outbound import NotSent, OutboundError
from studio.jobs import lifecycle
from studio.jobs.engine import Engine, backoff
from studio.jobs.lifecycle import MOST_TRIES, Flight
from studio.jobs.pictures import BadPicture, Stored, make_copies, receive, remove
from studio.jobs.provenance import Origin, mark_picture
from studio.providers.base import Finished

LEAST_PATIENCE = timedelta(minutes=2)
FORBIDDEN = ("url", "scheme", "userinfo", "port", "address")  # addresses nothing is ever sent to
BAD_PICTURES = {
    "too_large": "picture_too_large",
    "not_a_picture": "picture_unreadable",
    "truncated": "picture_unreadable",
}


def fetch(engine: Engine, flight: Flight, finished: Finished) -> None:
    """Fetch what is not on disk yet, then settle; a picture that does not come is not paid for."""
    if not engine.holds(flight):
        _discard(flight.stored)
        engine.drop(flight)
        return
    flight.finished = finished
    wanted = finished.pictures[: flight.order.count]
    while flight.fetched < len(wanted):
        try:
            stored = receive(wanted[flight.fetched], image_id=uuid.uuid4(), trusted=flight.vendor.origin, deadline=120)
        except BadPicture as error:
            flight.bad_picture = BAD_PICTURES[error.code]
        except (OutboundError, OSError) as error:
            flight.fetch_tries += 1
            if _is_worth_another_try(flight, error):
                engine.later(backoff(flight.fetch_tries, cap=10), fetch, engine, flight, finished)
                return
            flight.bad_picture = "picture_lost"
        else:
            flight.stored.append(stored)
        flight.fetched += 1
    flight.finished = replace(finished, pictures=[])  # hundreds may wait to be written: not with the bytes of each
    if flight.stored:
        engine.record(flight, _complete, lambda: _copy(engine, flight))
    else:
        code = flight.bad_picture or finished.none_because or "no_pictures"
        engine.record(flight, lifecycle.fail, None, code=code)


def _is_worth_another_try(flight: Flight, error: Exception) -> bool:
    """The picture exists and was paid for there: a network or a server that is away is waited for until the deadline,
    and for two minutes at least; what looks like the last word gets a few tries.
    """
    if isinstance(error, NotSent) and error.code in FORBIDDEN:
        return False
    if not isinstance(error, OutboundError) or not _may_pass(error):
        return flight.fetch_tries < MOST_TRIES
    now = timezone.now()
    flight.fetch_until = flight.fetch_until or max(flight.deadline_at, now + LEAST_PATIENCE)
    return now < flight.fetch_until


def _may_pass(error: OutboundError) -> bool:
    if error.status is not None:
        return error.status >= 500 or error.status in (408, 425, 429)
    return isinstance(error, NotSent) or error.code in ("reset", "read_timeout", "deadline")


def _complete(flight: Flight) -> None:
    try:
        lifecycle.complete(flight)
    except lifecycle.LostLease:
        if not lifecycle.is_complete(flight):  # it is when a try before this one went through and was not told so
            _discard(flight.stored)
            raise


def _discard(stored: list[Stored]) -> None:
    for picture in stored:
        remove(picture.id)


def _copy(engine: Engine, flight: Flight) -> None:
    engine.drop(flight)
    order = flight.order
    origin = Origin.of(flight.job_id, prompt=order.prompt, model=order.model, provider=flight.vendor.slug)
    for picture in flight.stored:
        size = (picture.width, picture.height)
        engine.copies.submit(mark_picture, engine, picture.id, picture.format, size, origin)
        engine.copies.submit(copy_picture, engine, picture.id, picture.format)  # the page is drawn anew after this


def copy_picture(engine: Engine, image_id: uuid.UUID, extension: str) -> None:
    """Make the copies pages show, after the job is settled; what fails here costs nobody a credit."""
    try:
        cells = make_copies(image_id, extension)
    except BadPicture:
        cells = ""
    engine.records.submit(lifecycle.copied, image_id, cells)
