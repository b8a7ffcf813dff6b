"""What the first page weighs, compressed, without pictures."""

import gzip
import re
from importlib.resources import files
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from studio.accounts.models import User
from studio.core.bundles import joined
from tests.factories import make_user
from tests.jobs.states import completed, queued

STATIC = settings.BASE_DIR / "static"


def compressed(text: bytes) -> int:
    return len(gzip.compress(text, 9))


def test_the_style_of_the_first_page_is_within_9_kb():
    assert compressed(joined("css/first.css").encode()) <= 8_150


def test_the_own_script_of_the_first_page_is_within_6_kb():
    assert compressed(joined("js/first.js").encode()) <= 5_400


def test_everything_but_the_page_itself_is_within_49_kb():
    """60 kB in all, of which the page may take 10.4, with twenty pictures on it."""
    htmx = files("django_htmx").joinpath("static/django_htmx/htmx-2.min.js").read_bytes()
    font = (STATIC / "fonts" / "instrument-sans-basic.woff2").stat().st_size  # already compressed
    icons = compressed((STATIC / "img" / "icons.svg").read_bytes())
    own = sum(compressed(joined(name).encode()) for name in ("css/first.css", "js/first.js"))
    assert font <= 15_000
    assert font + icons + own + compressed(htmx) <= 49_000


def test_every_script_is_at_most_60_lines():
    assert [path.name for path in (STATIC / "js").glob("*.js") if len(path.read_text().splitlines()) > 60] == []


def test_a_bundle_is_found_and_holds_its_files_in_order():
    found = finders.find("css/first.css")
    with open(found) as file:
        text = file.read()
    assert text.index("--paper:") < text.index(".composer")


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("jobs", [0, 40])
def test_the_studio_with_every_model_is_within_60_kb_and_8_requests(client: Client, jobs: int) -> None:
    """Everything but pictures, however much was made; the list of models comes when somebody asks for it."""
    client.force_login(mina := make_user("mina", credits=10_000))
    for _number in range(jobs):  # words and colours that say nothing of each other weigh most
        job = queued(mina, " ".join(uuid4().hex[:6] for _word in range(8)))
        completed(job, cells="".join(uuid4().hex[:6] for _cell in range(6)))
    page = client.get("/").text
    head = page.partition("</head>")[0]
    asked = re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js|woff2))"', head) + ["img/icons.svg"]
    weights = {"page": compressed(page.encode()), "manifest": len(client.get("/manifest.webmanifest").content)}
    for name in dict.fromkeys(asked):
        with open(str(finders.find(name)), "rb") as file:
            data = file.read()
        weights[name] = len(data) if name.endswith("woff2") else compressed(data)
    assert len(weights) <= 8
    assert sum(weights.values()) <= 60_000, weights
    listed = compressed(client.get("/studio/models/", headers={"HX-Request": "true"}).content)
    assert weights["page"] <= (10_400 if jobs else 6_000)
    assert listed <= 6_000


@pytest.mark.usefixtures("catalogue")
def test_pages_travel_compressed_and_nothing_else_does(client: Client, alice: User) -> None:
    client.force_login(alice)
    takes = {"Accept-Encoding": "gzip, br"}
    page = client.get("/", headers=takes)
    assert page["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in page["Vary"]
    assert len(page.content) <= 6_500
    assert gzip.decompress(page.content).endswith(b"</html>\n")
    assert "Content-Encoding" not in client.get("/")
    assert "Content-Encoding" not in client.get("/v2/models", headers=takes)
