"""Stability AI's Stable Diffusion 3."""

from django.utils.translation import gettext_lazy as _

from studio.providers.catalogue.aimlapi import (
    CHECKER,
    JPEG_OR_PNG,
    SEED,
    SIZES,
    SQUARE,
    at_aimlapi,
    image_size,
)
from studio.providers.catalogue.model import ImageModel
from studio.providers.catalogue.offer import Offer, Wire
from studio.providers.catalogue.rule import Rule
from studio.providers.catalogue.words import (
    formats,
    integer,
    number,
    picture,
    pictures,
    seed,
    shapes,
    sides,
    switch,
    text,
    told,
)

APIFRAME_SHAPES = ("1:1", "16:9", "21:9", "3:2", "2:3", "4:5", "5:4", "9:16", "9:21")
SHAPE = shapes("1:1", "16:9", "9:16", "3:2", "2:3", "4:3", "3:4", "5:4", "4:5", rare=("21:9", "9:21"))
APIFRAME_SHAPE = shapes("1:1", "16:9", "9:16", "3:2", "2:3", "5:4", "4:5", rare=("21:9", "9:21"))
COUNT = pictures("num_images", 4)
NEGATIVE = text("negative_prompt", _("Leave out"), _("What the picture must not show."), 2000)
GUIDANCE = number("cfg", _("Guidance"), _("How closely to follow the prompt."), 0, 20)
AIMLAPI_GUIDANCE = number("cfg", _("Guidance"), _("How closely to follow the prompt."), 1, 20)
STEPS = integer("steps", _("Steps"), _("How often the picture is refined: more takes longer."), 1, 50)
APIFRAME_STEPS = integer("steps", _("Steps"), _("How often the picture is refined: more takes longer."), 1, 40)
START = picture("image", _("Picture to start from"), _("It is drawn anew after your prompt."))
STRENGTH = number("prompt_strength", _("Change"), _("0 keeps that picture as it is, 1 draws it all anew."), 0, 1)
QUALITY = integer("output_quality", _("File quality"), _("For JPEG and WebP: 100 is the best and largest."), 0, 100)
FORMAT = formats("webp", "jpg", "png", default=None)
EXPANSION = switch("prompt_expansion", _("Enlarge prompt"), _("Let the model add detail to the prompt."))
OWN = (NEGATIVE, START, STRENGTH, seed(), GUIDANCE)
ONLY_APIFRAME = (APIFRAME_SHAPE, *OWN, APIFRAME_STEPS, FORMAT, QUALITY)
APIFRAME = told(
    "negative_prompt",
    "cfg",
    "image",
    "prompt_strength",
    "seed",
    "output_format",
    "output_quality",
    aspect_ratio=Wire("aspect_ratio", dict(zip(APIFRAME_SHAPES, APIFRAME_SHAPES, strict=True))),
    steps=Wire("steps", most=40),
)
AIMLAPI = told(
    "negative_prompt",
    "enable_safety_checker",
    seed=SEED,
    cfg=Wire("guidance_scale", least=1),
    steps="num_inference_steps",
)

MODELS = (
    ImageModel(
        id="stable-diffusion-3.5-large",
        name="Stable Diffusion 3.5 Large",
        family="Stable Diffusion",
        made_by="Stability AI",
        good_at=_("Many styles, exact prompts"),
        prompt_max=4000,
        parameters=(SHAPE, COUNT, *OWN, STEPS, FORMAT, QUALITY, CHECKER, *sides(64, 1536)),
        sizes=SIZES,
        price=Rule(flat=11, is_estimate=True),
        usual_seconds=(8, 20),
        offers=(
            Offer(
                "apiframe",
                "stable-diffusion-3.5-large",
                APIFRAME,
                container="stableDiffusionParams",
                prompt_max=2000,
            ),
            at_aimlapi(
                "stable-diffusion-v35-large",
                AIMLAPI | {"output_format": JPEG_OR_PNG},
                image_size(64, 1536),
                constants=SQUARE,
            ),
        ),
    ),
    ImageModel(
        id="stable-diffusion-3.5-large-turbo",
        name="Stable Diffusion 3.5 Large Turbo",
        family="Stable Diffusion",
        made_by="Stability AI",
        good_at=_("Many styles, in few steps"),
        prompt_max=2000,
        parameters=ONLY_APIFRAME,
        sizes=SIZES,
        price=Rule(flat=7, is_estimate=True),
        usual_seconds=(4, 10),
        offers=(
            Offer(
                "apiframe",
                "stable-diffusion-3.5-large-turbo",
                APIFRAME,
                container="stableDiffusionParams",
                prompt_max=2000,
            ),
        ),
    ),
    ImageModel(
        id="stable-diffusion-3.5-medium",
        name="Stable Diffusion 3.5 Medium",
        family="Stable Diffusion",
        made_by="Stability AI",
        good_at=_("Illustration at low cost"),
        prompt_max=2000,
        parameters=ONLY_APIFRAME,
        sizes=SIZES,
        price=Rule(flat=6, is_estimate=True),
        usual_seconds=(6, 15),
        offers=(
            Offer(
                "apiframe",
                "stable-diffusion-3.5-medium",
                APIFRAME,
                container="stableDiffusionParams",
                prompt_max=2000,
            ),
        ),
    ),
    ImageModel(
        id="stable-diffusion-3",
        name="Stable Diffusion 3",
        family="Stable Diffusion",
        made_by="Stability AI",
        good_at=_("Plain words in pictures"),
        prompt_max=2000,
        parameters=ONLY_APIFRAME,
        sizes=SIZES,
        price=Rule(flat=6, is_estimate=True),
        usual_seconds=(6, 15),
        offers=(Offer("apiframe", "stable-diffusion-3", APIFRAME, container="stableDiffusionParams", prompt_max=2000),),
    ),
    ImageModel(
        # nothing says that Apiframe's "3" is this size of it, so they are two
        id="stable-diffusion-v3-medium",
        name="Stable Diffusion 3 Medium",
        family="Stable Diffusion",
        made_by="Stability AI",
        good_at=_("Small and quick, for drafts"),
        prompt_max=4000,
        parameters=(SHAPE, COUNT, NEGATIVE, seed(1), AIMLAPI_GUIDANCE, STEPS, EXPANSION, CHECKER, *sides(64, 1536)),
        sizes=SIZES,
        price=Rule(flat=6, is_estimate=True),
        usual_seconds=(5, 12),
        offers=(
            at_aimlapi(
                "stable-diffusion-v3-medium", AIMLAPI | told("prompt_expansion"), image_size(64, 1536), constants=SQUARE
            ),
        ),
    ),
)
