"""Holds against jobs: what `verify_ledger` also checks, because the ledger itself never names jobs."""

from collections.abc import Iterator
from itertools import islice

from studio.credits.models import Hold
from studio.jobs.models import Job

CHUNK = 500


def check_jobs() -> Iterator[str]:
    """One sentence for each job whose state and hold do not say the same (LED-8)."""
    rows = Job.objects.order_by().values_list("pk", "status", "price", "paid").iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        keys = [f"job:{pk}:hold" for pk, *_rest in chunk]
        told = Hold.objects.filter(key__in=keys).values_list("key", "state", "amount", "captured")
        holds = {key: (state, amount, captured) for key, state, amount, captured in told}
        for key, (pk, status, price, paid) in zip(keys, chunk, strict=True):
            found = holds.get(key)
            if found is None:
                yield f"job {pk}: there is no hold for it"
                continue
            state, amount, captured = found
            if amount != price:
                yield f"job {pk}: its price is {price}, its hold {amount}"
            if state != _state_of(status):
                yield f"job {pk}: it is {status}, its hold is {state}"
            elif status == Job.Status.COMPLETED and captured != paid:
                yield f"job {pk}: it says {paid} paid, the ledger captured {captured}"


def _state_of(status: str) -> str:
    if status in Job.ACTIVE:
        return Hold.State.OPEN
    return Hold.State.CAPTURED if status == Job.Status.COMPLETED else Hold.State.RELEASED
