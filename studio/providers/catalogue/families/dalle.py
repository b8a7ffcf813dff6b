"""OpenAI's DALL·E."""

from django.utils.translation import gettext_lazy as _

from studio.providers.catalogue.model import ImageModel
from studio.providers.catalogue.offer import Offer, Wire
from studio.providers.catalogue.parameter import Choice, Place
from studio.providers.catalogue.rule import Rule
from studio.providers.catalogue.words import choice, shapes

STYLE = choice(
    "style",
    _("Style"),
    (Choice("vivid", _("Vivid")), Choice("natural", _("Natural"))),
    help=_("Vivid is dramatic and saturated; natural is calmer and closer to a photograph."),
    default="vivid",
)
QUALITY = choice(
    "quality",
    _("Quality"),
    (Choice("standard", _("Standard")), Choice("hd", _("Fine"))),
    help=_("Fine asks for more detail and takes longer."),
    default="standard",
    place=Place.MORE,
)
APIFRAME_SHAPES = {"1:1": "1:1", "3:2": "3:2", "2:3": "2:3"}

MODELS = (
    ImageModel(
        id="dall-e-3",
        name="DALL·E 3",
        family="DALL·E",
        made_by="OpenAI",
        good_at=_("Understands long, detailed descriptions"),
        prompt_max=4000,
        parameters=(
            # 7:4 and 4:7 are OpenAI's 1792x1024 and 1024x1792
            shapes("1:1", "3:2", "2:3", rare=("7:4", "4:7")),
            STYLE,
            QUALITY,
        ),
        sizes={
            "1:1": (1024, 1024),
            "3:2": (1536, 1024),
            "2:3": (1024, 1536),
            "7:4": (1792, 1024),
            "4:7": (1024, 1792),
        },
        price=Rule(flat=21),
        usual_seconds=(15, 30),
        offers=(
            Offer(
                provider="apiframe",
                model="dall-e-3",
                container="dalleParams",
                wires={"aspect_ratio": Wire("aspect_ratio", APIFRAME_SHAPES), "style": Wire("style")},
                always={"quality": "standard"},
                prompt_max=2000,
                cost=Rule(flat=21),
                cost_unit="apiframe",
            ),
        ),
    ),
    ImageModel(
        id="dall-e-2",
        name="DALL·E 2",
        family="DALL·E",
        made_by="OpenAI",
        good_at=_("Quick, plain sketches"),
        prompt_max=2000,
        parameters=(shapes("1:1", "3:2", "2:3"), STYLE),
        sizes={"1:1": (1024, 1024), "3:2": (1536, 1024), "2:3": (1024, 1536)},
        price=Rule(flat=4, is_estimate=True),
        usual_seconds=(10, 20),
        offers=(
            Offer(
                provider="apiframe",
                model="dall-e-2",
                container="dalleParams",
                wires={"aspect_ratio": Wire("aspect_ratio", APIFRAME_SHAPES), "style": Wire("style")},
                prompt_max=2000,
            ),
        ),
    ),
)
