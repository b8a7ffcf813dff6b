"""What `up` does before it starts anything: look at the configuration, bring database and files up to date."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import IO

import django
import psycopg
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

_MIGRATION_LOCK = 7_045_117_920  # any number that nothing else on the database uses
_DIGEST = ".digest"


def check_configuration() -> list[str]:
    """Warnings of our own system checks; raises ImproperlyConfigured with the first error."""
    messages = checks.run_checks(tags=["studio"], databases=["default"])
    for message in messages:
        if message.is_serious():
            raise ImproperlyConfigured(f"{message.msg} {message.hint or ''}".strip())
    return [f"{message.msg} {message.hint or ''}".strip() for message in messages]


def lock_data_folder() -> IO[str]:
    """Hold the data folder for this `up` as long as the file is open; two on one folder would run jobs twice."""
    folder: Path = settings.STUDIO_DATA_DIR
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "up.lock").open("a+")
    except OSError as error:
        raise ImproperlyConfigured(f"the data folder {folder} cannot be written: {error.strerror}.") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        holder = lock.readline().strip()
        by = f" (process {holder})" if holder else ""
        lock.close()
        raise ImproperlyConfigured(f"the studio is already running on the data folder {folder}{by}.") from None
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n{settings.STUDIO_BASE_URL}\n")
    lock.flush()
    return lock


def check_database() -> None:
    """Raise ImproperlyConfigured, in one line and without a password, when the database does not answer."""
    try:
        if connection.vendor == "postgresql":  # one without the pool, which would only say that it waited in vain
            psycopg.connect(**connection.get_connection_params()).close()
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (Error, psycopg.Error) as error:
        reason = str(error).partition("\n")[0].strip()
        raise ImproperlyConfigured(f"the database ({_database_name()}) does not answer: {reason}") from None


def _database_name() -> str:
    config = connection.settings_dict
    if connection.vendor == "sqlite":
        return str(config["NAME"])
    return f"{config['NAME']} on {config['HOST'] or 'localhost'}:{config['PORT'] or 5432}"


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Hosts that start together migrate one after the other."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATION_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATION_LOCK])


def migrate() -> bool:
    """Apply what is not applied yet; False when there was nothing to do."""
    with _one_at_a_time():
        if not pending_migrations():
            return False
        call_command("migrate", interactive=False, verbosity=0)
    return True


def pending_migrations() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def collect_static() -> bool:
    """Put static files into the data folder; False when they are there already and nothing about them changed."""
    digest = _static_digest()
    mark = Path(settings.STATIC_ROOT) / _DIGEST
    if mark.exists() and mark.read_text() == digest:
        return False
    call_command("collectstatic", interactive=False, verbosity=0, stdout=StringIO())
    mark.write_text(digest)
    return True


def _static_digest() -> str:
    """Names, sizes and times of all static files, and who processes them."""
    seen = hashlib.sha256(f"{settings.VERSION} {django.__version__} {settings.STORAGES['staticfiles']}".encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = os.stat(storage.path(path))
            seen.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return seen.hexdigest()
