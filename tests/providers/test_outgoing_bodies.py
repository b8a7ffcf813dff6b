"""Every declared model of every provider, ordered over real HTTP: the body that goes out is as its vendor says."""

from typing import Any

import pytest

from studio.providers import catalogue
from studio.providers.base import Connection
from studio.providers.catalogue import ImageModel, Offer
from studio.providers.kinds import KINDS, SANDBOX, make
from tests.facts import samples
from tests.facts.vendors import FACTS
from tests.fakes.provider import FakeProvider
from tests.providers.conftest import MakeOrder

PATHS = {"apiframe": "", "aimlapi": "/aimlapi", "openai": "/v1"}
OFFERS = [(model, offer) for model in catalogue.models() for offer in model.offers]
IDS = [f"{offer.provider} {offer.model or model.id}" for model, offer in OFFERS]


def sent(fake: FakeProvider, offer: Offer, order: Any) -> dict[str, Any]:
    """The body that the fake vendor got."""
    path = "/own/v1" if offer.is_elsewhere_only else PATHS[offer.provider]
    vendor = make(offer.provider, Connection(f"{fake.url}{path}", fake.key))
    vendor.submit(order, lambda progress: None)
    body: dict[str, Any] = fake.stats()["each"][-1]["body"]
    return body


@pytest.mark.parametrize(("model", "offer"), OFFERS, ids=IDS)
def test_it_is_ordered_as_its_vendor_describes(
    fake: FakeProvider, make_order: MakeOrder, model: ImageModel, offer: Offer
) -> None:
    fact = FACTS[offer.provider, offer.model]
    for number, (params, count) in enumerate([(samples.needed(model), model.least), samples.loaded(model, offer)]):
        wire = model.wire(offer.provider, params, count, offer_model=offer.model)
        order = make_order(
            f"a lighthouse, {number}",
            model=model.id,
            offer_model=offer.model,
            params=params,
            wire_params=wire,
            count=count,
        )
        body = sent(fake, offer, order)
        assert body.pop("prompt") == order.prompt
        assert body.pop("model", "") == offer.model
        if fact.kind == "openai" and not offer.model.startswith("gpt-image"):
            assert body.pop("response_format") == "b64_json"
        assert fact.problems(body) == []
        assert body == wire
    assert len(fake.stats()["each"]) == 2


def test_as_much_as_possible_is_more_than_nothing() -> None:
    most = [len(samples.loaded(model, offer)[0]) for model, offer in OFFERS]
    assert max(most) >= 12
    assert sum(most) / len(most) > 3


def test_no_kind_of_provider_is_forgotten() -> None:
    assert set(PATHS) == {offer.provider for _model, offer in OFFERS} == set(KINDS) - {SANDBOX}
