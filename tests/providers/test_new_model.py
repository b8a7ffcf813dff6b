"""Adding a model is one data entry: form, validation, schema, price and order follow from it."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.api.document import body_schema
from studio.api.errors import Invalid
from studio.api.orders import read_order
from studio.jobs.fields import row_of
from studio.providers import catalogue
from studio.providers.catalogue import (
    Choice,
    Exact,
    ImageModel,
    Join,
    Kind,
    Offer,
    Parameter,
    ParameterErrors,
    Place,
    Rule,
    Wire,
    families,
    registry,
)
from studio.providers.catalogue.families import imagen
from studio.providers.models import ProviderRow
from studio.providers.services import composer_models, load_catalogue, model_named, offers_for, price_of

NEW = ImageModel(
    id="aurora-1",
    name="Aurora 1",
    family="Aurora",
    good_at="Northern skies",
    prompt_max=1000,
    parameters=(
        Parameter("aspect_ratio", Kind.RATIO, "Shape", choices=(Choice("1:1"), Choice("16:9")), default="1:1"),
        Parameter("glow", Kind.CHOICE, "Glow", choices=(Choice("soft"), Choice("strong")), default="soft"),
    ),
    sizes={"1:1": (512, 512), "16:9": (1024, 576)},
    price=Rule(by="glow", table={"soft": 3, "strong": 5}),
    usual_seconds=(3, 9),
    offers=(
        Offer(
            "apiframe",
            "vendor/aurora",
            wires={"aspect_ratio": Wire("ratio", {"1:1": "square", "16:9": "wide"}), "glow": Wire("glow")},
            container="auroraParams",
        ),
    ),
)

# Two vendors, a picture that must be given, and a size that one of them writes as one thing.
AFTER = ImageModel(
    id="aurora-2",
    name="Aurora 2",
    family="Aurora",
    good_at="Skies over your own pictures",
    prompt_max=3000,
    parameters=(
        Parameter("start", Kind.PICTURE, "Picture", "The picture under the sky.", is_required=True),
        Parameter("aspect_ratio", Kind.RATIO, "Shape", choices=(Choice("1:1"), Choice("16:9")), default="1:1"),
        Parameter("width", Kind.INTEGER, "Width", least=256, most=2048, place=Place.API),
        Parameter("height", Kind.INTEGER, "Height", least=256, most=2048, place=Place.API),
        Parameter("count", Kind.INTEGER, "Pictures", least=1, most=4, default=1, is_count=True),
    ),
    sizes={"1:1": (1024, 1024), "16:9": (1024, 576)},
    price=Rule(flat=6),
    usual_seconds=(3, 9),
    offers=(
        Offer(
            "apiframe",
            "aurora-2",
            wires={"start": Wire("image"), "aspect_ratio": Wire("aspect_ratio", {"1:1": "1:1"})},
            container="auroraParams",
            prompt_max=2000,
        ),
        Offer(
            "aimlapi",
            "northern/aurora-2",
            wires={"start": Wire("image_url")},
            joins=(
                Join(
                    "image_size",
                    {"square_hd": {"aspect_ratio": "1:1"}, "wide": {"aspect_ratio": "16:9"}},
                    exact=Exact(256, 1536),
                ),
            ),
            count="num_images",
            most=4,
        ),
    ),
)
PICTURE = "https://example.com/sea.png"


@pytest.fixture
def entry(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(imagen, "MODELS", (*imagen.MODELS, NEW, AFTER))
    registry.forget()
    load_catalogue()
    yield
    monkeypatch.undo()
    registry.forget()


def test_one_entry_is_all_it_takes(entry: None) -> None:
    model = model_named("vendor/aurora")
    assert model is NEW
    quote = price_of(model=model, params={"glow": "strong"})
    assert (quote.credits, quote.version, quote.formula) == (5, 2, "glow strong: 5 × 1")
    assert offers_for(model=model, params={})[0].is_sandbox
    assert "aurora-1" in {listing.model.id for listing in composer_models()}
    door = model.door("apiframe")
    assert door.read(model.by_name, {"ratio": "wide"}) == ({"aspect_ratio": "16:9"}, 1)
    assert {p.name: p.schema()["enum"] for p in door.spoken(model.by_name)} == {
        "ratio": ["square", "wide"],
        "glow": ["soft", "strong"],
    }
    with pytest.raises(ParameterErrors):
        model.clean({"glow": "none"})
    connect("apiframe")
    [route] = offers_for(model=model, params={"aspect_ratio": "16:9"})
    assert (route.slug, route.offer.model, model.shape({"aspect_ratio": "16:9"})) == (
        "apiframe",
        "vendor/aurora",
        (1024, 576),
    )
    assert model.wire("apiframe", {"aspect_ratio": "16:9"}, 1) == {"auroraParams": {"ratio": "wide"}}


def connect(kind: str) -> None:
    row = ProviderRow(slug=kind, kind=kind, name=kind)
    row.set_key("afk_test")
    row.save()


def test_an_entry_with_two_vendors_is_in_form_validation_schema_price_and_order(entry: None, settings: Any) -> None:
    settings.BASE_URL_WAS_SET, settings.STUDIO_BASE_URL = True, "https://studio.example.com"  # to be shown pictures
    model = model_named("northern/aurora-2")
    assert price_of(model=model, params={}, count=3).credits == 18

    connect("apiframe")
    offered = offered_now()
    rows = {p.name: row_of(p, "", count=1, error="") for p in offered.parameters}
    assert [option.value for option in rows["aspect_ratio"].options] == ["1:1"]
    assert set(rows) == {"start", "aspect_ratio"}
    connect("aimlapi")
    offered = offered_now()
    rows = {p.name: row_of(p, "", count=1, error="") for p in offered.parameters}
    assert [option.value for option in rows["aspect_ratio"].options] == ["1:1", "16:9"]
    assert set(rows) == {"start", "aspect_ratio", "width", "height", "count"}
    assert (offered.most, offered.by_name["width"].most) == (4, 1536)

    schema = body_schema(model)
    assert schema["properties"]["auroraParams"]["required"] == ["image"]
    assert "auroraParams" in schema["required"]
    body = {"model": "northern/aurora-2", "prompt": "sky"}
    assert read_order(body | {"auroraParams": {"image": PICTURE}}).params == {"start": PICTURE}
    with pytest.raises(Invalid) as caught:
        read_order(body)
    assert list(caught.value.details) == ["auroraParams.image"]
    with pytest.raises(ParameterErrors):
        model.clean({}, count=1)
    said = {"image_url": PICTURE, "image_size": {"width": 512, "height": 300}, "num_images": 2}
    asked = {"start": PICTURE, "width": 512, "height": 300}
    assert model.door("aimlapi").read(model.by_name, said) == (asked, 2)

    [route] = offers_for(model=model, params=asked, count=2)
    assert (route.slug, route.offer.write(asked, 2)) == ("aimlapi", said)
    assert model.shape(asked) == (512, 300)
    both = offers_for(model=model, params={"start": PICTURE, "aspect_ratio": "1:1"})
    assert {route.slug: route.offer.write({"start": PICTURE, "aspect_ratio": "1:1"}, 1) for route in both} == {
        "apiframe": {"auroraParams": {"image": PICTURE, "aspect_ratio": "1:1"}},
        "aimlapi": {"image_url": PICTURE, "image_size": "square_hd"},
    }


def offered_now() -> ImageModel:
    return next(listing.offered for listing in composer_models() if listing.model.id == "aurora-2")


def test_the_models_of_a_release_are_unchanged_by_it() -> None:
    assert catalogue.find("aurora-1") is None


def test_family_files_are_data() -> None:
    [folder] = families.__path__
    allowed = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)
    for file in Path(folder).glob("*.py"):
        docstring, *rest = ast.parse(file.read_text()).body
        assert isinstance(docstring, ast.Expr), file.name
        assert all(isinstance(statement, allowed) for statement in rest), f"{file.name} holds more than declarations"
