"""A consistent copy of database and pictures while the studio runs, without secrets."""

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from studio.core.crypto import key_check
from studio.jobs.pictures import sync_folder

FORMAT = 1
MANIFEST, SQLITE_FILE, TABLES, MEDIA, MEDIA_LIST = "manifest.json", "studio.sqlite3", "tables", "media", "media.sha256"
# What only means something to running processes, or lets whoever holds it in: sign-ins, the queue's hints, leases.
LEFT_OUT = frozenset(
    {"django_session", "usersessions_usersession", "django_q_ormq", "django_q_task"}
    | {"core_lease", "core_counter", "accounts_passwordtries"}
)
CHUNK = 1024 * 1024


def make(folder: Path) -> dict[str, Any]:
    """Write a backup to `folder`, which must not exist or be empty; returns its manifest.

    It is complete when `folder` has its name: until then it is called `folder.partial`. Raises ImproperlyConfigured.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ImproperlyConfigured(f"{folder} is not empty. A backup needs a folder of its own.")
    draft = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        draft.mkdir(parents=True, mode=0o700)
        manifest = _describe()
        # The database first: every picture it knows is on the disk by then, for a picture comes before its row.
        manifest["database"] = _copy_database(draft)
        manifest["media"] = _copy_media(draft)
        (draft / MANIFEST).write_text(json.dumps(manifest, indent=2, sort_keys=True))
        sync_tree(draft)
        draft.replace(folder)
        sync_folder(folder.parent)
    except OSError as error:
        raise ImproperlyConfigured(f"{folder} cannot be written: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return manifest


def _describe() -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": settings.VERSION,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "engine": connection.vendor,
        "keys": key_checks(),
        "migrations": sorted(".".join(key) for key in MigrationRecorder(connection).applied_migrations()),
    }


def key_checks() -> dict[str, str]:
    """For each key of this installation a value that tells whether another is the same, and nothing else."""
    keys = {"STUDIO_SECRET_KEY": settings.SECRET_KEY, "STUDIO_ENCRYPTION_KEY": settings.ENCRYPTION_KEY}
    return {name: key_check(key) for name, key in keys.items()}


def _copy_database(draft: Path) -> dict[str, Any]:
    return _copy_sqlite(draft) if connection.vendor == "sqlite" else _copy_tables(draft)


def _copy_sqlite(draft: Path) -> dict[str, Any]:
    path = draft / SQLITE_FILE
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    with closing(sqlite3.connect(path)) as copy:
        present = {name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for table in present & LEFT_OUT:
            copy.execute(f'DELETE FROM "{table}"')  # noqa: S608
        copy.commit()
        copy.execute("VACUUM")  # deleted rows leave the file, too
    return {SQLITE_FILE: hash_of(path)}


def _copy_tables(draft: Path) -> dict[str, Any]:
    """Every table by COPY in one snapshot: what pg_dump does, without needing pg_dump of the right version."""
    (draft / TABLES).mkdir()
    files: dict[str, Any] = {}
    with _snapshot() as cursor:
        for table in tables():
            columns = columns_of(table, cursor)
            path = draft / TABLES / f"{table}.copy"
            with path.open("wb") as file, cursor.copy(copy_statement(table, columns, "TO STDOUT")) as data:
                for part in data:
                    file.write(part)
            files[table] = {"columns": columns, "sha256": hash_of(path)}
    return files


@contextmanager
def _snapshot() -> Iterator[Any]:
    """psycopg's cursor in a transaction that sees one moment."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        assert connection.connection is not None
        with connection.connection.cursor() as cursor:
            yield cursor


def tables() -> list[str]:
    """The tables whose rows are kept."""
    models = apps.get_models(include_auto_created=True)
    names = {model._meta.db_table for model in models if model._meta.managed and not model._meta.proxy}
    return sorted(names - LEFT_OUT)


def columns_of(table: str, cursor: Any) -> list[str]:
    return [column.name for column in connection.introspection.get_table_description(cursor, table)]


def copy_statement(table: str, columns: list[str], direction: str) -> str:
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    return f"COPY {connection.ops.quote_name(table)} ({names}) {direction}"


def _copy_media(draft: Path) -> dict[str, Any]:
    """Copy every finished file of the media folder and list it with its hash; drafts are nobody's yet."""
    source = Path(settings.MEDIA_ROOT)
    (draft / MEDIA).mkdir()
    count = size = 0
    with (draft / MEDIA_LIST).open("w") as listing:
        for path in sorted(source.rglob("*")) if source.exists() else []:
            name = path.relative_to(source).as_posix()
            if not path.is_file() or path.name.startswith("draft-"):
                continue
            try:
                digest = copy_file(path, draft / MEDIA / name)
            except FileNotFoundError:
                continue  # deleted by its owner a moment ago
            listing.write(f"{digest}  {name}\n")
            count, size = count + 1, size + (draft / MEDIA / name).stat().st_size
    return {"files": count, "bytes": size, "list": hash_of(draft / MEDIA_LIST)}


def copy_file(source: Path, target: Path) -> str:
    """Copy one file, durably; returns its SHA-256."""
    seen = hashlib.sha256()
    with source.open("rb") as old:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as new:
            while part := old.read(CHUNK):
                seen.update(part)
                new.write(part)
            new.flush()
            os.fsync(new.fileno())
    return seen.hexdigest()


def hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_tree(folder: Path) -> None:
    for place, _folders, files in os.walk(folder):
        for name in files:
            with (Path(place) / name).open("rb") as file:
                os.fsync(file.fileno())
        sync_folder(Path(place))
