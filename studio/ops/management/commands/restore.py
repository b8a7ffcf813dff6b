"""`manage.py restore DIR`: a backup, into an empty installation with the same keys."""

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from studio.credits.audit import verify
from studio.ops import restore


class Command(BaseCommand):
    help = "Restores the backup in DIR into an empty installation that has the keys of the old one."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        manifest = restore.bring_back(options["folder"].absolute())
        violations = list(verify())
        for violation in violations:
            self.stderr.write(violation)
        if violations:
            sys.exit("Restored, but the ledger that was backed up does not add up.")
        self.stdout.write(f"Restored the backup of {manifest['made_at']}. The ledger adds up. Start with: manage.py up")
