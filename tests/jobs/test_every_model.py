"""Every model of the catalogue can be ordered in the studio, in each of its shapes, and drawn by the sandbox."""

import pytest
from django.test import Client

from studio.accounts.models import User
from studio.credits.models import Account
from studio.jobs.fields import row_of
from studio.jobs.models import Job
from studio.jobs.pictures import MAX_PIXELS, MAX_SIDE
from studio.providers import catalogue as declared
from studio.providers.catalogue import ImageModel, Kind, Place
from studio.providers.catalogue.values import is_same_ratio, ratio_of
from tests.factories import required_of

MODELS = {model.id: model for model in declared.models()}


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest) -> ImageModel:
    return MODELS[request.param]


def test_it_is_ordered_by_its_form_and_held_at_its_price(
    catalogue: None, client: Client, alice: User, model: ImageModel
) -> None:
    Account.objects.filter(user=alice).update(balance=100_000)
    client.force_login(alice)
    response = client.post("/", {"model": model.id, "prompt": "a blue kettle", **required_of(model)})
    assert response.status_code == 302, response.text
    job = Job.objects.get()
    assert (job.model, job.count, job.provider) == (model.id, model.least, "sandbox")
    assert job.price == model.unit_price({}) * model.least > 0
    assert job.width * job.height <= MAX_PIXELS


def test_what_must_be_said_has_a_row_of_its_own(
    catalogue: None, client: Client, alice: User, model: ImageModel
) -> None:
    client.force_login(alice)
    page = client.get("/", {"model": model.id}).text
    for parameter in model.parameters:
        if parameter.is_required:
            assert parameter.place is Place.MAIN
            name = f"new-{parameter.name}" if parameter.is_picture else parameter.name
            assert f'name="{name}"' in page
            about = client.post("/", {"model": model.id, "prompt": "a kettle"})
            assert about.status_code == 422
            assert f'id="field-{parameter.name}-error"' in about.text


def test_each_of_its_shapes_can_be_drawn_and_stored(model: ImageModel) -> None:
    sizes = [model.default_size]
    for value in model.ratio.values if model.ratio else ():
        wide = [{}] + [{name: value} for name, scale in model.scales.items() for value in scale]
        for more in wide:
            width, height = model.shape({model.ratio.name: value, **more})
            assert is_same_ratio(width / height, ratio_of(value) or 0), value
            sizes.append((width, height))
    assert all(min(size) >= 64 and max(size) <= MAX_SIDE and size[0] * size[1] <= MAX_PIXELS for size in sizes)


def test_people_are_told_what_each_row_is(model: ImageModel) -> None:
    for parameter in model.parameters:
        row = row_of(parameter, "", count=model.least, error="")
        assert row.label, parameter.name
        assert parameter.place is Place.API or (row.help and "_" not in row.label + row.help), parameter.name
        assert parameter.kind is not Kind.CHOICE or len({option.text for option in row.options}) == len(row.options)


def test_a_shape_or_size_only_programs_know_stays_chosen_in_the_form() -> None:
    model = MODELS["seedream-4"]
    for name, value in {"aspect_ratio": "7:3", "size": "3K"}.items():
        options = row_of(model.by_name[name], value, count=1, error="").options
        assert [option.value for option in options if option.is_on] == [value]


@pytest.mark.parametrize(("value", "size"), [("5:1", (2048, 512)), ("match_input_image", (1024, 1024))])
def test_an_open_shape_takes_ratios_and_words(value: str, size: tuple[int, int]) -> None:
    model = MODELS["nano-banana"]
    assert model.shape(model.clean({"aspect_ratio": value})) == size


@pytest.mark.parametrize("value", ["", "0:1", "1:0", "3/2", "wide\nwide", "x" * 60])
def test_an_open_shape_is_not_any_text(value: str) -> None:
    with pytest.raises(declared.ParameterErrors):
        MODELS["nano-banana"].clean({"aspect_ratio": value})


def test_a_word_for_a_shape_means_shape_and_size() -> None:
    model = MODELS["qwen-image"]
    door = model.door("apiframe")
    small, _count = door.read(model.by_name, {"image_size": "square"})
    wide, _count = door.read(model.by_name, {"image_size": "landscape_16_9"})
    assert (model.shape(small), model.shape(wide)) == ((512, 512), (1368, 768))
    assert door.write(small, 1) == {"qwenImageParams": {"image_size": "square"}}


def test_colours_show_how_they_are_written() -> None:
    model = MODELS["recraft-v3"]
    row = row_of(model.by_name["colors"], "", count=1, error="")
    assert model.from_form({"colors": row.example})[0] == {"colors": ["#e63946", "#1d3557"]}
