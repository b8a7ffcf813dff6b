"""What the queue runs: a hint that there is work."""

from studio.jobs.worker import engine


def run_job(job_id: str) -> None:
    """Look for work now. The row says whether `job_id` still needs anything; a second delivery finds nothing."""
    engine().wake()


def look_up() -> None:
    """Take over now whatever nobody holds: there is news of an order that nobody could tell about."""
    engine().resume_soon()
    engine().wake()
