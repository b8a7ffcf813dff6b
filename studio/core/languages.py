"""Pages that have an address for each language: `models` in the first language, `models-ja`, `models-ko` in others."""

from contextlib import suppress

from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language


def page_in_language(route: str, *args: object) -> str:
    """The address of a route in the language that is spoken now, else its only one. Raises NoReverseMatch."""
    with suppress(NoReverseMatch):
        return reverse(f"{route}-{get_language()}", args=args)
    return reverse(route, args=args)
