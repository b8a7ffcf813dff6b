"""Apiframe's dialect: what it is sent, and how its answers are read.

What a fault means for the job and the money is tested with the jobs (tests/jobs/matrix.py).
"""

import pytest

from studio.providers.apiframe import Apiframe
from studio.providers.base import (
    Ambiguous,
    Connection,
    Finished,
    Gone,
    NotTaken,
    ProviderError,
    Refused,
    Running,
    TurnedAway,
)
from tests.fakes.provider import FakeProvider
from tests.providers.conftest import MakeOrder

KEY = "afk_fake_0123456789"


@pytest.fixture
def apiframe(fake: FakeProvider) -> Apiframe:
    return Apiframe(Connection(fake.url, KEY))


def silent(progress: int) -> None:
    pass


@pytest.mark.parametrize(
    ("words", "expected", "code"),
    [
        ("[fake:poll=401]", Ambiguous, "provider_key"),
        ("[fake:poll=404]", Gone, "provider_error"),
        ("[fake:poll=429]", NotTaken, "rate_limited"),
        ("[fake:poll=500]", Ambiguous, "provider_error"),
        ("[fake:poll=redirect]", Ambiguous, "nonsense"),
        ("[fake:job=busy]", TurnedAway, "rate_limited"),
        ("[fake:job=nothing]", Ambiguous, "nonsense"),
    ],
)
def test_an_answer_to_a_poll_never_makes_an_accepted_order_a_new_one(
    apiframe: Apiframe, make_order: MakeOrder, words: str, expected: type[ProviderError], code: str
) -> None:
    order = make_order(f"a fox {words}")
    accepted = apiframe.submit(order, silent)
    with pytest.raises(ProviderError) as caught:
        apiframe.poll(accepted.provider_job_id, order)
    assert (type(caught.value), caught.value.code) == (expected, code)


def test_retry_after_is_read(apiframe: Apiframe, make_order: MakeOrder) -> None:
    with pytest.raises(NotTaken) as caught:
        apiframe.submit(make_order("a fox [fake:submit=429] [fake:retry-after=7]"), silent)
    assert caught.value.retry_after == 7
    with pytest.raises(Ambiguous) as doubt:
        apiframe.submit(make_order("a wolf [fake:submit=503] [fake:retry-after=Thu, 01 Jan 1970 00:00:00 GMT]"), silent)
    assert doubt.value.retry_after == 0


@pytest.mark.parametrize(
    ("words", "count", "pictures"),
    [
        ("", 1, 1),
        ("[fake:result=list]", 1, 1),
        ("[fake:result=string]", 1, 1),
        ("[fake:result=objects]", 1, 1),
        ("[fake:result=duplicate]", 2, 2),
        ("[fake:pictures=1]", 3, 1),
        ("[fake:pictures=4]", 2, 4),
        ("[fake:job=empty]", 1, 0),
        ("[fake:image=metadata]", 1, 1),
    ],
)
def test_results_of_every_shape_are_read(
    apiframe: Apiframe, make_order: MakeOrder, words: str, count: int, pictures: int
) -> None:
    order = make_order(f"a fox {words}", wire_params={"gptImage2Params": {"number_of_images": count}}, count=count)
    finished = apiframe.poll(apiframe.submit(order, silent).provider_job_id, order)
    assert isinstance(finished, Finished)
    assert len(finished.pictures) == pictures
    assert finished.cost_unit == "apiframe"


def test_progress_is_what_the_vendor_said_or_nothing(
    apiframe: Apiframe, fake: FakeProvider, make_order: MakeOrder
) -> None:
    for words, known in (("", True), ("[fake:progress=none]", False)):
        order = make_order(f"a fox [fake:job=never] [fake:seconds=9] {words}")
        running = apiframe.poll(apiframe.submit(order, silent).provider_job_id, order)
        assert isinstance(running, Running)
        assert (running.progress is not None) is known


def test_the_order_carries_the_keys_and_the_parameters(
    apiframe: Apiframe, fake: FakeProvider, make_order: MakeOrder
) -> None:
    order = make_order(webhook_url="https://studio.example/hooks/x")
    apiframe.submit(order, silent)
    [seen] = fake.stats()["each"]
    assert (seen["key"], seen["client_request_id"]) == (order.idempotency_key, order.attempt_id)
    assert seen["body"] == {
        "prompt": order.prompt,
        "model": "dall-e-3",
        "dalleParams": {"style": "natural"},
        "webhookUrl": "https://studio.example/hooks/x",
        "webhookEvents": ["completed", "failed"],
    }


def test_a_wrong_key_is_refused_and_never_repeated(fake: FakeProvider, make_order: MakeOrder) -> None:
    with pytest.raises(Refused) as caught:
        Apiframe(Connection(fake.url, "afk_of_somebody_else")).submit(make_order(), silent)
    assert caught.value.code == "provider_key"


@pytest.mark.parametrize("job_id", ["../../v2/me", "a/b", "", 7, None, "x" * 101])
def test_an_order_number_that_could_lead_elsewhere_is_nonsense(
    apiframe: Apiframe, make_order: MakeOrder, monkeypatch: pytest.MonkeyPatch, job_id: object, fake: FakeProvider
) -> None:
    order = make_order()
    taken = fake.ledger.take(order.idempotency_key, {"prompt": order.prompt, "model": "dall-e-3", **order.wire_params})
    assert taken is not None
    taken.id = job_id  # type: ignore[assignment]
    with pytest.raises(Ambiguous) as caught:
        apiframe.submit(order, silent)
    assert caught.value.code == "nonsense"
