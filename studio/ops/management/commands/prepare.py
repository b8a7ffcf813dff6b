"""`manage.py prepare`: what `up` does before it starts anything, for hosts where something else starts the parts."""

from typing import Any

from django.core.management.base import BaseCommand

from studio.ops import up


class Command(BaseCommand):
    help = "Brings database, catalogue and static files up to date and makes the first administrator, then ends."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        up.prepare_only(say=self.stdout.write, warn=self.stderr.write)
