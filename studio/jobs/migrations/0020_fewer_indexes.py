from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# What every order wrote for nobody: jobs_job_mine begins with the person, too, and hardly a job is another's repetition.
# By SQL, since SQLite would make the whole table anew, and lose the search's triggers with the old one.
DROP = """
DROP INDEX IF EXISTS jobs_job_user_id_093659ab;
DROP INDEX IF EXISTS jobs_job_retry_of_id_376fde47;
"""
AGAIN = """
CREATE INDEX jobs_job_user_id_093659ab ON jobs_job (user_id);
CREATE INDEX jobs_job_retry_of_id_376fde47 ON jobs_job (retry_of_id);
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("jobs", "0019_calls_taken_up")]

    operations: ClassVar = [
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("retry_of__isnull", False)), fields=["retry_of"], name="jobs_job_retries"
            ),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(DROP, AGAIN)],
            state_operations=[
                migrations.AlterField(
                    model_name="job",
                    name="user",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="jobs",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="job",
                    name="retry_of",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="retries",
                        to="jobs.job",
                    ),
                ),
            ],
        ),
    ]
