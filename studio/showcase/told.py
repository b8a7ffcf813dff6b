"""What a declaration says of a model, in words: what it can do, what it costs, every parameter by all its names."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from studio.core.numbers import credits_text, grouped, listed
from studio.jobs.bodies import V1, V2
from studio.jobs.call_words import names_in, takes
from studio.providers.catalogue import ImageModel, Parameter, Place, Rule, as_text
from studio.providers.services import Listing

EXAMPLE = 4  # pictures in the example of a price
MEGA = 1_000_000


@dataclass(frozen=True)
class PriceLine:
    """What one picture and what four cost; `setting` is empty where nothing changes the price."""

    setting: str
    value: str
    one: int
    four: int


@dataclass(frozen=True)
class Row:
    """One parameter: what the composer calls it, what programs call it, what it takes."""

    label: str
    v2: list[str]
    v1: list[str]
    takes: str
    default: str
    help: str
    is_required: bool
    is_here: bool  # somebody connected here can be asked for it
    place: str


def price_lines(model: ImageModel, rule: Rule) -> list[PriceLine]:
    """A line for each price a picture of this model can have."""
    if not rule.by:
        return [PriceLine("", "", rule.flat, EXAMPLE * rule.flat)]
    parameter = model.by_name.get(rule.by)
    labels = {choice.value: choice.text for choice in parameter.choices} if parameter else {}
    setting = str(parameter.label) if parameter else rule.by
    return [PriceLine(setting, labels.get(v, v), one, EXAMPLE * one) for v, one in rule.table.items()]


def price_of_one(rule: Rule | None) -> str:
    """`21 credits a picture`, or a range."""
    if rule is None:
        return _("No price yet")
    least, most = rule.range
    if least == most:
        return _("%(credits)s a picture") % {"credits": credits_text(least)}
    return _("%(least)s–%(most)s credits a picture") % {"least": grouped(least), "most": grouped(most)}


def capabilities(listing: Listing) -> list[tuple[str, str]]:
    """Shapes, size, pictures an order, references, seed, formats, words: as declared."""
    model = listing.model
    return [
        (_("Shapes"), _shapes(model)),
        (_("Size"), _size(model)),
        (_("Pictures"), _pictures(model)),
        (_("References"), _references(model)),
        (_("Seed"), _("can be given") if "seed" in model.by_name else _("cannot be given")),
        (_("Formats"), _formats(model)),
        (_("Prompt"), _("up to %(most)s characters") % {"most": grouped(model.prompt_max)}),
    ]


def _shapes(model: ImageModel) -> str:
    if model.ratio is None:
        return _("that of the picture it starts from") if _first_picture(model) else _("the model decides")
    shapes = listed(model.ratio.values)
    return _("%(shapes)s, or another") % {"shapes": shapes} if model.ratio.is_open else shapes


def _size(model: ImageModel) -> str:
    areas = [1.0]
    for scale in model.scales.values():
        areas = [area * times * times for area in areas for times in scale.values()]
    width, height = model.default_size
    base = width * height
    if model.ratio and (size := model.sizes.get(str(model.ratio.default or model.ratio.values[0]))):
        base = size[0] * size[1]
    least, most = (f"{round(base * area / MEGA, 1):g}" for area in (min(areas), max(areas)))
    if least == most:
        sentence = ngettext("about %(size)s megapixel", "about %(size)s megapixels", 1 if least == "1" else 2)
        return sentence % {"size": least}
    return _("about %(least)s to %(most)s megapixels") % {"least": least, "most": most}


def _pictures(model: ImageModel) -> str:
    if model.most == 1:
        return _("one an order")
    if model.least == model.most:
        return _("always %(most)s an order") % {"most": model.most}
    return _("%(least)s to %(most)s an order") % {"least": model.least, "most": model.most}


def _first_picture(model: ImageModel) -> Parameter | None:
    """The parameter by which the composer takes pictures."""
    return next((p for p in model.parameters if p.is_picture and p.place is not Place.API), None)


def _references(model: ImageModel) -> str:
    parameter = _first_picture(model)
    if parameter is None:
        return _("none")
    if not parameter.is_list:
        return _("one, required") if parameter.is_required else _("one")
    if parameter.most is None:
        return _("several")
    most = int(parameter.most)
    return ngettext("up to %(most)d picture", "up to %(most)d pictures", most) % {"most": most}


def _formats(model: ImageModel) -> str:
    parameter = model.by_name.get("output_format")
    return listed(choice.text for choice in parameter.choices) if parameter else _("the model decides")


def rows(listing: Listing) -> list[Row]:
    """The prompt, then every parameter: those of the composer first, then those for programs alone."""
    model = listing.model
    limit = _("up to %(most)s characters") % {"most": grouped(model.prompt_max)}
    words = Row(_("Prompt"), ["prompt"], ["prompt"], limit, "", _("What the picture shows."), True, True, Place.MAIN)
    order = list(Place)
    parameters = sorted(model.parameters, key=lambda parameter: order.index(parameter.place))
    return [words, *(_row(listing, parameter) for parameter in parameters)]


def _row(listing: Listing, parameter: Parameter) -> Row:
    return Row(
        label=str(parameter.label),
        v2=names_in(V2, listing.model, parameter),
        v1=names_in(V1, listing.model, parameter),
        takes=_takes(parameter),
        default="" if parameter.default is None else as_text(parameter.default),
        help=str(parameter.help),
        is_required=parameter.is_required,
        is_here=parameter.name in listing.offered.by_name,
        place=parameter.place,
    )


def _takes(parameter: Parameter) -> str:
    if not parameter.choices or parameter.kind == "boolean":
        return takes(parameter.schema())
    values = listed(parameter.values)
    return _("%(values)s, or another") % {"values": values} if parameter.is_open else values
