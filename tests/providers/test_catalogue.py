"""What follows from a declaration, and what it refuses; the vendors' own facts are in test_vendor_facts."""

import math

import pytest

from studio.providers import catalogue
from studio.providers.catalogue import Choice, ImageModel, Kind, Offer, Parameter, ParameterErrors, Rule, Wire


def test_every_model_has_a_price_and_what_a_person_reads() -> None:
    for model in catalogue.models():
        assert model.price.range[0] > 0, model.id
        assert model.good_at
        for parameter in model.parameters:
            assert parameter.label, f"{model.id} {parameter.name}"
            assert parameter.help, f"{model.id} {parameter.name}"


def test_prices_of_the_vendors_own_lists_are_not_marked_as_estimates() -> None:
    known = {"dall-e-3": (21, 21), "gpt-image-1.5": (4, 24), "gpt-image-2": (4, 23), "imagen-4": (7, 7)}
    for name, amounts in known.items():
        model = catalogue.find(name)
        assert model
        assert (model.price.range, model.price.is_estimate) == (amounts, False)


def test_a_model_is_found_by_alias_and_an_unknown_one_has_three_neighbours() -> None:
    assert catalogue.find("openai/gpt-image-2") is catalogue.find("gpt-image-2")
    assert catalogue.find("Dall-E-3") is None
    assert catalogue.closest("dalle-3")[0] == "dall-e-3"
    assert len(catalogue.closest("☃")) == 3


@pytest.fixture
def model() -> ImageModel:
    """A model with a parameter of every kind."""
    return ImageModel(
        id="test-1",
        name="Test 1",
        family="Test",
        good_at="Tests",
        prompt_max=100,
        parameters=(
            Parameter("aspect_ratio", Kind.RATIO, "Shape", choices=(Choice("1:1"), Choice("3:2")), default="1:1"),
            Parameter("style", Kind.CHOICE, "Style", choices=(Choice("a"), Choice("b"))),
            Parameter("steps", Kind.INTEGER, "Steps", least=1, most=50),
            Parameter("strength", Kind.NUMBER, "Strength", least=0, most=1),
            Parameter("raw", Kind.BOOLEAN, "Raw"),
            Parameter("negative", Kind.TEXT, "Not", max_length=5),
            Parameter("n", Kind.INTEGER, "Pictures", least=1, most=4, is_count=True),
        ),
        sizes={"1:1": (1024, 1024), "3:2": (1536, 1024)},
        price=Rule(by="style", table={"a": 1, "b": 3}),
        usual_seconds=(1, 2),
        offers=(
            Offer(
                "x",
                "vendor/one",
                wires={
                    "aspect_ratio": Wire("size", {"1:1": "square", "3:2": {"width": 1536, "height": 1024}}),
                    "steps": Wire("num_steps", most=20),
                },
                container="params",
                constants={"safe": True},
                always={"raw": False},
                count="num_images",
                most=2,
            ),
        ),
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("style", "A"),
        ("style", "a "),
        ("style", ["a"]),
        ("style", None),
        ("aspect_ratio", "2:2"),
        ("steps", True),
        ("steps", 1.0),
        ("steps", "4"),
        ("steps", 0),
        ("steps", 51),
        ("steps", 10**400),
        ("strength", math.nan),
        ("strength", math.inf),
        ("strength", -0.01),
        ("strength", False),
        ("raw", 1),
        ("raw", "true"),
        ("negative", "123456"),
        ("n", 2),
        ("other", 1),
    ],
)
def test_a_wrong_value_is_refused_with_a_sentence_that_names_it(model: ImageModel, name: str, value: object) -> None:
    with pytest.raises(ParameterErrors) as caught:
        model.clean({name: value})
    assert list(caught.value.errors) == [name]
    assert name in caught.value.message


def test_right_values_come_back_as_they_are(model: ImageModel) -> None:
    asked = {"style": "b", "steps": 50, "strength": 1, "raw": False, "negative": "", "aspect_ratio": "3:2"}
    assert model.clean(asked, count=4) == asked
    assert model.clean({}) == {}
    with pytest.raises(ParameterErrors) as caught:
        model.clean({}, count=5)
    assert list(caught.value.errors) == ["n"]


