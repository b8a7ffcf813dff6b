"""Recraft."""

from django.utils.translation import gettext_lazy as _

from studio.providers.catalogue.aimlapi import SHAPES, SIZES, SQUARE, at_aimlapi, image_size
from studio.providers.catalogue.model import ImageModel
from studio.providers.catalogue.offer import Wire
from studio.providers.catalogue.parameter import Choice, Kind, Parameter, Place
from studio.providers.catalogue.rule import Rule
from studio.providers.catalogue.words import choice, shapes, sides, told

STYLE = choice(
    "style",
    _("Style"),
    (
        Choice("any", _("Any")),
        Choice("realistic_image", _("Photograph")),
        Choice("realistic_image/b_and_w", _("Photograph, black and white")),
        Choice("realistic_image/hard_flash", _("Photograph, hard flash")),
        Choice("realistic_image/hdr", _("Photograph, high contrast")),
        Choice("realistic_image/natural_light", _("Photograph, natural light")),
        Choice("realistic_image/studio_portrait", _("Photograph, studio portrait")),
        Choice("realistic_image/enterprise", _("Photograph, business")),
        Choice("realistic_image/motion_blur", _("Photograph, motion blur")),
        Choice("digital_illustration", _("Illustration")),
        Choice("digital_illustration/pixel_art", _("Illustration, pixel art")),
        Choice("digital_illustration/hand_drawn", _("Illustration, drawn by hand")),
        Choice("digital_illustration/hand_drawn_outline", _("Illustration, drawn outlines")),
        Choice("digital_illustration/grain", _("Illustration, grainy")),
        Choice("digital_illustration/infantile_sketch", _("Illustration, a child's drawing")),
        Choice("digital_illustration/2d_art_poster", _("Illustration, poster")),
        Choice("digital_illustration/2d_art_poster_2", _("Illustration, second kind of poster")),
        Choice("digital_illustration/handmade_3d", _("Illustration, modelled by hand")),
        Choice("digital_illustration/engraving_color", _("Illustration, coloured engraving")),
        Choice("vector_illustration", _("Flat shapes")),
        Choice("vector_illustration/engraving", _("Flat shapes, engraving")),
        Choice("vector_illustration/line_art", _("Flat shapes, line art")),
        Choice("vector_illustration/line_circuit", _("Flat shapes, circuit lines")),
        Choice("vector_illustration/linocut", _("Flat shapes, linocut")),
    ),
    help=_("What kind of picture it is."),
    default="realistic_image",
)
COLOURS = Parameter(
    "colors",
    Kind.COLOURS,
    _("Colours"),
    _("Colours to prefer, such as #e63946 #1d3557."),
    most=100,
    place=Place.MORE,
)

MODELS = (
    ImageModel(
        id="recraft-v3",
        name="Recraft V3",
        family="Recraft",
        made_by="Recraft",
        good_at=_("Illustrations and design in given colours"),
        prompt_max=4000,
        parameters=(
            shapes(*SHAPES, "3:2", "2:3", "5:4", "4:5", rare=("21:9", "9:21")),
            STYLE,
            COLOURS,
            *sides(64, 1536),
        ),
        sizes=SIZES,
        price=Rule(flat=7, is_estimate=True),
        usual_seconds=(8, 20),
        offers=(
            at_aimlapi(
                "recraft-v3",
                told("style", colors=Wire("colors", as_rgb=True)),
                image_size(64, 1536),
                most=1,
                constants=SQUARE,
            ),
        ),
    ),
)
