"""OpenAI's DALL·E."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from studio.providers.catalogue.aimlapi import at_aimlapi
from studio.providers.catalogue.join import Join
from studio.providers.catalogue.model import ImageModel
from studio.providers.catalogue.offer import Ended, Offer, Wire
from studio.providers.catalogue.parameter import Choice, Place
from studio.providers.catalogue.rule import Rule
from studio.providers.catalogue.words import at_openai, choice, pictures, shapes, told

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
RESOLUTION = choice(
    "resolution",
    _("Pixels"),
    (Choice("256"), Choice("512"), Choice("1024")),
    help=_("The shorter side of the picture."),
    default="1024",
    place=Place.MORE,
)
APIFRAME_SHAPES = {"1:1": "1:1", "3:2": "3:2", "2:3": "2:3"}
# 7:4 and 4:7 are OpenAI's 1792x1024 and 1024x1792
SIZE_3 = Join(
    "size",
    {"1024x1024": {"aspect_ratio": "1:1"}, "1024x1792": {"aspect_ratio": "4:7"}, "1792x1024": {"aspect_ratio": "7:4"}},
    takes_null=True,
)
SIZE_2 = Join(
    "size",
    {"1024x1024": {"aspect_ratio": "1:1"}, "512x512": {"resolution": "512"}, "256x256": {"resolution": "256"}},
    defaults={"aspect_ratio": "1:1", "resolution": "1024"},
    takes_null=True,
)
WIRES_3 = told("quality", style=Wire("style", takes_null=True))
INSTEAD = ("openai/gpt-image-1", "openai/gpt-image-1-mini")
ENDED_AT_OPENAI = Ended(date(2026, 5, 12), INSTEAD)
ENDED_AT_AIMLAPI = Ended(date(2026, 6, 9), INSTEAD)

MODELS = (
    ImageModel(
        id="dall-e-3",
        name="DALL·E 3",
        family="DALL·E",
        made_by="OpenAI",
        good_at=_("Understands long, detailed descriptions"),
        prompt_max=4000,
        parameters=(shapes("1:1", "3:2", "2:3", rare=("7:4", "4:7")), STYLE, QUALITY),
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
                wires=told("style", aspect_ratio=Wire("aspect_ratio", APIFRAME_SHAPES)),
                always={"quality": "standard"},
                prompt_max=2000,
                cost=Rule(flat=21),
                cost_unit="apiframe",
            ),
            at_aimlapi("dall-e-3", WIRES_3, SIZE_3, count="n", most=1, ended=ENDED_AT_AIMLAPI),
            at_openai("dall-e-3", WIRES_3, SIZE_3, most=1, prompt_max=4000, ended=ENDED_AT_OPENAI),
        ),
    ),
    ImageModel(
        id="dall-e-2",
        name="DALL·E 2",
        family="DALL·E",
        made_by="OpenAI",
        good_at=_("Quick, plain sketches"),
        prompt_max=2000,
        parameters=(shapes("1:1", "3:2", "2:3"), STYLE, RESOLUTION, pictures("number_of_images", 10)),
        sizes={"1:1": (256, 256), "3:2": (384, 256), "2:3": (256, 384)},
        scales={"resolution": {"512": 2, "1024": 4}},
        price=Rule(flat=4, is_estimate=True),
        usual_seconds=(10, 20),
        offers=(
            Offer(
                provider="apiframe",
                model="dall-e-2",
                container="dalleParams",
                wires=told("style", aspect_ratio=Wire("aspect_ratio", APIFRAME_SHAPES)),
                always={"resolution": "1024"},
                prompt_max=2000,
            ),
            at_aimlapi("dall-e-2", {}, SIZE_2, count="n", most=10, prompt_max=1000, ended=ENDED_AT_AIMLAPI),
            at_openai("dall-e-2", {}, SIZE_2, most=10, prompt_max=1000, ended=ENDED_AT_OPENAI),
        ),
    ),
)
