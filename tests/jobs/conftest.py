"""An engine in this process, and a fake provider it orders from."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from studio.accounts.models import User
from studio.credits.audit import verify
from studio.credits.models import Hold
from studio.jobs import engine as engines
from studio.jobs import flying, sweep
from studio.jobs.engine import Engine
from studio.jobs.launch import launch
from studio.jobs.models import Job
from studio.jobs.services import submit_job
from studio.providers import circuit
from studio.providers import vendor as vendors
from studio.providers.catalogue import registry
from studio.providers.catalogue.families import imagen
from studio.providers.models import ProviderRow
from studio.providers.services import load_catalogue
from tests.fakes.provider import FakeProvider, running
from tests.jobs.contract import CONTRACT, Contract
from tests.jobs.matrix import PROVIDERS
from tests.proof import KEY
from tests.proof.story import prepare


@pytest.fixture(scope="session")
def vendor() -> Iterator[FakeProvider]:
    with running(key=KEY) as fake:
        yield fake


@pytest.fixture
def fake(vendor: FakeProvider) -> FakeProvider:
    """The fake provider without orders, ready at once."""
    vendor.script(clear=True, seconds=0, words="")
    return vendor


@pytest.fixture
def studio(transactional_db: None, fake: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> User:
    """Alice, with credits, in a studio that orders from the fake; the clock runs at the pace of tests."""
    prepare(fake.url)
    for name, seconds in {"CLAIM_EVERY": 0.05, "RESUME_EVERY": 0.1, "PROGRESS_EVERY": 0.1, "BACKOFF": 0.02}.items():
        monkeypatch.setattr(engines, name, seconds)
    monkeypatch.setattr(flying, "FIRST_LOOK", 0.1)
    monkeypatch.setattr(flying, "LOOK_EVERY", 0.1)
    return User.objects.get(username="alice")


@pytest.fixture
def start(studio: User) -> Iterator[Callable[[], Engine]]:
    """Starts engines that stop with the test."""
    made: list[Engine] = []

    def run() -> Engine:
        made.append(Engine(launch=launch, sweep=sweep.Sweeper(), calls=64))
        made[-1].start()
        return made[-1]

    yield run
    for engine in made:
        engine.stop(seconds=0)


@pytest.fixture
def engine(start: Callable[[], Engine]) -> Engine:
    """A running engine."""
    return start()


Ask = Callable[..., Job]


@pytest.fixture
def ask(studio: User) -> Ask:
    """Submit one small picture of alice's with these words for the fake."""

    def submit(words: str = "", **changes: Any) -> Job:
        asked: dict[str, Any] = {"user": studio, "model": "dall-e-3", "params": {}, **changes}
        return submit_job(prompt=f"a fox [fake:side=64]{words}", **asked)[0]

    return submit


@pytest.fixture
def buyer(studio: User, monkeypatch: pytest.MonkeyPatch) -> Iterator[User]:
    """Alice, in a studio with a model that everybody sells."""
    monkeypatch.setattr(imagen, "MODELS", (*imagen.MODELS, CONTRACT))
    registry.forget()
    load_catalogue()
    yield studio
    monkeypatch.undo()
    registry.forget()


@pytest.fixture(params=PROVIDERS)
def contract(
    request: pytest.FixtureRequest, buyer: User, fake: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> Contract:
    """A studio connected to one provider alone; tests with it run for each."""
    made = Contract(request.param, fake, buyer)
    ProviderRow.objects.filter(slug="apiframe").delete()
    kind = "openai" if request.param == "own" else request.param
    row = ProviderRow(slug=request.param, kind=kind, name=request.param.title(), base_url=made.url)
    if request.param != "own":
        row.set_key(KEY)
    row.save()
    # All faults happen at once here, which a studio would answer by leaving the provider alone.
    monkeypatch.setattr(circuit, "OPENS_AT", 10_000)
    monkeypatch.setattr(vendors, "LEAST_SECONDS", 0.1)
    return made


def wait_for(done: Callable[[], bool], *, seconds: float = 20.0) -> None:
    """Until `done`; fails with the jobs that are not over."""
    limit = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < limit, [(str(job), job.is_unknown, job.error_code) for job in Job.objects.all()]
        time.sleep(0.02)


def all_settled() -> bool:
    return not Job.objects.active().filter(is_unknown=False).exists()


def ended(job: Job) -> tuple[str, str]:
    """(state, error code) of a job now; the state is "unknown" where the job says so."""
    job.refresh_from_db()
    return ("unknown" if job.is_unknown else job.status), job.error_code


def ledger_is_exact(*jobs: Job) -> None:
    assert list(verify()) == []
    states = {"COMPLETED": "captured", "FAILED": "released", "CANCELLED": "released", "unknown": "open"}
    for job in jobs:
        assert Hold.objects.get(reference=str(job.pk)).state == states[ended(job)[0]]


def orders_of(fake: FakeProvider, job: Job) -> int:
    return sum(key.startswith(str(job.pk)) for key in list(fake.ledger.by_key))
