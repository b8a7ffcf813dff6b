"""Several models and words with variables in the composer: said before the click, placed by one, without script too."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from studio.accounts.models import User
from studio.credits.models import Hold
from studio.jobs.models import Batch, Job
from tests.factories import make_user
from tests.jobs.states import HTMX

pytestmark = pytest.mark.usefixtures("catalogue")
FORM = {"prompt": "a {red|blue|green} car", "model": "dall-e-3", "also": "gpt-image-2", "style": "natural"}


@pytest.fixture
def client(client: Client, db: None) -> Client:
    client.force_login(make_user("rich", credits=1000))
    return client


def words(text: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)))


def price(client: Client, **form: Any) -> str:
    return client.post("/studio/price/", {**FORM, **form}, headers=HTMX).text


def shown(text: str) -> str:
    found = re.search(r'name="shown" value="([^"]*)"', text)
    assert found
    return unescape(found[1])


def test_the_price_says_how_many_pictures_for_how_much_and_what_share(client: Client) -> None:
    said = words(price(client))
    assert "132 credits" in said  # 3 x (21 + 23)
    assert "6 pictures, 868 left after this" in said
    assert "14 % of what you have" in said
    assert "3 prompts × 2 models = 6 pictures" in said
    assert "Generate 6" in said
    assert "a red car a blue car a green car" in said


def test_what_a_model_does_not_use_is_said_before(client: Client) -> None:
    assert "GPT Image 2 does not use Style" in words(price(client))
    assert "does not use" not in words(price(client, style=""))


def test_pictures_of_models_that_make_several_are_counted_honestly(client: Client) -> None:
    form = {"model": "gpt-image-2", "also": ["dall-e-3", "midjourney"], "style": "", "quality": "low"}
    said = words(price(client, **form, number_of_images="2"))
    assert "3 prompts × 3 models, 21 pictures in all" in said  # 3 x (2 + 1 + 4, which Midjourney always makes)
    assert "DALL·E 3 does not use Quality low, more than 1 at a time" in said
    assert "Midjourney 4 pictures each" in said


def test_the_order_as_seen_is_placed_once_and_exactly(client: Client) -> None:
    form = {**FORM, "key": "a-form", "shown": shown(price(client))}
    answers = [client.post("/", form, headers=HTMX) for _time in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    batch = Batch.objects.get()
    assert (batch.price, batch.number, batch.prompt) == (132, 6, FORM["prompt"])
    assert Hold.objects.count() == 6
    of_dalle = batch.jobs.filter(model="dall-e-3").order_by("created_at")
    assert [job.prompt for job in of_dalle] == ["a red car", "a blue car", "a green car"]
    assert {str(job.params) for job in of_dalle} == {"{'style': 'natural'}"}
    assert {str(job.params) for job in batch.jobs.filter(model="gpt-image-2")} == {"{}"}


@pytest.mark.parametrize("seen", [None, "ready:1:", "ready:6::gpt-image-2:131"])
def test_what_the_page_did_not_say_is_said_first_and_not_ordered(client: Client, seen: str | None) -> None:
    """Without script, or by a key faster than the price, or when the prices changed meanwhile."""
    form = {**FORM, "key": "a-form", **({"shown": seen} if seen else {})}
    answer = client.post("/", form)
    assert answer.status_code == 422
    said = words(answer.text)
    assert "3 prompts × 2 models = 6 pictures. Nothing is ordered yet: press again to order all of them." in said
    assert "132 credits" in said
    assert Job.objects.count() == 0
    again = client.post("/", {**form, "shown": shown(answer.text)})
    assert again.status_code == 302
    assert again["Location"] == f"/?batch={Batch.objects.get().pk}"
    page = client.get(again["Location"]).text
    assert "a {red|blue|green} car</textarea>" in page
    assert 'name="also" value="gpt-image-2"' in page


def test_too_few_credits_for_all_are_said_with_what_would_fit(client: Client, alice: User) -> None:
    client.force_login(alice)
    text = price(client)
    assert "32 too few. You have 100. 4 pictures would fit." in words(text)
    assert "Leave out GPT Image 2" in words(text)
    answer = client.post("/", {**FORM, "key": "a-form", "shown": shown(text)})
    assert answer.status_code == 422
    assert "32 credits are missing" in words(answer.text)
    assert Job.objects.count() == 0
    alone = price(client, also="", prompt="{a|b|c|d|e} car")
    assert "5 too few. You have 100. 4 pictures would fit." in words(alone)
    assert "Change the words" in words(alone)


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"prompt": "a {red|blue car"}, "The choice that begins at character 3 is not closed."),
        ({"prompt": "{" + "|".join("abcdefghijklmnopqrstuvwxy") + "}"}, "This would be 50 orders; 48 at once"),
        ({"prompt": "{" + "|".join(map(str, range(49))) + "}"}, "These words make 49 prompts; 48 is the most."),
        ({"prompt": "{a|" + "x" * 4001 + "}"}, "too many. DALL·E 3 reads at most"),
        ({"also": "nothing-of-this-name"}, "nothing-of-this-name is switched off here."),
        ({"also": "flux/dev/image-to-image"}, "Flux Dev, picture to picture needs this: "),
    ],
)
def test_what_cannot_be_ordered_is_refused_with_a_sentence(client: Client, form: dict[str, str], sentence: str) -> None:
    first = client.post("/", {**FORM, **form, "key": "a-form"})
    answer = client.post("/", {**FORM, **form, "key": "a-form", "shown": shown(first.text)})
    assert answer.status_code == 422
    assert sentence in words(answer.text)
    assert Job.objects.count() == 0
    assert form.get("prompt", FORM["prompt"]) in unescape(answer.text), "the words are kept"


def test_models_are_added_and_left_out_without_script(client: Client) -> None:
    page = client.post("/studio/compose/", {**FORM, "add-model": "flux-2-pro"}).text
    assert re.findall(r'name="also" value="([^"]+)"', page) == ["gpt-image-2", "flux-2-pro"]
    page = client.post(
        "/studio/compose/", {**FORM, "also": ["gpt-image-2", "flux-2-pro"], "drop-model": "gpt-image-2"}
    ).text
    assert re.findall(r'name="also" value="([^"]+)"', page) == ["flux-2-pro"]
    page = client.post("/studio/compose/", {**FORM, "model": ["dall-e-3", "gpt-image-2"]}).text
    assert re.findall(r'name="also" value="([^"]+)"', page) == [], "chosen itself"


def test_at_most_six_models_beside_the_first(client: Client) -> None:
    many = ["gpt-image-2", "flux-2-pro", "imagen-4", "imagen-3", "nano-banana", "seedream-4", "reve-create"]
    text = price(client, also=many, prompt="one")
    assert "6 models beside the first are the most." in words(text)
    assert "Generate" not in words(text)


def test_the_picker_adds_without_changing_the_form(client: Client) -> None:
    headers = {**HTMX, "HX-Target": "beside-flux-2-pro"}
    text = client.post("/studio/compose/", {**FORM, "add-model": "flux-2-pro"}, headers=headers).text
    assert "<form" not in text
    assert re.findall(r'name="also" value="([^"]+)"', text) == ["gpt-image-2", "flux-2-pro"]
    assert 'name="drop-model" value="flux-2-pro"' in text
    assert set(re.findall(r'id="([a-z-]+)" hx-swap-oob="true"', text)) == {
        "beside",
        "made-line",
        "made-list",
        "price",
        "go",
    }
    listed = client.get("/studio/models/", {"model": "dall-e-3", "also": ["gpt-image-2"]}, headers=HTMX).text
    assert re.search(r'id="beside-gpt-image-2" name="drop-model"[^>]*aria-pressed="true"', listed)
    assert re.search(r'id="beside-flux-2-pro" name="add-model"[^>]*aria-pressed="false"', listed)


def test_one_prompt_with_escaped_braces_is_one_order_of_the_braces(client: Client) -> None:
    client.post("/", {"prompt": r"\{red|blue\} car", "model": "dall-e-3", "key": "a-form"})
    job = Job.objects.get()
    assert (job.prompt, job.batch) == ("{red|blue} car", None)
    page = client.get(f"/?from={job.pk}").text
    assert r"\{red|blue\} car</textarea>" in page


def test_a_form_without_variables_says_nothing_of_several(client: Client) -> None:
    page = client.get("/").text
    assert re.search(r'<summary[^>]*id="made-line"></summary>', page)
    assert re.search(r'id="beside" hidden>', page)
    answer = price(client, also="", prompt="a car", shown="ready:1:")
    assert "made-line" not in answer


def test_more_than_fits_is_said_at_once_and_nothing_can_be_pressed(client: Client) -> None:
    numbers = "|".join(map(str, range(49)))
    for form in ({"prompt": f"{{{numbers}}}", "also": ""}, {"prompt": f"{{{numbers[:65]}}}"}):
        said = words(price(client, **form))
        assert "48 " in said
        assert "is the most." in said
        assert "Not like this" in said
        assert "left after this" not in said
    said = words(price(client, prompt=f"{{{numbers}}}", also=""))
    assert "These words make 49 prompts; 48 is the most." in said
    assert said.count("49 prompts") == 1
    assert "Change the words" in said
    assert "is not closed" in words(price(client, prompt="a {red|blue car", also=""))


def test_what_will_be_sent_shows_each_model(client: Client) -> None:
    said = words(client.post("/studio/sending/", FORM, headers=HTMX).text)
    assert said.count("Model there") == 2
    assert said.index("DALL·E 3") < said.index("Style") < said.index("GPT Image 2 To")
    assert "21 credits" in said
    assert "23 credits" in said


def test_the_same_batch_a_moment_later_is_told_and_not_stopped(client: Client) -> None:
    seen = price(client)
    assert "You ordered exactly this" not in words(seen)
    first = client.post("/", {**FORM, "key": "a-form", "shown": shown(seen)}, headers=HTMX)
    assert "You ordered exactly this at " in words(first.text), "the form that comes back says it"
    assert "Generate 6" in words(first.text)
    assert "You ordered exactly this" not in words(price(client, style="vivid"))
    assert "You ordered exactly this" not in words(price(client, also="flux-2-pro"))
    client.post("/", {**FORM, "key": "another-form", "shown": shown(first.text)}, headers=HTMX)
    assert Batch.objects.count() == 2


def test_the_same_order_a_moment_later_is_told_for_ten_minutes(client: Client, time_machine: Any) -> None:
    form = {"prompt": "a red car", "model": "dall-e-3"}
    answer = client.post("/", {**form, "key": "a-form"}, headers=HTMX)
    assert "You ordered exactly this at " in words(answer.text)
    assert "You ordered exactly this" not in words(client.get("/").text)
    assert "You ordered exactly this" not in words(client.post("/studio/price/", {**form, "prompt": "a car"}).text)
    time_machine.move_to(timezone.now() + timedelta(seconds=601))
    assert "You ordered exactly this" not in words(client.post("/studio/price/", form, headers=HTMX).text)
