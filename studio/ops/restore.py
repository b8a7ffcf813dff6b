"""Bring a backup into an empty installation. Nothing is ever ordered again for what was under way when it was made."""

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import Error, connection, connections, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models import F
from django.utils import timezone

from studio.accounts.models import User
from studio.jobs.models import Attempt, Job
from studio.jobs.pictures import sync_folder
from studio.jobs.services import cancel_job
from studio.ops import backup, prepare


def bring_back(folder: Path) -> dict[str, Any]:
    """Restore the backup in `folder`; returns its manifest. Raises ImproperlyConfigured, and then changes nothing."""
    manifest = _manifest(folder)
    _check_keys(manifest)
    _check_schema(manifest)
    with prepare.lock_data_folder():
        prepare.check_database()
        _check_empty()
        listed = _media_list(folder, manifest)
        _check_files(folder, manifest)
        _bring_media(folder, listed)  # before the database: a row whose picture is missing would be a lie
        _bring_database(folder, manifest)
        settle_what_was_under_way()
    return manifest


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / backup.MANIFEST).read_text())
    except (OSError, ValueError):
        raise ImproperlyConfigured(f"{folder} holds no backup (no readable {backup.MANIFEST}).") from None
    if manifest.get("format") != backup.FORMAT:
        raise ImproperlyConfigured(f"the backup in {folder} has a format this version does not know.")
    return manifest


def _check_keys(manifest: dict[str, Any]) -> None:
    ours = backup.key_checks()
    wrong = [name for name, value in manifest["keys"].items() if ours.get(name) != value]
    if wrong:
        raise ImproperlyConfigured(
            f"{' and '.join(wrong)}: not the key this backup was made with. Set the old installation's, or put its "
            f"files into {settings.SECRETS_DIR}."
        )


def _check_schema(manifest: dict[str, Any]) -> None:
    if manifest["engine"] != connection.vendor:
        raise ImproperlyConfigured(
            f"this is a backup of {manifest['engine']}; here DATABASE_URL is {connection.vendor}."
        )
    known = {".".join(key) for key in MigrationLoader(None).disk_migrations or {}}
    theirs = set(manifest["migrations"])
    if theirs - known or (connection.vendor == "postgresql" and theirs != known):
        raise ImproperlyConfigured(f"restore this with version {manifest['version']}, which made it, then update.")


def _check_empty() -> None:
    try:
        has_rows = User._meta.db_table in connection.introspection.table_names() and User.objects.exists()
    except Error:
        has_rows = True
    media = Path(settings.MEDIA_ROOT)
    if has_rows or (media.exists() and any(path.is_file() for path in media.rglob("*"))):
        raise ImproperlyConfigured("this installation is not empty: a backup is restored into a new one only.")


def _media_list(folder: Path, manifest: dict[str, Any]) -> dict[str, str]:
    """Hash by name. Names that lead out of the folder are refused."""
    path = folder / backup.MEDIA_LIST
    if not path.is_file() or backup.hash_of(path) != manifest["media"]["list"]:
        raise ImproperlyConfigured(f"the backup is damaged: {backup.MEDIA_LIST} is not what was written.")
    lines = (line.partition("  ") for line in path.read_text().splitlines())
    listed = {name: digest for digest, _gap, name in lines}
    for name in listed:
        if name.startswith("/") or ".." in name.split("/"):
            raise ImproperlyConfigured(f"the backup is damaged: {name} is no name of a picture.")
    return listed


def _check_files(folder: Path, manifest: dict[str, Any]) -> None:
    files = manifest["database"]
    if connection.vendor == "sqlite":
        expected = {folder / backup.SQLITE_FILE: files.get(backup.SQLITE_FILE)}
    else:
        expected = {folder / backup.TABLES / f"{table}.copy": entry["sha256"] for table, entry in files.items()}
    for path, digest in expected.items():
        if not path.is_file() or backup.hash_of(path) != digest:
            raise ImproperlyConfigured(f"the backup is damaged: {path.name} is not what was written.")


