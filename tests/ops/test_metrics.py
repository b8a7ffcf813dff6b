"""/metrics: only with its token; the figures, read back by Prometheus's own parser."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from studio.accounts.models import User
from studio.core import heartbeat
from studio.core.models import Lease, Reading
from studio.credits import services as credits
from studio.credits.audit import note_violations
from studio.credits.models import Account
from studio.jobs.models import Attempt, Job
from studio.providers.models import ProviderRow

pytestmark = pytest.mark.django_db
TOKEN = "a token of the monitor"


@pytest.fixture(autouse=True)
def _token(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN


def scrape(client: Client) -> dict[tuple[str, ...], float]:
    """The value of every sample by its name and its labels' values, sorted by label."""
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.text)
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


def job(user: User, **fields: Any) -> Job:
    told = {"model": "m", "model_as_sent": "m", "prompt": 'x"\n', "provider": "sandbox", "price": 5, "unit_price": 5}
    return Job.objects.create(user=user, **(told | fields))


@pytest.mark.parametrize(
    "said", ["", TOKEN, f"Bearer {TOKEN}x", "Bearer ", f"bearer {TOKEN}", f"Basic {TOKEN}", "Bearer é"]
)
def test_without_the_token_there_is_no_such_page(client: Client, said: str) -> None:
    assert client.get("/metrics", headers={"Authorization": said}).status_code == 404
    assert client.get(f"/metrics?token={TOKEN}").status_code == 404


def test_without_the_setting_an_empty_token_opens_nothing(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_a_studio_without_anything_says_so(client: Client) -> None:
    Reading.objects.all().delete()  # the engine of another test may just have proved its ledger
    found = scrape(client)
    assert found["studio_queue_age_seconds",] == 0
    assert found["studio_open_hold_credits",] == 0
    assert ("studio_heartbeat_age_seconds",) not in found
    assert ("studio_ledger_violations",) not in found
    assert any(name == "studio_info" for name, *_ in found)


def test_jobs_that_wait_run_and_are_unknown(client: Client, alice: User) -> None:
    now = timezone.now()
    job(alice, created_at=now - timedelta(minutes=3))
    job(alice, created_at=now)
    job(alice, status="PROCESSING", started_at=now - timedelta(minutes=7))
    job(alice, status="PROCESSING", is_unknown=True, unknown_at=now - timedelta(hours=2), started_at=now)
    found = scrape(client)
    assert found["studio_queue_age_seconds",] == pytest.approx(180, abs=5)
    assert found["studio_oldest_running_job_seconds",] == pytest.approx(420, abs=5)
    assert found["studio_oldest_unknown_job_seconds",] == pytest.approx(7200, abs=5)
    assert [found["studio_jobs", "sandbox", state] for state in ("queued", "processing", "unknown")] == [2, 1, 1]
    assert found["studio_jobs_submitted_last_hour", "queued"] == 2


def test_money_that_is_held_and_a_ledger_that_is_wrong(client: Client, alice: User) -> None:
    credits.hold(user=alice, amount=21, key=f"job:{uuid.uuid4()}", reference="r", seconds=3600)
    assert note_violations() == 0
    found = scrape(client)
    assert found["studio_open_hold_credits",] == 21
    assert found["studio_open_holds",] == 1
    assert found["studio_ledger_violations",] == 0
    Account.objects.filter(user=alice).update(spent=7)
    assert note_violations() > 0
    found = scrape(client)
    assert found["studio_ledger_violations",] > 0
    assert found["studio_ledger_proof_age_seconds",] < 5


def test_providers_orders_and_circuits(client: Client, alice: User) -> None:
    now = timezone.now()
    row = {"kind": "apiframe", "name": 'Api\n"frame"', "failures": 12, "opened_until": now + timedelta(seconds=15)}
    ProviderRow.objects.update_or_create(slug="apiframe", defaults=row)
    placed = job(alice, provider="apiframe")
    for number, outcome in enumerate(["failed", "failed", "done"]):
        Attempt.objects.create(job=placed, number=number, provider="apiframe", outcome=outcome)
    old = Attempt.objects.create(job=placed, number=9, provider="apiframe", outcome="failed")
    Attempt.objects.filter(pk=old.pk).update(created_at=now - timedelta(minutes=6))
    found = scrape(client)
    assert found["studio_provider_circuit_open", "apiframe"] == 1
    assert found["studio_provider_failures_in_a_row", "apiframe"] == 12
    assert found["studio_provider_orders_last_5_minutes", "failed", "apiframe"] == 2
    assert found["studio_provider_orders_last_5_minutes", "done", "apiframe"] == 1


def test_the_queue_s_signs_of_life(client: Client) -> None:
    heartbeat.beat("here:1")
    heartbeat.beat("here:2")
    Lease.objects.filter(name="queue:here:1").update(expires_at=timezone.now())
    found = scrape(client)
    assert found["studio_queue_processes",] == 1
    assert found["studio_heartbeat_age_seconds",] < 5


def test_a_look_takes_ten_statements_at_most_and_none_is_a_write(client: Client, alice: User) -> None:
    for _ in range(3):
        job(alice)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        scrape(client)
    assert len(asked) <= 10
    assert not [query["sql"] for query in asked if not query["sql"].startswith("SELECT")]
