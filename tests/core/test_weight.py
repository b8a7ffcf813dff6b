"""What the first page weighs, compressed, without pictures."""

import gzip
from importlib.resources import files

from django.conf import settings
from django.contrib.staticfiles import finders

from studio.core.bundles import BUNDLES, joined

STATIC = settings.BASE_DIR / "static"


def compressed(text: bytes) -> int:
    return len(gzip.compress(text, 9))


def test_the_style_of_the_first_page_is_within_9_kb():
    assert compressed(joined("css/first.css").encode()) <= 9_000


def test_the_own_script_of_the_first_page_is_within_6_kb():
    assert compressed(joined("js/first.js").encode()) <= 6_000


def test_everything_but_the_page_itself_is_within_54_kb():
    """60 kB in all, of which the page may take 6."""
    htmx = files("django_htmx").joinpath("static/django_htmx/htmx-2.min.js").read_bytes()
    font = (STATIC / "fonts" / "instrument-sans-basic.woff2").stat().st_size  # already compressed
    icons = compressed((STATIC / "img" / "icons.svg").read_bytes())
    own = sum(compressed(joined(name).encode()) for name in BUNDLES)
    assert font <= 19_000
    assert font + icons + own + compressed(htmx) <= 54_000


def test_every_script_is_at_most_60_lines():
    assert [path.name for path in (STATIC / "js").glob("*.js") if len(path.read_text().splitlines()) > 60] == []


def test_a_bundle_is_found_and_holds_its_files_in_order():
    found = finders.find("css/first.css")
    with open(found) as file:
        text = file.read()
    assert text.index("--paper:") < text.index(".composer")
