"""Every model in /v2: as much as one order can ask, under each of its names, is read as meant and told in words."""

import pytest

from studio.api.orders import read_order
from studio.jobs.receipt import value_text
from studio.providers import catalogue
from studio.providers.catalogue import ImageModel
from tests.facts import samples

every_model = pytest.mark.parametrize("model", catalogue.models(), ids=lambda model: model.id)


@every_model
def test_a_full_order_is_read_as_it_was_meant(model: ImageModel) -> None:
    door = model.door("apiframe")
    params, count = samples.loaded(model, door)
    written = door.write(params, count)
    expected = {name: value for name, value in params.items() if door.spelling(name)}
    for name in (model.id, *model.aliases):
        order = read_order({"model": name, "prompt": "a lighthouse", **written})
        assert (order.model, order.declared) == (name, model)
        assert (order.params, order.count) == (expected, count)


@every_model
def test_whatever_was_asked_is_told_in_words(model: ImageModel) -> None:
    params, _count = samples.loaded(model, model.everything())
    for name, value in params.items():
        text = value_text(model.by_name[name], value)
        assert text
        assert "[" not in text
        assert "https://" not in text
