"""Every way a vendor can fail has one declared outcome (PRV-1): not taken, in doubt, refused, gone, or finished.

The engine's part, what each outcome means for the money, is tested with the jobs.
"""

import socket
import time
from typing import Any

import pytest

from studio.providers import vendor as vendor_module
from studio.providers.apiframe import Apiframe
from studio.providers.base import (
    Accepted,
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

# fault at submit -> class, code, whether the vendor itself reported it (a status)
SUBMIT: dict[str, tuple[type[ProviderError], str, bool]] = {
    "400": (Refused, "bad_request", True),
    "401": (Refused, "provider_key", True),
    "402": (Refused, "provider_credits", True),
    "403": (Refused, "provider_key", True),
    "404": (Refused, "provider_error", True),
    "413": (Refused, "bad_request", True),
    "429": (NotTaken, "rate_limited", True),
    "408": (Ambiguous, "provider_error", True),
    "409": (Ambiguous, "nonsense", False),
    "500": (Ambiguous, "provider_error", True),
    "502": (Ambiguous, "provider_error", True),
    "503": (Ambiguous, "provider_error", True),
    "504": (Ambiguous, "provider_error", True),
    "reset": (Ambiguous, "provider_unreachable", False),
    "reset-early": (Ambiguous, "provider_unreachable", False),
    "close": (Ambiguous, "provider_unreachable", False),
    "hang": (Ambiguous, "provider_unreachable", False),
    "drip": (Ambiguous, "provider_unreachable", False),
    "accept+reset": (Ambiguous, "provider_unreachable", False),
    "accept+hang": (Ambiguous, "provider_unreachable", False),
    "accept+500": (Ambiguous, "provider_error", True),
    "invalid-json": (Ambiguous, "nonsense", False),
    "missing": (Ambiguous, "nonsense", False),
    "array": (Ambiguous, "nonsense", False),
    "redirect": (Ambiguous, "nonsense", False),
    "huge": (Ambiguous, "nonsense", False),
    "bomb": (Ambiguous, "nonsense", False),
    "key": (Refused, "bad_request", True),
}
POLL: dict[str, tuple[type[ProviderError], str]] = {
    "[fake:poll=400]": (Ambiguous, "provider_error"),
    "[fake:poll=401]": (Ambiguous, "provider_key"),
    "[fake:poll=402]": (Ambiguous, "provider_error"),
    "[fake:poll=403]": (Ambiguous, "provider_key"),
    "[fake:poll=404]": (Gone, "provider_error"),
    "[fake:poll=408]": (Ambiguous, "provider_error"),
    "[fake:poll=409]": (Ambiguous, "provider_error"),
    "[fake:poll=429]": (NotTaken, "rate_limited"),
    "[fake:poll=500]": (Ambiguous, "provider_error"),
    "[fake:poll=502]": (Ambiguous, "provider_error"),
    "[fake:poll=503]": (Ambiguous, "provider_error"),
    "[fake:poll=504]": (Ambiguous, "provider_error"),
    "[fake:poll=reset]": (Ambiguous, "provider_unreachable"),
    "[fake:poll=reset-early]": (Ambiguous, "provider_unreachable"),
    "[fake:poll=close]": (Ambiguous, "provider_unreachable"),
    "[fake:poll=hang]": (Ambiguous, "provider_unreachable"),
    "[fake:poll=drip]": (Ambiguous, "provider_unreachable"),
    "[fake:poll=invalid-json]": (Ambiguous, "nonsense"),
    "[fake:poll=missing]": (Ambiguous, "nonsense"),
    "[fake:poll=array]": (Ambiguous, "nonsense"),
    "[fake:poll=redirect]": (Ambiguous, "nonsense"),
    "[fake:poll=huge]": (Ambiguous, "nonsense"),
    "[fake:poll=bomb]": (Ambiguous, "nonsense"),
    "[fake:job=fail]": (Refused, "provider_error"),
    "[fake:job=nsfw]": (Refused, "content_policy"),
    "[fake:job=busy]": (TurnedAway, "rate_limited"),
    "[fake:job=cancelled]": (Refused, "provider_error"),
    "[fake:job=expired]": (Refused, "expired"),
    "[fake:job=nothing]": (Ambiguous, "nonsense"),
}


@pytest.fixture
def apiframe(fake: FakeProvider) -> Apiframe:
    return Apiframe(Connection(fake.url, KEY))


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendor_module, "LEAST_SECONDS", 0.1)


def patience(fault: str) -> float:
    """Seconds to wait for what never comes, or for what is only slow to come."""
    return 0.3 if "hang" in fault or "drip" in fault else 5.0


def silent(progress: int) -> None:
    pass


@pytest.mark.parametrize("fault", SUBMIT)
def test_a_fault_at_submit_has_its_outcome(
    apiframe: Apiframe, fake: FakeProvider, make_order: MakeOrder, fault: str
) -> None:
    expected, code, is_reported = SUBMIT[fault]
    order = make_order(f"a fox [fake:submit={fault}]", deadline_seconds=patience(fault))
    started = time.monotonic()
    with pytest.raises(ProviderError) as caught:
        apiframe.submit(order, silent)
    assert time.monotonic() - started < patience(fault) + 2, "cut at the deadline (PRV-7)"
    error = caught.value
    assert (type(error), error.code, error.status is not None) == (expected, code, is_reported)
    assert fake.stats()["requests"] == {"submit": 1}, "a provider sends an order once; the engine decides about more"
    assert fake.stats()["orders"] == int(fault.startswith("accept"))
    assert len(error.text) <= 500
    assert KEY not in str(error) + error.text


@pytest.mark.parametrize("words", POLL)
def test_a_fault_at_a_poll_has_its_outcome(apiframe: Apiframe, make_order: MakeOrder, words: str) -> None:
    expected, code = POLL[words]
    order = make_order(f"a fox {words}", deadline_seconds=patience(words))
    accepted = apiframe.submit(order, silent)
    with pytest.raises(ProviderError) as caught:
        apiframe.poll(accepted.provider_job_id, order)
    assert (type(caught.value), caught.value.code) == (expected, code)


def test_the_same_key_after_a_lost_answer_finds_the_same_order(
    apiframe: Apiframe, fake: FakeProvider, make_order: MakeOrder
) -> None:
    order = make_order("a fox [fake:submit=accept+reset*1]")
    with pytest.raises(Ambiguous):
        apiframe.submit(order, silent)
    assert apiframe.submit(order, silent) == Accepted(fake.stats()["each"][0]["id"])
    assert fake.stats()["charges"] == 1


def test_nobody_listening_is_not_taken(fake: FakeProvider, make_order: MakeOrder) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(NotTaken) as caught:
            Apiframe(Connection(f"http://127.0.0.1:{port}", KEY)).submit(make_order(), silent)
    assert caught.value.code == "provider_unreachable"


def test_a_name_that_is_not_known_is_not_taken(make_order: MakeOrder, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_args: Any, **_kwargs: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(NotTaken) as caught:
        Apiframe(Connection("https://api.vendor.example", KEY)).submit(make_order(), silent)
    assert caught.value.code == "provider_unreachable"


def test_a_broken_handshake_is_not_taken(fake: FakeProvider, make_order: MakeOrder) -> None:
    with pytest.raises(NotTaken):
        Apiframe(Connection(fake.url.replace("http:", "https:"), KEY)).submit(make_order(), silent)


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
