"""manage.py sync_catalogue [PROVIDER]"""

import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio.providers import sync
from studio.providers.told import told


class Command(BaseCommand):
    help = "Reads the lists of models of the connected providers and writes into the price diary what is different."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("provider", nargs="?", help="only this one, by its slug; without it, all that have a list")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = sync.rows_with_lists()
        wanted = options["provider"]
        if wanted:
            rows = [row for row in rows if row.slug == wanted]
            if not rows:
                raise CommandError(f"There is no connected provider {wanted} that has a list of models.")
        if not rows:
            self.stdout.write("No provider is connected that has a list of models.")
            return
        reports = sync.run(rows, owner=f"command:{uuid.uuid4()}")
        for report in reports:
            if report.error:
                self.stderr.write(f"{report.provider}: the list could not be read. {report.error}")
                continue
            self.stdout.write(
                f"{report.provider}: image models {report.listed}, new entries in the diary {len(report.added)}, "
                f"no longer so {report.over}"
            )
            for entry in report.added:
                self.stdout.write(f"  {entry.get_kind_display()}: {entry.offer_model}: {told(entry)}")
        left = {row.slug for row in rows} - {report.provider for report in reports}
        for slug in sorted(left):
            self.stderr.write(f"{slug}: another process reads its list at this moment.")
        if left or any(report.error for report in reports):
            raise CommandError("Not every list was read.")
