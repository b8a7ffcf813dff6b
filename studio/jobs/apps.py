"""The jobs app."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "studio.jobs"

    def ready(self) -> None:
        from studio.core.queue import on_worker_start
        from studio.jobs.worker import start_engine

        on_worker_start(start_engine)
