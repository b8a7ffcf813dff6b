"""Parameters that many families share, so that they are called and explained alike everywhere."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from studio.providers.catalogue.join import Join
from studio.providers.catalogue.model import size_of
from studio.providers.catalogue.offer import Offer, Wire
from studio.providers.catalogue.parameter import Choice, Kind, Label, Parameter, Place
from studio.providers.catalogue.rule import Rule
from studio.providers.catalogue.values import Value, ratio_of

RATIO_PATTERN = r"\d+:\d+"
OPEN_SHAPE = r"\d{1,5}[:x]\d{1,5}|[A-Za-z][A-Za-z_ -]{0,39}"  # where a vendor takes any text, words as well
UUID_PATTERN = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


def choice(name: str, label: Label, choices: tuple[Choice, ...], **more: Any) -> Parameter:
    return Parameter(name, Kind.CHOICE, label, choices=choices, **more)


def open_choice(name: str, label: Label, choices: tuple[Choice, ...], **more: Any) -> Parameter:
    """A text of the vendor's own, at most 50 characters, of which `choices` are the known ones."""
    return choice(name, label, choices, pattern=r"[^\x00-\x1f\x7f]{1,50}", **more)


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


def negative_prompt(max_length: int = 2000) -> Parameter:
    return text("negative_prompt", _("Leave out"), _("What should not be in the picture."), max_length)


def enlarge_prompt(name: str, **more: Any) -> Parameter:
    """Whether the vendor may add to the words."""
    return switch(name, _("Enlarge prompt"), _("Let the model add detail to the prompt."), **more)


def at_apiframe(
    model: str,
    container: str,
    parameters: tuple[Parameter, ...],
    *,
    names: Mapping[str, str] | None = None,
    joins: tuple[Join, ...] = (),
    cost: Rule | None = None,
    prompt_max: int = 2000,
) -> Offer:
    """The offer of a model that Apiframe takes with all of `parameters`, by our names but for those in `names`."""
    counts = [parameter for parameter in parameters if parameter.is_count]
    told = [parameter.name for parameter in counts if parameter.least != parameter.most]
    joined = {part for join in joins for part in join.parts}
    single = [p.name for p in parameters if not p.is_count and p.name not in joined]
    return Offer(
        provider="apiframe",
        model=model,
        container=container,
        wires={name: Wire((names or {}).get(name, name)) for name in single},
        joins=joins,
        prompt_max=prompt_max,
        count=told[0] if told else "",
        most=int(counts[0].most or 1) if counts else 1,
        cost=cost,
        cost_unit="apiframe" if cost else "",
    )


def at_openai(model: str, wires: Mapping[str, Wire], size: Join, *, most: int, prompt_max: int, **more: Any) -> Offer:
    """The offer of a model at OpenAI; also at servers that speak as OpenAI does."""
    return Offer(
        provider="openai",
        model=model,
        wires=wires,
        joins=(size,),
        count="n",
        most=most,
        prompt_max=prompt_max,
        **more,
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


def number(
    name: str, label: Label, help: Label, least: float, most: float, *, place: Place = Place.MORE, **more: Any
) -> Parameter:
    return Parameter(name, Kind.NUMBER, label, help, least=least, most=most, place=place, **more)


def integer(
    name: str,
    label: Label,
    help: Label,
    least: int | None = None,
    most: int | None = None,
    *,
    place: Place = Place.MORE,
    **more: Any,
) -> Parameter:
    return Parameter(name, Kind.INTEGER, label, help, least=least, most=most, place=place, **more)


def switch(name: str, label: Label, help: Label, *, place: Place = Place.MORE, **more: Any) -> Parameter:
    return Parameter(name, Kind.BOOLEAN, label, help, place=place, **more)


def picture(name: str, label: Label, help: Label, **more: Any) -> Parameter:
    """One picture to start from or to look at."""
    return Parameter(name, Kind.PICTURE, label, help, **more)


def picture_to_change(name: str) -> Parameter:
    """The one picture that a model changes instead of starting from nothing."""
    return picture(name, _("Start from"), _("A picture to change as the prompt says."), place=Place.MORE)


def references(name: str, most: int, **more: Any) -> Parameter:
    """Pictures that the prompt speaks of."""
    help_ = _("Pictures to change, to combine or to take the look from.")
    return reference_pictures(name, _("References"), help_, most=most, **more)


def reference_pictures(name: str, label: Label, help: Label, *, most: int | None = None, **more: Any) -> Parameter:
    """Several pictures to start from or to look at."""
    return Parameter(name, Kind.PICTURES, label, help, most=most, **more)


def seed(least: int | None = None, most: int | None = None) -> Parameter:
    return integer("seed", _("Seed"), _("The same number and prompt give much the same picture again."), least, most)


def sides(least: int, most: int) -> tuple[Parameter, Parameter]:
    """Exact pixels instead of a shape, for programs."""
    width = integer("width", _("Width"), _("In pixels, together with the height."), least, most, place=Place.API)
    height = integer("height", _("Height"), _("In pixels, together with the width."), least, most, place=Place.API)
    return width, height


def arranged(
    parameters: tuple[Parameter, ...], *, main: tuple[str, ...], more: tuple[str, ...]
) -> tuple[Parameter, ...]:
    """`parameters` with those in `main` on rows of the composer, those in `more` behind "More", others for programs."""
    places = dict.fromkeys(more, Place.MORE) | dict.fromkeys(main, Place.MAIN)
    return tuple(replace(parameter, place=places.get(parameter.name, Place.API)) for parameter in parameters)


def told(*names: str, **wires: Wire | str) -> dict[str, Wire]:
    """Wires for parameters that a vendor calls as we do, and `ours="theirs"` or a whole wire for the others."""
    spelt = {name: Wire(wire) if isinstance(wire, str) else wire for name, wire in wires.items()}
    return {name: Wire(name) for name in names} | spelt
