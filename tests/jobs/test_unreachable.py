"""A job that nobody can be asked for ends or is said to be unknown, and keeps nobody else's waiting."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from studio.jobs import lifecycle, sweep, turns
from studio.jobs.engine import Engine
from studio.jobs.models import Job
from studio.providers.models import ProviderRow, check_base_url
from tests.fakes.provider import FakeProvider
from tests.jobs.conftest import Ask, all_settled, ended, ledger_is_exact, orders_of, wait_for

NO_ADDRESS = "http://gpu exa;mple"


def of_a_provider_without_an_address(job: Job, **fields: object) -> Job:
    row = ProviderRow(slug="odd", kind="apiframe", name="Odd", base_url=NO_ADDRESS)
    row.set_key("a key of ours")
    row.save()
    Job.objects.filter(pk=job.pk).update(provider="odd", **fields)
    return job


def test_a_job_that_cannot_be_ordered_does_not_keep_the_others_in_line(
    fake: FakeProvider, ask: Ask, start: Callable[[], Engine]
) -> None:
    odd, good = of_a_provider_without_an_address(ask()), ask()
    start()
    wait_for(all_settled)
    assert ended(odd) == ("FAILED", "internal")
    assert ended(good) == ("COMPLETED", "")
    assert orders_of(fake, odd) == 0
    ledger_is_exact(odd, good)


def test_a_job_whose_provider_can_no_longer_be_asked_is_unknown_and_settled_by_policy(ask: Ask) -> None:
    job = ask()
    (flight,) = turns.claim("somebody", room=1)
    of_a_provider_without_an_address(job, lease_expires_at=timezone.now())
    assert turns.resume("another", room=1) == []
    assert flight.job_id == str(job.pk)
    assert ended(job) == ("unknown", "provider_gone")
    assert turns.resume("another", room=1) == []  # and nobody tries again and again
    ledger_is_exact(job)


def test_a_job_that_was_taken_out_of_the_line_is_no_longer_closed_for_waiting(ask: Ask) -> None:
    job = ask()
    (flight,) = turns.claim("somebody", room=1)
    assert not sweep.close(str(job.pk), code="waited_too_long")
    assert ended(job)[0] == "PROCESSING"
    lifecycle.mark_unknown(flight, code="stopped")
    assert sweep.close(str(job.pk), code="never_known")
    ledger_is_exact(job)


@pytest.mark.parametrize("address", [NO_ADDRESS, "http://a b", "http://host\\name", "https://exa%mple.test"])
def test_an_address_nothing_could_be_sent_to_is_refused_when_it_is_entered(address: str) -> None:
    with pytest.raises(ValidationError):
        check_base_url(address)
