"""Triggers and the FTS5 index of SQLite. `studio_fold` is a function of ours that every connection is given."""

# ruff: noqa: S608 -- statements of our own names alone

from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

COLUMNS = "(image_id, job_id, user_id, outcome, shared, model, provider, ratio, created_at, text)"
_WORDS = "studio_fold(job.prompt || char(10) || {image}.revised_prompt || char(10) || {image}.alt)"
_SHARED = "job.visibility IN ('team', 'public')"  # as Job.SHARED
_OF_IMAGE = f"""
    SELECT {{image}}.id, job.id, job.user_id, 'made', {_SHARED}, job.model, job.provider,
        {{image}}.width * 1000 / max(1, {{image}}.height), {{image}}.created_at, {_WORDS}
    FROM jobs_job AS job"""
_OF_JOB = f"""
    SELECT NULL, job.id, job.user_id, lower(job.status), {_SHARED}, job.model, job.provider,
        job.width * 1000 / max(1, job.height), job.finished_at, studio_fold(job.prompt)
    FROM jobs_job AS job"""
_NEW = _OF_IMAGE.format(image="NEW")
_INSERT = f"INSERT OR IGNORE INTO gallery_listed {COLUMNS}"
_FORGET_WORDS = "INSERT INTO gallery_words(gallery_words, rowid, text) VALUES ('delete', OLD.id, OLD.text)"

LISTING = {
    "gallery_image_added": f"""AFTER INSERT ON jobs_image WHEN NEW.deleted_at IS NULL BEGIN
        {_INSERT} {_NEW} WHERE job.id = NEW.job_id; END""",
    "gallery_image_changed": f"""
        AFTER UPDATE OF deleted_at, revised_prompt, alt, width, height, created_at ON jobs_image BEGIN
        DELETE FROM gallery_listed WHERE image_id = NEW.id AND NEW.deleted_at IS NOT NULL;
        UPDATE gallery_listed SET created_at = NEW.created_at, ratio = NEW.width * 1000 / max(1, NEW.height),
            text = (SELECT {_WORDS.format(image="NEW")} FROM jobs_job AS job WHERE job.id = NEW.job_id)
            WHERE image_id = NEW.id;
        {_INSERT} {_NEW} WHERE job.id = NEW.job_id AND NEW.deleted_at IS NULL; END""",
    "gallery_image_gone": """AFTER DELETE ON jobs_image BEGIN
        DELETE FROM gallery_listed WHERE image_id = OLD.id; END""",
    "gallery_job_shown": """AFTER UPDATE OF visibility ON jobs_job WHEN OLD.visibility <> NEW.visibility BEGIN
        UPDATE gallery_listed SET shared = NEW.visibility IN ('team', 'public') WHERE job_id = NEW.id; END""",
    "gallery_job_ended": f"""AFTER UPDATE OF status ON jobs_job
        WHEN NEW.status IN ('FAILED', 'CANCELLED') AND OLD.status <> NEW.status BEGIN
        {_INSERT} {_OF_JOB} WHERE job.id = NEW.id; END""",
    "gallery_job_gone": """AFTER DELETE ON jobs_job BEGIN
        DELETE FROM gallery_listed WHERE job_id = OLD.id; END""",
}
WORDS = {
    "gallery_words_added": """AFTER INSERT ON gallery_listed BEGIN
        INSERT INTO gallery_words(rowid, text) VALUES (NEW.id, NEW.text); END""",
    "gallery_words_changed": f"""AFTER UPDATE OF text ON gallery_listed WHEN OLD.text <> NEW.text BEGIN
        {_FORGET_WORDS}; INSERT INTO gallery_words(rowid, text) VALUES (NEW.id, NEW.text); END""",
    "gallery_words_gone": f"AFTER DELETE ON gallery_listed BEGIN {_FORGET_WORDS}; END",
}
CATCH_UP = (
    "DELETE FROM gallery_listed WHERE image_id IN (SELECT id FROM jobs_image WHERE deleted_at IS NOT NULL)",
    f"""UPDATE gallery_listed SET shared = 1 - shared WHERE shared <>
        (SELECT {_SHARED} FROM jobs_job AS job WHERE job.id = gallery_listed.job_id)""",
    f"""{_INSERT} {_OF_IMAGE.format(image="image")} JOIN jobs_image AS image ON image.job_id = job.id
        WHERE image.deleted_at IS NULL AND image.id NOT IN
            (SELECT image_id FROM gallery_listed WHERE image_id IS NOT NULL)
        ORDER BY image.created_at""",
    f"""{_INSERT} {_OF_JOB} WHERE job.status IN ('FAILED', 'CANCELLED') AND job.id NOT IN
        (SELECT job_id FROM gallery_listed WHERE image_id IS NULL) ORDER BY job.finished_at""",
)


def present(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """The SQL of our triggers as they are, by name, and an entry for the index of words."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE name GLOB 'gallery_*' AND type IN ('trigger', 'table')"
        )
        ours = LISTING.keys() | WORDS.keys() | {"gallery_words"}
        return {name: sql for name, sql in cursor.fetchall() if name in ours}


def has_words(connection: BaseDatabaseWrapper) -> bool:
    """Whether this SQLite keeps an index of words."""
    return "gallery_words" in present(connection)


def drop(execute: Callable[..., Any], names: dict[str, str]) -> None:
    for name in names:
        if name != "gallery_words":
            execute(f"DROP TRIGGER {name}")


def ensure(connection: BaseDatabaseWrapper, execute: Callable[..., Any]) -> bool:
    """Make what is missing or other than it should be; whether anything was."""
    there = present(connection)
    has_index = "gallery_words" in there or _make_words(connection, execute)
    wanted = {**LISTING, **(WORDS if has_index else {})}
    statements = {name: f"CREATE TRIGGER {name} {body}" for name, body in wanted.items()}
    if {name: sql for name, sql in there.items() if name != "gallery_words"} == statements:
        return False
    drop(execute, there)
    if has_index:
        execute("INSERT INTO gallery_words(gallery_words) VALUES ('rebuild')")
    for statement in statements.values():
        execute(statement)
    return True


def _make_words(connection: BaseDatabaseWrapper, execute: Callable[..., Any]) -> bool:
    """The index of words, where this SQLite has FTS5 with trigrams (3.34); without it every text is looked through."""
    try:
        with transaction.atomic(using=connection.alias):
            execute(
                "CREATE VIRTUAL TABLE gallery_words USING fts5("
                "text, content='gallery_listed', content_rowid='id', tokenize='trigram case_sensitive 1')"
            )
    except DatabaseError:
        return False
    return True
