"""Every delivery is somebody's. Apart from the filling: PostgreSQL alters no table with checks still to be made."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("webhooks", "0003_owners_of_deliveries")]
    operations: ClassVar = [
        migrations.AlterField(
            model_name="delivery",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="webhook_deliveries",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
