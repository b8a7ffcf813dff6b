"""Writes what providers said of the progress of hundreds of orders, in one statement."""

from operator import attrgetter

from django.db import connection, transaction

from studio.jobs import reports
from studio.jobs.lifecycle import Flight
from studio.jobs.models import Job

_ID = Job._meta.pk
AT_ONCE = 200  # flights in one statement
_WRITE = """
UPDATE jobs_job SET progress = told.column3, version = version + 1 FROM (VALUES {rows}) AS told
 WHERE jobs_job.id = told.column1 AND jobs_job.fence = told.column2 AND jobs_job.status = 'PROCESSING'
RETURNING jobs_job.id
"""
_ROW = {
    "postgresql": "(CAST(%s AS uuid), CAST(%s AS integer), CAST(%s AS integer))",
    "sqlite": "(%s, %s, CAST(%s AS integer))",
}


def write_progress(flights: list[Flight]) -> None:
    """Write the progress of these flights, of those whose fencing token still counts, and tell who wants to know."""
    flights = sorted(flights, key=attrgetter("job_id"))  # the one order in which jobs are locked
    for start in range(0, len(flights), AT_ONCE):
        _write(flights[start : start + AT_ONCE])


@transaction.atomic
def _write(flights: list[Flight]) -> None:
    told = [(flight, flight.progress) for flight in flights]
    values = [
        value
        for flight, progress in told
        for value in (_ID.get_db_prep_value(flight.job_id, connection), flight.fence, progress)
    ]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE.format(rows=", ".join([_ROW[connection.vendor]] * len(told))), values)
        written = [str(pk) for (pk,) in cursor.fetchall()]
    for flight, progress in told:
        flight.written_progress = progress
    reports.progressed(written)
