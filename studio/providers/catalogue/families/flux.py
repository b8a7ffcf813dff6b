"""Black Forest Labs' Flux as Apiframe sells it: one block of parameters for all, of which each model uses some.

What a model has no use for stays out of the composer; programs may send it as Apiframe's description says.
"""

from django.utils.translation import gettext_lazy as _

from studio.providers.catalogue.aimlapi import (
    CHECKER,
    JPEG_OR_PNG,
    SEED,
    SIZES,
    SQUARE,
    TOLERANCE,
    at_aimlapi,
    image_size,
)
from studio.providers.catalogue.model import ImageModel
from studio.providers.catalogue.offer import Offer, Wire
from studio.providers.catalogue.parameter import Choice, Place
from studio.providers.catalogue.rule import Rule
from studio.providers.catalogue.words import (
    RATIO_PATTERN,
    arranged,
    choice,
    formats,
    integer,
    number,
    picture,
    pictures,
    reference_pictures,
    seed,
    shapes,
    sides,
    switch,
    text,
    told,
)

COMMON = (
    shapes(
        "1:1", "3:2", "2:3", "16:9", "9:16", "4:3", "3:4", "5:4", "4:5", rare=("21:9", "9:21"), pattern=RATIO_PATTERN
    ),
    picture("image_prompt", _("Picture to follow"), _("The new picture takes after this one, beside the prompt.")),
    number("image_prompt_strength", _("How much to follow"), _("0: the prompt alone; 1: that picture alone."), 0, 1),
    reference_pictures("input_images", _("Reference pictures"), _("Pictures to change or to combine."), most=10),
    seed(),
    formats("jpg", "png", "webp", default=None),
    integer("output_quality", _("File quality"), _("For JPEG and WebP: 100 is the best and largest."), 0, 100),
    switch("prompt_upsampling", _("Enlarge prompt"), _("Let the model add detail to the prompt.")),
    *sides(256, 2048),
    integer("steps", _("Steps"), _("How often the picture is refined."), 1, 50),
    number("guidance", _("Guidance"), _("How closely to follow the prompt."), 1.5, 10),
    switch("raw", _("Raw"), _("Less processed, more like a snapshot."), default=False),
    switch("go_fast", _("Fast"), _("Trade some quality for speed.")),
)
FREE_RESOLUTION = text("resolution", _("Resolution"), _("A size in the vendor's own words."), 100, place=Place.API)
RESOLUTION = choice(
    "resolution",
    _("Resolution"),
    (
        Choice("0.5MP", _("0.5 MP")),
        Choice("1MP", _("1 MP")),
        Choice("2MP", _("2 MP")),
        Choice("4MP", _("4 MP")),
        Choice("match_input_image", _("As the reference picture")),
    ),
    help=_("How many million pixels the picture has; more of them cost more."),
    default="1MP",
)
TIMES = {"resolution": {"0.5MP": 0.707, "2MP": 1.414, "4MP": 2}}
COUNT = pictures("num_images", 4)

PRO = (
    *arranged(
        COMMON,
        main=("aspect_ratio",),
        more=("seed", "prompt_upsampling", "output_format", "output_quality", "image_prompt"),
    ),
    FREE_RESOLUTION,
)
ULTRA = (
    *arranged(
        COMMON, main=("aspect_ratio",), more=("seed", "raw", "output_format", "image_prompt", "image_prompt_strength")
    ),
    FREE_RESOLUTION,
)
DEV_2 = (
    *arranged(
        COMMON, main=("aspect_ratio",), more=("input_images", "seed", "go_fast", "output_format", "output_quality")
    ),
    FREE_RESOLUTION,
)
PRO_2 = (
    *arranged(COMMON, main=("aspect_ratio",), more=("input_images", "seed", "output_format", "output_quality")),
    RESOLUTION,
)
FLEX_2 = (
    *arranged(
        COMMON,
        main=("aspect_ratio",),
        more=("input_images", "seed", "steps", "guidance", "prompt_upsampling", "output_format", "output_quality"),
    ),
    RESOLUTION,
)
WIRES = {parameter.name: Wire(parameter.name) for parameter in PRO}
ULTRA_SHAPES = ("21:9", "16:9", "4:3", "3:2", "1:1", "2:3", "3:4", "9:16", "9:21")

