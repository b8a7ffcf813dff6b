"""Parts of the composer: sliders, earlier prompts, the count, what each setting is called elsewhere."""

import pytest
from django.urls import reverse

from studio.jobs.fields import row_of
from studio.jobs.models import Job
from studio.jobs.views import prompts
from studio.providers import catalogue
from studio.providers.catalogue import Kind, Parameter

pytestmark = pytest.mark.usefixtures("catalogue")
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/"}


def make_job(user, prompt, **fields):
    values = {"model": "dall-e-3", "model_as_sent": "dall-e-3", "provider": "sandbox", "price": 21, "unit_price": 21}
    return Job.objects.create(user=user, prompt=prompt, **{**values, **fields})


@pytest.mark.parametrize(
    ("least", "most", "kind", "notch", "rest"),
    [(1, 50, Kind.INTEGER, "1", "25"), (0, 1, Kind.NUMBER, "0.05", "0.5"), (1.5, 10, Kind.NUMBER, "0.1", "5.8")],
)
def test_a_range_gets_a_slider_that_rests_in_its_middle_until_something_is_asked(least, most, kind, notch, rest):
    parameter = Parameter("steps", kind, "Steps", least=least, most=most)
    row = row_of(parameter, "", count=1, error="")
    assert (row.kind, row.notch, row.rest, row.value, row.example) == ("slider", notch, rest, "", "Auto")
    assert row_of(parameter, "1.5", count=1, error="").rest == "1.5"
    assert row_of(parameter, "many", count=1, error="").rest == rest
    assert row_of(parameter, "nan", count=1, error="").rest == rest


@pytest.mark.parametrize(("least", "most"), [(None, None), (0, None), (0, 4294967295), (4, 4)])
def test_a_seed_and_what_has_no_range_gets_a_number_alone(least, most):
    row = row_of(Parameter("seed", Kind.INTEGER, "Seed", least=least, most=most), "", count=1, error="")
    assert row.kind == "number"


def test_a_slider_is_drawn_with_its_number_and_only_the_number_is_sent(client, alice):
    client.force_login(alice)
    page = client.get("/?model=flux-2-flex").text
    slider = page.partition('<div class="slider">')[2].partition("</div>")[0]
    assert 'type="range"' in slider
    assert slider.count("name=") == 1
    strength = catalogue.find("flux/dev/image-to-image").by_name["strength"]
    assert row_of(strength, "", count=1, error="").rest == row_of(strength, "", count=1, error="").example == "0.95"


def test_the_count_leaves_out_what_is_trimmed(client, alice):
    client.force_login(alice)
    page = client.post(reverse("jobs:recompose"), {"model": "dall-e-3", "prompt": "\r\n a fox \r\n\r\n"}, headers=HTMX)
    assert "5 of 4,000" in page.text
    sending = client.post(reverse("jobs:sending"), {"model": "dall-e-3", "prompt": "  a fox\r\nasleep "}, headers=HTMX)
    assert "12 characters, unchanged" in sending.text


def test_earlier_prompts_are_ones_own_the_last_first_each_once_and_can_be_ordered_again(client, alice, bob):
    for text in ("a fox", "a {red|blue} fox", "a fox", "a cat"):
        make_job(alice, text)
    make_job(bob, "a secret")
    client.force_login(alice)
    answer = client.get(reverse("jobs:prompts"))
    assert answer.json() == {"prompts": ["a cat", "a fox", r"a \{red|blue\} fox"]}


def test_earlier_prompts_end_at_fifty_and_before_they_grow_too_long(client, alice, monkeypatch):
    for number in range(60):
        make_job(alice, f"fox {number}")
    client.force_login(alice)
    assert len(client.get(reverse("jobs:prompts")).json()["prompts"]) == 50
    monkeypatch.setattr(prompts, "LONGEST", 20)
    assert client.get(reverse("jobs:prompts")).json() == {"prompts": ["fox 59", "fox 58", "fox 57"]}


def test_what_will_be_sent_sets_each_setting_beside_its_name_there_and_tells_how_the_price_comes(
    client, alice, settings
):
    settings.PROVIDERS_FROM_ENVIRONMENT = {"apiframe": {"key": "k", "base_url": "https://api.apiframe.ai"}}
    from studio.providers.services import load_catalogue

    load_catalogue()
    client.force_login(alice)
    fields = {"model": "dall-e-3", "prompt": "a fox", "aspect_ratio": "3:2", "style": "natural"}
    text = client.post(reverse("jobs:sending"), fields, headers=HTMX).text
    assert "<td>Style: Natural</td><td><code>dalleParams.style: natural</code></td>" in text
    assert "<td>Shape: 3:2</td><td><code>dalleParams.aspect_ratio: 3:2</code></td>" in text
    assert "1 picture at 21" in text
    fields = {"model": "gpt-image-2", "prompt": "a fox", "quality": "high", "number_of_images": "2"}
    text = client.post(reverse("jobs:sending"), fields, headers=HTMX).text
    assert "2 pictures at 23 each, the price at quality High" in text
    assert "Pictures: 2" in text


def test_the_form_of_a_placed_order_says_so_that_no_draft_is_kept_of_it(client, alice):
    client.force_login(alice)
    assert 'data-placed="1"' in client.post("/", {"model": "dall-e-3", "prompt": "a fox"}, headers=HTMX).text
    assert "data-placed" not in client.post("/", {"model": "dall-e-3", "prompt": ""}, headers=HTMX).text
