"""Triggers and the trigram index of PostgreSQL."""

# ruff: noqa: S608 -- statements of our own names alone

from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

COLUMNS = "(image_id, job_id, user_id, outcome, shared, model, provider, ratio, created_at, text)"
_WORDS = "studio_fold(concat_ws(E'\\n', job.prompt, {image}.revised_prompt, {image}.alt))"
_SHARED = "(job.visibility IN ('team', 'public'))::int"  # as Job.SHARED
_OF_IMAGE = f"""
    SELECT {{image}}.id, job.id, job.user_id, 'made', {_SHARED}, job.model, job.provider,
        {{image}}.width * 1000 / greatest(1, {{image}}.height), {{image}}.created_at, {_WORDS}
    FROM jobs_job AS job"""
_OF_JOB = f"""
    SELECT NULL::uuid, job.id, job.user_id, lower(job.status), {_SHARED}, job.model, job.provider,
        job.width * 1000 / greatest(1, job.height), job.finished_at, studio_fold(job.prompt)
    FROM jobs_job AS job"""
_NEW = _OF_IMAGE.format(image="NEW")
_INSERT = f"INSERT INTO gallery_listed {COLUMNS}"
_ONCE = "ON CONFLICT DO NOTHING"

FUNCTIONS = {
    "gallery_image_added": f"{_INSERT} {_NEW} WHERE job.id = NEW.job_id {_ONCE};",
    "gallery_image_changed": f"""
        DELETE FROM gallery_listed WHERE image_id = NEW.id AND NEW.deleted_at IS NOT NULL;
        UPDATE gallery_listed SET created_at = NEW.created_at, ratio = NEW.width * 1000 / greatest(1, NEW.height),
            text = (SELECT {_WORDS.format(image="NEW")} FROM jobs_job AS job WHERE job.id = NEW.job_id)
            WHERE image_id = NEW.id;
        {_INSERT} {_NEW} WHERE job.id = NEW.job_id AND NEW.deleted_at IS NULL {_ONCE};""",
    "gallery_image_gone": "DELETE FROM gallery_listed WHERE image_id = OLD.id;",
    "gallery_job_shown": """
        UPDATE gallery_listed SET shared = (NEW.visibility IN ('team', 'public'))::int WHERE job_id = NEW.id;""",
    "gallery_job_ended": f"{_INSERT} {_OF_JOB} WHERE job.id = NEW.id {_ONCE};",
    "gallery_job_gone": "DELETE FROM gallery_listed WHERE job_id = OLD.id;",
}
TRIGGERS = {
    "gallery_image_added": "AFTER INSERT ON jobs_image FOR EACH ROW WHEN (NEW.deleted_at IS NULL)",
    "gallery_image_changed": """AFTER UPDATE OF deleted_at, revised_prompt, alt, width, height, created_at
        ON jobs_image FOR EACH ROW""",
    "gallery_image_gone": "AFTER DELETE ON jobs_image FOR EACH ROW",
    "gallery_job_shown": """AFTER UPDATE OF visibility ON jobs_job FOR EACH ROW
        WHEN (OLD.visibility <> NEW.visibility)""",
    "gallery_job_ended": """AFTER UPDATE OF status ON jobs_job FOR EACH ROW
        WHEN (NEW.status IN ('FAILED', 'CANCELLED') AND OLD.status <> NEW.status)""",
    "gallery_job_gone": "AFTER DELETE ON jobs_job FOR EACH ROW",
}
CATCH_UP = (
    """DELETE FROM gallery_listed USING jobs_image AS image
        WHERE image.id = gallery_listed.image_id AND image.deleted_at IS NOT NULL""",
    f"""UPDATE gallery_listed SET shared = 1 - shared FROM jobs_job AS job
        WHERE job.id = gallery_listed.job_id AND shared <> {_SHARED}""",
    f"""{_INSERT} {_OF_IMAGE.format(image="image")} JOIN jobs_image AS image ON image.job_id = job.id
        WHERE image.deleted_at IS NULL AND NOT EXISTS
            (SELECT 1 FROM gallery_listed WHERE gallery_listed.image_id = image.id)
        ORDER BY image.created_at {_ONCE}""",
    f"""{_INSERT} {_OF_JOB} WHERE job.status IN ('FAILED', 'CANCELLED') AND NOT EXISTS
        (SELECT 1 FROM gallery_listed WHERE gallery_listed.job_id = job.id AND image_id IS NULL)
        ORDER BY job.finished_at {_ONCE}""",
    "ANALYZE gallery_listed",
)


def has_words(connection: BaseDatabaseWrapper) -> bool:
    """Whether this database keeps an index of words: it may not be allowed the extension."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('gallery_listed_words') IS NOT NULL")
        row = cursor.fetchone()
    return bool(row and row[0])


def ensure(connection: BaseDatabaseWrapper, execute: Callable[..., Any]) -> bool:
    """Make the functions what they should be and the triggers and the index that are missing; whether one was.

    A trigger that is there stays: to make it again would wait for everybody who writes. Where a function was another
    one, as after an update, what it wrote is looked through as if it had been missing.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'gallery\\_%' AND NOT tgisinternal")
        there = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT proname, prosrc FROM pg_proc WHERE proname LIKE 'gallery\\_%'")
        before = dict(cursor.fetchall())
        cursor.execute("SELECT current_setting('server_encoding') = 'UTF8'")
        is_utf8 = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM pg_collation WHERE collname = 'und-x-icu'")
        has_icu = cursor.fetchone()[0]
    folded = "normalize($1, NFKC)" if is_utf8 else "$1"
    collation = ' COLLATE "und-x-icu"' if has_icu and is_utf8 else ""  # lower() of the C locale knows ASCII alone
    execute(
        "CREATE OR REPLACE FUNCTION studio_fold(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE"
        f" AS $$ SELECT lower({folded}{collation}) $$"
    )
    bodies = {name: f" BEGIN {body} RETURN NULL; END " for name, body in FUNCTIONS.items()}
    for name, body in bodies.items():
        execute(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
    missing = TRIGGERS.keys() - there
    for name in missing:
        execute(f"CREATE TRIGGER {name} {TRIGGERS[name]} EXECUTE FUNCTION {name}()")
    if not has_words(connection):
        _make_words(connection, execute)
    return bool(missing) or any(before.get(name) != body for name, body in bodies.items())


def _make_words(connection: BaseDatabaseWrapper, execute: Callable[..., Any]) -> None:
    """The index of words, where its extension may be had; without it the newest texts are looked through."""
    try:
        with transaction.atomic(using=connection.alias):
            execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            execute("CREATE INDEX gallery_listed_words ON gallery_listed USING gin (text gin_trgm_ops)")
    except DatabaseError:
        return
