"""Who made what was paid for. SQLite rebuilds the table for a new column, and the trigger goes with the old one."""

from importlib import import_module
from typing import ClassVar

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

append_only = import_module("studio.credits.migrations.0002_append_only")


def add_trigger_again(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        append_only.add_triggers(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("credits", "0003_names")]
    operations: ClassVar = [
        migrations.RunPython(migrations.RunPython.noop, add_trigger_again),  # on the way back this comes last
        migrations.AddField(
            model_name="entry",
            name="served_by",
            field=models.CharField(
                blank=True, db_default="", help_text="who made what was paid for: a provider's slug", max_length=50
            ),
        ),
        migrations.RunPython(add_trigger_again, migrations.RunPython.noop),
    ]
