"""Icons, money marks, shapes and amounts, drawn without a `style` attribute anywhere (strict CSP)."""

import math
from fractions import Fraction
from functools import cache

from django import template
from django.templatetags.static import static
from django.urls import NoReverseMatch
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from studio.core.languages import page_in_language
from studio.core.numbers import comma, credits_text, grouped, signed

register = template.Library()
register.filter("grouped", grouped)
register.filter("signed", signed)
register.filter("credits", credits_text)
register.simple_tag(comma)

LADDER_STEP = 1.04
LADDER_MIDDLE = 28  # classes r0 … r56 of ratios.css; r28 is the square
SHAPE_BOX = 18


@register.simple_tag(name="page_in_language")
def address_in_language(route: str, *args: object) -> str:
    """The address of a page in the language that is spoken; empty where this install has no such page."""
    try:
        return page_in_language(route, *args)
    except NoReverseMatch:
        return ""


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """One symbol of the sprite; it stands beside a word, so assistive technology skips it."""
    return _symbol(name, css)


@cache
def _symbol(name: str, css: str) -> SafeString:
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        f" {css}" if css else "",
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def mark(kind: str) -> SafeString:
    """A mark of money: held, spent, returned, unknown, granted or sent."""
    return format_html('<svg class="mark" aria-hidden="true"><use href="{}#{}"/></svg>', static("img/icons.svg"), kind)


@register.simple_tag
def money(kind: str, amount: int) -> SafeString:
    """Mark and amount as a card shows them; the word is visible for all but what was simply spent."""
    words = {
        "held": pgettext("money", "held"),
        "unknown": pgettext("money", "held"),
        "returned": pgettext("money", "returned"),
    }
    if kind == "spent":
        return format_html(
            '<span class="money">{}<span>{}<span class="sr"> {}</span></span></span>',
            mark(kind),
            grouped(amount),
            pgettext("money", "credits spent"),
        )
    return format_html(
        '<span class="money">{}<span>{}</span></span>',
        mark(kind),
        _("%(amount)s %(what)s") % {"amount": grouped(amount), "what": words[kind]},
    )


@register.filter
def initials(name: str) -> str:
    """`Mina Park` as `MP`, `alice` as `A`."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@register.filter
def ratio_class(ratio: float) -> str:
    """The nearest step of the ladder in ratios.css for width / height."""
    step = round(math.log(ratio, LADDER_STEP)) if ratio > 0 else 0
    return f"r{min(max(step + LADDER_MIDDLE, 0), 2 * LADDER_MIDDLE)}"


@register.simple_tag
def shape(value: str) -> SafeString:
    """The outline of a shape such as `3:2` or `1792x1024` in true proportion, at most 18 px; nothing for a word."""
    try:
        width, height = (int(part) for part in value.replace("x", ":").split(":"))
        ratio = Fraction(width, height)
    except (ValueError, ZeroDivisionError):
        return SafeString("")
    longest = float(SHAPE_BOX - 1)
    if ratio <= 1:
        longest *= 6 / 7  # a tall or square outline of full height looks larger than a wide one
    w = max(round(longest * min(float(ratio), 1), 1), 3)
    h = max(round(longest / max(float(ratio), 1), 1), 3)
    return format_html(
        '<svg class="shape" aria-hidden="true" viewBox="0 0 18 18"><rect x="{}" y="{}" width="{}" height="{}"/></svg>',
        round((SHAPE_BOX - w) / 2, 2),
        round((SHAPE_BOX - h) / 2, 2),
        w,
        h,
    )
