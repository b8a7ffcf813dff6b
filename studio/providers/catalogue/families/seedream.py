"""ByteDance's Seedream."""

from django.utils.translation import gettext_lazy as _

from studio.providers.catalogue.model import ImageModel
from studio.providers.catalogue.parameter import Choice, Place
from studio.providers.catalogue.rule import Rule
from studio.providers.catalogue.words import (
    OPEN_SHAPE,
    at_apiframe,
    enlarge_prompt,
    formats,
    integer,
    number,
    open_choice,
    references,
    seed,
    shapes,
    sizes,
    text,
)

SHAPES = ("1:1", "3:2", "2:3", "4:3", "3:4", "16:9", "9:16")
SHAPE = shapes(*SHAPES, rare=("21:9",), default=None, pattern=OPEN_SHAPE)
K_SIZES = (Choice("2K"), Choice("4K"), Choice("custom", _("Own size"), is_rare=True))
K_HELP = _("About the longer side: two or four thousand pixels.")
COMMON = (seed(), formats("jpg", "png", default=None))
GUIDANCE_LABEL = _("Guidance")
GUIDANCE_HELP = _("How closely to follow the prompt.")
EXACT = (
    integer("width", _("Width"), _("In pixels, together with the height."), 512, 4096, place=Place.API),
    integer("height", _("Height"), _("In pixels, together with the width."), 512, 4096, place=Place.API),
)
# Apiframe takes one block of parameters for all of them; what a model has no use for stays out of its form.
RARE_SIZE = text("size", _("Size"), _("A size by its name, such as regular or 2K."), 50, place=Place.API)
RARE_RESOLUTION = text("resolution", _("Resolution"), _("A resolution by its name, such as 2K."), 50, place=Place.API)
RARE_GUIDANCE = number("guidance_scale", GUIDANCE_LABEL, GUIDANCE_HELP, 1, 10, place=Place.API)
RARE_PRE_LLM = enlarge_prompt("use_pre_llm", place=Place.API)
RARE_ENHANCE = enlarge_prompt("enhance_prompt", place=Place.API)
RARE_REFERENCES = references("image_input", 14, place=Place.API)

OF_3 = (
    SHAPE,
    open_choice(
        "size",
        _("Size"),
        (Choice("small", _("Small")), Choice("regular", _("Regular")), Choice("big", _("Large"))),
        help=_("Small has about 512 pixels a side, regular 1,024, large 2,048."),
    ),
    number("guidance_scale", GUIDANCE_LABEL, GUIDANCE_HELP, 1, 10, default=2.5),
    *COMMON,
    *(RARE_RESOLUTION, RARE_PRE_LLM, RARE_ENHANCE, RARE_REFERENCES),
    *EXACT,
)
OF_3_1 = (
    SHAPE,
    open_choice("resolution", _("Size"), (Choice("1K"), Choice("2K")), help=K_HELP, default="2K"),
    enlarge_prompt("use_pre_llm", default=True),
    *COMMON,
    *(RARE_SIZE, RARE_GUIDANCE, RARE_ENHANCE, RARE_REFERENCES),
    *EXACT,
)
OF_4 = (
    SHAPE,
    open_choice("size", _("Size"), (Choice("1K"), *K_SIZES), help=K_HELP),
    references("image_input", 14),
    enlarge_prompt("enhance_prompt"),
    *COMMON,
    *(RARE_RESOLUTION, RARE_GUIDANCE, RARE_PRE_LLM),
    *EXACT,
)
OF_4_5 = (
    SHAPE,
    open_choice("size", _("Size"), K_SIZES, help=K_HELP, default="2K"),
    references("image_input", 14),
    enlarge_prompt("enhance_prompt"),
    *COMMON,
    *(RARE_RESOLUTION, RARE_GUIDANCE, RARE_PRE_LLM),
    *EXACT,
)
OF_5 = (
    SHAPE,
    open_choice("size", _("Size"), K_SIZES, help=K_HELP),
    references("image_input", 14),
    enlarge_prompt("enhance_prompt"),
    *COMMON,
    *(RARE_RESOLUTION, RARE_GUIDANCE, RARE_PRE_LLM),
    *EXACT,
)
K_SCALE = {"size": {"2K": 2, "4K": 4}}

MODELS = (
    ImageModel(
        id="seedream-3",
        name="Seedream 3",
        family="Seedream",
        made_by="ByteDance",
        good_at=_("Photographs and posters, cheap"),
        prompt_max=2000,
        parameters=OF_3,
        sizes=sizes(*SHAPES),
        scales={"size": {"small": 0.5, "big": 2}},
        price=Rule(flat=3),
        usual_seconds=(6, 15),
        offers=(at_apiframe("seedream-3", "seedreamParams", OF_3, cost=Rule(flat=3)),),
    ),
    ImageModel(
        id="seedream-3.1",
        name="Seedream 3.1",
        family="Seedream",
        made_by="ByteDance",
        good_at=_("Cinematic light, sharp photographs"),
        prompt_max=2000,
        parameters=OF_3_1,
        sizes=sizes(*SHAPES),
        scales={"resolution": {"2K": 2}},
        price=Rule(flat=3),
        usual_seconds=(8, 20),
        offers=(at_apiframe("seedream-3.1", "seedreamParams", OF_3_1, cost=Rule(flat=3)),),
    ),
    ImageModel(
        id="seedream-4",
        name="Seedream 4",
        family="Seedream",
        made_by="ByteDance",
        good_at=_("Large pictures, many references"),
        prompt_max=2000,
        parameters=OF_4,
        sizes=sizes(*SHAPES),
        scales=K_SCALE,
        price=Rule(flat=4, is_estimate=True),
        usual_seconds=(10, 25),
        offers=(at_apiframe("seedream-4", "seedreamParams", OF_4),),
    ),
    ImageModel(
        id="seedream-4.5",
        name="Seedream 4.5",
        family="Seedream",
        made_by="ByteDance",
        good_at=_("Large, with small lettering intact"),
        prompt_max=2000,
        parameters=OF_4_5,
        sizes=sizes(*SHAPES),
        scales=K_SCALE,
        price=Rule(flat=4),
        usual_seconds=(12, 30),
        offers=(at_apiframe("seedream-4.5", "seedreamParams", OF_4_5, cost=Rule(flat=4)),),
    ),
    ImageModel(
        id="seedream-5-lite",
        name="Seedream 5 Lite",
        family="Seedream",
        made_by="ByteDance",
        good_at=_("Long instructions, quick drafts"),
        prompt_max=2000,
        parameters=OF_5,
        sizes=sizes(*SHAPES),
        scales=K_SCALE,
        price=Rule(flat=4, is_estimate=True),
        usual_seconds=(10, 25),
        offers=(at_apiframe("seedream-5-lite", "seedreamParams", OF_5),),
    ),
    ImageModel(
        id="seedream-5-pro",
        name="Seedream 5 Pro",
        family="Seedream",
        made_by="ByteDance",
        good_at=_("Crowded scenes, finest detail"),
        prompt_max=2000,
        parameters=OF_5,
        sizes=sizes(*SHAPES),
        scales=K_SCALE,
        price=Rule(flat=7, is_estimate=True),
        usual_seconds=(15, 40),
        offers=(at_apiframe("seedream-5-pro", "seedreamParams", OF_5),),
    ),
)
