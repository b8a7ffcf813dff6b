"""`verify_ledger` also sees when a job and its hold do not say the same."""

import pytest
from django.core.management import call_command

from studio.accounts.models import User
from studio.credits.audit import verify
from studio.credits.models import Hold
from studio.jobs.models import Job
from studio.jobs.services import submit_job


@pytest.fixture
def job(catalogue: None, alice: User) -> Job:
    return submit_job(user=alice, model="dall-e-3", prompt="a fox", params={})[0]


def test_what_fits_is_not_mentioned(job: Job) -> None:
    assert not list(verify())


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"price": 20}, "its price is 20, its hold 21"),
        ({"status": "FAILED", "paid": 0, "finished_at": "2026-01-01T00:00:00Z"}, "it is FAILED, its hold is open"),
    ],
)
def test_a_job_that_says_something_else_is_found(job: Job, changes: dict[str, object], sentence: str) -> None:
    Job.objects.filter(pk=job.pk).update(**changes)
    assert [f"job {job.pk}: {sentence}"] == list(verify())


def test_a_job_without_a_hold_is_found(job: Job) -> None:
    Hold.objects.filter(key=job.hold_key).update(key="job:other:hold")
    assert f"job {job.pk}: there is no hold for it" in list(verify())


def test_the_command_fails(job: Job, capsys: pytest.CaptureFixture[str]) -> None:
    Job.objects.filter(pk=job.pk).update(price=1)
    with pytest.raises(SystemExit):
        call_command("verify_ledger")
    assert str(job.pk) in capsys.readouterr().out
