"""People take turns, however many jobs each has waiting (CRA-10)."""

from studio.accounts.models import User
from studio.jobs.engine import Engine
from studio.jobs.models import Attempt, Job
from studio.jobs.services import submit_job
from studio.providers.models import ProviderRow
from tests.fakes.provider import FakeProvider
from tests.jobs.conftest import Ask, ended, wait_for


def test_two_hundred_jobs_of_one_do_not_delay_the_first_of_another(
    studio: User, fake: FakeProvider, ask: Ask, engine: Engine
) -> None:
    fake.script(seconds=0.3)
    ProviderRow.objects.filter(slug="apiframe").update(pace_concurrent=2)
    for _ in range(200):
        ask()
    wait_for(lambda: Attempt.objects.count() >= 4)
    bob = User.objects.get(username="bob")
    job, _is_replay = submit_job(user=bob, model="dall-e-3", prompt="an owl [fake:side=64]", params={})
    wait_for(lambda: ended(job)[0] == "COMPLETED")
    began = job.attempts.get().created_at
    overtook = Attempt.objects.filter(created_at__gt=job.created_at, created_at__lt=began).count()
    assert overtook <= 4  # two job lengths at a provider that makes two at once
    assert Job.objects.filter(user=studio, status="QUEUED").count() > 100
    assert fake.stats()["most_open"] == 2