MODELS = (
    ImageModel(
        id="flux-1.1-pro",
        name="Flux 1.1 Pro",
        family="Flux",
        made_by="Black Forest Labs",
        good_at=_("Photographs, fine texture, fast"),
        prompt_max=4000,
        parameters=(*PRO, COUNT, TOLERANCE, CHECKER),
        sizes=SIZES,
        price=Rule(flat=7, is_estimate=True),
        usual_seconds=(5, 15),
        offers=(
            Offer("apiframe", "flux-1.1-pro", WIRES, container="fluxParams", prompt_max=2000),
            at_aimlapi(
                "flux-pro/v1.1",
                told("safety_tolerance", "enable_safety_checker", seed=SEED, output_format=JPEG_OR_PNG),
                image_size(256, 1440, 32),
                constants=SQUARE,
            ),
        ),
    ),
    ImageModel(
        id="flux-1.1-pro-ultra",
        name="Flux 1.1 Pro Ultra",
        family="Flux",
        made_by="Black Forest Labs",
        good_at=_("Large photographs, four megapixels"),
        prompt_max=4000,
        parameters=(*ULTRA, COUNT, TOLERANCE, CHECKER),
        sizes={ratio: (2 * width, 2 * height) for ratio, (width, height) in SIZES.items()},
        price=Rule(flat=11, is_estimate=True),
        usual_seconds=(10, 25),
        offers=(
            Offer("apiframe", "flux-1.1-pro-ultra", WIRES, container="fluxParams", prompt_max=2000),
            at_aimlapi(
                "flux-pro/v1.1-ultra",
                told(
                    "safety_tolerance",
                    "enable_safety_checker",
                    aspect_ratio=Wire("aspect_ratio", dict(zip(ULTRA_SHAPES, ULTRA_SHAPES, strict=True))),
                    raw=Wire("raw", {False: False}),
                    seed=SEED,
                    output_format=JPEG_OR_PNG,
                ),
                constants={"aspect_ratio": "1:1"},  # its own default is 16:9
            ),
        ),
    ),
    ImageModel(
        id="flux-2-pro",
        name="Flux 2 Pro",
        family="Flux",
        made_by="Black Forest Labs",
        good_at=_("Combines pictures, keeps faces alike"),
        prompt_max=2000,
        parameters=PRO_2,
        sizes=SIZES,
        scales=TIMES,
        price=Rule(
            by="resolution",
            table={"0.5MP": 3, "1MP": 4, "2MP": 6, "4MP": 10, "match_input_image": 10},
            is_estimate=True,
        ),
        usual_seconds=(10, 30),
        offers=(Offer("apiframe", "flux-2-pro", WIRES, container="fluxParams", prompt_max=2000),),
    ),
    ImageModel(
        id="flux-2-dev",
        name="Flux 2 Dev",
        family="Flux",
        made_by="Black Forest Labs",
        good_at=_("Quick variations at low cost"),
        prompt_max=2000,
        parameters=DEV_2,
        sizes=SIZES,
        price=Rule(flat=3, is_estimate=True),
        usual_seconds=(5, 15),
        offers=(Offer("apiframe", "flux-2-dev", WIRES, container="fluxParams", prompt_max=2000),),
    ),
    ImageModel(
        id="flux-2-flex",
        name="Flux 2 Flex",
        family="Flux",
        made_by="Black Forest Labs",
        good_at=_("Steps and guidance in your hands"),
        prompt_max=2000,
        parameters=FLEX_2,
        sizes=SIZES,
        scales=TIMES,
        price=Rule(
            by="resolution",
            table={"0.5MP": 8, "1MP": 10, "2MP": 14, "4MP": 22, "match_input_image": 22},
            is_estimate=True,
        ),
        usual_seconds=(15, 40),
        offers=(Offer("apiframe", "flux-2-flex", WIRES, container="fluxParams", prompt_max=2000),),
    ),
    ImageModel(
        id="flux-2-max",
        name="Flux 2 Max",
        family="Flux",
        made_by="Black Forest Labs",
        good_at=_("The finest Flux, for final pictures"),
        prompt_max=2000,
        parameters=PRO_2,
        sizes=SIZES,
        scales=TIMES,
        price=Rule(
            by="resolution",
            table={"0.5MP": 10, "1MP": 13, "2MP": 18, "4MP": 28, "match_input_image": 28},
            is_estimate=True,
        ),
        usual_seconds=(20, 50),
        offers=(Offer("apiframe", "flux-2-max", WIRES, container="fluxParams", prompt_max=2000),),
    ),
)
