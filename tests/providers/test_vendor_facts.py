"""What we send is what the vendors describe, and what they describe can be asked for; by their own facts."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.providers import catalogue
from studio.providers.catalogue import ImageModel, Kind, Offer, ParameterErrors
from tests.facts import samples
from tests.facts.vendors import FACTS, UNASKED, Fact, values_of

OFFERS = [(model, offer) for model in catalogue.models() for offer in model.offers]
IDS = [f"{offer.provider} {offer.model or model.id}" for model, offer in OFFERS]
every_offer = pytest.mark.parametrize(("model", "offer"), OFFERS, ids=IDS)

# What a vendor lists and a picture's parameters leave out, and why.
LEFT_OUT = {
    ("aimlapi", "response_format"): "how the answer carries the picture, not what it shows: the provider's business",
    ("aimlapi", "convert_base64_to_url"): "how the answer carries the picture: the provider's business",
}


def fact_of(offer: Offer) -> Fact:
    return FACTS[offer.provider, offer.model]


def test_every_model_of_the_vendors_is_declared_and_none_besides() -> None:
    declared = {(offer.provider, offer.model) for _model, offer in OFFERS}
    assert declared == set(FACTS)
    assert len([kind for kind, _model in FACTS if kind == "apiframe"]) == 51
    assert len([kind for kind, _model in FACTS if kind == "aimlapi"]) == 23


@every_offer
def test_whatever_is_asked_is_written_as_the_vendor_describes_it(model: ImageModel, offer: Offer) -> None:
    fact = fact_of(offer)
    assert offer.container == fact.container
    for params, count in samples.asked(model, offer):
        assert model.clean(params, count=count) == params
        assert offer.refused(model.by_name, params, count=count, prompt_length=1) == [], params
        assert fact.problems(offer.write(params, count)) == [], params


def assert_read_back(model: ImageModel, offer: Offer, params: dict[str, Any], count: int) -> None:
    """What comes back is what was asked for, but for what the offer does unasked and what one word says of two."""
    body = offer.write(params, count)
    spelt = body.get(offer.container, {}) if offer.container else body
    told = {name for name in map(offer.spelling, params) if name}
    read, number = offer.read(model.by_name, {n: v for n, v in spelt.items() if n in told or n == offer.count})
    expected = {name: value for name, value in params.items() if offer.spelling(name)}
    joined = {part for join in offer.joins for part in join.parts}
    if joined & set(params) and read != expected:
        usual = dict(model.defaults)
        for join in offer.joins:
            usual |= join.defaults
        read, expected = usual | read, usual | expected
    assert (read, number) == (expected, count)


@every_offer
def test_what_is_written_is_read_back(model: ImageModel, offer: Offer) -> None:
    for params, count in samples.asked(model, offer):
        assert_read_back(model, offer, params, count)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_whatever_is_asked_together_is_valid_there_and_read_back(data: st.DataObject) -> None:
    model, offer = data.draw(st.sampled_from(OFFERS))
    params, count = samples.needed(model), data.draw(st.integers(model.least, max(model.least, offer.most)))
    for parameter in model.parameters:
        narrow = None if parameter.is_count else offer.narrow(parameter)
        if narrow and data.draw(st.booleans()):
            more = params | {parameter.name: data.draw(samples.drawn(narrow))}
            params = more if parameter.name in samples.SIDES or honours(model, offer, more, count) else params
    if not honours(model, offer, params, count):
        params = {name: value for name, value in params.items() if name not in samples.SIDES}
    assert honours(model, offer, params, count)
    assert model.clean(params, count=count) == params
    assert fact_of(offer).problems(offer.write(params, count)) == []
    assert_read_back(model, offer, params, count)


def honours(model: ImageModel, offer: Offer, params: dict[str, Any], count: int) -> bool:
    return offer.refused(model.by_name, params, count=count, prompt_length=1) == []


@every_offer
def test_what_the_vendor_describes_is_understood_at_our_door(model: ImageModel, offer: Offer) -> None:
    fact = fact_of(offer)
    needed = offer.write(samples.needed(model), 1)
    needed = needed.get(offer.container, {}) if offer.container else needed
    least = {name: value for name, value in needed.items() if name not in offer.constants}
    for name, schema in fact.params.items():
        if (fact.kind, name) in LEFT_OUT:
            continue
        for value in values_of(schema):
            assert_understood(model, offer, least, name, value)


def assert_understood(model: ImageModel, offer: Offer, least: dict[str, Any], name: str, value: Any) -> None:
    asked, nothing = offer.read(model.by_name, least | {name: value}), offer.read(model.by_name, least)
    params, count = asked
    model.clean(params, count=count)
    body = offer.write(params, count)
    spelt = body.get(offer.container, {}) if offer.container else body
    if asked == nothing and name not in least:
        assert value in (1, "auto")  # one picture, a size of its own choice: what happens anyway
    elif (offer.provider, value) == ("aimlapi", "square"):  # the small one, whose pixels are written
        assert spelt[name] == {"width": 512, "height": 512}
    else:
        assert spelt[name] == value


@every_offer
def test_anything_else_is_refused_at_our_door(model: ImageModel, offer: Offer) -> None:
    for parameter in offer.spoken(model.by_name):
        for value in (object, {"a": 1}, "\N{SNOWMAN}\n"):
            if parameter.kind is Kind.TEXT or parameter.kind is Kind.PICTURE and isinstance(value, str):
                continue
            with pytest.raises(ParameterErrors) as caught:
                offer.read(model.by_name, {parameter.name: value})
            assert parameter.name in caught.value.errors


@every_offer
def test_limits_are_the_vendors(model: ImageModel, offer: Offer) -> None:
    fact = fact_of(offer)
    assert fact.prompt_max is None or offer.prompt_max == fact.prompt_max
    assert (offer.prompt_max or model.prompt_max) <= model.prompt_max
    required = {parameter.name for parameter in offer.spoken(model.by_name) if parameter.is_required}
    assert set(fact.required) == required


@every_offer
def test_what_happens_unasked_is_our_default_or_is_asked_for(model: ImageModel, offer: Offer) -> None:
    """A default left out of an order must not become another vendor's."""
    unasked = UNASKED.get((offer.provider, offer.model), {})
    body = offer.write(samples.needed(model), 1)
    for parameter in offer.spoken(model.by_name):
        if parameter.default is not None and parameter.name in unasked and parameter.name not in body:
            assert unasked[parameter.name] == parameter.default, parameter.name
    for parameter in model.parameters:
        narrow = None if parameter.is_count else offer.narrow(parameter)
        spelling = offer.spelling(parameter.name)
        if narrow and parameter.default is not None and narrow.default is None and spelling in unasked:
            assert spelling in body, f"{spelling}: what we do unasked cannot be said there, and nothing is said instead"
    for name, value in offer.constants.items():
        read, _count = offer.read(model.by_name, samples_spelt(model, offer) | {name: value})
        assert all(model.defaults.get(ours) in (said, "auto") for ours, said in read.items() if ours in model.defaults)