def test_a_model_that_makes_one_picture_says_so() -> None:
    model = catalogue.find("dall-e-3")
    assert model is not None
    with pytest.raises(ParameterErrors) as caught:
        model.clean({}, count=2)
    assert caught.value.message.endswith("DALL·E 3 makes one picture at a time.")


def test_a_form_speaks_text(model: ImageModel) -> None:
    data = {"style": "b", "steps": "7", "strength": "0.5", "raw": "on", "negative": "", "n": "3", "prompt": "x"}
    assert model.from_form(data) == ({"style": "b", "steps": 7, "strength": 0.5, "raw": True}, 3)
    with pytest.raises(ParameterErrors) as caught:
        model.from_form({"steps": "many", "strength": "nan"})
    assert list(caught.value.errors) == ["steps", "strength"]


def test_an_order_is_written_and_read_in_the_vendors_spelling(model: ImageModel) -> None:
    offer = model.offers[0]
    written = offer.write({"aspect_ratio": "3:2", "steps": 9, "raw": False}, 2)
    assert written == {
        "safe": True,
        "params": {"size": {"width": 1536, "height": 1024}, "num_steps": 9, "num_images": 2},
    }
    assert offer.read(model.by_name, {"size": "square", "num_steps": 9, "num_images": 2}) == (
        {"aspect_ratio": "1:1", "steps": 9},
        2,
    )
    with pytest.raises(ParameterErrors) as caught:
        offer.read(model.by_name, {"size": "1:1", "num_steps": 21, "num_images": 3, "steps": 1})
    assert list(caught.value.errors) == ["size", "num_steps", "num_images", "steps"]


def test_an_offer_honours_what_it_can_be_told_and_what_it_always_does(model: ImageModel) -> None:
    offer = model.offers[0]

    def refused(params: dict[str, object], count: int = 1) -> list[str]:
        return offer.refused(model.by_name, model.clean(params, count=count), count=count, prompt_length=1)

    assert refused({"raw": False, "steps": 20}, 2) == []
    assert refused({"raw": True}) == ["raw"]
    assert refused({"steps": 21}) == ["steps"]
    assert refused({"style": "a"}, 3) == ["style", "count"]


def test_the_form_shows_only_what_somebody_honours(model: ImageModel) -> None:
    offered = model.offered_by(list(model.offers))
    assert [parameter.name for parameter in offered.parameters] == ["aspect_ratio", "steps", "n"]
    assert offered.most == 2


def test_a_price_is_per_picture_and_an_unknown_value_costs_as_the_dearest(model: ImageModel) -> None:
    assert model.unit_price({"style": "a"}) == 1
    assert model.unit_price({}) == 3
    assert model.formula({"style": "a"}, 4) == "style a: 1 × 4"
    assert Rule(flat=21).formula({}, {}, 2) == "21 × 2"


def test_shapes_are_what_was_asked_for(model: ImageModel) -> None:
    assert model.shape({}) == (1024, 1024)
    assert model.shape({"aspect_ratio": "3:2"}) == (1536, 1024)
    imagen, flux = catalogue.find("imagen-4"), catalogue.find("flux-1.1-pro")
    assert imagen is not None
    assert flux is not None
    assert imagen.shape({"image_size": "2K"}) == (2048, 2048)
    assert flux.shape({"width": 700, "height": 300}) == (700, 300)
    width, height = flux.shape({"aspect_ratio": "16:9"})
    assert abs(width / height / (16 / 9) - 1) < 0.01
    assert max(flux.shape({"aspect_ratio": "1:9999"})) <= 2048


def test_a_declaration_that_contradicts_itself_does_not_load(model: ImageModel) -> None:
    with pytest.raises(ValueError, match="no fitting size for 3:2"):
        ImageModel(**{**vars_of(model), "sizes": {"1:1": (10, 10), "3:2": (16, 9)}})
    with pytest.raises(ValueError, match="names colour"):
        ImageModel(**{**vars_of(model), "offers": (Offer("x", "y", wires={"colour": Wire("c")}),)})


def vars_of(model: ImageModel) -> dict[str, object]:
    return {name: getattr(model, name) for name in ImageModel.__dataclass_fields__}
