"""Parameters that many families share, so that they are called and explained alike everywhere."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from studio.providers.catalogue.parameter import Choice, Kind, Label, Parameter, Place, Value

RATIO_PATTERN = r"\d+:\d+"


def choice(name: str, label: Label, choices: tuple[Choice, ...], **more: Any) -> Parameter:
    return Parameter(name, Kind.CHOICE, label, choices=choices, **more)


def shapes(*values: str, rare: tuple[str, ...] = (), default: str = "1:1", pattern: str = "") -> Parameter:
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


def pictures(name: str, most: int) -> Parameter:
    return Parameter(
        name,
        Kind.INTEGER,
        _("Pictures"),
        _("How many pictures to make of this prompt; each is paid for."),
        default=1,
        least=1,
        most=most,
        is_count=True,
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


def seed(least: int | None = None, most: int | None = None) -> Parameter:
    return integer("seed", _("Seed"), _("The same number and prompt give much the same picture again."), least, most)
