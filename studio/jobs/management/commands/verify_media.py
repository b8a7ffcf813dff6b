"""`manage.py verify_media`: the file of every picture and reference is there, with the bytes it was stored with."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from studio.jobs.models import Image, Reference
from studio.jobs.pictures import hash_of, path_of


class Command(BaseCommand):
    help = "Checks that every picture's file exists and matches its SHA-256; exit 1 with a line for each that does not."

    def handle(self, *args: Any, **options: Any) -> None:
        checked = wrong = 0
        for path, digest, whose in _kept():
            checked += 1
            problem = _problem(path, digest)
            if problem:
                wrong += 1
                self.stdout.write(f"{path}: {problem} ({whose})")
        if wrong:
            raise CommandError(f"{wrong} of {checked} pictures are not as they were stored.")
        self.stdout.write(f"{checked} pictures are as they were stored.")


def _kept() -> Iterator[tuple[Path, str, str]]:
    """Place, SHA-256 and whose it is of every file that must be there."""
    for image in Image.objects.stored().order_by("created_at").iterator():
        yield path_of(image.pk, image.format), image.sha256, f"job {image.job_id}"
        if image.marked_sha256:
            yield path_of(image.pk, f"marked.{image.format}"), image.marked_sha256, f"marked copy, job {image.job_id}"
    for reference in Reference.objects.stored().order_by("created_at").iterator():
        if reference.file is not None:
            yield path_of(reference.file, reference.format), reference.sha256, f"reference {reference.pk}"


def _problem(path: Path, expected: str) -> str:
    try:
        digest = hash_of(path)
    except FileNotFoundError:
        return "missing"
    except OSError as error:
        return error.strerror or "unreadable"
    return "" if digest == expected else "other bytes"
