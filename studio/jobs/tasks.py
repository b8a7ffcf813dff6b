"""What the queue runs: a hint that there is work."""

import logging
import threading

from django.db import connection

from studio.jobs import statement
from studio.jobs.models import StatementRun
from studio.jobs.worker import engine

log = logging.getLogger(__name__)


def run_job(job_id: str) -> None:
    """Look for work now. The row says whether `job_id` still needs anything; a second delivery finds nothing."""
    engine().wake()


def look_up() -> None:
    """Take over now whatever nobody holds: there is news of an order that nobody could tell about."""
    engine().resume_soon()
    engine().wake()


def match_statement(run_id: int) -> None:
    """Begin to match a vendor's list of orders, in a thread of its own: it may take longer than a task may."""
    run = StatementRun.objects.filter(pk=run_id, state=StatementRun.State.WAITING).first()
    if run is not None:
        threading.Thread(target=_match, args=[run], name="statement", daemon=True).start()


def _match(run: StatementRun) -> None:
    try:
        statement.match(run)
    except Exception:
        log.exception("Statement %s could not be matched", run.pk)
    finally:
        connection.close()
