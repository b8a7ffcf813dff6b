from typing import ClassVar

from django.db import migrations

# Django adds to every unique text on PostgreSQL an index for LIKE. Nobody looks for a part of these keys, and every
# order wrote two of them. SQLite has none.
DROP = """
DROP INDEX IF EXISTS credits_hold_key_25d284f8_like;
DROP INDEX IF EXISTS credits_entry_key_f8920d86_like;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("credits", "0005_key_caps")]

    operations: ClassVar = [migrations.RunSQL(DROP, migrations.RunSQL.noop)]
