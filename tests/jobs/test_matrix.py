"""Every provider through the whole fault matrix: each cell ends as declared, and the ledger is exact (PRV-1 to PRV-4).

The studio orders with its real engine; only the vendor is a fake, over real HTTP. What would take minutes is shrunk by
settings: the deadlines, the pauses between tries. A gigabyte is really offered, and not taken.
"""

import socket
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from studio.accounts.models import User
from studio.credits.models import Hold
from studio.jobs import fetching, flying
from studio.jobs.engine import Engine
from studio.jobs.models import Attempt, Job
from studio.jobs.services import submit_job
from studio.providers import apiframe
from tests.fakes.provider import FakeProvider
from tests.jobs.conftest import all_settled, ended, ledger_is_exact, wait_for
from tests.jobs.contract import PRICE, Contract
from tests.jobs.matrix import DONE, PICTURE, POLL, PROVIDERS, SLOW, SUBMIT, SYNCHRONOUS, WEBHOOKS, Row


def fly(contract: Contract, table: dict[str, Row]) -> dict[str, Job]:
    """All cells of this provider's column, flown at once, to their ends."""
    jobs = {words: contract.ask(words) for words, row in table.items() if contract.provider in row}
    wait_for(all_settled)
    return jobs


def check(contract: Contract, table: dict[str, Row], jobs: dict[str, Job]) -> None:
    """Each cell as declared, every credit where it belongs, no order placed in a way the vendor does not know."""
    expected = {words: table[words][contract.provider] for words in jobs}
    assert {words: contract.end_of(job) for words, job in jobs.items()} == expected
    ledger_is_exact(*jobs.values())
    for words, job in jobs.items():
        delivered = job.images.count()
        assert (job.paid or 0) == PRICE * delivered, words
        assert bool(delivered) is (expected[words] == DONE), words
        assert Hold.objects.get(reference=str(job.pk)).amount == PRICE * job.count, words
    keys_are_honest(contract)


def keys_are_honest(contract: Contract) -> None:
    """One attempt is one key however often it is sent (PRV-2); without keys it is sent once (PRV-3, PRV-4)."""
    asked = [pair for pair in contract.fake.ledger.asked if pair[0]]
    if contract.provider in SYNCHRONOUS:
        assert len(asked) == len({attempt for attempt, _key in asked})
    else:
        assert len({attempt for attempt, _key in asked}) == len(set(asked))
    assert {attempt for attempt, _key in asked} <= {str(pk) for pk in Attempt.objects.values_list("pk", flat=True)}


def test_no_cell_is_left_out() -> None:
    for table in (SUBMIT, PICTURE, SLOW):
        for words, row in table.items():
            is_told_apart = "job=" in words or "poll=" in words or "result=" in words
            assert set(row) == set(PROVIDERS) or is_told_apart, words
    every = [end for table in (SUBMIT, POLL, PICTURE, SLOW, WEBHOOKS) for row in table.values() for end in row.values()]
    assert len(every) > 250
    assert {end.charged for end in every} == {0, 1}


def test_every_fault_of_an_order_and_its_picture_has_its_end(engine: Engine, contract: Contract) -> None:
    table = {words: row for words, row in (SUBMIT | POLL | PICTURE).items() if not words.startswith("at:")}
    jobs = fly(contract, table)
    check(contract, table, jobs)
    for words in ("[fake:submit=429]", "[fake:job=busy]"):
        assert jobs[words].attempts.count() == 5, "at most five tries (PRV-5)"


@pytest.fixture
def addresses(fake: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Addresses at which no order can be placed, by the row of the matrix."""
    look_up, connect = socket.getaddrinfo, socket.socket.connect

    def unknown_name(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host == "nowhere.invalid":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return look_up(host, *args, **kwargs)

    def silent_host(self: socket.socket, address: Any) -> None:
        if address[0] == "127.0.0.2":
            raise TimeoutError
        connect(self, address)

    monkeypatch.setattr(socket, "getaddrinfo", unknown_name)
    monkeypatch.setattr(socket.socket, "connect", silent_host)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused = taken.getsockname()[1]
    return {
        "at: connect refused": f"http://127.0.0.1:{refused}",
        "at: no such name": "http://nowhere.invalid",
        "at: TLS error": fake.url.replace("http:", "https:"),
        "at: connect timeout": "http://127.0.0.2:9",
    }


def test_an_order_that_cannot_be_sent_has_its_end(
    engine: Engine, contract: Contract, addresses: dict[str, str]
) -> None:
    assert set(addresses) == {words for words in SUBMIT if words.startswith("at:")}
    jobs = {}
    for words, url in addresses.items():
        contract.connect(url)
        jobs[words] = contract.ask("")
        wait_for(all_settled)
    check(contract, SUBMIT, jobs)
    assert {job.attempts.count() for job in jobs.values()} == {5}  # surely not taken, so each was another order


def test_every_silence_has_its_end_at_the_deadline(
    engine: Engine, contract: Contract, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.JOB_DEADLINE = 3
    monkeypatch.setattr(apiframe, "SUBMIT_SECONDS", 0.4)
    monkeypatch.setattr(apiframe, "POLL_SECONDS", 0.4)
    monkeypatch.setattr(flying, "MOST_TRIES", 100)
    monkeypatch.setattr(fetching, "LEAST_PATIENCE", timedelta(seconds=1))
    begun = timezone.now()
    jobs = fly(contract, SLOW)
    took = (timezone.now() - begun).total_seconds()
    check(contract, SLOW, jobs)
    assert took < settings.JOB_DEADLINE + 5, "cut at the deadline (PRV-7)"


@pytest.mark.parametrize("contract", ["apiframe"], indirect=True)
def test_webhooks_too_early_untrue_or_too_late_change_nothing(
    live_server: Any, engine: Engine, contract: Contract, settings: Any
) -> None:
    settings.STUDIO_BASE_URL, settings.BASE_URL_WAS_SET = live_server.url, True
    settings.ALLOWED_HOSTS = ["localhost"]
    jobs = fly(contract, WEBHOOKS)
    check(contract, WEBHOOKS, jobs)
    told = [order.told for order in contract.fake.ledger.orders.values()]
    wait_for(lambda: sorted(map(len, told)) == [2, 2, 3])
    assert {status for answers in told for status in answers} <= {200}


def test_the_sandbox_ends_as_its_words_say(engine: Engine, buyer: User, settings: Any, fake: FakeProvider) -> None:
    settings.SANDBOX_SECONDS = 0
    ends = {
        "": ("COMPLETED", ""),
        "[sandbox:fail]": ("FAILED", "sandbox_fail"),
        "[sandbox:refuse]": ("FAILED", "content_policy"),
        "[sandbox:stall]": ("FAILED", "too_slow"),
    }
    asked: dict[str, Any] = {"user": buyer, "model": "contract-1", "params": {}, "use_sandbox": True}
    jobs = {}
    for words in ends:
        settings.JOB_DEADLINE = 1 if "stall" in words else 600
        jobs[words] = submit_job(prompt=f"a fox {words}", **asked)[0]
        wait_for(all_settled)
    assert {words: ended(job) for words, job in jobs.items()} == ends
    ledger_is_exact(*jobs.values())
    assert fake.stats()["requests"] == {}
