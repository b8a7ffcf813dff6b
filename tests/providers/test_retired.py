"""A model that a vendor stopped selling says so and names what can be had instead; nothing is put in its place."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from studio.accounts.key_services import create_api_key
from studio.accounts.models import User
from studio.jobs.models import Job
from studio.providers import catalogue
from studio.providers.catalogue import Ended, ImageModel, Offer, Rule, registry
from studio.providers.catalogue.families import imagen
from studio.providers.errors import NoOffer, Retired
from studio.providers.models import ProviderRow
from studio.providers.services import composer_models, load_catalogue, model_named, offers_for

LONG_AGO = date(2026, 5, 12)


def declared(id: str, name: str, *offers: Offer) -> ImageModel:
    fixed: dict[str, Any] = {"family": "Aurora", "good_at": "Skies", "prompt_max": 1000, "parameters": (), "sizes": {}}
    return ImageModel(id=id, name=name, price=Rule(flat=3), usual_seconds=(3, 9), offers=offers, **fixed)


OLD = declared(
    "aurora-1",
    "Aurora 1",
    Offer("openai", "aurora-1", ended=Ended(LONG_AGO, ("aurora-2", "aurora-9", "aurora-3", "aurora-mine"))),
    Offer("apiframe", "apiframe/aurora-1"),
)
MODELS = (
    OLD,
    declared("aurora-2", "Aurora 2", Offer("openai", "aurora-2")),
    declared("aurora-3", "Aurora 3", Offer("openai", "aurora-3", ended=Ended(LONG_AGO))),
    declared("aurora-mine", "Own aurora", Offer("openai", "", is_elsewhere_only=True)),
)


@pytest.fixture(autouse=True)
def _declared(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(imagen, "MODELS", (*imagen.MODELS, *MODELS))
    registry.forget()
    load_catalogue()
    yield
    monkeypatch.undo()
    registry.forget()


def connect(slug: str, kind: str, **fields: Any) -> ProviderRow:
    row = ProviderRow(slug=slug, kind=kind, name=slug.title(), **fields)
    row.set_key("a key for tests of ours")
    row.save()
    return row


def routes(model: str) -> list[tuple[str, str]]:
    return [(route.slug, route.offer.model) for route in offers_for(model=model_named(model), params={})]


SENTENCE = "Openai stopped selling Aurora 1 on 12 May 2026. It recommends Aurora 2."


def test_it_says_who_stopped_when_and_what_of_that_can_be_had_instead() -> None:
    connect("openai", "openai")
    with pytest.raises(Retired) as caught:
        routes("aurora-1")
    assert (caught.value.message, caught.value.param) == (SENTENCE, "model")
    listings = {listing.model.id: listing for listing in composer_models()}
    assert listings["aurora-1"].served_by == ()
    assert listings["aurora-1"].retired is not None
    assert listings["aurora-1"].retired.sentence == SENTENCE
    assert listings["aurora-2"].retired is None
    assert listings["aurora-3"].retired is not None
    assert listings["aurora-3"].retired.sentence == "Openai stopped selling Aurora 3 on 12 May 2026."


def test_another_vendor_or_a_server_of_ones_own_may_still_have_it() -> None:
    connect("openai", "openai", order=1)
    connect("apiframe", "apiframe", order=2)
    assert routes("aurora-1") == [("apiframe", "apiframe/aurora-1")]
    connect("mine", "openai", base_url="http://gpu.internal:8080/v1", order=3)
    assert routes("aurora-1") == [("apiframe", "apiframe/aurora-1"), ("mine", "aurora-1")]
    assert all(listing.retired is None for listing in composer_models() if listing.model.id == "aurora-1")


def test_what_is_offered_at_an_address_of_ones_own_alone_is_not_asked_of_the_vendor() -> None:
    connect("openai", "openai")
    with pytest.raises(NoOffer) as caught:
        routes("aurora-mine")
    assert not isinstance(caught.value, Retired)
    connect("mine", "openai", base_url="http://gpu.internal:8080/v1")
    assert routes("aurora-mine") == [("mine", "")]


def test_an_end_that_is_still_to_come_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    connect("openai", "openai")
    (offer,) = catalogue.find("aurora-3").offers  # type: ignore[union-attr]
    object.__setattr__(offer, "ended", Ended(timezone.localdate() + timedelta(days=1)))
    try:
        assert routes("aurora-3") == [("openai", "aurora-3")]
        object.__setattr__(offer, "ended", Ended(timezone.localdate()))
        with pytest.raises(Retired):
            routes("aurora-3")
    finally:
        object.__setattr__(offer, "ended", Ended(LONG_AGO))


def test_form_and_api_say_so_and_order_nothing(client: Client, alice: User) -> None:
    connect("openai", "openai")
    key = create_api_key(user=alice, name="script")[1]
    body = {"model": "aurora-1", "prompt": "an owl"}
    told = client.post("/v2/images/generate", body, content_type="application/json", headers={"X-API-Key": key})
    assert (told.status_code, told.json()["details"]) == (400, {"model": [SENTENCE]})
    client.force_login(alice)
    page = client.get("/?model=aurora-1").content.decode()
    assert SENTENCE in page
    assert "no longer sold by Openai" in page
    assert SENTENCE in client.post("/", {"model": "aurora-1", "prompt": "an owl"}).content.decode()
    assert not Job.objects.exists()


def test_the_sandbox_still_draws_what_nobody_sells(alice: User) -> None:
    assert routes("aurora-1") == [("sandbox", "aurora-1")]
