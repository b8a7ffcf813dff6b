"""Black Forest Labs' first Flux, which AI/ML API sells."""

from django.utils.translation import gettext_lazy as _

from studio.providers.catalogue.aimlapi import (
    CHECKER,
    JPEG_OR_PNG,
    SEED,
    SHAPES,
    SIZES,
    SQUARE,
    TOLERANCE,
    at_aimlapi,
    image_size,
)
from studio.providers.catalogue.model import ImageModel
from studio.providers.catalogue.parameter import Place
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
    told,
)

SHAPE = shapes(*SHAPES, "3:2", "2:3", "5:4", "4:5", rare=("21:9", "9:21"))
COUNT = pictures("num_images", 4)
SEEDS = seed(1)
FORMAT = formats("jpg", "png", default="jpg")
STEPS = integer("steps", _("Steps"), _("How often the picture is refined: more takes longer."), 1, 50, default=50)
FEW_STEPS = integer("steps", _("Steps"), _("How often the picture is refined; four are enough."), 1, 50)
GUIDANCE = number("guidance", _("Guidance"), _("How closely to follow the prompt."), 1, 20)
START = picture("image", _("Picture to start from"), _("It is drawn anew after your prompt."), is_required=True)
STRENGTH = number(
    "strength",
    _("Change"),
    _("0 keeps the picture as it is, 1 draws it all anew."),
    0,
    1,
    default=0.95,
    place=Place.MAIN,
)
WIRES = told("enable_safety_checker", seed=SEED, steps="num_inference_steps", guidance="guidance_scale")

MODELS = (
    ImageModel(
        id="flux-pro",
        name="Flux Pro",
        family="Flux",
        made_by="Black Forest Labs",
        good_at=_("Rich detail in every corner"),
        prompt_max=4000,
        parameters=(SHAPE, COUNT, SEEDS, FORMAT, STEPS, GUIDANCE, TOLERANCE, *sides(256, 1440)),
        sizes=SIZES,
        price=Rule(flat=9, is_estimate=True),
        usual_seconds=(10, 25),
        offers=(
            at_aimlapi(
                "flux-pro",
                told(
                    "safety_tolerance",
                    seed=SEED,
                    steps="num_inference_steps",
                    guidance="guidance_scale",
                    output_format=JPEG_OR_PNG,
                ),
                image_size(256, 1440, 32),
                constants=SQUARE,
            ),
        ),
    ),
    ImageModel(
        id="flux-realism",
        name="Flux Realism",
        family="Flux",
        made_by="XLabs",
        good_at=_("Believable photographs of people"),
        prompt_max=4000,
        parameters=(SHAPE, COUNT, SEEDS, FORMAT, STEPS, GUIDANCE, CHECKER, *sides(512, 1536)),
        sizes=SIZES,
        price=Rule(flat=6, is_estimate=True),
        usual_seconds=(8, 20),
        offers=(
            at_aimlapi("flux-realism", WIRES | {"output_format": JPEG_OR_PNG}, image_size(512, 1536), constants=SQUARE),
        ),
    ),
    ImageModel(
        id="flux/dev",
        name="Flux Dev",
        family="Flux",
        made_by="Black Forest Labs",
        good_at=_("Sound all-rounder at low cost"),
        prompt_max=4000,
        parameters=(SHAPE, COUNT, SEEDS, STEPS, GUIDANCE, CHECKER, *sides(512, 1536)),
        sizes=SIZES,
        price=Rule(flat=4, is_estimate=True),
        usual_seconds=(6, 15),
        offers=(at_aimlapi("flux/dev", WIRES, image_size(512, 1536), constants=SQUARE),),
    ),
    ImageModel(
        id="flux/dev/image-to-image",
        name="Flux Dev, picture to picture",
        family="Flux",
        made_by="Black Forest Labs",
        good_at=_("Draws a given picture anew"),
        prompt_max=4000,
        parameters=(START, STRENGTH, COUNT, SEEDS, STEPS, GUIDANCE, CHECKER),
        sizes={},
        price=Rule(flat=5, is_estimate=True),
        usual_seconds=(6, 15),
        offers=(at_aimlapi("flux/dev/image-to-image", WIRES | told("strength", image="image_url")),),
    ),
    ImageModel(
        id="flux/schnell",
        name="Flux Schnell",
        family="Flux",
        made_by="Black Forest Labs",
        good_at=_("First drafts within seconds"),
        prompt_max=4000,
        parameters=(SHAPE, COUNT, SEEDS, FEW_STEPS, CHECKER, *sides(64, 1536)),
        sizes=SIZES,
        price=Rule(flat=1, is_estimate=True),
        usual_seconds=(2, 6),
        offers=(
            at_aimlapi(
                "flux/schnell",
                told("enable_safety_checker", seed=SEED, steps="num_inference_steps"),
                image_size(64, 1536),
                constants=SQUARE,
            ),
        ),
    ),
)
