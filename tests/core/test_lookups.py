"""Values that stand in a statement itself."""

import pytest
from django.db import OperationalError, connection
from django.db.models import Q

from studio.jobs.models import Job, JobQuerySet
from tests.jobs.states import completed, queued, working

pytestmark = pytest.mark.django_db


def test_the_values_stand_in_the_statement_and_find_what_in_finds(alice, catalogue):
    waiting, under_way, over = queued(alice), working(queued(alice), 10), completed(queued(alice))
    active = Job.objects.of(alice).active()
    assert set(active) == {waiting, under_way} == set(Job.objects.of(alice).filter(status__in=Job.ACTIVE))
    assert set(Job.objects.of(alice).filter(~Q(status__among=Job.ACTIVE))) == {over}
    sql, params = active.query.sql_with_params()
    assert "IN ('QUEUED', 'PROCESSING')" in sql
    assert params == (alice.pk,)


def test_sqlite_can_take_the_index_of_active_jobs_for_it_and_for_in_it_cannot(alice):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL reads the values that are handed over, too")

    def plan(jobs: JobQuerySet) -> str:
        sql, params = jobs.order_by().query.sql_with_params()
        by_it = sql.replace('FROM "jobs_job"', 'FROM "jobs_job" INDEXED BY "jobs_job_active"')
        with connection.cursor() as cursor:
            return str(cursor.execute(f"EXPLAIN QUERY PLAN {by_it}", params).fetchall())

    assert "USING INDEX jobs_job_active (user_id=?)" in plan(Job.objects.of(alice).active())
    with pytest.raises(OperationalError, match="no query solution"):
        plan(Job.objects.of(alice).filter(status__in=Job.ACTIVE))


@pytest.mark.parametrize("words", [[], ["it's"], ["a b"], [""], ["né"]])
def test_nothing_but_plain_words_gets_into_a_statement(words):
    with pytest.raises(ValueError, match="plain words"):
        str(Job.objects.filter(status__among=words).query)
