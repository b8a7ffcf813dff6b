"""Choosing a model among all of them: found by family, by words, by price and by time; nothing written is lost."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as conf
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from studio.accounts.models import User
from studio.jobs import times
from studio.jobs.models import Job
from studio.jobs.picker import Picker, picker
from studio.providers import catalogue as declared
from studio.providers.models import ModelPrice, ModelRow, ProviderRow
from studio.providers.services import composer_models, load_catalogue
from tests.factories import make_user
from tests.jobs.states import completed, queued

pytestmark = pytest.mark.usefixtures("catalogue")
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _nothing_learnt() -> None:
    times.forget()


@pytest.fixture
def mara(db: None) -> User:
    return make_user("mara", credits=10_000)


def seen(user: User, chosen: str = "dall-e-3", **asked: str) -> Picker:
    return picker(composer_models(), chosen=chosen, user=user, **asked)


def ids(found: Picker) -> list[str]:
    return [row.id for group in found.groups for row in group.rows]


def shown(text: str) -> list[str]:
    return re.findall(r'class="picker-row" name="model" value="([^"]+)"', text)


def test_every_model_stands_in_its_family(alice: User) -> None:
    found = seen(alice)
    assert sorted(ids(found)) == sorted(model.id for model in declared.models())
    assert [group.title for group in found.groups] == sorted({m.family for m in declared.models()}, key=str.casefold)
    assert all(row.family == group.title for group in found.groups for row in group.rows)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("dalle 3", ["dall-e-3"]),
        ("DALL·E", ["dall-e-3", "dall-e-2"]),
        ("  Midjourney  ", ["midjourney"]),
        ("ideogram turbo 2a", ["ideogram-v2a-turbo"]),
        ("openai/gpt-image-2", ["gpt-image-2"]),
        ("kuaishou", ["kling-image"]),
        ("trained by you", ["flux-lora"]),
        ("dall-e-3 midjourney", []),
        ("no such model", []),
    ],
)
def test_plain_words_find_names_ids_makers_and_what_it_is_good_at(alice: User, words: str, expected: list[str]) -> None:
    assert ids(seen(alice, query=words)) == expected


@pytest.mark.parametrize("words", ["%", "<script>", "\\", "☃", "\x00", "a" * 5000])
def test_odd_words_find_what_they_find_and_are_shown_as_they_are(client: Client, alice: User, words: str) -> None:
    client.force_login(alice)
    answer = client.get(reverse("jobs:models"), {"q": words, "sort": "x", "model": words}, headers=HTMX)
    assert answer.status_code == 200
    assert "<script>" not in answer.text


def test_by_price_the_cheapest_order_comes_first_and_a_set_counts_whole(alice: User) -> None:
    [group] = seen(alice, sort="price").groups
    prices = [row.prices for row in group.rows]
    assert prices == sorted(prices)
    assert next(row.price for row in group.rows if row.id == "midjourney") == "16"
    assert next(row.price for row in group.rows if row.id == "gpt-image-2") == "4–23"


def test_by_time_the_quickest_comes_first(alice: User, settings: Any) -> None:
    settings.PROVIDERS_FROM_ENVIRONMENT = {"apiframe": {"key": "k" * 20, "base_url": "https://api.apiframe.example"}}
    load_catalogue()
    [group] = seen(alice, sort="time").groups
    highs = [row.band.high for row in group.rows]
    assert highs == sorted(highs)
    assert len(set(highs)) > 5


def test_what_was_used_lately_stands_on_top(alice: User, mara: User) -> None:
    for model in ("reve-create", "kling-image", "midjourney", "imagen-4", "midjourney", "imagen-4"):
        queued(mara, model=model)
    queued(alice, model="dall-e-2")
    assert [row.id for row in seen(mara).groups[0].rows] == ["imagen-4", "midjourney", "kling-image"]
    assert ids(seen(mara)).count("imagen-4") == 2
    assert "Used lately" not in [group.title for group in seen(mara, query="imagen").groups]


def test_an_estimate_and_a_missing_price_say_so(client: Client, alice: User) -> None:
    ModelPrice.objects.filter(model="midjourney").delete()
    client.force_login(alice)
    text = client.get(reverse("jobs:models"), headers=HTMX).text
    rows = dict(zip(shown(text), text.split('class="picker-row"')[1:], strict=True))
    assert "estimate" in rows["reve-create"]
    assert "estimate" not in rows["dall-e-3"]
    assert "no price" in rows["midjourney"]


def test_who_serves_is_said_once_or_row_by_row(client: Client, alice: User, settings: Any) -> None:
    client.force_login(alice)
    assert "models, drawn by the sandbox" in client.get(reverse("jobs:models"), headers=HTMX).text
    settings.PROVIDERS_FROM_ENVIRONMENT = {
        "apiframe": {"key": "k" * 20, "base_url": "https://api.apiframe.example"},
        "aimlapi": {"key": "k" * 20, "base_url": "https://api.aimlapi.example"},
    }
    load_catalogue()
    both = client.get(reverse("jobs:models"), headers=HTMX).text
    rows = dict(zip(shown(both), both.split('class="picker-row"')[1:], strict=True))
    assert "through Apiframe<" in rows["midjourney"]
    assert "through AI/ML API<" in rows["flux-pro"]
    ProviderRow.objects.filter(slug="aimlapi").update(enabled=False)
    one = client.get(reverse("jobs:models"), headers=HTMX).text
    assert "models, through Apiframe<" in one
    assert "flux-pro" not in shown(one)


def test_what_is_switched_off_is_not_there(alice: User) -> None:
    ModelRow.objects.filter(model="midjourney").update(enabled=False)
    assert "midjourney" not in ids(seen(alice))


def test_the_list_asks_the_database_as_often_for_all_as_for_one(mara: User) -> None:
    listings = composer_models()
    for model in ("midjourney", "kling-image", "reve-create"):
        completed(queued(mara, model=model))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        picker(listings, chosen="dall-e-3", user=mara)
    assert len(queries) == 2


def test_many_bands_are_what_one_is(mara: User, monkeypatch: pytest.MonkeyPatch) -> None:
    models = [model for model in declared.models() if model.id in ("midjourney", "reve-create")]
    for seconds in range(1, 7):
        job = completed(queued(mara, model="midjourney"))
        Job.objects.filter(pk=job.pk).update(started_at=job.finished_at - timedelta(seconds=10 * seconds))
    many = times.usual_of(models, is_sandbox=True)
    times.forget()
    assert many == {model.id: times.usual(model, is_sandbox=True) for model in models}
    assert many["midjourney"].high == 60


def test_without_script_the_list_is_a_page_and_the_words_come_along(client: Client, alice: User) -> None:
    client.force_login(alice)
    words = {"model": "dall-e-3", "prompt": "a blue kettle", "aspect_ratio": "2:3"}
    listed = client.post(reverse("jobs:recompose"), {**words, "choose": "1"}).text
    assert "<html" in listed
    assert len(shown(listed)) == len(declared.models())
    assert "a blue kettle</textarea>" in listed
    chosen = client.post(f"{reverse('jobs:recompose')}", {**words, "model": ["dall-e-3", "midjourney"]}).text
    assert "a blue kettle</textarea>" in chosen
    assert 'name="model" value="midjourney" autocomplete' in chosen
    assert not shown(chosen)
    assert Job.objects.count() == 0


def test_without_script_a_search_is_a_page_of_its_own(client: Client, alice: User) -> None:
    client.force_login(alice)
    page = client.get("/", {"choose": "1", "q": "lettering turbo", "model": "midjourney"}).text
    assert 'value="lettering turbo"' in page
    assert shown(page) == ["ideogram-v4-turbo", "ideogram-v3-turbo", "ideogram-v2-turbo"]


def test_the_page_carries_the_list_only_when_it_is_asked_for(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert not shown(client.get("/").text)
    first = client.get("/").text.index("<button", client.get("/").text.index('id="composer"'))
    assert client.get("/").text[first:].startswith('<button class="sr"')  # Enter in a field places the order


def test_every_sample_is_small_and_belongs_to_a_model() -> None:
    names = {model.id.replace("/", ".") for model in declared.models()}
    for file in (conf.BASE_DIR / "static/img/models").iterdir():
        assert file.stem in names
        assert file.stat().st_size <= 4_000


def test_nobody_else_reads_the_list(client: Client) -> None:
    assert client.get(reverse("jobs:models")).status_code in (302, 404)
