"""What tests of providers share: an order and a fake vendor."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from studio.providers.base import Order
from tests.fakes.provider import FakeProvider, running

MakeOrder = Callable[..., Order]


@pytest.fixture(scope="session")
def vendor() -> Iterator[FakeProvider]:
    with running(key="afk_fake_0123456789") as fake:
        yield fake


@pytest.fixture
def fake(vendor: FakeProvider) -> FakeProvider:
    """The fake vendor with no orders and nothing scripted, quick."""
    vendor.script(clear=True, seconds=0, words="")
    return vendor


@pytest.fixture
def make_order() -> MakeOrder:
    def make(prompt: str = "a lighthouse", **change: Any) -> Order:
        facts: dict[str, Any] = {
            "job_id": "00000000-0000-4000-8000-000000000001",
            "attempt_id": "00000000-0000-4000-8000-000000000002",
            "idempotency_key": f"key of {prompt}",
            "model": "dall-e-3",
            "offer_model": "dall-e-3",
            "prompt": prompt,
            "params": {"style": "natural"},
            "wire_params": {"dalleParams": {"style": "natural"}},
            "count": 1,
            "width": 64,
            "height": 96,
            "deadline_seconds": 30.0,
        }
        return Order(**{**facts, **change})

    return make
