"""Why a card waits although nobody is before it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from studio.accounts.models import User
from studio.jobs import sweep
from studio.jobs.models import Job
from studio.jobs.moving import Mover
from studio.jobs.services import submit_job
from studio.jobs.words import wait_sentence
from studio.providers.models import ProviderRow


@pytest.fixture
def row(catalogue: None) -> ProviderRow:
    row = ProviderRow(slug="apiframe", kind="apiframe", name="Apiframe", base_url="http://127.0.0.1:9")
    row.set_key("afk_a-key-for-tests")
    row.save()
    return row


@pytest.fixture
def job(row: ProviderRow, alice: User) -> Job:
    return submit_job(user=alice, model="dall-e-3", prompt="a fox", params={})[0]


def reason(job: Job) -> str:
    sweep.write_places(Mover())
    return Job.objects.get(pk=job.pk).wait_reason


def test_a_provider_that_was_switched_off_is_named_until_it_is_on_again(row: ProviderRow, job: Job) -> None:
    assert reason(job) == ""
    ProviderRow.objects.update(enabled=False)
    assert reason(job) == "provider_off"
    assert wait_sentence("provider_off", "Apiframe").startswith("Apiframe is switched off.")
    ProviderRow.objects.update(enabled=True)
    assert reason(job) == ""


def test_a_provider_that_is_left_alone_is_named_until_it_is_well_again(row: ProviderRow, job: Job) -> None:
    ProviderRow.objects.filter(slug="apiframe").update(opened_until=timezone.now() + timedelta(seconds=15))
    assert reason(job) == "provider_unwell"
    ProviderRow.objects.filter(slug="apiframe").update(opened_until=None)
    assert reason(job) == ""
