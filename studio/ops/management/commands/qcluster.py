"""`manage.py qcluster`: the queue's cluster, watched; takes the place of django-q2's command of the same name."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from studio.ops.cluster import Cluster


class Command(BaseCommand):
    help = "Works on queued jobs until it is stopped. `up` starts it by itself."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        sys.exit(Cluster().run())
