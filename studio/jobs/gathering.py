"""Before an order: its references are fetched, and given to a provider that cannot fetch them from here.

`step` runs in a call thread without the database. `record` writes what it found before the order is placed: whoever
resumes the job goes on from there, and an order repeated under its key is the same to the last byte.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from studio.core.failpoints import failpoint
from studio.core.outbound import NotSent, OutboundError
from studio.jobs.lifecycle import Flight, LostLease
from studio.jobs.models import Attempt, Job, JobReference, Reference
from studio.jobs.pictures import CONTENT_TYPES, BadPicture, path_of
from studio.jobs.reference_files import Errand, StoredFile, discard, fetch
from studio.jobs.reference_links import reference_url
from studio.jobs.references import named_in
from studio.providers import base
from studio.providers.connections import is_public_address

FETCH_TRIES = 4
UPLOAD_SECONDS = 60.0
LINK_LIFE = timedelta(hours=24)  # of the link a provider gets; longer than any deadline
_FINAL = frozenset({"url", "scheme", "userinfo", "port", "address", "redirect", "encoding"})
_PASSING = (408, 425, 429)


class Later(Exception):
    """An address did not answer this time; it is worth another try."""


class Unusable(Exception):
    """The picture cannot be had or handed over, now or later; `code` and `text` are for the card."""

    def __init__(self, code: str, text: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.text = text


def is_due(flight: Flight) -> bool:
    """Whether something has to be done before the order. An order was never placed while this is so."""
    return bool(flight.errand.missing or _unhanded(flight))


def _unhanded(flight: Flight) -> list[base.Reference]:
    if flight.vendor.origin is None:  # it draws on this machine: nothing leaves it
        return []
    return [reference for reference in flight.order.references.values() if not reference.url]


def step(flight: Flight) -> None:
    """Fetch what is missing or, with all of it here, hand it over; what is done is remembered in `flight.errand`.

    Raises Later, Unusable, NotTaken and Refused; no order exists in any case.
    """
    if flight.errand.missing:
        _fetch(flight.errand)
    else:
        _hand_over(flight)


def _fetch(errand: Errand) -> None:
    for pk, address in errand.missing.items():
        if pk in errand.fetched:
            continue
        try:
            errand.fetched[pk] = fetch(address)
        except BadPicture as error:
            raise Unusable(f"reference_{error.code}") from None
        except OutboundError as error:
            if error.code == "too_large":
                raise Unusable("reference_too_large") from None
            errand.tries += 1
            if _is_final(error) or errand.tries >= FETCH_TRIES:
                raise Unusable("reference_unreachable", _reason(error)) from None
            raise Later from None
        failpoint("reference.after_fetch")


def _is_final(error: OutboundError) -> bool:
    is_refusal = error.status is not None and 400 <= error.status < 500 and error.status not in _PASSING
    return is_refusal or error.code in _FINAL


def _reason(error: OutboundError) -> str:
    """What can be told of a failed fetch without helping to explore the studio's own network."""
    return f"HTTP {error.status}" if error.status else "" if isinstance(error, NotSent) else error.code


def _hand_over(flight: Flight) -> None:
    vendor = flight.vendor
    if not isinstance(vendor, base.TakesUploads):  # offers_for knew another address of this studio
        raise Unusable("reference_not_handed")
    for reference in _unhanded(flight):
        if reference.id not in flight.errand.handed:
            flight.errand.handed[reference.id] = vendor.upload(reference, deadline=UPLOAD_SECONDS)
            failpoint("reference.after_upload")


def addressed(order: base.Order) -> dict[str, Any]:
    """The order's parameters as they are sent: each reference by its address."""
    addresses = {value: reference.url for value, reference in order.references.items() if reference.url}
    sent: dict[str, Any] = base.with_addresses(order.wire_params, addresses)
    return sent


def record(flight: Flight) -> None:
    """Write what `step` did, then look again at what the order's references are. Raises LostLease."""
    try:
        left_over = _write(flight, flight.errand)
    except LostLease:
        for stored in flight.errand.fetched.values():
            discard(stored)
        raise
    for stored in left_over:
        discard(stored)
    references, flight.errand = find(flight.job_id, flight.attempt_id)
    flight.order = replace(flight.order, references=references)


@transaction.atomic
def _write(flight: Flight, errand: Errand) -> list[StoredFile]:
    """Returns the files that are not needed: the row had one already, or the person has the same bytes."""
    ours = Job.objects.filter(pk=flight.job_id, fence=flight.fence, status=Job.Status.PROCESSING)
    if ours.update(version=F("version") + 1) != 1:
        raise LostLease(flight.job_id)
    left_over = []
    for pk, stored in errand.fetched.items():
        kept = _share(flight.user_id, stored)
        waiting = Reference.objects.filter(pk=pk, file=None)
        waiting.update(
            file=kept,
            format=stored.format,
            width=stored.width,
            height=stored.height,
            size=stored.size,
            sha256=stored.sha256,
            fetched_at=timezone.now(),
        )
        if not Reference.objects.filter(file=stored.file).exists():
            left_over.append(stored)
    for pk, address in errand.handed.items():
        use = JobReference.objects.filter(job_id=flight.job_id, reference_id=pk)
        use.update(attempt=flight.attempt_id, address=address)
    failpoint("references.before_commit")
    return left_over


def _share(user_id: int, stored: StoredFile) -> UUID:
    """The file with these bytes this person has already, its row kept from the sweep; otherwise the new one."""
    row = Reference.objects.stored().filter(user=user_id, sha256=stored.sha256).first()
    if row is not None and Reference.objects.filter(pk=row.pk).update(wanted_at=timezone.now()):
        return row.file or stored.file
    return stored.file


def find(job_id: UUID | str, attempt_id: UUID | str) -> tuple[dict[str, base.Reference], Errand]:
    """The references of a job as its provider may have them in this attempt, and what has to be fetched first.

    A link is made with the address the studio had when the attempt began: an operator may have set another one since,
    while the order stays the same to the last byte, and one that was placed is not taken for one that was not.
    """
    made_at, base_url = Attempt.objects.values_list("created_at", "webhook_base").get(pk=attempt_id)
    found: dict[str, base.Reference] = {}
    errand = Errand()
    for use in JobReference.objects.filter(job_id=job_id).select_related("reference").order_by("pk"):
        row = use.reference
        if row.file is None:
            errand.missing[str(row.pk)] = row.address
            continue
        url = use.address if str(use.attempt) == str(attempt_id) else ""
        if is_public_address(base_url):
            url = reference_url(row, until=made_at + LINK_LIFE, base_url=base_url)
        path, media_type = path_of(row.file, row.format), CONTENT_TYPES[row.format]
        found[row.value] = base.Reference(str(row.pk), path, media_type, row.size, url)
    return found, errand


def find_for(job: Job, attempt: Attempt) -> tuple[dict[str, base.Reference], Errand]:
    """The same, without a query for a job that names no reference."""
    return find(job.pk, attempt.pk) if named_in(job.params) else ({}, Errand())
