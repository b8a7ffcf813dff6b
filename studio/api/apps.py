"""The api app."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "studio.api"

    def ready(self) -> None:
        from studio.api import pasted as calls
        from studio.jobs import pasted

        pasted.read_by(calls.read_body)
