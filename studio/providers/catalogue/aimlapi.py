"""How AI/ML API spells what many of its models share (facts B3)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from studio.providers.catalogue.join import Exact, Join
from studio.providers.catalogue.offer import Offer, Wire
from studio.providers.catalogue.parameter import Choice, Place
from studio.providers.catalogue.rule import Rule
from studio.providers.catalogue.values import Value
from studio.providers.catalogue.words import choice, switch

KIND = "aimlapi"
SHAPES = ("1:1", "4:3", "3:4", "16:9", "9:16")  # it has words for these, and for a smaller square
WORDS: Mapping[str, Mapping[str, Value]] = {
    "square_hd": {"aspect_ratio": "1:1"},
    "square": {"width": 512, "height": 512},
    "portrait_4_3": {"aspect_ratio": "3:4"},
    "portrait_16_9": {"aspect_ratio": "9:16"},
    "landscape_4_3": {"aspect_ratio": "4:3"},
    "landscape_16_9": {"aspect_ratio": "16:9"},
}
OTHER_SHAPES = {
    "3:2": (1248, 832),
    "2:3": (832, 1248),
    "5:4": (1120, 896),
    "4:5": (896, 1120),
    "21:9": (1344, 576),
    "9:21": (576, 1344),
}
SIZES = {
    "1:1": (1024, 1024),
    "4:3": (1024, 768),
    "3:4": (768, 1024),
    "16:9": (1024, 576),
    "9:16": (576, 1024),
    **OTHER_SHAPES,
}
JPEG_OR_PNG = Wire("output_format", {"jpg": "jpeg", "png": "png"})
SEED = Wire("seed", least=1)
# its own default shape is not ours
SQUARE = {"image_size": "square_hd"}

TOLERANCE = choice(
    "safety_tolerance",
    _("Tolerance"),
    (
        Choice("1", _("1, strictest")),
        Choice("2", _("2, usual")),
        Choice("3"),
        Choice("4"),
        Choice("5"),
        Choice("6", _("6, most lenient")),
    ),
    help=_("How much the provider's check of the picture lets pass."),
    default="2",
    place=Place.API,
)
CHECKER = switch(
    "enable_safety_checker",
    _("Safety check"),
    _("Whether the provider checks the finished picture and blanks what must not be shown."),
    default=True,
    place=Place.API,
)


def image_size(least: int, most: int, step: int = 1, *, shapes: tuple[str, ...] = tuple(OTHER_SHAPES)) -> Join:
    """Its `image_size`: a word, or {width, height} from `least` to `most` pixels a side."""
    others = {ratio: OTHER_SHAPES[ratio] for ratio in shapes}
    return Join("image_size", WORDS, exact=Exact(least, most, step), ratios=others)


def at_aimlapi(
    model: str,
    wires: Mapping[str, Wire],
    *joins: Join,
    count: str = "num_images",
    most: int = 4,
    prompt_max: int = 4000,
    cost: int | None = None,
    **more: Any,
) -> Offer:
    """Its offer of a model; `cost` in its credits a picture, of which 2,000,000 are a dollar."""
    return Offer(
        provider=KIND,
        model=model,
        wires=wires,
        joins=joins,
        count=count,
        most=most,
        prompt_max=prompt_max,
        cost=None if cost is None else Rule(flat=cost),
        cost_unit="" if cost is None else KIND,
        **more,
    )
