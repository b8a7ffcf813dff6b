"""The jobs app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "studio.jobs"
    verbose_name = _("Jobs")

    def ready(self) -> None:
        from studio.core.queue import on_worker_start
        from studio.credits.audit import EXTRA_CHECKS
        from studio.credits.things import NAMERS, WORTH
        from studio.jobs.audit import check_jobs
        from studio.jobs.things import jobs_as_things, worth
        from studio.jobs.uses import jobs_of
        from studio.jobs.worker import start_engine
        from studio.providers.uses import COUNTERS

        on_worker_start(start_engine)
        EXTRA_CHECKS.append(check_jobs)
        NAMERS.append(jobs_as_things)
        WORTH.append(worth)
        COUNTERS.append(jobs_of)
