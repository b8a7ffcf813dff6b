"""manage.py verify_ledger"""

from typing import Any

from django.core.management.base import BaseCommand

from studio.credits.audit import summary, verify


class Command(BaseCommand):
    help = "Derives every balance again and checks every invariant: exit 0, or 1 with one line per violation."

    def handle(self, *args: Any, **options: Any) -> None:
        violations = 0
        for violation in verify():
            self.stdout.write(violation)
            violations += 1
        if violations:
            raise SystemExit(1)
        self.stdout.write(summary())
