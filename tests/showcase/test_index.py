"""What search engines are told: nothing, unless the studio is opened to them."""

import re
from xml.etree import ElementTree

import pytest
from django.test import Client

from studio import env
from studio.providers import catalogue

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
PAGES = ("/models/", "/ja/models/", "/models/dall-e-3/", "/ko/models/flux/dev/")
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_listed_unless_the_setting_says_so(client: Client, settings, path: str) -> None:
    assert '<meta name="robots" content="noindex">' in client.get(path).text
    settings.PUBLIC_INDEX = True
    page = client.get(path).text
    assert '<meta name="robots" content="index, follow">' in page
    assert "noindex" not in page


def test_every_other_page_stays_unlisted_and_so_does_a_name_no_model_has(client: Client, settings) -> None:
    settings.PUBLIC_INDEX = True
    for path in ("/accounts/login/", "/docs/api/", "/models/nonsense/"):
        assert '<meta name="robots" content="noindex">' in client.get(path).text, path


def test_without_it_there_is_neither_robots_txt_nor_a_sitemap(client: Client) -> None:
    assert client.get("/robots.txt").status_code == 404
    assert client.get("/sitemap.xml").status_code == 404


def test_robots_txt_lets_in_the_model_pages_alone(client: Client, settings) -> None:
    settings.PUBLIC_INDEX = True
    answer = client.get("/robots.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    lines = answer.text.splitlines()
    assert lines[0] == "User-agent: *"
    assert set(lines[1:]) == {
        "Allow: /models/",
        "Allow: /ja/models/",
        "Allow: /ko/models/",
        "Allow: /static/",
        "Disallow: /",
        "Sitemap: http://127.0.0.1:8000/sitemap.xml",
    }


def test_the_sitemap_has_every_page_in_every_language_and_each_names_the_others(client: Client, settings) -> None:
    settings.PUBLIC_INDEX = True
    answer = client.get("/sitemap.xml")
    assert answer["Content-Type"] == "application/xml"
    entries = ElementTree.fromstring(answer.content).findall(f"{SITEMAP}url")
    assert len(entries) == 3 * (len(catalogue.models()) + 1)
    named = {}
    for entry in entries:
        links = {link.attrib["hreflang"]: link.attrib["href"] for link in entry.findall(f"{XHTML}link")}
        named[entry.findtext(f"{SITEMAP}loc")] = links
    for url, links in named.items():
        assert set(links) == {"x-default", "en", "ja", "ko"}
        assert url in links.values()
        assert links["x-default"] == links["en"]
        assert all(named[other] == links for other in links.values())


@pytest.mark.parametrize("path", PAGES)
def test_the_picture_of_a_social_card_is_our_own_and_there(client: Client, path: str) -> None:
    page = client.get(path).text
    assert '<meta name="twitter:card" content="summary_large_image">' in page
    told = dict(re.findall(r'<meta property="(og:[a-z_:]+)" content="([^"]*)">', page))
    assert told["og:image"] == "http://127.0.0.1:8000/static/img/card.jpg"
    assert told["og:title"].strip()
    assert told["og:description"].strip()
    assert told["og:locale"] == {"/j": "ja_JP", "/k": "ko_KR", "/m": "en_GB"}[path[:2]]


def test_the_setting_takes_on_and_off_alone(monkeypatch) -> None:
    monkeypatch.setenv("STUDIO_PUBLIC_INDEX", "yes")
    with pytest.raises(Exception, match="STUDIO_PUBLIC_INDEX must be one of off, on"):
        env.choice("STUDIO_PUBLIC_INDEX", "off", ("off", "on"))
