"""The colours' contrast, as text on paper needs it (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re

import pytest
from django.conf import settings

TOKEN = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
CSS = (settings.BASE_DIR / "static" / "css" / "tokens.css").read_text()
THEMES = {
    "light": {name: light for name, light, _dark in TOKEN.findall(CSS)},
    "dark": {name: dark for name, _light, dark in TOKEN.findall(CSS)},
}
GROUNDS = ("paper", "sheet", "well", "well-2")
TEXT = ("ink", "ink-2", "ink-3", "live-ink", "bad")
MARKS = ("live", "edge")
# On the part already done the light theme allows neither small print nor field borders: text there is ink or ink-2.
NEVER = {("light", "ink-3", "well-2"), ("light", "edge", "well-2")}


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(theme: str, front: str, back: str) -> float:
    lighter, darker = sorted((luminance(THEMES[theme][front]), luminance(THEMES[theme][back])), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", THEMES)
def test_text_has_a_contrast_of_4_5_on_every_ground_it_may_stand_on(theme):
    pairs = [(front, back) for front in TEXT for back in GROUNDS if (theme, front, back) not in NEVER]
    assert {pair: round(contrast(theme, *pair), 2) for pair in pairs if contrast(theme, *pair) < 4.5} == {}


@pytest.mark.parametrize("theme", THEMES)
def test_marks_and_field_borders_have_a_contrast_of_3(theme):
    pairs = [(front, back) for front in MARKS for back in GROUNDS if (theme, front, back) not in NEVER]
    assert {pair: round(contrast(theme, *pair), 2) for pair in pairs if contrast(theme, *pair) < 2.995} == {}


@pytest.mark.parametrize("theme", THEMES)
def test_words_on_ink_can_be_read(theme):
    assert contrast(theme, "on-ink", "ink") > 15


def test_forbidden_pairs_are_really_too_weak():
    assert all(contrast(*pair) < 4.5 for pair in NEVER)
