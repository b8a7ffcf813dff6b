"""Whose deliveries they are, which so far only the key could tell."""

from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import OuterRef, Subquery


def name_owners(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    key = apps.get_model("accounts", "ApiKey").objects.filter(pk=OuterRef("api_key"))
    apps.get_model("webhooks", "Delivery").objects.filter(owner=None).update(owner=Subquery(key.values("user")))


class Migration(migrations.Migration):
    dependencies: ClassVar = [("webhooks", "0002_endpoints_and_attempts")]
    operations: ClassVar = [migrations.RunPython(name_owners, migrations.RunPython.noop)]
