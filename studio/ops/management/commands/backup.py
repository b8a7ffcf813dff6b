"""`manage.py backup DIR`: a copy of everything, made while the studio runs."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from studio.ops import backup, prepare


class Command(BaseCommand):
    help = "Copies database and pictures to DIR, consistently, while the studio runs. The keys are not in it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path, help="a folder that does not exist yet, or is empty")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"].absolute()
        prepare.check_database()
        media = backup.make(folder)["media"]
        self.stdout.write(f"Backed up the database and {media['files']} files ({media['bytes']:,} bytes) to {folder}.")
        self.stdout.write("Keep STUDIO_SECRET_KEY and STUDIO_ENCRYPTION_KEY elsewhere: a restore needs the same keys.")
