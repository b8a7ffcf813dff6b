"""Adding a model is one data entry: form, validation, schema, price and order follow from it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.providers import catalogue
from studio.providers.catalogue import (
    Choice,
    ImageModel,
    Kind,
    Offer,
    Parameter,
    ParameterErrors,
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


@pytest.fixture
def entry(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(imagen, "MODELS", (*imagen.MODELS, NEW))
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
    row = ProviderRow(slug="apiframe", kind="apiframe", name="Apiframe")
    row.set_key("afk_test")
    row.save()
    [route] = offers_for(model=model, params={"aspect_ratio": "16:9"})
    assert (route.slug, route.offer.model, model.shape({"aspect_ratio": "16:9"})) == (
        "apiframe",
        "vendor/aurora",
        (1024, 576),
    )
    assert model.wire("apiframe", {"aspect_ratio": "16:9"}, 1) == {"auroraParams": {"ratio": "wide"}}


def test_the_models_of_a_release_are_unchanged_by_it() -> None:
    assert catalogue.find("aurora-1") is None


def test_family_files_are_data() -> None:
    [folder] = families.__path__
    allowed = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)
    for file in Path(folder).glob("*.py"):
        docstring, *rest = ast.parse(file.read_text()).body
        assert isinstance(docstring, ast.Expr), file.name
        assert all(isinstance(statement, allowed) for statement in rest), f"{file.name} holds more than declarations"
