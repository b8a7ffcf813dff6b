"""An asynchronous provider took an order: its id is remembered, unless it is the id of another order."""

from django.db import IntegrityError

from studio.jobs import lifecycle
from studio.jobs.lifecycle import Flight, LostLease


def accepted(flight: Flight, provider_job_id: str) -> None:
    """Remember the provider's id of the order.

    Where another order has that id already, nobody can tell whose pictures would come under it: the job is unknown,
    nobody is shown somebody else's picture, and LostLease is raised, as for every flight that is over.
    """
    try:
        lifecycle.accepted(flight, provider_job_id)
    except IntegrityError:  # two at the same moment, too: the constraint on attempts decides
        flight.provider_job_id = ""
        lifecycle.mark_unknown(flight, code="nonsense", text="The provider gave it the id of another order.")
        raise LostLease(flight.job_id) from None
