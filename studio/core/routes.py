"""Addresses of pages that show hundreds of links."""

from functools import cache
from uuid import UUID

from django.urls import reverse

_PLACES = [UUID(int=number) for number in range(2)]


def address(route: str, *ids: UUID, **rest: str) -> str:
    """What `reverse` gives, which a page of pictures would ask for the same few routes hundreds of times."""
    pattern = _pattern(route, len(ids), tuple(rest.values()))
    for place, pk in zip(_PLACES, ids, strict=False):
        pattern = pattern.replace(str(place), str(pk))
    return pattern


@cache
def _pattern(route: str, number: int, rest: tuple[str, ...]) -> str:
    return reverse(route, args=[*_PLACES[:number], *rest])
