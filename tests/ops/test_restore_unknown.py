"""What was unknown when a backup was made stays so after its restoration."""

from datetime import timedelta

import pytest
from django.utils import timezone

from studio.accounts.models import User
from studio.jobs import turns
from studio.ops.restore import settle_what_was_under_way
from tests.jobs.states import queued, touch, working


@pytest.mark.usefixtures("catalogue")
def test_an_unknown_order_is_not_taken_over_after_a_restoration(alice: User) -> None:
    now = timezone.now()
    later = {"deadline_at": now + timedelta(minutes=9), "is_unknown": True, "unknown_at": now}
    job = touch(working(queued(alice)), **later, error_code="provider_unreachable")
    settle_what_was_under_way()
    assert turns.resume("somebody", room=5) == []
    job.refresh_from_db()
    assert (job.is_unknown, job.unknown_at, job.fence) == (True, now, 0)
