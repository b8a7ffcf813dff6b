"""Signs of life of the queue: one lease row for each of its processes, renewed every few seconds."""

import os
import socket
from datetime import timedelta

from django.db.models import Max
from django.utils import timezone

from studio.core.models import Lease

EVERY = 5  # seconds between two beats of one process
FRESH = 12  # an older sign of life counts as none: a killed queue is seen within 15 s
CLUSTER = "STUDIO_CLUSTER"  # host and process id of the cluster's first process, passed on to all it forks
_PREFIX = "queue:"
_KEPT = timedelta(seconds=60)


def cluster() -> str:
    """The name of the cluster this process belongs to."""
    return os.environ.get(CLUSTER) or f"{socket.gethostname()}:{os.getpid()}"


def beat(owner: str = "") -> None:
    """Say that `owner` (host and process id; this process when not given) is alive, in one statement."""
    owner = owner or f"{socket.gethostname()}:{os.getpid()}"
    row = Lease(name=f"{_PREFIX}{owner}"[:100], owner=cluster(), expires_at=timezone.now() + _KEPT)
    Lease.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["name"], update_fields=["owner", "expires_at"]
    )


def age_seconds(of_cluster: str = "") -> float | None:
    """Seconds since the youngest sign of life, of one cluster or of any on all hosts; None when there is none."""
    rows = Lease.objects.filter(name__startswith=_PREFIX)
    if of_cluster:
        rows = rows.filter(owner=of_cluster)
    latest = rows.aggregate(latest=Max("expires_at"))["latest"]
    return None if latest is None else (timezone.now() - (latest - _KEPT)).total_seconds()


def signs() -> list[tuple[str, str, float]]:
    """(process, cluster, seconds since it said so) of every process heard of lately, the youngest first."""
    rows = list(Lease.objects.filter(name__startswith=_PREFIX).order_by("-expires_at"))
    now = timezone.now()
    ages = [(now - (row.expires_at - _KEPT)).total_seconds() for row in rows]
    return [(row.name.removeprefix(_PREFIX), row.owner, age) for row, age in zip(rows, ages, strict=True)]


def forget(of_cluster: str) -> None:
    """Remove the signs of life of a cluster that has ended, and those that nobody has renewed for an hour."""
    rows = Lease.objects.filter(name__startswith=_PREFIX)
    rows.filter(owner=of_cluster).delete()
    rows.filter(expires_at__lt=timezone.now() - timedelta(hours=1)).delete()
