"""An order goes on at another provider only where the first surely did not take it, and says so."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from studio.credits.models import Entry
from studio.jobs.engine import Engine
from studio.jobs.models import Job
from studio.jobs.moving import MOST_MOVES, Mover, next_route
from studio.providers.models import ProviderRow
from studio.providers.services import paces
from tests.fakes.provider import FakeProvider, running
from tests.jobs.conftest import Ask, all_settled, ended, ledger_is_exact, orders_of, wait_for
from tests.proof import KEY


@pytest.fixture(scope="session")
def _other_vendor() -> Iterator[FakeProvider]:
    with running(key=KEY) as fake:
        yield fake


def add_provider(slug: str, url: str, **fields: Any) -> ProviderRow:
    row = ProviderRow(slug=slug, kind="apiframe", name=slug.title(), base_url=url, **{"order": 2, **fields})
    row.set_key(KEY)
    row.save()
    return row


@pytest.fixture
def second(studio: object, _other_vendor: FakeProvider) -> FakeProvider:
    """Another provider that sells the same, asked after the first."""
    _other_vendor.script(clear=True, seconds=0, words="")
    add_provider("second", _other_vendor.url)
    return _other_vendor


def story(job: Job) -> list[tuple[str, str, str]]:
    return [(attempt.provider, attempt.outcome, attempt.error_code) for attempt in job.attempts.all()]


@pytest.mark.parametrize(
    ("words", "code", "asked"),
    [
        ("[fake:submit=401]", "provider_key", 1),
        ("[fake:submit=402]", "provider_credits", 1),
        ("[fake:submit=404]", "provider_error", 1),
        ("[fake:submit=400][fake:error=envelope][fake:code=model_not_found]", "model_gone", 1),
        ("[fake:submit=429][fake:retry-after=0]", "rate_limited", 5),
        ("[fake:submit=429][fake:retry-after=3600]", "rate_limited", 1),
    ],
)
def test_what_was_surely_not_taken_is_made_by_the_next_at_the_same_price(
    engine: Engine, fake: FakeProvider, second: FakeProvider, ask: Ask, words: str, code: str, asked: int
) -> None:
    fake.script(words=words)
    job = ask()
    wait_for(all_settled)
    assert ended(job) == ("COMPLETED", "")
    assert (job.provider, job.price, job.paid, job.tries) == ("second", 21, 21, 0)
    assert story(job) == [("apiframe", "not_taken", code)] * asked + [("second", "done", "")]
    assert [(move["from"], move["to"], move["why"]) for move in job.moves] == [("apiframe", "second", code)]
    assert (orders_of(fake, job), orders_of(second, job)) == (0, 1)
    ledger_is_exact(job)


def test_five_times_503_under_one_key_is_made_by_the_next(
    engine: Engine, fake: FakeProvider, second: FakeProvider, ask: Ask
) -> None:
    fake.script(words="[fake:submit=503]")
    job = ask()
    wait_for(all_settled)
    assert ended(job)[0] == "COMPLETED"
    assert story(job) == [("apiframe", "not_taken", "provider_error"), ("second", "done", "")]
    ledger_is_exact(job)


def test_a_provider_nobody_listens_for_is_left_after_its_tries(engine: Engine, second: FakeProvider, ask: Ask) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    ProviderRow.objects.filter(slug="apiframe").update(base_url=f"http://127.0.0.1:{port}")
    job = ask()
    wait_for(all_settled)
    assert (ended(job)[0], job.provider) == ("COMPLETED", "second")
    assert story(job)[:-1] == [("apiframe", "not_taken", "provider_unreachable")] * 5
    ledger_is_exact(job)


@pytest.mark.parametrize(
    ("words", "end"),
    [
        ("[fake:submit=400]", ("FAILED", "bad_request")),  # the order is wrong, wherever it goes
        ("[fake:job=nsfw]", ("FAILED", "content_policy")),
        ("[fake:job=fail]", ("FAILED", "provider_error")),
        ("[fake:submit=500]", ("FAILED", "provider_error")),  # it may have been begun
        ("[fake:submit=accept+reset]", ("unknown", "provider_unreachable")),
        ("[fake:submit=409]", ("unknown", "nonsense")),
    ],
)
def test_where_an_order_may_exist_or_is_itself_wrong_nobody_else_is_asked(
    engine: Engine, second: FakeProvider, ask: Ask, words: str, end: tuple[str, str]
) -> None:
    job = ask(words)
    wait_for(all_settled)
    assert (ended(job), job.provider, job.moves) == (end, "apiframe", [])
    assert second.stats()["orders"] == second.stats()["requests"].get("submit", 0) == 0
    ledger_is_exact(job)


@pytest.mark.parametrize("first", ["accept+reset*1", "500*1"])
def test_a_refused_key_after_an_answer_that_told_nothing_moves_nothing(
    engine: Engine, fake: FakeProvider, second: FakeProvider, ask: Ask, first: str
) -> None:
    """The key is judged before the order is looked up, so the first try may have left one."""
    job = ask(f"[fake:submit={first}][fake:submit=401]")
    wait_for(all_settled)
    expected = ("unknown", "provider_key") if "accept" in first else ("FAILED", "provider_key")
    assert (ended(job), second.stats()["orders"]) == (expected, 0)
    ledger_is_exact(job)


def test_every_provider_is_asked_at_most_once_and_then_the_job_fails(
    engine: Engine, fake: FakeProvider, second: FakeProvider, ask: Ask
) -> None:
    for provider in (fake, second):
        provider.script(words="[fake:submit=402]")
    job = ask()
    wait_for(all_settled)
    assert ended(job) == ("FAILED", "provider_credits")
    assert [provider for provider, _outcome, _code in story(job)] == ["apiframe", "second"]
    assert Entry.objects.of_kind(Entry.Kind.CAPTURE).count() == 0
    ledger_is_exact(job)


def test_the_sandbox_never_stands_in_for_a_real_provider_nor_the_other_way_round(
    engine: Engine, fake: FakeProvider, ask: Ask, settings: Any
) -> None:
    settings.SANDBOX, settings.SANDBOX_SECONDS = "on", 0
    fake.script(words="[fake:submit=402]")
    real, drawn = ask(), ask("[sandbox:fail]", use_sandbox=True)
    wait_for(all_settled)
    assert (ended(real), real.provider) == (("FAILED", "provider_credits"), "apiframe")
    assert (ended(drawn), drawn.provider) == (("FAILED", "sandbox_fail"), "sandbox")
    drawn.status = "QUEUED"
    assert next_route(drawn) is None
    ledger_is_exact(real, drawn)


def test_who_waits_for_a_provider_that_is_switched_off_goes_on_at_another(second: FakeProvider, ask: Ask) -> None:
    job = ask()
    assert Mover()(paces()) == 0
    ProviderRow.objects.filter(slug="apiframe").update(enabled=False)
    assert Mover()(paces()) == 1
    assert ended(job)[0] == "QUEUED"
    assert (job.provider, job.moves[0]["why"]) == ("second", "provider_off")


def test_behind_an_open_circuit_all_go_on_and_behind_a_half_open_one_the_first_stays_to_try(
    second: FakeProvider, ask: Ask
) -> None:
    jobs = [ask() for _ in range(3)]
    row = ProviderRow.objects.filter(slug="apiframe")
    row.update(opened_until=timezone.now() - timedelta(seconds=1))
    assert Mover()(paces()) == 2
    assert [(ended(job)[0], job.provider) for job in jobs] == [
        ("QUEUED", "apiframe"), ("QUEUED", "second"), ("QUEUED", "second"),
    ]  # fmt: skip
    row.update(opened_until=timezone.now() + timedelta(seconds=15))
    assert Mover()(paces()) == 1
    assert ask().provider == "second"  # and new orders do not even begin there
    ProviderRow.objects.filter(slug="second").update(opened_until=timezone.now() + timedelta(seconds=15))
    assert Mover()(paces()) == 0  # nobody is better off
    assert ask().provider == "apiframe"


def test_a_job_does_not_wander_for_ever(second: FakeProvider, ask: Ask) -> None:
    job = ask()
    rows = ProviderRow.objects.filter(slug__in=["apiframe", "second"])
    for number in range(2 * MOST_MOVES):
        rows.update(enabled=True)
        rows.filter(slug="second" if number % 2 else "apiframe").update(enabled=False)
        Mover()(paces())
    job.refresh_from_db()
    assert len(job.moves) == MOST_MOVES


def test_many_that_cannot_move_do_not_hide_one_that_can(
    second: FakeProvider, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.jobs.moving.AT_ONCE", 2)
    jobs = sorted((ask() for _ in range(5)), key=lambda job: job.pk)
    Job.objects.filter(pk__in=[job.pk for job in jobs[:-1]]).update(moves=[{}] * MOST_MOVES)
    ProviderRow.objects.filter(slug="apiframe").update(enabled=False)
    mover = Mover()
    assert [mover(paces()) for _pass in range(3)] == [0, 0, 1]
