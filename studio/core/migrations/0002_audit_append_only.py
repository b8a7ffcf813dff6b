"""Triggers that refuse a change of the audit log, by whatever way it comes (OBS-4).

DELETE is refused on PostgreSQL alone: on SQLite the flush of a test database is a DELETE, and a trigger would break it.
A later migration that alters this table on SQLite rebuilds it and loses the trigger: it has to end with these
operations again (a test looks for the trigger).
"""

from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SQLITE = (
    """
    CREATE TRIGGER core_auditevent_append_only BEFORE UPDATE ON core_auditevent
    BEGIN SELECT RAISE(ABORT, 'audit events are only ever added'); END
    """,
)
POSTGRESQL = (
    """
    CREATE FUNCTION core_auditevent_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'audit events are only ever added' USING ERRCODE = 'restrict_violation'; END $$
    """,
    """
    CREATE TRIGGER core_auditevent_append_only BEFORE UPDATE OR DELETE ON core_auditevent
    FOR EACH ROW EXECUTE FUNCTION core_auditevent_append_only()
    """,
)


def add_triggers(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def drop_triggers(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER core_auditevent_append_only")
    else:
        schema_editor.execute("DROP TRIGGER core_auditevent_append_only ON core_auditevent")
        schema_editor.execute("DROP FUNCTION core_auditevent_append_only()")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("core", "0001_initial")]
    operations: ClassVar = [migrations.RunPython(add_triggers, drop_triggers)]
