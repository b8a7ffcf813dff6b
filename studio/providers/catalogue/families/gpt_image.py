"""OpenAI's GPT Image: at Apiframe, at AI/ML API and at OpenAI itself, which calls the same things differently."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from studio.providers.catalogue.aimlapi import at_aimlapi
from studio.providers.catalogue.join import Exact, Join
from studio.providers.catalogue.model import ImageModel
from studio.providers.catalogue.offer import Offer, Wire
from studio.providers.catalogue.parameter import Choice, Place
from studio.providers.catalogue.rule import Rule
from studio.providers.catalogue.words import (
    at_openai,
    choice,
    formats,
    integer,
    pictures,
    reference_pictures,
    shapes,
    sides,
    told,
)

QUALITIES = (
    Choice("auto", _("Auto")),
    Choice("low", _("Low")),
    Choice("medium", _("Medium")),
    Choice("high", _("High")),
)
QUALITY_HELP = _("Higher quality takes longer and costs more; automatic is priced like high.")
QUALITY = choice("quality", _("Quality"), QUALITIES, help=QUALITY_HELP, default="auto")
# what AI/ML API makes when nothing is asked, and it cannot be told to choose by itself
MEDIUM = choice("quality", _("Quality"), QUALITIES, help=QUALITY_HELP, default="medium")
BACKGROUND = choice(
    "background",
    _("Background"),
    (Choice("auto", _("Auto")), Choice("transparent", _("Transparent")), Choice("opaque", _("Opaque"))),
    help=_("Transparent leaves everything but the subject empty; it needs PNG or WebP."),
    default="auto",
    place=Place.MORE,
)
MODERATION = choice(
    "moderation",
    _("Moderation"),
    (Choice("auto", _("Standard")), Choice("low", _("Lenient"))),
    help=_("How strictly prompt and picture are checked."),
    default="auto",
    place=Place.MORE,
)
COMPRESSION = integer(
    "output_compression",
    _("File quality"),
    _("For JPEG and WebP: 100 is the best and largest."),
    0,
    100,
    default=100,
    place=Place.API,
)
INPUT_IMAGES = reference_pictures(
    "input_images",
    _("Reference pictures"),
    _("Pictures to change, or to take subjects and style from."),
    place=Place.MORE,
)
FIDELITY = choice(
    "input_fidelity",
    _("Closeness"),
    (Choice("low", _("Loose")), Choice("high", pgettext_lazy("likeness", "Close"))),
    help=_("How closely to keep to the reference pictures, faces above all."),
    default="low",
    place=Place.MORE,
)
COUNT = pictures("number_of_images", 10)
SHAPES = shapes("1:1", "3:2", "2:3")
SIZES = {"1:1": (1024, 1024), "3:2": (1536, 1024), "2:3": (1024, 1536)}
NULLABLE = Wire("input_images", takes_null=True)

WORDS = {
    "1024x1024": {"aspect_ratio": "1:1"},
    "1024x1536": {"aspect_ratio": "2:3"},
    "1536x1024": {"aspect_ratio": "3:2"},
}
AIMLAPI_SIZE = Join("size", WORDS)
OPENAI_SIZE = Join("size", {**WORDS, "auto": {}})
OPENAI_SIZE_2 = Join(
    "size",
    {**WORDS, "auto": {}},
    exact=Exact(256, 3840, step=16, most_pixels=3840 * 2160, most_ratio=3, is_text=True),
)
ONE: dict[str, Any] = {"count": "n", "most": 1, "prompt_max": 32_000}
COMMON = ("background", "moderation", "output_format", "output_compression")
AIMLAPI = told(*COMMON, quality=Wire("quality", {"low": "low", "medium": "medium", "high": "high"}))
# our own default shape, format and quality, where the vendor's are others
AIMLAPI_DEFAULTS = {"quality": "high", "output_format": "webp"}
OPENAI_DEFAULTS = {"size": "1024x1024", "output_format": "webp"}
OPENAI_MEDIUM = {"size": "1024x1024", "quality": "medium"}
OPENAI = told(*COMMON, "quality")

OLD_PARAMETERS = (
    SHAPES,
    MEDIUM,
    COUNT,
    BACKGROUND,
    formats("png", "jpeg", "webp", default="png"),
    MODERATION,
    COMPRESSION,
)
AMOUNTS_1 = {"low": 3, "medium": 9, "high": 34, "auto": 34}
AMOUNTS_MINI = {"low": 1, "medium": 3, "high": 8, "auto": 8}
AMOUNTS_15 = {"low": 4, "medium": 9, "high": 24, "auto": 24}
AMOUNTS_2 = {"low": 4, "medium": 9, "high": 23, "auto": 23}

MODELS = (
    ImageModel(
        id="gpt-image-2",
        name="GPT Image 2",
        family="GPT Image",
        made_by="OpenAI",
        good_at=_("Text in pictures, exact instructions"),
        prompt_max=32_000,
        parameters=(
            SHAPES,
            QUALITY,
            COUNT,
            INPUT_IMAGES,
            BACKGROUND,
            formats("png", "jpeg", "webp", default="webp"),
            MODERATION,
            COMPRESSION,
            *sides(256, 3840),
        ),
        sizes=SIZES,
        price=Rule(by="quality", table=AMOUNTS_2),
        usual_seconds=(20, 60),
        offers=(
            Offer(
                provider="apiframe",
                model="gpt-image-2",
                container="gptImage2Params",
                wires=told(
                    "aspect_ratio",
                    "quality",
                    "output_format",
                    "moderation",
                    background=Wire("background", {"auto": "auto", "opaque": "opaque"}),
                    input_images=NULLABLE,
                ),
                prompt_max=2000,
                count="number_of_images",
                most=10,
                cost=Rule(by="quality", table=AMOUNTS_2),
                cost_unit="apiframe",
            ),
            at_aimlapi("openai/gpt-image-2", AIMLAPI, AIMLAPI_SIZE, **ONE, constants=AIMLAPI_DEFAULTS),
            at_openai("gpt-image-2", OPENAI, OPENAI_SIZE_2, most=10, prompt_max=32_000, constants=OPENAI_DEFAULTS),
        ),
    ),
    ImageModel(
        id="gpt-image-1.5",
        name="GPT Image 1.5",
        family="GPT Image",
        made_by="OpenAI",
        good_at=_("Changing pictures by plain instructions"),
        prompt_max=32_000,
        parameters=(
            SHAPES,
            QUALITY,
            COUNT,
            INPUT_IMAGES,
            FIDELITY,
            BACKGROUND,
            formats("png", "jpeg", "webp", default="webp"),
            MODERATION,
            COMPRESSION,
        ),
        sizes=SIZES,
        price=Rule(by="quality", table=AMOUNTS_15),
        usual_seconds=(20, 60),
        offers=(
            Offer(
                provider="apiframe",
                model="gpt-image-1.5",
                container="gptImageParams",
                wires=told(
                    "aspect_ratio",
                    "quality",
                    "output_format",
                    "background",
                    "input_fidelity",
                    input_images=NULLABLE,
                ),
                prompt_max=2000,
                count="number_of_images",
                most=10,
                cost=Rule(by="quality", table=AMOUNTS_15),
                cost_unit="apiframe",
            ),
            at_aimlapi("openai/gpt-image-1-5", AIMLAPI, AIMLAPI_SIZE, **ONE, constants=AIMLAPI_DEFAULTS),
            at_openai("gpt-image-1.5", OPENAI, OPENAI_SIZE, most=10, prompt_max=32_000, constants=OPENAI_DEFAULTS),
        ),
    ),
    ImageModel(
        id="openai/gpt-image-1",
        name="GPT Image 1",
        family="GPT Image",
        made_by="OpenAI",
        good_at=_("Follows instructions, writes legibly"),
        prompt_max=32_000,
        parameters=OLD_PARAMETERS,
        sizes=SIZES,
        price=Rule(by="quality", table=AMOUNTS_1, is_estimate=True),
        usual_seconds=(20, 60),
        offers=(
            at_aimlapi("openai/gpt-image-1", AIMLAPI, AIMLAPI_SIZE, **ONE),
            at_openai("gpt-image-1", OPENAI, OPENAI_SIZE, most=10, prompt_max=32_000, constants=OPENAI_MEDIUM),
        ),
    ),
    ImageModel(
        id="openai/gpt-image-1-mini",
        name="GPT Image 1 Mini",
        family="GPT Image",
        made_by="OpenAI",
        good_at=_("Cheap drafts that follow instructions"),
        prompt_max=32_000,
        parameters=OLD_PARAMETERS,
        sizes=SIZES,
        price=Rule(by="quality", table=AMOUNTS_MINI, is_estimate=True),
        usual_seconds=(10, 30),
        offers=(
            at_aimlapi("openai/gpt-image-1-mini", AIMLAPI, AIMLAPI_SIZE, **ONE),
            at_openai("gpt-image-1-mini", OPENAI, OPENAI_SIZE, most=10, prompt_max=32_000, constants=OPENAI_MEDIUM),
        ),
    ),
)
