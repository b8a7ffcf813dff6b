"""A vendor's own list of orders against our books: what differs is told line by line, what does not is counted."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from studio.accounts.models import User
from studio.core.models import Lease
from studio.jobs import services, statement, tasks
from studio.jobs.engine import Engine
from studio.jobs.models import Attempt, Job, StatementRun
from studio.jobs.statement import NotMatched, begin, match
from studio.providers.models import ProviderRow
from tests.fakes.orders import FakeOrder
from tests.fakes.provider import FakeProvider
from tests.fakes.script import Script
from tests.jobs.conftest import Ask, all_settled, wait_for


@pytest.fixture
def jobs(engine: Engine, ask: Ask) -> list[Job]:
    """Three that were made and one that failed."""
    made = [ask() for _number in range(3)] + [ask("[fake:job=fail]")]
    wait_for(all_settled)
    return made


def run(**options: Any) -> StatementRun:
    found = begin("apiframe", **options)
    match(found)
    assert found.state == "done", found.error
    return found


def lines(found: StatementRun) -> list[tuple[str, str]]:
    return [(line.kind, str(line.job_id)) for line in found.lines.all()]


def there(fake: FakeProvider, job: Job) -> FakeOrder:
    return fake.ledger.orders[job.attempts.get().provider_job_id]


def test_where_nothing_differs_the_orders_are_counted(jobs: list[Job], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("match_statement", "apiframe")
    assert "4 orders there, 4 of them ours, 0 of other programs, 0 lines differ." in capsys.readouterr().out


def test_each_difference_is_a_line(jobs: list[Job], fake: FakeProvider) -> None:
    refunded, dearer, other_model, failed = jobs
    there(fake, refunded).bill = {"status": "FAILED", "creditCost": 0}
    there(fake, dearer).bill = {"creditCost": 42}
    there(fake, other_model).bill = {"model": "dall-e-2"}
    there(fake, failed).bill = {"creditCost": 21, "status": "COMPLETED"}
    found = run()
    assert lines(found) == [
        ("charged_failed", str(failed.pk)),
        ("cost", str(dearer.pk)),
        ("model", str(other_model.pk)),
        ("refunded", str(refunded.pk)),
    ]
    assert [(line.there, line.here) for line in found.lines.filter(kind="cost")] == [("done, 42", "COMPLETED, 21")]


def test_what_was_paid_here_and_is_not_there_is_missing(jobs: list[Job], fake: FakeProvider) -> None:
    del fake.ledger.orders[there(fake, jobs[0]).id]
    assert lines(run()) == [("missing", str(jobs[0].pk))]


def test_orders_of_other_programs_are_counted_apart(jobs: list[Job], fake: FakeProvider) -> None:
    fake.ledger.take("another program", {"prompt": "a bear", "model": "dall-e-3"})
    found = run()
    assert (found.listed, found.ours, found.others, found.differing) == (5, 4, 1, 0)


def test_an_unknown_order_is_recognised_until_its_cost_is_booked(
    engine: Engine, ask: Ask, fake: FakeProvider, studio: User
) -> None:
    job = ask("[fake:submit=accept+reset*5]")
    wait_for(all_settled)
    assert lines(run()) == [("charged_unknown", str(job.pk))]
    job.refresh_from_db()
    assert services.confirm_unknown(job=job, actor=studio, reason="on the bill")
    assert lines(run()) == []


def test_it_says_the_same_when_made_twice(
    jobs: list[Job], fake: FakeProvider, capsys: pytest.CaptureFixture[str]
) -> None:
    for job in jobs[:3]:
        there(fake, job).bill = {"creditCost": 5, "model": "dall-e-2"}
    told = []
    since = (timezone.now() - timedelta(days=1)).date().isoformat()
    for _time in range(2):
        with pytest.raises(CommandError, match=r"6 lines differ\."):
            call_command("match_statement", "apiframe", since=datetime.fromisoformat(since).date())
        told.append(capsys.readouterr().out)
    assert told[0] == told[1]
    assert str(jobs[0].pk) in told[0]


def test_a_key_that_sees_only_its_own_orders_is_said_so(
    jobs: list[Job], fake: FakeProvider, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.ledger.is_member_key = True
    call_command("match_statement", "apiframe")
    assert "this key may only see its own orders (403" in capsys.readouterr().out


@pytest.mark.parametrize("fault", ["401", "500", "invalid-json", "array", "missing", "redirect"])
def test_a_list_that_cannot_be_read_leaves_no_lines(jobs: list[Job], fake: FakeProvider, fault: str) -> None:
    fake.ledger.list_fault = fault
    with pytest.raises(CommandError, match="could not be read"):
        call_command("match_statement", "apiframe")
    found = StatementRun.objects.get()
    assert found.state == "broken"
    assert found.error
    assert not found.lines.exists()


def test_a_busy_vendor_is_asked_again(jobs: list[Job], fake: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statement, "LONGEST_WAIT", 0.01)
    fake.ledger.list_fault = "429"
    assert run().listed == 4


def test_pages_are_read_until_the_day_asked_for(jobs: list[Job], fake: FakeProvider) -> None:
    for number in range(350):
        order = FakeOrder(f"old-{number}", f"old-{number}", {"model": "dall-e-3"}, Script(), 0.0)
        order.made_at = datetime.now(UTC) - timedelta(days=1 + number)
        fake.ledger.orders[order.id] = order
    assert run().others == 30
    assert fake.stats()["requests"]["list"] == 1
    assert run(since=timezone.now() - timedelta(days=400)).others == 350
    assert fake.stats()["requests"]["list"] == 1 + 4


def test_what_is_under_way_differs_from_nothing(jobs: list[Job], fake: FakeProvider) -> None:
    Job.objects.filter(pk=jobs[3].pk).update(status="PROCESSING", finished_at=None, paid=None)
    Attempt.objects.filter(job=jobs[3]).update(outcome="open")
    there(fake, jobs[3]).bill = {"status": "PROCESSING", "creditCost": 21}
    assert lines(run()) == []


def test_two_are_not_made_at_once(jobs: list[Job]) -> None:
    Lease.take("statement:apiframe", "another", seconds=60)
    with pytest.raises(CommandError, match="Another one"):
        call_command("match_statement", "apiframe")


def test_one_whose_process_was_killed_is_said_to_be_broken_off(jobs: list[Job]) -> None:
    killed = begin("apiframe")
    StatementRun.objects.filter(pk=killed.pk).update(state="running")
    run()
    killed.refresh_from_db()
    assert (killed.state, killed.error) == ("broken", "The process that made it ended in between.")


def test_a_run_whose_task_comes_twice_is_made_by_the_first_alone(jobs: list[Job], fake: FakeProvider) -> None:
    first = begin("apiframe")
    second = StatementRun.objects.get(pk=first.pk)  # read before the first said that it has begun
    match(first)
    match(second)
    assert fake.stats()["requests"]["list"] == 1
    assert StatementRun.objects.get().listed == 4


def test_orders_of_other_programs_cost_no_query_each(
    jobs: list[Job], fake: FakeProvider, django_assert_max_num_queries: Any
) -> None:
    for number in range(80):
        fake.ledger.take(f"another program {number}", {"prompt": "a bear", "model": "dall-e-3"})
    with django_assert_max_num_queries(35):
        assert run().others == 80


@pytest.mark.parametrize("named", ["../me", "x" * 101, "a?b"])
def test_an_id_that_would_lead_elsewhere_is_no_list(jobs: list[Job], fake: FakeProvider, named: str) -> None:
    there(fake, jobs[0]).bill = {"id": named}
    found = begin("apiframe")
    match(found)
    assert found.state == "broken"


@pytest.mark.parametrize("arguments", [["nobody"], ["apiframe", "--slug", "nobody"]])
def test_an_unknown_provider_is_refused(studio: User, arguments: list[str]) -> None:
    with pytest.raises(CommandError, match="There is no provider nobody"):
        call_command("match_statement", *arguments)


def test_a_provider_without_a_list_is_refused(studio: User) -> None:
    ProviderRow.objects.create(slug="own", kind="openai", name="Own", base_url="http://127.0.0.1:1")
    ProviderRow.objects.create(slug="wrong", kind="apiframe", name="Wrong", base_url="no address")
    for slug in ("own", "wrong"):
        with pytest.raises(NotMatched):
            begin(slug)


RUNS = "/admin/jobs/statementrun/"


def test_administrators_have_it_made_and_read_it_line_by_line(
    client: Any, jobs: list[Job], fake: FakeProvider, admin_user: User
) -> None:
    there(fake, jobs[0]).bill = {"creditCost": 99}
    client.force_login(admin_user)
    assert "will be read in a moment" in client.post(f"{RUNS}begin/", follow=True).text
    waiting = StatementRun.objects.get()
    assert (waiting.state, waiting.actor) == ("waiting", admin_user)
    tasks.match_statement(waiting.pk)
    wait_for(lambda: StatementRun.objects.filter(state="done").exists())
    assert f"run__id__exact={waiting.pk}" in client.get(RUNS).text
    page = client.get(f"/admin/jobs/statementline/?run__id__exact={waiting.pk}").text
    assert f"/admin/jobs/job/{jobs[0].pk}/change/" in page
    assert "done, 99" in page
    tasks.match_statement(waiting.pk)  # delivered twice: it is made once
    assert StatementRun.objects.count() == 1


def test_others_neither_have_it_made_nor_read_it(client: Any, catalogue: None, operator: User, alice: User) -> None:
    for person, status in ((alice, 403), (operator, 403)):
        client.force_login(person)
        assert client.post(f"{RUNS}begin/").status_code == status
        assert client.get(RUNS).status_code == status
    assert not StatementRun.objects.exists()
