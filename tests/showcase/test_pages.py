"""The public pages about models: every model, in three languages, for anybody."""

import gzip
import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from studio.jobs import times
from studio.jobs.models import Job
from studio.providers import catalogue
from studio.providers.models import ModelPrice, ModelRow, ProviderRow
from studio.showcase.texts import texts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
ROOTS = {"en": "/models/", "ja": "/ja/models/", "ko": "/ko/models/"}
BASE = "http://127.0.0.1:8000"
MODELS = [model.id for model in catalogue.models()]
HREFLANG = re.compile(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">')


@pytest.fixture(autouse=True)
def nothing_learnt():
    times.forget()
    yield
    times.forget()


def alternates(page: str) -> dict[str, str]:
    return dict(HREFLANG.findall(page))


@pytest.mark.parametrize("language", ROOTS)
def test_every_page_answers_in_its_own_language_and_names_the_others(client: Client, language: str) -> None:
    """Whatever the reader's cookie and browser say: the others are offered, not served."""
    client.cookies["language"] = "ko" if language != "ko" else "ja"
    for name in ["", *(f"{name}/" for name in MODELS)]:
        answer = client.get(ROOTS[language] + name, headers={"Accept-Language": "ja"})
        assert (answer.status_code, answer["Content-Language"]) == (200, language), name
        page = answer.text
        assert f'<html lang="{language}"' in page, name
        every = {each: f"{BASE}{root}{name}" for each, root in ROOTS.items()}
        assert alternates(page) == {"x-default": every["en"], **every}, name
        assert f'<link rel="canonical" href="{every[language]}">' in page, name
        assert f'<meta property="og:url" content="{every[language]}">' in page, name
        assert page.count("<h1") == 1, name
        assert re.search(r'<meta name="description" content="[^"]{30,420}">', page), name
        if model := catalogue.find(name.strip("/")):
            assert f"<title>{model.name}" in unescape(page)
            assert f">{model.name}</h1>" in unescape(page)
            assert texts().models[model.id][language] in unescape(page)
            assert texts().families[model.family][language] in unescape(page)


def test_the_bare_address_is_english_for_everybody_and_offers_the_readers_language(client: Client) -> None:
    page = client.get("/models/dall-e-3/", headers={"Accept-Language": "ja,en;q=0.5"}).text
    assert '<a href="/ja/models/dall-e-3/" lang="ja" hreflang="ja">このページを日本語で読む</a>' in page
    english = client.get("/models/dall-e-3/", headers={"Accept-Language": "de,en;q=0.5"}).text
    assert "offered" not in english
    back = client.get("/ko/models/dall-e-3/", headers={"Accept-Language": "en"}).text
    assert '<a href="/models/dall-e-3/" lang="en" hreflang="en">Read this page in English</a>' in back


@pytest.mark.parametrize("root", ROOTS.values())
def test_another_name_of_a_model_leads_to_its_page_for_good(client: Client, root: str) -> None:
    answer = client.get(f"{root}flux-pro/v1.1/")
    assert (answer.status_code, answer["Location"]) == (301, f"{root}flux-1.1-pro/")
    assert client.get(f"{root}flux-pro/").status_code == 200
    assert client.get(f"{root}gpt-image-1/")["Location"] == f"{root}openai/gpt-image-1/"
    assert client.get(f"{root}dall-e-3")["Location"] == f"{root}dall-e-3/"


def test_a_name_that_no_model_has_is_404_with_the_closest_three(client: Client) -> None:
    answer = client.get("/ja/models/dall-e-33/")
    assert answer.status_code == 404
    assert '<html lang="ja"' in answer.text
    offered = re.findall(r'href="(/ja/models/[^"]+/)"', answer.text)
    assert offered[:2] == ["/ja/models/dall-e-3/", "/ja/models/dall-e-2/"]
    assert len(offered) == 3
    for odd in ("%00/", "x" * 3000 + "/", "../../etc/passwd/", "%E2%80%AE/", "<script>/"):
        answer = client.get(f"/models/{odd}")
        assert answer.status_code == 404, odd
        assert "<script>/" not in answer.text


def test_a_model_that_is_switched_off_has_no_page_and_is_not_offered(client: Client) -> None:
    ModelRow.objects.filter(model="dall-e-2").update(enabled=False)
    assert client.get("/models/dall-e-2/").status_code == 404
    assert 'href="/models/dall-e-2/"' not in client.get("/models/dall-e-2/").text
    assert 'href="/models/dall-e-2/"' not in client.get("/models/").text


def test_the_list_is_searched_by_plain_words_and_by_maker_without_script(client: Client) -> None:
    def found(**asked: str) -> list[str]:
        return re.findall(r'class="entry-name" href="/models/([^"]+)/"', client.get("/models/", asked).text)

    assert set(found()) == set(MODELS)
    assert found(q="dalle3") == ["dall-e-3"]
    assert len(found(q="flux")) == 12
    assert found(q="google ultra") == ["imagen-4-ultra"]
    assert {catalogue.find(name).made_by for name in found(maker="Alibaba")} == {"Alibaba"}
    assert len(found(maker="Alibaba")) == 6
    assert found(maker="Nobody") == found()
    nothing = client.get("/models/", {"q": "<b>kettle"})
    assert 'No model matches "&lt;b&gt;kettle".' in nothing.text


def test_what_a_vendor_no_longer_sells_is_marked_and_stands_last(client: Client, settings) -> None:
    settings.PROVIDERS_FROM_ENVIRONMENT = {
        **settings.PROVIDERS_FROM_ENVIRONMENT,
        "openai": {"key": "sk-very-secret", "base_url": "https://api.openai.com/v1", "was_set": True},
    }
    row = {"slug": "openai", "kind": "openai", "name": "OpenAI", "order": 1, "enabled": True}
    ProviderRow.objects.create(**row)
    page = client.get("/models/").text
    names = re.findall(r'class="entry-name" href="/models/([^"]+)/"', page)
    assert names[-2:] == ["dall-e-3", "dall-e-2"]
    assert page.index('id="retired"') < page.index('href="/models/dall-e-3/"')
    assert "OpenAI stopped selling DALL·E 3 on 12 May 2026." in page
    one = client.get("/models/dall-e-3/").text
    assert "It cannot be ordered here any more." in one
    assert "Use in Studio" not in one
    assert "No provider that is connected here offers this model." in client.get("/models/midjourney/").text
    served = client.get("/models/gpt-image-2/").text
    assert "<dd>OpenAI</dd>" in served
    assert "sk-very-secret" not in page + one + served


def test_prices_are_those_of_the_live_list_with_what_four_cost(client: Client) -> None:
    page = client.get("/models/dall-e-3/").text
    assert "<b>21 credits a picture</b>" in page
    assert '<td class="num">84 credits</td>' in page
    ModelPrice.objects.filter(model="dall-e-3").update(flat=33)
    assert '<td class="num">132 credits</td>' in client.get("/models/dall-e-3/").text
    by_quality = client.get("/models/gpt-image-2/").text
    assert "4–23 credits a picture" in by_quality
    assert '<td class="num">92 credits</td>' in by_quality
    assert "our estimate" in client.get("/models/flux-2-dev/").text
    ModelPrice.objects.filter(model="dall-e-3").delete()
    unpriced = client.get("/models/dall-e-3/").text
    assert "No price yet" in unpriced
    assert "Use in Studio" not in unpriced
    assert "no price" in client.get("/models/").text


def test_the_time_is_what_this_install_has_seen(client: Client, alice, settings) -> None:
    settings.SANDBOX_SECONDS = 11

    def said() -> str:
        return re.search(r"<dt>Usual time</dt><dd>([^<]+)</dd>", client.get("/models/dall-e-3/").text)[1]

    assert said() == "no pictures made here yet; 11–15 s expected"
    started = timezone.now() - timedelta(minutes=9)
    words = {"model": "dall-e-3", "model_as_sent": "dall-e-3", "prompt": "x", "price": 21, "unit_price": 21, "paid": 21}
    for seconds in range(40, 45):
        ended = {"started_at": started, "finished_at": started + timedelta(seconds=seconds)}
        Job.objects.create(user=alice, status="COMPLETED", is_sandbox=True, provider="sandbox", **words, **ended)
        if seconds == 40:
            assert said() == "too few made here to say; 11–15 s expected"
    assert said() == "40–44 s here"
    assert "40–44 s" in client.get("/models/").text


def test_every_parameter_is_told_by_its_names_in_the_studio_and_in_both_dialects(client: Client) -> None:
    page = unescape(client.get("/models/dall-e-3/").text)
    rows = page[page.index('class="params"') :]
    shape = rows[rows.index("<dt>Shape") :].partition("</dl>")[0]
    for told in ("dalleParams.aspect_ratio", "<code>size</code>", "1:1, 3:2, 2:3, 7:4, 4:7", "without it: 1:1"):
        assert told in shape, told
    for model in catalogue.models():
        page = unescape(client.get(reverse("showcase:model", args=[model.id])).text)
        assert page.count("<dl") - 1 == len(model.parameters) + 1, model.id


def test_quick_starts_are_those_of_the_page_about_the_api(client: Client) -> None:
    page = unescape(client.get("/models/seedream-4/").text)
    docs = unescape(client.get("/docs/api/", {"model": "seedream-4"}).text)
    docs += unescape(client.get("/docs/api/", {"model": "seedream-4", "dialect": "v1"}).text)
    texts = re.findall(r'<code id="text-([a-z-]+)" data-run="[a-z]+">(.*?)</code>', page, re.DOTALL)
    assert [name for name, _text in texts] == ["curl", "requests", "openai-python", "fetch", "openai-js"]
    for name, text in texts:
        assert text in docs, name


def test_a_stranger_tries_it_by_signing_in_and_a_member_at_once(client: Client, alice) -> None:
    page = client.get("/ko/models/flux/dev/").text
    assert re.search(r'<form class="try-model" action="/">\s*<input type="hidden" name="model" value="flux/dev">', page)
    assert 'href="/?model=flux%2Fdev"' in page
    asked = {"model": "flux/dev", "prompt": "등대 & 안개"}
    login = client.get("/", asked)
    assert login.status_code == 302
    client.force_login(alice)
    there = client.get(login["Location"], follow=True)
    assert there.request["PATH_INFO"] == "/"
    assert 'name="model" value="flux/dev"' in there.text
    assert "등대 &amp; 안개</textarea>" in there.text


def test_a_page_asks_the_same_few_questions_whatever_is_on_it(client: Client, django_assert_num_queries) -> None:
    client.get("/models/dall-e-3/")
    for name in ("dall-e-3", "recraft-v3", "own-server", "ideogram-character"):
        with django_assert_num_queries(5):
            client.get(f"/models/{name}/")
    times.forget()
    with django_assert_num_queries(4):
        client.get("/models/")


@pytest.mark.parametrize("path", ["/models/", "/ja/models/", "/ja/models/flux-1.1-pro/", "/models/recraft-v3/"])
def test_a_page_is_within_60_kb_and_needs_no_htmx(client: Client, path: str) -> None:
    page = client.get(path).text
    assert "htmx" not in page
    assert not re.search(r'\son\w+="|\sstyle="|<script(?![^>]*src=)', page)
    head = page.partition("</head>")[0]
    asked = re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js|woff2))"', head) + ["img/icons.svg"]
    weights = {"page": len(gzip.compress(page.encode(), 6))}
    for name in dict.fromkeys(asked):
        with open(str(finders.find(name)), "rb") as file:
            data = file.read()
        weights[name] = len(data) if name.endswith("woff2") else len(gzip.compress(data, 6))
    assert len(weights) <= 8, weights
    assert sum(weights.values()) <= 60_000, weights
    assert weights["page"] <= 12_000, weights


def test_strangers_and_members_find_the_models_and_a_stranger_gets_no_cookie(client: Client, alice) -> None:
    answer = client.get("/models/")
    assert not answer.cookies
    assert 'href="/models/"' in client.get("/accounts/login/").text + client.get("/docs/api/").text
    client.force_login(alice)
    client.cookies["language"] = "ja"
    assert 'href="/ja/models/"' in client.get("/usage/").text
    here = client.get("/ja/models/dall-e-3/").text
    assert 'formaction="/accounts/language/?next=/ko/models/dall-e-3/"' in here
    moved = client.post("/accounts/language/?next=/ko/models/dall-e-3/", {"language": "ko"})
    assert (moved.status_code, moved["Location"]) == (302, "/ko/models/dall-e-3/")


def test_nobody_is_told_what_a_vendor_takes(client: Client) -> None:
    """Costs are the house's own business: no word of them, in whatever unit."""
    for name in MODELS:
        page = client.get(f"/models/{name}/").text
        assert not re.search(r"\bcost_unit\b|\bUSD\b|\$0\.", page), name
