"""Every way the fake provider can go wrong has a declared end, and the ledger is exact after each (PRV-1)."""

import pytest

from studio.jobs.engine import Engine
from studio.providers import circuit
from tests.fakes.provider import FakeProvider
from tests.jobs.conftest import Ask, all_settled, ended, ledger_is_exact, orders_of, wait_for

DONE = ("COMPLETED", "")
# Words for the fake: how the job ends, and how many orders the provider then has.
SUBMIT = {
    "": (DONE, 1),
    "[fake:submit=400]": (("FAILED", "bad_request"), 0),
    "[fake:submit=401]": (("FAILED", "provider_key"), 0),
    "[fake:submit=402]": (("FAILED", "provider_credits"), 0),
    "[fake:submit=403]": (("FAILED", "provider_key"), 0),
    "[fake:submit=404]": (("FAILED", "provider_error"), 0),
    "[fake:submit=408*1]": (DONE, 1),
    "[fake:submit=409]": (("unknown", "nonsense"), 0),
    "[fake:submit=422]": (("FAILED", "bad_request"), 0),
    "[fake:submit=429*2]": (DONE, 1),
    "[fake:submit=429*1][fake:retry-after=0]": (DONE, 1),
    "[fake:submit=429]": (("FAILED", "rate_limited"), 0),
    "[fake:submit=500*2]": (DONE, 1),
    "[fake:submit=500]": (("FAILED", "provider_error"), 0),
    "[fake:submit=502]": (("FAILED", "provider_error"), 0),
    "[fake:submit=503*1]": (DONE, 1),
    "[fake:submit=504]": (("FAILED", "provider_error"), 0),
    "[fake:submit=accept+500*1]": (DONE, 1),
    "[fake:submit=reset*1]": (DONE, 1),
    "[fake:submit=reset]": (("unknown", "provider_unreachable"), 0),
    "[fake:submit=reset-early*1]": (DONE, 1),
    "[fake:submit=accept+reset*2]": (DONE, 1),
    "[fake:submit=accept+reset]": (("unknown", "provider_unreachable"), 1),
    "[fake:submit=close*1]": (DONE, 1),
    "[fake:submit=invalid-json*1]": (DONE, 1),
    "[fake:submit=accept+invalid-json]": (("unknown", "nonsense"), 1),
    "[fake:submit=missing*1]": (DONE, 1),
    "[fake:submit=array*1]": (DONE, 1),
    "[fake:submit=redirect*1]": (DONE, 1),
    "[fake:submit=redirect]": (("unknown", "nonsense"), 0),
    "[fake:submit=bomb*1]": (DONE, 1),
    "[fake:submit=huge*1]": (DONE, 1),
}
LATER = {
    "[fake:poll=reset*2]": DONE,
    "[fake:poll=close*1]": DONE,
    "[fake:poll=500*3]": DONE,
    "[fake:poll=429*1][fake:retry-after=0]": DONE,
    "[fake:poll=401*1]": DONE,
    "[fake:poll=404*1]": DONE,
    "[fake:poll=404]": ("unknown", "provider_error"),
    "[fake:poll=invalid-json*1]": DONE,
    "[fake:poll=missing*1]": DONE,
    "[fake:poll=redirect*1]": DONE,
    "[fake:poll=bomb*1]": DONE,
    "[fake:job=fail]": ("FAILED", "provider_error"),
    "[fake:job=nsfw]": ("FAILED", "content_policy"),
    "[fake:job=cancelled]": ("FAILED", "provider_error"),
    "[fake:job=expired]": ("FAILED", "expired"),
    "[fake:job=empty]": ("FAILED", "no_pictures"),
    "[fake:pictures=3]": DONE,
    "[fake:result=list]": DONE,
    "[fake:result=string]": DONE,
    "[fake:result=objects]": DONE,
    "[fake:result=duplicate]": DONE,
    "[fake:progress=none]": DONE,
    "[fake:image=500*2]": DONE,
    "[fake:image=reset*2]": DONE,
    "[fake:image=404]": ("FAILED", "picture_lost"),
    "[fake:image=redirect]": ("FAILED", "picture_lost"),
    "[fake:image=truncated]": ("FAILED", "picture_unreadable"),
    "[fake:image=html]": ("FAILED", "picture_unreadable"),
    "[fake:image=bomb]": ("FAILED", "picture_lost"),
    "[fake:image=huge]": ("FAILED", "picture_lost"),
    "[fake:image=metadata]": ("FAILED", "picture_lost"),
    "[fake:image=loopback]": ("FAILED", "picture_lost"),
}


@pytest.fixture(autouse=True)
def _closed_circuit(monkeypatch: pytest.MonkeyPatch) -> None:
    """All faults happen at once here, which a studio would answer by leaving the provider alone."""
    monkeypatch.setattr(circuit, "OPENS_AT", 10_000)


def test_every_fault_of_an_order_has_its_end(engine: Engine, fake: FakeProvider, ask: Ask) -> None:
    jobs = {words: ask(words) for words in SUBMIT}
    wait_for(all_settled)
    found = {words: (ended(job), orders_of(fake, job)) for words, job in jobs.items()}
    assert found == SUBMIT
    ledger_is_exact(*jobs.values())


def test_every_fault_behind_an_order_has_its_end(engine: Engine, fake: FakeProvider, ask: Ask) -> None:
    jobs = {words: ask(words) for words in LATER}
    wait_for(all_settled)
    assert {words: ended(job) for words, job in jobs.items()} == LATER
    assert [words for words, job in jobs.items() if orders_of(fake, job) != 1] == []
    for words, job in jobs.items():
        assert job.images.count() == (1 if LATER[words] == DONE else 0), words
    ledger_is_exact(*jobs.values())


def test_an_order_that_is_turned_away_again_and_again_ends(engine: Engine, fake: FakeProvider, ask: Ask) -> None:
    job = ask("[fake:job=busy]")
    wait_for(all_settled)
    assert ended(job) == ("FAILED", "rate_limited")
    assert job.attempts.count() == orders_of(fake, job) == 5
    assert fake.stats()["charges"] == 0
    ledger_is_exact(job)