def samples_spelt(model: ImageModel, offer: Offer) -> dict[str, Any]:
    return {offer.spelling(name): value for name, value in samples.needed(model).items()}


@pytest.mark.parametrize("model", catalogue.models(), ids=lambda model: model.id)
def test_every_value_that_is_declared_somebody_honours(model: ImageModel) -> None:
    for parameter in model.parameters:
        for value in [] if parameter.is_count or parameter.name in samples.SIDES else samples.values(parameter):
            params = samples.needed(model) | {parameter.name: value}
            refusals = [
                offer.refused(model.by_name, params, count=model.least, prompt_length=1) for offer in model.offers
            ]
            assert [] in refusals, f"nobody honours {params}"
    assert model.most == max(offer.most for offer in model.offers)


@pytest.mark.parametrize("model", catalogue.models(), ids=lambda model: model.id)
def test_every_picture_has_a_size_the_sandbox_can_draw(model: ImageModel) -> None:
    for params, _count in samples.asked(model, model.everything()):
        width, height = model.shape(params)
        assert min(width, height) >= 64
        assert max(width, height) <= 4096
        assert width * height <= 17_000_000


def test_what_is_left_out_is_still_what_the_vendors_list() -> None:
    for kind, name in LEFT_OUT:
        assert any(name in fact.params for fact in FACTS.values() if fact.kind == kind), name
