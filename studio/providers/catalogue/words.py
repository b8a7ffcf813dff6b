"""Parameters that many families share, so that they are called and explained alike everywhere."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from studio.providers.catalogue.model import size_of
from studio.providers.catalogue.offer import Offer, Wire
from studio.providers.catalogue.parameter import Choice, Kind, Label, Parameter, Place
from studio.providers.catalogue.rule import Rule
from studio.providers.catalogue.values import Value, ratio_of

RATIO_PATTERN = r"\d+:\d+"


def choice(name: str, label: Label, choices: tuple[Choice, ...], **more: Any) -> Parameter:
    return Parameter(name, Kind.CHOICE, label, choices=choices, **more)


def shapes(*values: str, rare: tuple[str, ...] = (), default: str | None = "1:1", pattern: str = "") -> Parameter:
    """The shape of the picture, as its API name `aspect_ratio`."""
    choices = tuple(Choice(value) for value in values) + tuple(Choice(value, is_rare=True) for value in rare)
    return Parameter(
        "aspect_ratio",
        Kind.RATIO,
        _("Shape"),
        _("Width to height of the picture."),
        default=default,
        choices=choices,
        pattern=pattern,
    )


def pictures(name: str, most: int, *, least: int = 1) -> Parameter:
    """How many pictures an order makes; `least` equal to `most` for a model that always makes a set."""
    return Parameter(
        name,
        Kind.INTEGER,
        _("Pictures"),
        _("How many pictures to make of this prompt; each is paid for."),
        default=least,
        least=least,
        most=most,
        is_count=True,
    )


def sizes(*ratios: str) -> dict[str, tuple[int, int]]:
    """Pixels for each of these shapes, about a million in all."""
    return {ratio: size_of(ratio_of(ratio) or 1.0) for ratio in ratios}


def text(name: str, label: Label, help: Label, max_length: int, *, place: Place = Place.MORE) -> Parameter:
    return Parameter(name, Kind.TEXT, label, help, max_length=max_length, place=place)


def at_apiframe(
    model: str,
    container: str,
    parameters: tuple[Parameter, ...],
    *,
    names: Mapping[str, str] | None = None,
    cost: Rule | None = None,
    prompt_max: int = 2000,
) -> Offer:
    """The offer of a model that Apiframe takes with all of `parameters`, by our names but for those in `names`."""
    counts = [parameter for parameter in parameters if parameter.is_count]
    told = [parameter.name for parameter in counts if parameter.least != parameter.most]
    return Offer(
        provider="apiframe",
        model=model,
        container=container,
        wires={p.name: Wire((names or {}).get(p.name, p.name)) for p in parameters if not p.is_count},
        prompt_max=prompt_max,
        count=told[0] if told else "",
        most=int(counts[0].most or 1) if counts else 1,
        cost=cost,
        cost_unit="apiframe" if cost else "",
    )


def formats(*values: str, default: Value | None) -> Parameter:
    """The file format: png, jpg or jpeg, webp."""
    names = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "webp": "WebP"}
    return choice(
        "output_format",
        _("Format"),
        tuple(Choice(value, names[value]) for value in values),
        help=_("The kind of file the picture comes as."),
        default=default,
        place=Place.MORE,
    )


def number(name: str, label: Label, help: Label, least: float, most: float, *, place: Place = Place.MORE) -> Parameter:
    return Parameter(name, Kind.NUMBER, label, help, least=least, most=most, place=place)


def integer(
    name: str,
    label: Label,
    help: Label,
    least: int | None = None,
    most: int | None = None,
    *,
    place: Place = Place.MORE,
) -> Parameter:
    return Parameter(name, Kind.INTEGER, label, help, least=least, most=most, place=place)


def switch(name: str, label: Label, help: Label, *, place: Place = Place.MORE) -> Parameter:
    return Parameter(name, Kind.BOOLEAN, label, help, place=place)


def picture(name: str, label: Label, help: Label, **more: Any) -> Parameter:
    """One picture to start from or to look at."""
    return Parameter(name, Kind.PICTURE, label, help, **more)


def reference_pictures(name: str, label: Label, help: Label, *, most: int | None = None, **more: Any) -> Parameter:
    """Several pictures to start from or to look at."""
    return Parameter(name, Kind.PICTURES, label, help, most=most, **more)


def seed(least: int | None = None, most: int | None = None) -> Parameter:
    return integer("seed", _("Seed"), _("The same number and prompt give much the same picture again."), least, most)