def _bring_media(folder: Path, listed: dict[str, str]) -> None:
    target = Path(settings.MEDIA_ROOT)
    try:
        for name, digest in listed.items():
            if backup.copy_file(folder / backup.MEDIA / name, target / name) != digest:
                raise ImproperlyConfigured(f"the backup is damaged: {name} is not what was written.")
        target.mkdir(parents=True, exist_ok=True)
        backup.sync_tree(target)
    except (OSError, ImproperlyConfigured) as error:
        for name in listed:  # so that it can be tried again
            (target / name).unlink(missing_ok=True)
        if isinstance(error, OSError):
            reason = error.strerror or error
            raise ImproperlyConfigured(f"the pictures cannot be written to {target}: {reason}.") from error
        raise


def _bring_database(folder: Path, manifest: dict[str, Any]) -> None:
    if connection.vendor == "sqlite":
        _bring_sqlite(folder / backup.SQLITE_FILE)
    else:
        _bring_tables(folder / backup.TABLES, manifest["database"])
    prepare.migrate()


def _bring_sqlite(source: Path) -> None:
    connections.close_all()
    target = Path(settings.DATABASES["default"]["NAME"])
    draft = target.with_name(f"{target.name}.restored")
    backup.copy_file(source, draft)
    with closing(sqlite3.connect(draft)) as copy:
        (answer,) = copy.execute("PRAGMA integrity_check").fetchone()
    if answer != "ok":
        draft.unlink()
        raise ImproperlyConfigured(f"the backup's database is damaged: {answer}")
    for suffix in ("-wal", "-shm"):  # of the empty database whose place it takes
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    os.replace(draft, target)
    sync_folder(target.parent)


def _bring_tables(source: Path, files: dict[str, Any]) -> None:
    """All tables in one transaction; foreign keys are checked when it commits."""
    call_command("migrate", interactive=False, verbosity=0)
    with transaction.atomic():
        with connection.cursor() as cursor:
            everything = ", ".join(connection.ops.quote_name(table) for table in [*files, *backup.LEFT_OUT])
            cursor.execute(f"TRUNCATE {everything}")
        assert connection.connection is not None
        with connection.connection.cursor() as raw:
            for table, entry in files.items():
                statement = backup.copy_statement(table, entry["columns"], "FROM STDIN")
                with (source / f"{table}.copy").open("rb") as file, raw.copy(statement) as data:
                    while part := file.read(backup.CHUNK):
                        data.write(part)
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models(include_auto_created=True)):
                cursor.execute(statement)


@transaction.atomic
def settle_what_was_under_way() -> None:
    """Look up what a provider has an id for; call unknown what it may have; give back what was still in line.

    After the backup was made the old installation may have ordered what is in line here, so to order it would be to
    buy it twice. The sandbox takes no money and simply goes on.
    """
    now = timezone.now()
    # An unknown order that nobody was looking up keeps its own time: to take it over would be to place it again.
    under_way = Job.objects.filter(status=Job.Status.PROCESSING).exclude(is_unknown=True, lease_owner="")
    under_way.update(lease_owner="", lease_expires_at=now, fence=F("fence") + 1, version=F("version") + 1)
    for job in Job.objects.filter(status=Job.Status.QUEUED, is_sandbox=False).select_related("user"):
        cancel_job(job=job, user=job.user)
    open_orders = Attempt.objects.filter(outcome=Attempt.Outcome.OPEN, provider_job_id="", job__is_sandbox=False)
    doubtful = list(open_orders.filter(job__status=Job.Status.PROCESSING).values_list("pk", "job_id"))
    Attempt.objects.filter(pk__in=[pk for pk, _job in doubtful]).update(
        outcome=Attempt.Outcome.UNKNOWN, error_code="stopped"
    )
    Job.objects.filter(pk__in=[job for _pk, job in doubtful], is_unknown=False).update(
        is_unknown=True, unknown_at=now, error_code="stopped", progress=None, lease_expires_at=None
    )
