"""The rows the gallery narrows by are what pictures and jobs say, by whatever way those are written."""

import uuid
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from studio.gallery import index, index_sqlite
from studio.gallery.models import Listed
from studio.jobs.models import Image, Job
from studio.jobs.services import submit_job
from tests.databases import Scratch, on_sqlite
from tests.factories import make_user
from tests.jobs.states import completed, failed, queued


def facts(**which: Any) -> list[tuple[Any, ...]]:
    rows = Listed.objects.filter(**which).order_by("pk")
    return list(rows.values_list("outcome", "shared", "model", "ratio", "text"))


def every_way() -> list[Any]:
    """Write pictures and jobs in every way the studio has, and say what is listed after each."""
    from studio.providers.services import load_catalogue

    load_catalogue()
    alice = make_user("alice", credits=1000)
    said: list[Any] = []
    job = completed(queued(alice, "ＢＬＵＥ ｹﾄﾙ", width=1792, height=1024), revised_prompt="É")
    said.append(facts())
    image = Image.objects.get()
    Image.objects.filter(pk=image.pk).update(alt="A Tall FOX")
    said.append(facts())
    number = Listed.objects.get().pk
    Job.objects.filter(pk=job.pk).update(visibility="team")
    image.alt = "an owl"
    image.save()
    said.append(facts())
    assert Listed.objects.get().pk == number
    Image.objects.filter(pk=image.pk).update(deleted_at=timezone.now())
    said.append(facts())
    Job.objects.filter(pk=job.pk).update(visibility="link")
    Image.objects.filter(pk=image.pk).update(deleted_at=None)
    said.append(facts())
    Job.objects.filter(pk=job.pk).update(visibility="public")
    said.append(facts())
    Image.objects.all().delete()
    said.append(facts())
    failed(queued(alice, "a cat"), "content_policy")
    queued(alice, "still waiting")
    said.append(facts())
    Image.objects.bulk_create(
        Image(id=uuid.uuid4(), job=job, index=n, format="png", width=64, height=128, size=1, sha256="0" * 64)
        for n in (1, 2)
    )
    said.append(facts(outcome="made"))
    return said


@pytest.mark.usefixtures("scratch")
def test_the_rows_follow_on_both_databases(scratch: Scratch) -> None:
    [said] = scratch.run("tests.gallery.test_listed:every_way")
    words = "blue ケトル\né\n"
    assert said == [
        [["made", 0, "dall-e-3", 1750, words]],
        [["made", 0, "dall-e-3", 1750, f"{words}a tall fox"]],
        [["made", 1, "dall-e-3", 1750, f"{words}an owl"]],
        [],
        [["made", 0, "dall-e-3", 1750, f"{words}an owl"]],
        [["made", 1, "dall-e-3", 1750, f"{words}an owl"]],
        [],
        [["failed", 0, "dall-e-3", 1000, "a cat"]],
        [["made", 1, "dall-e-3", 500, "blue ケトル\n\n"]] * 2,
    ]


def without_triggers() -> list[Any]:
    """A picture made, one deleted and one shown while there were no triggers, then what `migrate` makes of it."""
    from studio.providers.services import load_catalogue

    load_catalogue()
    alice = make_user("alice", credits=1000)
    gone, shown = completed(queued(alice, "gone")), completed(queued(alice, "shown"))
    with connection.cursor() as cursor:
        for table, name in triggers():
            cursor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if connection.vendor == "postgresql" else ""))
    Image.objects.filter(job=gone).update(deleted_at=timezone.now())
    Job.objects.filter(pk=shown.pk).update(visibility="team")
    completed(queued(alice, "new"))
    failed(queued(alice, "not made"), "content_policy")
    call_command("migrate", verbosity=0)
    call_command("migrate", verbosity=0)
    after = [(outcome, shared, text.split("\n")[0]) for outcome, shared, _m, _r, text in facts()]
    completed(queued(alice, "made after"))
    from studio.gallery.search import find

    hits = [find(Listed.objects.all(), word).rows.count() for word in ("shown", "gone", "made after")]
    return [after, hits, len(list(triggers()))]


def triggers() -> list[tuple[str, str]]:
    sql = "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'gallery%%'"
    if connection.vendor == "postgresql":
        sql = (
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname LIKE 'gallery%%' AND NOT tgisinternal"
        )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [row for row in cursor.fetchall() if row[1].startswith("gallery_")]


def test_what_the_triggers_missed_is_listed_after_the_next_migrate(scratch: Scratch) -> None:
    [(after, hits, number)] = scratch.run("tests.gallery.test_listed:without_triggers")
    assert sorted(after) == [["failed", 0, "not made"], ["made", 0, "new"], ["made", 1, "shown"]]
    assert hits == [1, 0, 1]
    assert number == (len(index_sqlite.LISTING) + len(index_sqlite.WORDS) if scratch.engine == "sqlite" else 6)


def updated() -> list[Any]:
    """An update of the studio whose triggers write another `shared` than those before it did."""
    from studio.gallery import index_postgres
    from studio.providers.services import load_catalogue

    load_catalogue()
    alice = make_user("alice", credits=1000)
    for level in Job.Visibility.values:
        Job.objects.filter(pk=completed(queued(alice, level)).pk).update(visibility=level)
    name = "gallery_job_shown"
    with connection.cursor() as cursor:  # as the version before wrote it: whatever is not `me`
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER {name}")
            cursor.execute(f"CREATE TRIGGER {name} {index_sqlite.LISTING[name].replace('IN (', '<> 1 OR 1 IN (')}")
        else:
            old = index_postgres.FUNCTIONS[name].replace("IN (", "<> '' OR '' IN (")
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
                f" AS $$ BEGIN {old} RETURN NULL; END $$"
            )
        cursor.execute("UPDATE gallery_listed SET shared = 1 WHERE text NOT LIKE 'me%'")
    call_command("migrate", verbosity=0)
    return [[text.split("\n")[0], shared] for _outcome, shared, _m, _r, text in facts()]


def test_an_update_that_lists_otherwise_lists_what_there_is_anew(scratch: Scratch) -> None:
    [listed] = scratch.run("tests.gallery.test_listed:updated")
    assert listed == [["me", 0], ["team", 1], ["link", 0], ["public", 1]]


def rebuilt() -> list[Any]:
    """What a migration does on SQLite to the tables that the triggers name, for a new column say."""
    from studio.providers.services import load_catalogue

    load_catalogue()
    alice = make_user("alice", credits=1000)
    completed(queued(alice, "before"))
    index.before_migrate(using="default", plan=["a migration"])
    with connection.schema_editor() as editor:  # refused where a trigger names a table that is just being rebuilt
        editor._remake_table(Job)
        editor._remake_table(Image)
    index.after_migrate(using="default")
    completed(queued(alice, "after"))
    return [text.split("\n")[0] for *_rest, text in facts()]


@on_sqlite  # PostgreSQL alters a table where it stands
def test_a_migration_that_rebuilds_a_table_finds_no_trigger_in_its_way(scratch: Scratch) -> None:
    [listed] = scratch.run("tests.gallery.test_listed:rebuilt")
    assert listed == ["before", "after"]


@pytest.mark.django_db
def test_nothing_is_made_again_where_everything_is_there() -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            assert not index_sqlite.ensure(connection, cursor.execute)
    index.after_migrate(using="default")


@pytest.mark.usefixtures("catalogue")
def test_an_order_that_is_under_way_is_not_listed() -> None:
    submit_job(user=make_user("carol", credits=100), model="dall-e-3", prompt="a fox", params={}, count=1)
    assert not Listed.objects.exists()
