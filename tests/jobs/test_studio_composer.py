"""The composer: what it offers, what it costs, what will be sent."""

import pytest
from django.urls import reverse

from studio.jobs.models import Job
from studio.providers.models import ModelPrice, ModelRow
from studio.providers.services import load_catalogue

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/"}


pytestmark = pytest.mark.usefixtures("catalogue")


def order(client, **fields):
    return client.post("/", {"model": "dall-e-3", "prompt": "a blue kettle", **fields})


def test_composer_offers_exactly_what_the_model_declares(client, alice):
    client.force_login(alice)
    dalle, flux = client.get("/").text, client.get("/?model=flux-1.1-pro").text
    assert 'name="style"' in dalle
    assert 'name="style"' not in flux
    assert 'name="seed"' in flux
    assert 'name="steps"' not in flux  # for programs only


def test_too_few_credits_says_how_many_are_missing_before_and_after_the_click(client, bob):
    client.force_login(bob)
    page = client.get("/").text
    assert "<b>21 too few.</b> You have 0." in page
    response = order(client)
    assert response.status_code == 422
    assert "21 credits are missing" in response.text
    assert Job.objects.count() == 0


def test_too_few_for_all_offers_as_many_as_fit(client, alice):
    client.force_login(alice)
    fields = {"model": "gpt-image-2", "number_of_images": "10", "quality": "high"}
    response = client.get(reverse("jobs:price"), fields, headers=HTMX)
    assert "130 too few." in response.text
    assert "4 pictures would fit." in response.text
    assert "Make it 4" in response.text
    again = client.post("/", {**fields, "prompt": "a kettle", "fit": "4"})
    assert again.status_code == 200
    assert "4 pictures, <b>8</b> left after this" in again.text
    assert Job.objects.count() == 0


def test_price_follows_the_form_and_leaves_the_button_alone_while_it_says_the_same(client, alice):
    client.force_login(alice)
    low = client.get(reverse("jobs:price"), {"model": "gpt-image-2", "quality": "low", "shown": "ready:1:"})
    assert "4 credits" in low.text
    assert "<b>96</b> left after this" in low.text
    assert "<html" not in low.text
    assert 'id="go"' not in low.text


def test_choosing_another_model_keeps_the_words(client, alice):
    client.force_login(alice)
    fields = {"model": "flux-1.1-pro", "prompt": "a blue kettle", "style": "vivid"}
    response = client.post(reverse("jobs:recompose"), fields, headers=HTMX)
    assert "a blue kettle</textarea>" in response.text
    assert "Flux 1.1 Pro" in response.text
    assert "<html" not in response.text


def test_choosing_another_model_leaves_behind_what_it_does_not_offer_and_keeps_the_rest(client, alice):
    client.force_login(alice)
    fields = {"model": "qwen-image", "prompt": "a kettle", "aspect_ratio": "2:3", "seed": "7", "strength": "9"}
    text = client.post(reverse("jobs:recompose"), fields, headers=HTMX).text
    assert 'id="field-aspect_ratio-error"' not in text
    assert 'name="seed" value="7"' in text
    assert 'id="field-strength-error"' in text  # what somebody typed is theirs to correct


def test_what_will_be_sent_names_who_is_asked_and_the_settings_as_they_are_spelt_there(client, alice, settings):
    settings.PROVIDERS_FROM_ENVIRONMENT = {
        "apiframe": {"key": "k" * 20, "base_url": "https://api.apiframe.example"},
    }
    load_catalogue()
    client.force_login(alice)
    fields = {"model": "dall-e-3", "prompt": "a kettle", "aspect_ratio": "2:3", "style": "natural"}
    text = client.post(reverse("jobs:sending"), fields, headers=HTMX).text
    assert "Apiframe" in text
    assert "dalleParams.aspect_ratio: 2:3" in text
    assert "8 characters, unchanged" in text
    assert "21 credits" in text
    assert "<html" not in text


def test_only_what_a_connected_provider_honours_is_offered(client, alice, settings):
    settings.PROVIDERS_FROM_ENVIRONMENT = {
        "apiframe": {"key": "k" * 20, "base_url": "https://api.apiframe.example"},
    }
    load_catalogue()
    client.force_login(alice)
    page = client.get("/").text
    assert "through Apiframe" in page
    assert 'name="quality"' not in page  # Apiframe cannot be told
    assert 'data-limit="2000"' in page
    refused = order(client, prompt="x" * 2001)
    assert refused.status_code == 422
    assert "1 character too many. DALL·E 3 reads at most 2,000." in refused.text


def test_the_sandbox_can_be_chosen_beside_a_provider_only_where_it_is_allowed(client, alice, settings):
    settings.PROVIDERS_FROM_ENVIRONMENT = {
        "apiframe": {"key": "k" * 20, "base_url": "https://api.apiframe.example"},
    }
    load_catalogue()
    client.force_login(alice)
    assert "Drawn by" not in client.get("/").text
    settings.SANDBOX = "on"
    assert "Drawn by" in client.get("/").text
    chosen = client.post(reverse("jobs:recompose"), {"model": "dall-e-3", "sandbox": "1"}, headers=HTMX).text
    assert "drawn by the sandbox" in chosen
    assert 'name="quality"' in chosen
    order(client, sandbox="1")
    order(client, prompt="a red kettle")
    assert list(Job.objects.order_by("created_at").values_list("is_sandbox", "provider")) == [
        (True, "sandbox"),
        (False, "apiframe"),
    ]


def test_with_every_model_switched_off_the_page_says_so(client, alice):
    ModelRow.objects.update(enabled=False)
    client.force_login(alice)
    assert "Every model is switched off." in client.get("/").text
    assert order(client).status_code == 404


def test_a_model_without_a_price_cannot_be_ordered_and_says_why(client, alice):
    ModelPrice.objects.filter(model="dall-e-3").delete()
    client.force_login(alice)
    assert "No price yet" in client.get("/").text
    assert order(client).status_code == 422
    assert Job.objects.count() == 0
