"""What a browser needs to install the studio."""

import re

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image

from studio.accounts.models import User
from tests.tools.app_icons import ICONS, drawn

MANIFEST = "/manifest.webmanifest"


def test_a_stranger_reads_the_manifest(client: Client, settings, db: None) -> None:
    settings.STUDIO_NAME = "Atelier 'Ö'"
    answer = client.get(MANIFEST)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/manifest+json")
    told = answer.json()
    assert (told["name"], told["start_url"], told["display"]) == ("Atelier 'Ö'", "/", "standalone")
    assert {icon["purpose"] for icon in told["icons"]} == {"any", "maskable"}
    assert client.post(MANIFEST).status_code == 405


def test_every_icon_is_there_in_the_size_it_says(client: Client, db: None) -> None:
    icons = client.get(MANIFEST).json()["icons"]
    assert {icon["sizes"] for icon in icons} == {"192x192", "512x512"}
    for icon in icons:
        with Image.open(str(finders.find(icon["src"].removeprefix(settings.STATIC_URL)))) as picture:
            assert f"{picture.width}x{picture.height}" == icon["sizes"]


@pytest.mark.parametrize(("name", "side", "share"), ICONS)
def test_the_icons_are_the_mark_as_it_is_drawn(name: str, side: int, share: float) -> None:
    with Image.open(settings.BASE_DIR / "static" / "img" / f"{name}.png") as picture:
        assert picture.convert("RGB").tobytes() == drawn(side, share).tobytes()


@pytest.mark.parametrize(("theme", "colours"), [("", 2), ("light", 1), ("dark", 1)])
def test_pages_name_manifest_and_the_colour_of_the_theme(client: Client, alice: User, theme: str, colours: int) -> None:
    User.objects.filter(pk=alice.pk).update(theme=theme)
    client.force_login(alice)
    page = client.get("/usage/").text
    assert f'<link rel="manifest" href="{MANIFEST}">' in page
    found = re.findall(r'<meta name="theme-color" content="(#\w+)"', page)
    assert len(found) == colours
    papers = re.search(
        r"--paper: light-dark\((#\w+), (#\w+)\)", (settings.BASE_DIR / "static/css/tokens.css").read_text()
    )
    assert papers
    assert set(found) == set({"": papers.groups(), "light": papers.groups()[:1], "dark": papers.groups()[1:]}[theme])
