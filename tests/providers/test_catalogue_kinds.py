"""The odder kinds of parameter: pictures, colours, sizes a vendor writes as one thing, what must be given."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from studio.providers.catalogue import (
    Choice,
    Ended,
    Exact,
    ImageModel,
    Join,
    Kind,
    Offer,
    Parameter,
    ParameterErrors,
    Rule,
    Wire,
)
from studio.providers.catalogue.parameter import Place

REF = "ref:00000000-0000-4000-8000-000000000001"
OBJECTS = Join(
    "image_size",
    {
        "square_hd": {"aspect_ratio": "1:1"},
        "square": {"width": 512, "height": 512},
        "landscape_4_3": {"aspect_ratio": "4:3"},
    },
    exact=Exact(256, 1440, step=32),
    ratios={"3:2": (1248, 832)},
)
TEXTS = Join(
    "size",
    {"1024x1024": {"aspect_ratio": "1:1"}, "1536x1024": {"aspect_ratio": "3:2"}, "auto": {}},
    exact=Exact(256, 3840, step=16, most_pixels=3840 * 2160, most_ratio=3, is_text=True),
    takes_null=True,
)


def model_of(*offers: Offer) -> ImageModel:
    return ImageModel(
        id="test-1",
        name="Test 1",
        family="Test",
        good_at="Tests",
        prompt_max=100,
        parameters=(
            Parameter(
                "aspect_ratio",
                Kind.RATIO,
                "Shape",
                choices=(Choice("1:1"), Choice("4:3"), Choice("3:2"), Choice("2:3")),
                default="1:1",
            ),
            Parameter("width", Kind.INTEGER, "Width", least=256, most=4096, place=Place.API),
            Parameter("height", Kind.INTEGER, "Height", least=256, most=4096, place=Place.API),
            Parameter("image", Kind.PICTURE, "Start", is_required=True),
            Parameter("looks", Kind.PICTURES, "Looks", most=2),
            Parameter("colours", Kind.COLOURS, "Colours", most=3),
            Parameter("raw", Kind.BOOLEAN, "Raw", default=False),
        ),
        sizes={"1:1": (1024, 1024), "4:3": (1024, 768), "3:2": (1248, 832), "2:3": (832, 1248)},
        price=Rule(flat=1),
        usual_seconds=(1, 2),
        offers=offers,
    )


WIRES = {
    "image": Wire("image_url"),
    "looks": Wire("input_images", takes_null=True),
    "colours": Wire("colors", as_rgb=True),
    "raw": Wire("raw", {False: False}),
}
OBJECT = Offer("objects", "o", WIRES, joins=(OBJECTS,), constants={"image_size": "square_hd"})
TEXT = Offer("texts", "t", WIRES, joins=(TEXTS,), count="n")
MODEL = model_of(OBJECT, TEXT)


def errors_of(offer: Offer, raw: Mapping[str, Any]) -> dict[str, list[str]]:
    with pytest.raises(ParameterErrors) as caught:
        offer.read(MODEL.by_name, raw)
    return caught.value.errors


@pytest.mark.parametrize(
    ("offer", "params", "written"),
    [
        (OBJECT, {"aspect_ratio": "4:3"}, {"image_size": "landscape_4_3"}),
        (OBJECT, {"aspect_ratio": "3:2"}, {"image_size": {"width": 1248, "height": 832}}),
        (OBJECT, {"width": 512, "height": 512}, {"image_size": {"width": 512, "height": 512}}),
        (OBJECT, {"width": 1440, "height": 256}, {"image_size": {"width": 1440, "height": 256}}),
        (OBJECT, {}, {"image_size": "square_hd"}),
        (OBJECT, {"colours": ["#ff0080"]}, {"image_size": "square_hd", "colors": [{"r": 255, "g": 0, "b": 128}]}),
        (OBJECT, {"image": REF, "looks": [REF]}, {"image_size": "square_hd", "image_url": REF, "input_images": [REF]}),
        (TEXT, {"aspect_ratio": "3:2"}, {"size": "1536x1024"}),
        (TEXT, {"width": 3840, "height": 2160}, {"size": "3840x2160"}),
        (TEXT, {"raw": False}, {"raw": False}),
    ],
)
def test_it_is_written_and_read_back(offer: Offer, params: dict[str, Any], written: dict[str, Any]) -> None:
    assert offer.refused(MODEL.by_name, params, count=1, prompt_length=1) == []
    assert offer.write(params, 1) == written
    asked = {key: value for key, value in written.items() if params or key not in offer.constants}
    said = {"image_url": REF} | {k: v for k, v in asked.items() if k != "image_size" or set(params) & {*OBJECTS.parts}}
    assert offer.read(MODEL.by_name, said) == ({"image": REF} | params, 1)


@pytest.mark.parametrize(
    ("offer", "params", "names"),
    [
        (OBJECT, {"aspect_ratio": "2:3"}, ["aspect_ratio"]),
        (OBJECT, {"width": 1440}, ["width"]),
        (OBJECT, {"width": 1440, "height": 300}, ["width", "height"]),
        (OBJECT, {"aspect_ratio": "1:1", "width": 512, "height": 512}, ["aspect_ratio", "width", "height"]),
        (TEXT, {"width": 3840, "height": 1024}, ["width", "height"]),
        (TEXT, {"width": 3840, "height": 3840}, ["width", "height"]),
        (TEXT, {"raw": True}, ["raw"]),
    ],
)
def test_what_a_vendor_cannot_say_is_not_honoured(offer: Offer, params: dict[str, Any], names: list[str]) -> None:
    assert offer.refused(MODEL.by_name, params, count=1, prompt_length=1) == names


@pytest.mark.parametrize("value", ["square", "square_hd", {"width": 256}, {"height": 1440, "width": 256}])
def test_the_door_takes_words_and_objects(value: Any) -> None:
    params, _count = OBJECT.read(MODEL.by_name, {"image_url": REF, "image_size": value})
    width, height = MODEL.shape(params)
    expected = {"square": (512, 512), "square_hd": (1024, 1024)} if isinstance(value, str) else {}
    assert (width, height) == expected.get(str(value), (256, 1440 if "height" in value else 768))


@pytest.mark.parametrize(
    "value",
    [
        "big",
        "1024x1024",
        {},
        [],
        5,
        None,
        {"width": "512"},
        {"width": True},
        {"width": 300},
        {"width": 512, "depth": 1},
    ],
)
def test_any_other_size_is_named_with_a_sentence(value: Any) -> None:
    errors = errors_of(OBJECT, {"image_url": REF, "image_size": value})
    assert list(errors) == ["image_size"]
    assert "image_size" in errors["image_size"][0]


@pytest.mark.parametrize("value", ["10x10", "1024 x 1024", "01024x1024", "1025x1024", "x", "1024×1024", "", 1024])
def test_a_size_as_text_has_one_form(value: Any) -> None:
    assert list(errors_of(TEXT, {"image_url": REF, "size": value})) == ["size"]


def test_automatic_and_null_ask_for_nothing() -> None:
    raw = {"image_url": REF, "size": "auto", "input_images": None, "n": 1}
    assert TEXT.read(MODEL.by_name, raw) == ({"image": REF}, 1)
    assert TEXT.read(MODEL.by_name, {"image_url": REF, "size": None}) == ({"image": REF}, 1)
    assert list(errors_of(TEXT, {"image_url": REF, "n": 2, "raw": True, "colors": None})) == ["n", "raw", "colors"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("image", ""),
        ("image", "x" * 8193),
        ("image", [REF]),
        ("looks", REF),
        ("looks", [REF, REF, REF]),
        ("looks", [1]),
        ("colours", ["#12345"]),
        ("colours", ["red"]),
        ("colours", [{"r": 1, "g": 2, "b": 3}]),
    ],
)
def test_a_wrong_list_or_address_is_refused(name: str, value: Any) -> None:
    with pytest.raises(ParameterErrors) as caught:
        MODEL.clean({"image": REF, name: value})
    assert list(caught.value.errors) == [name]


@pytest.mark.parametrize("value", [[{"r": 256, "g": 0, "b": 0}], [{"r": 1}], [{"r": 1.0, "g": 1, "b": 1}], ["#ffffff"]])
def test_colours_have_three_parts_there(value: Any) -> None:
    assert list(errors_of(OBJECT, {"image_url": REF, "colors": value})) == ["colors"]


def test_what_must_be_given_is_missed_on_submit_but_not_in_a_form_half_filled_in() -> None:
    with pytest.raises(ParameterErrors) as caught:
        MODEL.clean({})
    assert list(caught.value.errors) == ["image"]
    assert list(errors_of(OBJECT, {})) == ["image_url"]
    assert MODEL.from_form({}) == ({}, 1)
    form = {"looks": f"{REF}\nhttps://example.com/a.png ", "colours": "#ff0000, #00FF00"}
    assert MODEL.from_form(form)[0] == {
        "looks": [REF, "https://example.com/a.png"],
        "colours": ["#ff0000", "#00FF00"],
    }
    with pytest.raises(ValueError, match="cannot be told image"):
        model_of(Offer("x", "y"))


def test_the_form_shows_what_both_vendors_honour_together() -> None:
    one, both = MODEL.offered_by([OBJECT]), MODEL.offered_by([OBJECT, TEXT])
    assert one.ratio is not None
    assert one.ratio.values == ("1:1", "4:3", "3:2")
    assert "raw" not in one.by_name  # a switch with one position
    assert (one.by_name["width"].least, one.by_name["width"].most) == (256, 1440)
    assert both.by_name["width"].most == 3840
    assert one.by_name["image"].is_required


def test_schemas_say_all_of_it() -> None:
    spoken = {p.name: p.schema() for p in OBJECT.spoken(MODEL.by_name)}
    word, size = spoken["image_size"]["anyOf"]
    assert word["enum"] == ["square_hd", "square", "landscape_4_3"]
    assert size["properties"]["width"] == {"type": "integer", "minimum": 256, "maximum": 1440, "multipleOf": 32}
    assert spoken["image_size"]["default"] == "square_hd"
    assert spoken["image_url"] == {"type": "string", "format": "uri", "maxLength": 8192}
    assert spoken["input_images"]["type"] == ["array", "null"]
    by_text = {p.name: p.schema() for p in TEXT.spoken(MODEL.by_name)}["size"]
    assert [one["type"] for one in by_text["anyOf"]] == ["string", "string", "null"]
    assert spoken["input_images"]["maxItems"] == 2
    assert set(spoken["colors"]["items"]["properties"]) == {"r", "g", "b"}
    assert spoken["raw"] == {"type": "boolean", "enum": [False], "default": False}


def test_a_retired_offer_may_still_be_had_elsewhere() -> None:
    offer = Offer("openai", "dall-e-3", ended=Ended(date(2026, 5, 12), ("gpt-image-2",)))
    assert offer.is_sold(is_own_address=True, today=date(2026, 5, 11))
    assert not offer.is_sold(is_own_address=True, today=date(2026, 5, 12))
    assert offer.is_sold(is_own_address=False, today=date(2026, 5, 12))
    own = Offer("openai", "", is_elsewhere_only=True)
    assert not own.is_sold(is_own_address=True, today=date(2026, 1, 1))
    assert own.is_sold(is_own_address=False, today=date(2026, 1, 1))
    assert "" not in model_of(Offer("openai", "", WIRES, is_elsewhere_only=True)).aliases


def test_offers_of_one_kind_are_told_apart_by_what_the_vendor_calls_them() -> None:
    first, second = (Offer("x", name, {"image": Wire(f"{name}_image")}) for name in ("one", "two"))
    model = model_of(first, second)
    assert model.aliases == ("one", "two")
    assert model.wire("x", {"image": REF}, 1, offer_model="two") == {"two_image": REF}
    assert model.wire("x", {"image": REF}, 1, offer_model="gone") == {"one_image": REF}


def test_parts_with_defaults_of_their_own_are_joined_with_them() -> None:
    join = Join(
        "size",
        {"1024x1024": {"aspect_ratio": "1:1"}, "512x512": {"resolution": "512"}},
        defaults={"aspect_ratio": "1:1", "resolution": "1024"},
    )
    assert join.write({"resolution": "512"}) == join.write({"resolution": "512", "aspect_ratio": "1:1"}) == "512x512"
    assert join.write({"resolution": "1024"}) == "1024x1024"
    assert join.write({"resolution": "512", "aspect_ratio": "3:2"}) is None


def test_a_size_that_does_not_come_out_even_is_rounded_to_eight_pixels() -> None:
    model = ImageModel(
        id="test-2",
        name="Test 2",
        family="Test",
        good_at="Tests",
        prompt_max=100,
        parameters=(Parameter("resolution", Kind.CHOICE, "Detail", choices=(Choice("1MP"), Choice("2MP"))),),
        sizes={},
        price=Rule(flat=1),
        usual_seconds=(1, 2),
        scales={"resolution": {"2MP": 1.414}},
    )
    assert model.shape({"resolution": "2MP"}) == (1448, 1448)
    assert model.shape({"resolution": "1MP"}) == (1024, 1024)


def test_what_is_spoken_is_made_once_and_anew_for_other_parameters():
    first, again = OBJECT.spoken(MODEL.by_name), OBJECT.spoken(MODEL.by_name)
    assert all(one is other for one, other in zip(first, again, strict=True))
    again.clear()
    assert OBJECT.spoken(MODEL.by_name) == first
    fewer = {name: parameter for name, parameter in MODEL.by_name.items() if name != "image"}
    assert OBJECT.spoken(fewer) != first
    assert OBJECT.spoken(MODEL.by_name) == first
