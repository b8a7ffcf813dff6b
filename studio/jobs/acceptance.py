"""An asynchronous provider took an order: its id is remembered, unless it is the id of another order."""

from studio.jobs import lifecycle
from studio.jobs.lifecycle import Flight, LostLease
from studio.jobs.models import Attempt


def accepted(flight: Flight, provider_job_id: str) -> None:
    """Remember the provider's id of the order.

    Where another order has that id already, nobody can tell whose pictures would come under it: the job is unknown,
    nobody is shown somebody else's picture, and LostLease is raised, as for every flight that is over.
    """
    others = Attempt.objects.filter(provider=flight.provider, provider_job_id=provider_job_id)
    if others.exclude(pk=flight.attempt_id).exists():
        flight.provider_job_id = ""
        lifecycle.mark_unknown(flight, code="nonsense", text="The provider gave it the id of another order.")
        raise LostLease(flight.job_id)
    lifecycle.accepted(flight, provider_job_id)
