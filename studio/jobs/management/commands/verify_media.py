"""`manage.py verify_media`: every picture's file is there and holds the bytes it was stored with."""

import hashlib
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from studio.jobs.models import Image
from studio.jobs.pictures import path_of


class Command(BaseCommand):
    help = "Checks that every picture's file exists and matches its SHA-256; exit 1 with a line for each that does not."

    def handle(self, *args: Any, **options: Any) -> None:
        checked = wrong = 0
        for image in Image.objects.there().order_by("created_at").iterator():
            checked += 1
            problem = _problem(image)
            if problem:
                wrong += 1
                self.stdout.write(f"{path_of(image.pk, image.format)}: {problem} (job {image.job_id})")
        if wrong:
            raise CommandError(f"{wrong} of {checked} pictures are not as they were stored.")
        self.stdout.write(f"{checked} pictures are as they were stored.")


def _problem(image: Image) -> str:
    try:
        with path_of(image.pk, image.format).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return "missing"
    except OSError as error:
        return error.strerror or "unreadable"
    return "" if digest == image.sha256 else "other bytes"
