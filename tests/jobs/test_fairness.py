"""People take turns, however many jobs each has waiting (CRA-10)."""

import pytest

from studio.accounts.models import User
from studio.jobs.engine import Engine
from studio.jobs.models import Attempt, Job
from studio.jobs.services import submit_job
from studio.providers.models import ProviderRow
from tests.fakes.provider import FakeProvider
from tests.jobs.conftest import Ask, ended, wait_for

LENGTH = 0.3  # seconds a job takes at the provider


@pytest.mark.parametrize("pace", [1, 2, 4])
def test_two_hundred_jobs_of_one_do_not_delay_the_first_of_another(
    studio: User, fake: FakeProvider, ask: Ask, engine: Engine, pace: int
) -> None:
    fake.script(seconds=LENGTH)
    ProviderRow.objects.filter(slug="apiframe").update(pace_concurrent=pace)
    for _ in range(200):
        ask()
    wait_for(lambda: Attempt.objects.count() >= 2 * pace)
    bob = User.objects.get(username="bob")
    job, _is_replay = submit_job(user=bob, model="dall-e-3", prompt="an owl [fake:side=64]", params={})
    wait_for(lambda: ended(job)[0] == "COMPLETED")
    began = job.attempts.get().created_at
    overtook = Attempt.objects.filter(created_at__gt=job.created_at, created_at__lt=began).count()
    assert overtook <= 2 * pace  # two job lengths at a provider that makes so many at once
    assert Job.objects.filter(user=studio, status="QUEUED").count() > 100
    assert fake.stats()["most_open"] == pace


def test_everybody_gets_the_same_share_of_a_busy_provider(studio: User, fake: FakeProvider, engine: Engine) -> None:
    """Two people, one of them with many older jobs: of the first six orders each has three."""
    ProviderRow.objects.filter(slug="apiframe").update(pace_concurrent=0)
    people = {name: User.objects.get(username=name) for name in ("alice", "bob")}
    for name, number in (("alice", 30), ("bob", 3)):
        for _ in range(number):
            submit_job(user=people[name], model="dall-e-3", prompt="an owl [fake:side=64]", params={})
    ProviderRow.objects.filter(slug="apiframe").update(pace_concurrent=1)
    wait_for(lambda: Attempt.objects.count() >= 8)
    first = Attempt.objects.order_by("created_at").values_list("job__user__username", flat=True)[:6]
    assert sorted(first) == ["alice"] * 3 + ["bob"] * 3
