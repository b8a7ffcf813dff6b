"""A whole studio under an address that was set: its provider's webhook brings a picture in before the next look."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.databases import Scratch
from tests.fakes.provider import FakeProvider, running
from tests.ops.studio_process import StudioProcess, free_port
from tests.proof import KEY, SECRETS
from tests.proof.cluster import count, run_anew, wait_for

# After the first look of ours, which is at 1.5 s, and well before the second, which is 2.8 s later.
READY_AFTER = 1.7


@pytest.fixture
def fake() -> Iterator[FakeProvider]:
    with running(key=KEY, seconds=READY_AFTER) as fake:
        yield fake


def test_a_webhook_completes_a_job_before_the_next_look(scratch: Scratch, fake: FakeProvider) -> None:
    studio = replace(scratch, extra=SECRETS)
    studio.run("tests.proof.story:prepare", fake.url)
    port = free_port()
    address = {"STUDIO_BASE_URL": f"http://127.0.0.1:{port}", "DATABASE_URL": studio.url}
    process = StudioProcess(studio.folder, port, **address, **SECRETS)
    try:
        process.ready()
        job = run_anew(studio, "submit", "alice", "one", "")
        wait_for(lambda: count(studio, "COMPLETED") == 1, seconds=20)
        ((finished,),) = studio.rows("SELECT finished_at FROM jobs_job WHERE status = 'COMPLETED'")
        (order,) = fake.ledger.orders.values()
        wait_for(lambda: order.told == [200])
        token = order.body["webhookUrl"].split("/")[-2]
        assert order.body["webhookUrl"].startswith(f"{address['STUDIO_BASE_URL']}/hooks/apiframe/")
        assert process.stop() == 0
    finally:
        process.close()
    at = datetime.fromisoformat(finished).replace(tzinfo=UTC) if isinstance(finished, str) else finished
    assert at.timestamp() - (order.taken_at + order.seconds) < 1.5, job
    assert order.polls == 2
    assert token not in process.output
