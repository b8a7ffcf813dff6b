"""What one process accepted, every other shows: cheaply, and without being told."""

from typing import Any

import pytest

from studio.providers import catalogue, decide, overlay
from studio.providers.catalogue import registry
from studio.providers.catalogue.overlay import Overlay
from studio.providers.models import DiaryEntry, LearntOffer, ProviderRow
from studio.providers.services import composer_models, load_catalogue, offers_for, shelf_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db
KIND = DiaryEntry.Kind


@pytest.fixture
def accepted(db: None) -> None:
    """A dearer DALL·E 3 and a new model, accepted by another process: this one knows nothing of it."""
    row = ProviderRow(slug="apiframe", kind="apiframe", name="Apiframe")
    row.set_key("afk_0123456789abcdef")
    row.save()
    facts = {"provider": "apiframe", "after": {"cost": [25, 25], "unit": "apiframe", "name": "Aurora 1"}}
    entries = [
        DiaryEntry.objects.create(kind=KIND.REPRICED, offer_model="dall-e-3", model="dall-e-3", **facts),
        DiaryEntry.objects.create(kind=KIND.NEW, offer_model="aurora-1", **facts),
    ]
    decide.accept(entries=entries, by=make_user("admin"), rules={"aurora-1": catalogue.Rule(flat=9)})
    registry.lay(Overlay())


def test_an_order_sees_the_cost_that_was_accepted_last(accepted: None) -> None:
    shelf = shelf_of("dall-e-3")
    assert [route.cost for route in offers_for(model=shelf.model, params={}, rows=shelf.rows)] == [25]


def test_the_studios_list_has_the_new_model(accepted: None) -> None:
    assert "aurora-1" in {listing.model.id for listing in composer_models()}


def test_a_name_that_is_not_known_is_looked_for_once_a_second(
    accepted: None, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(overlay, "_next_look", 0.0)
    model = catalogue.find("aurora-1")
    assert model
    assert model.is_basic
    with django_assert_num_queries(0):
        assert catalogue.find("nobody") is None


def test_looking_costs_an_order_nothing(accepted: None, django_assert_num_queries: Any) -> None:
    shelf_of("dall-e-3")
    with django_assert_num_queries(1):
        shelf_of("aurora-1")
    with django_assert_num_queries(3):
        composer_models()


def test_declarations_and_shipped_prices_stay_as_they_are(accepted: None) -> None:
    shelf_of("dall-e-3")
    declared = next(model for model in registry.shipped() if model.id == "dall-e-3")
    assert declared.offers[0].cost == catalogue.Rule(flat=21)
    load_catalogue()
    assert shelf_of("aurora-1").price.price_list_id == 2
    assert "aurora-1" not in {model.id for model in registry.shipped()}


def test_a_release_that_declares_an_accepted_model_wins(accepted: None) -> None:
    LearntOffer.objects.filter(offer_model="aurora-1").update(offer_model="imagen-4", model="imagen-4")
    overlay.refresh()
    model = catalogue.find("imagen-4")
    assert model
    assert not model.is_basic
    assert [offer.model for offer in model.offers if offer.provider == "apiframe"] == ["imagen-4"]


def test_what_belongs_to_a_provider_that_is_no_more_is_left_out(accepted: None) -> None:
    ProviderRow.objects.filter(slug="apiframe").delete()
    overlay.refresh()
    assert catalogue.find("aurora-1") is None
