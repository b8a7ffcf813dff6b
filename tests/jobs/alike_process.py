"""How a database looks for what a teammate already made, among thousands of other pictures of the same model."""

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from studio.jobs.alike import already_made, fingerprint
from studio.jobs.models import Image, Job
from studio.providers import catalogue
from tests.factories import make_user

OTHERS = 3000


def plan() -> str:
    """The plan of the one query, after it found the right one."""
    alice, bob = make_user("alice"), make_user("bob")
    model = catalogue.find("dall-e-3")
    assert model is not None
    now = timezone.now()
    same: dict[str, Any] = {
        "user": alice, "model": model.id, "model_as_sent": model.id, "provider": "sandbox", "is_sandbox": True,
        "visibility": "team", "status": "COMPLETED", "price": 21, "unit_price": 21, "paid": 21, "finished_at": now,
    }  # fmt: skip
    jobs = [
        Job(prompt=f"kettle {n}", fingerprint=fingerprint(model, {}, prompt=f"kettle {n}", count=1), **same)
        for n in range(OTHERS)
    ]
    Job.objects.bulk_create(jobs)
    picture: dict[str, Any] = {
        "index": 1, "format": "png", "width": 8, "height": 8, "size": 1, "sha256": "0" * 64, "copies_made_at": now,
    }  # fmt: skip
    Image.objects.bulk_create(Image(job=job, **picture) for job in jobs)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with CaptureQueriesContext(connection) as queries:
        found = already_made(bob, model, {}, prompt="kettle 77", count=1, is_sandbox=True)
    assert found is not None
    assert found.image.job.prompt == "kettle 77"
    assert len(queries) == 1
    sql = queries[0]["sql"]
    explain = "EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN "
    with connection.cursor() as cursor:
        cursor.execute(explain + sql.replace("%", "%%"))
        return "\n".join(str(row) for row in cursor.fetchall())
