"""What holds whoever serves: one key for one order, no second order in doubt, patience, and no key in sight."""

import html
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from studio.jobs import turns
from studio.jobs.engine import Engine
from studio.jobs.models import Job
from studio.providers import circuit
from studio.providers.models import ProviderRow
from tests.fakes.dialects import CREDITS_A_PICTURE, USAGE
from tests.jobs.conftest import all_settled, ended, ledger_is_exact, wait_for
from tests.jobs.contract import Contract
from tests.jobs.matrix import DONE, SYNCHRONOUS, unknown
from tests.proof import KEY


def test_a_worker_that_died_after_it_ordered_leaves_no_second_order(
    contract: Contract, start: Callable[[], Engine]
) -> None:
    job = contract.ask("")
    (flight,) = turns.claim("a worker that dies", room=1)
    flight.vendor.submit(flight.order, lambda progress: None)
    Job.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    start()
    wait_for(all_settled)
    assert contract.end_of(job) == (unknown("stopped", 1) if contract.provider in SYNCHRONOUS else DONE)
    keys = [key for _attempt, key in contract.fake.ledger.asked]
    assert keys == ([""] if contract.provider in SYNCHRONOUS else [flight.order.idempotency_key] * 2)
    ledger_is_exact(job)


def test_whoever_says_when_to_come_back_is_asked_again_then(contract: Contract, engine: Engine) -> None:
    job = contract.ask("[fake:submit=429*1][fake:retry-after=1]")
    wait_for(all_settled)
    assert contract.end_of(job) == DONE
    first, second = job.attempts.all()
    assert 1 <= (second.created_at - first.created_at).total_seconds() <= 2


def test_ten_jobs_without_an_answer_leave_it_alone_and_nobody_pays(
    contract: Contract, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(circuit, "OPENS_AT", 10)
    early = [contract.ask(f"{number}[fake:submit=503]") for number in range(10)]
    row = ProviderRow.objects.get(slug=contract.provider)
    wait_for(lambda: ProviderRow.objects.filter(pk=row.pk, opened_until__gt=timezone.now()).exists())
    waiting = contract.ask("")
    wait_for(all_settled_but(waiting))
    assert ended(waiting) == ("QUEUED", "")
    assert waiting.attempts.count() == 0
    ProviderRow.objects.update(opened_until=timezone.now())
    wait_for(all_settled)
    assert contract.end_of(waiting) == DONE
    row.refresh_from_db()
    assert (row.failures, row.opened_until) == (0, None)
    ledger_is_exact(*early, waiting)


def all_settled_but(job: Job) -> Any:
    return lambda: not Job.objects.active().filter(is_unknown=False).exclude(pk=job.pk).exists()


@pytest.mark.parametrize("contract", ["apiframe", "aimlapi", "openai"], indirect=True)
def test_a_key_that_a_provider_says_appears_nowhere(
    contract: Contract, engine: Engine, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    job, drawn = contract.ask("[fake:submit=key]"), contract.ask("[fake:leak=key]")
    wait_for(all_settled)
    assert (ended(job), ended(drawn)) == (("FAILED", "bad_request"), ("COMPLETED", ""))
    assert 0 < len(job.error_text) <= 500
    assert "[key]" in job.error_text
    drawn.refresh_from_db()
    assert drawn.provider_extra.get("quality", "[key]") == "[key]"
    client.force_login(contract.alice)
    for path in (f"/jobs/{job.pk}/", f"/jobs/{drawn.pk}/", "/"):
        page = html.unescape(client.get(path).text)
        assert KEY not in page, path
    assert KEY not in caplog.text
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            assert KEY not in repr(cursor.fetchall()), table
    for path in Path(settings.STUDIO_DATA_DIR).rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes(), path


@pytest.mark.parametrize("contract", ["apiframe"], indirect=True)
def test_an_order_with_the_id_of_another_order_never_gets_its_picture(contract: Contract, engine: Engine) -> None:
    first = contract.ask("")
    wait_for(all_settled)
    second = contract.ask("[fake:id=taken]")
    wait_for(all_settled)
    assert (contract.end_of(first), contract.end_of(second)) == (DONE, unknown("nonsense", 1))
    assert (second.images.count(), second.attempts.get().provider_job_id, second.look_at) == (0, "", None)
    assert contract.fake.stats()["each"][1]["polls"] == 0
    ledger_is_exact(first, second)


@pytest.mark.parametrize("contract", ["openai"], indirect=True)
def test_what_openai_says_beside_the_picture_stays_with_the_job(contract: Contract, engine: Engine) -> None:
    job = contract.ask("")
    wait_for(all_settled)
    job.refresh_from_db()
    told = {"background": "auto", "quality": "auto", "size": "auto", "output_format": "png", "usage": USAGE}
    assert job.provider_extra == told


@pytest.mark.parametrize("contract", ["aimlapi"], indirect=True)
def test_what_aimlapi_took_stays_with_the_job_also_where_no_picture_came(contract: Contract, engine: Engine) -> None:
    done, lost = contract.ask("[fake:result=dalle]"), contract.ask("[fake:image=404]")
    wait_for(all_settled)
    for job, paid in ((done, 10), (lost, 0)):
        job.refresh_from_db()
        assert (job.paid, job.cost, job.cost_unit) == (paid, CREDITS_A_PICTURE, "aimlapi")
    assert done.images.get().revised_prompt == f"{done.prompt}, in detail"
