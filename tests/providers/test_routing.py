"""What a request costs and who serves it."""

from collections.abc import Iterator
from typing import Any

import pytest

from studio.providers import catalogue
from studio.providers.catalogue import ImageModel, Rule
from studio.providers.errors import ModelOff, NoOffer, NoProvider, UnknownModel, Unpriced
from studio.providers.models import ModelPrice, ModelRow, PriceList, ProviderRow
from studio.providers.services import (
    composer_models,
    connection_of,
    load_catalogue,
    model_named,
    offers_for,
    paces,
    price_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def dalle() -> ImageModel:
    return model_named("dall-e-3")


@pytest.fixture
def apiframe() -> ProviderRow:
    row = ProviderRow(slug="apiframe", kind="apiframe", name="Apiframe", order=10)
    row.set_key("afk_0123456789abcdef")
    row.save()
    return row


def test_the_catalogue_is_loaded_by_migrate_and_loading_again_changes_nothing() -> None:
    before = list(ModelPrice.objects.values_list("model", "price_list_id", "flat"))
    load_catalogue()
    assert list(ModelPrice.objects.values_list("model", "price_list_id", "flat")) == before
    assert ("dall-e-3", 1, 21) in before
    assert ModelRow.objects.count() == len(catalogue.models())


def test_dalle_3_costs_21_credits_whatever_is_asked(dalle: ImageModel) -> None:
    quote = price_of(model=dalle, params={"style": "natural", "quality": "hd"})
    assert (quote.credits, quote.version, quote.formula, quote.is_estimate) == (21, 1, "21 × 1", False)


def test_gpt_image_is_priced_by_quality_and_count() -> None:
    quote = price_of(model=model_named("gpt-image-2"), params={"quality": "medium"}, count=3)
    assert (quote.credits, quote.unit, quote.formula) == (27, 9, "quality medium: 9 × 3")


def test_a_new_version_of_the_prices_leaves_the_old_one_readable(dalle: ImageModel) -> None:
    newer = PriceList.objects.create(version=2, note="dearer")
    ModelPrice.objects.create(price_list=newer, model="dall-e-3", flat=30)
    assert price_of(model=dalle, params={}).credits == 30
    assert price_of(model=dalle, params={}, version=1).credits == 21
    load_catalogue()
    assert price_of(model=dalle, params={}).credits == 30


def test_a_model_without_a_price_cannot_be_bought(dalle: ImageModel) -> None:
    ModelPrice.objects.filter(model="dall-e-3").delete()
    with pytest.raises(Unpriced):
        price_of(model=dalle, params={})


def test_an_unknown_model_names_its_neighbours_and_a_disabled_one_is_off() -> None:
    with pytest.raises(UnknownModel) as caught:
        model_named("dalle-3")
    assert caught.value.closest[0] == "dall-e-3"
    ModelRow.objects.filter(model="dall-e-3").update(enabled=False)
    with pytest.raises(ModelOff):
        model_named("dall-e-3")
    assert "dall-e-3" not in {listing.model.id for listing in composer_models()}


def test_the_sandbox_serves_while_nothing_real_is_connected(dalle: ImageModel) -> None:
    [route] = offers_for(model=dalle, params={"aspect_ratio": "7:4"})
    assert (route.slug, route.is_sandbox, route.offer.model) == ("sandbox", True, "dall-e-3")


def test_a_real_provider_takes_over_from_the_sandbox(dalle: ImageModel, apiframe: ProviderRow) -> None:
    [route] = offers_for(model=dalle, params={"style": "natural", "quality": "standard"}, prompt_length=2000)
    assert (route.slug, route.is_sandbox, route.cost, route.cost_unit) == ("apiframe", False, 21, "apiframe")
    assert route.offer.write({"style": "natural", "quality": "standard"}, 1) == {"dalleParams": {"style": "natural"}}
    assert offers_for(model=dalle, params={}, is_sandbox=True)[0].is_sandbox
    ProviderRow.objects.filter(slug="apiframe").update(enabled=False)
    assert offers_for(model=dalle, params={})[0].is_sandbox


@pytest.mark.parametrize(
    ("ask", "param"),
    [
        ({"params": {"aspect_ratio": "7:4"}}, "aspect_ratio"),
        ({"params": {"quality": "hd"}}, "quality"),
        ({"params": {}, "prompt_length": 2001}, "prompt"),
        ({"params": {}, "count": 2}, "count"),
    ],
)
def test_what_nobody_honours_is_named(
    dalle: ImageModel, apiframe: ProviderRow, ask: dict[str, Any], param: str
) -> None:
    with pytest.raises(NoOffer) as caught:
        offers_for(model=dalle, **ask)
    assert caught.value.param == param


def test_nothing_connected_and_no_sandbox_is_503(dalle: ImageModel, settings: Any, apiframe: ProviderRow) -> None:
    settings.SANDBOX = "off"
    assert offers_for(model=dalle, params={})[0].slug == "apiframe"
    with pytest.raises(NoProvider) as caught:
        offers_for(model=dalle, params={}, is_sandbox=True)
    assert caught.value.status == 503
    apiframe.delete()
    with pytest.raises(NoProvider):
        offers_for(model=dalle, params={})


def test_the_administrators_order_comes_first_then_known_cost(apiframe: ProviderRow) -> None:
    second = ProviderRow(slug="second", kind="apiframe", name="Second", order=5)
    second.set_key("afk_second")
    second.save()
    imagen = model_named("imagen-4")
    assert [route.slug for route in offers_for(model=imagen, params={})] == ["second", "apiframe"]
    ProviderRow.objects.update(order=10)
    assert [route.slug for route in offers_for(model=imagen, params={})] == ["apiframe", "second"]


def test_the_composer_shows_what_is_really_offered(apiframe: ProviderRow, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3):
        listings = {listing.model.id: listing for listing in composer_models()}
    offered = listings["dall-e-3"].offered
    assert offered.prompt_max == 2000
    assert [parameter.name for parameter in offered.parameters] == ["aspect_ratio", "style"]
    assert offered.ratio is not None
    assert offered.ratio.values == ("1:1", "3:2", "2:3")
    assert listings["dall-e-3"].served_by == ("Apiframe",)


def test_a_key_in_the_environment_connects_a_provider_and_wins_over_the_row(settings: Any) -> None:
    settings.PROVIDERS_FROM_ENVIRONMENT = {"apiframe": {"key": "afk_env", "base_url": "http://127.0.0.1:8150"}}
    load_catalogue()
    assert connection_of("apiframe").key == "afk_env"
    assert connection_of("apiframe").base_url == "http://127.0.0.1:8150"
    assert offers_for(model=model_named("dall-e-3"), params={})[0].slug == "apiframe"


def test_keys_are_encrypted_in_the_row(apiframe: ProviderRow) -> None:
    apiframe.refresh_from_db()
    assert "0123456789" not in apiframe.key_encrypted
    assert (apiframe.key, apiframe.key_ending) == ("afk_0123456789abcdef", "cdef")


def test_paces_know_the_sandbox_and_leave_out_what_is_off(apiframe: ProviderRow) -> None:
    assert paces()["sandbox"].concurrent == 8
    assert paces()["apiframe"].is_closed
    ProviderRow.objects.filter(slug="apiframe").update(enabled=False)
    assert set(paces()) == {"sandbox"}


@pytest.fixture
def another_price(dalle: ImageModel, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    object.__setattr__(dalle, "price", Rule(flat=25))
    yield
    object.__setattr__(dalle, "price", Rule(flat=21))


def test_a_release_with_another_price_adds_a_version(dalle: ImageModel, another_price: None) -> None:
    load_catalogue()
    assert (price_of(model=dalle, params={}).credits, price_of(model=dalle, params={}).version) == (25, 2)
    assert price_of(model=dalle, params={}, version=1).credits == 21
