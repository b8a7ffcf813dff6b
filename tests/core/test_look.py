"""Shapes, marks and amounts without a style attribute."""

import re

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import translation

from studio.core.numbers import credits_text, grouped, signed, spread
from studio.core.templatetags.look import LADDER_STEP, initials, ratio_class, shape

CSS = settings.BASE_DIR / "static" / "css"
SPRITE = (settings.BASE_DIR / "static" / "img" / "icons.svg").read_text()


def test_ratio_classes_of_the_style_sheet_follow_the_ladder():
    steps = re.findall(r"\.r(\d+) \{ --r: ([\d.]+); \}", (CSS / "ratios.css").read_text())
    assert [int(step) for step, _value in steps] == list(range(57))
    assert all(float(value) == pytest.approx(LADDER_STEP ** (int(step) - 28), rel=1e-3) for step, value in steps)


@pytest.mark.parametrize("ratio", [1, 3 / 2, 2 / 3, 16 / 9, 9 / 16, 1792 / 1024, 1024 / 1792, 21 / 9, 1 / 3])
def test_nearest_ratio_class_is_within_two_per_cent(ratio):
    step = int(ratio_class(ratio)[1:])
    assert LADDER_STEP ** (step - 28) == pytest.approx(ratio, rel=0.02)


@pytest.mark.parametrize(("ratio", "css"), [(100, "r56"), (0.01, "r0"), (0, "r28")])
def test_impossible_ratios_stay_on_the_ladder(ratio, css):
    assert ratio_class(ratio) == css


def test_shape_is_drawn_in_true_proportion_and_words_are_not_drawn():
    width, height = (float(value) for value in re.findall(r' (?:width|height)="([\d.]+)"', shape("1792x1024")))
    assert width / height == pytest.approx(1.75, rel=0.02)
    assert shape("auto") == ""


def test_amounts_have_separators_a_true_minus_and_plurals():
    assert (grouped(48209), signed(-21), signed(500), signed(0)) == ("48,209", "−21", "+500", "0")
    assert (credits_text(1), credits_text(1021)) == ("1 credit", "1,021 credits")
    assert (spread(4, 4), spread(3, 1021)) == ("4", "3–1,021")
    with translation.override("ko"):
        assert spread(3, 1021) == "3~1,021"


def test_initials_are_the_first_and_the_last_name():
    assert (initials("Mina Park"), initials("alice"), initials("Ana de la Cruz"), initials("")) == ("MP", "A", "AC", "")


def test_every_icon_a_template_names_is_in_the_sprite():
    sources = "".join(path.read_text() for path in (settings.BASE_DIR / "templates").rglob("*.html"))
    named = set(re.findall(r'{% (?:icon|mark) "([\w-]+)"', sources))
    assert named
    assert {name for name in named if f'id="{name}"' not in SPRITE} == set()


@pytest.mark.parametrize(("kind", "words"), [("held", "21 held"), ("returned", "21 returned"), ("spent", "credits")])
def test_money_says_in_words_what_the_mark_says(kind, words):
    assert words in Template("{% load look %}{% money kind 21 %}").render(Context({"kind": kind}))


def test_no_template_carries_a_style_attribute_or_an_inline_script():
    sources = {path.name: path.read_text() for path in (settings.BASE_DIR / "templates").rglob("*.html")}
    wrong = {
        name for name, text in sources.items() if re.search(r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son\w+=", text)
    }
    assert wrong == set()


def test_things_on_one_line_stand_between_the_commas_of_the_language():
    from django.utils import translation

    from studio.core.numbers import listed

    template = Template("{% load look %}A{% comma %}B")
    assert (listed(["3:2", "", "vivid"]), template.render(Context())) == ("3:2, vivid", "A, B")
    with translation.override("ja"):
        assert (listed(["3:2", "鮮やか"]), template.render(Context())) == ("3:2、鮮やか", "A、B")
