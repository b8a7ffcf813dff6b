"""`manage.py match_statement PROVIDER`: the vendor's list of orders against ours, line by line."""

from datetime import UTC, date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio.core.errors import StudioError
from studio.jobs import statement
from studio.jobs.models import StatementRun
from studio.providers.models import ProviderRow


class Command(BaseCommand):
    help = "Compares the vendor's own list of orders with attempts and ledger; exit 1 with a line for each difference."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", help="whose list: apiframe")
        parser.add_argument("--since", type=date.fromisoformat, help="first day, in UTC; 30 days ago without it")
        parser.add_argument("--slug", help="only this one, where several providers are of that kind")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = ProviderRow.objects.filter(kind=options["kind"])
        slugs = [row.slug for row in rows if options["slug"] in (None, row.slug)]
        if not slugs:
            raise CommandError(f"There is no provider {options['slug'] or options['kind']}.")
        day = options["since"]
        since = datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None
        differing = sum(self._match(slug, since) for slug in slugs)
        if differing:
            raise CommandError(f"{differing} lines differ.")

    def _match(self, slug: str, since: datetime | None) -> int:
        try:
            run = statement.begin(slug, since=since)
            statement.match(run)
        except StudioError as error:
            raise CommandError(error.message) from None
        if run.state == StatementRun.State.BROKEN:
            raise CommandError(f"{slug}: the list could not be read. {run.error}")
        if not run.is_of_team:
            self.stdout.write(f"{slug}: this key may only see its own orders (403 for those of the team).")
        self.stdout.write(
            f"{slug} since {run.since:%Y-%m-%d %H:%M} UTC: {run.listed} orders there, {run.ours} of them ours, "
            f"{run.others} of other programs, {run.differing} lines differ."
        )
        for line in run.lines.iterator(chunk_size=500):
            self.stdout.write(
                f"{line.get_kind_display():<32} {line.made_at:%Y-%m-%d %H:%M} {line.provider_job_id:<36} "
                f"job {line.job_id}  there: {line.there:<20} here: {line.here}"
            )
        return run.differing
