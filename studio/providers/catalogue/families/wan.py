"""Alibaba's Wan."""

from django.utils.translation import gettext_lazy as _

from studio.providers.catalogue.model import ImageModel
from studio.providers.catalogue.rule import Rule
from studio.providers.catalogue.words import (
    at_apiframe,
    enlarge_prompt,
    negative_prompt,
    picture_to_change,
    seed,
    shapes,
    sizes,
    switch,
)

SHAPES = ("1:1", "3:2", "2:3", "4:3", "3:4", "16:9", "9:16", "21:9")
SHAPE = shapes(*SHAPES, default=None)
SEED = seed(0, 2_147_483_647)
OF_2_6 = (SHAPE, picture_to_change("image"), negative_prompt(500), enlarge_prompt("prompt_extend"), SEED)
OF_2_7 = (
    SHAPE,
    picture_to_change("image"),
    switch("thinking_mode", _("Think first"), _("Plan the picture before drawing it: better, but slower.")),
    SEED,
)

MODELS = (
    ImageModel(
        id="wan-image-2.6",
        name="Wan Image 2.6",
        family="Wan",
        made_by="Alibaba",
        good_at=_("Posters, products, East Asian scenes"),
        prompt_max=2000,
        parameters=OF_2_6,
        sizes=sizes(*SHAPES),
        price=Rule(flat=4, is_estimate=True),
        usual_seconds=(12, 30),
        offers=(at_apiframe("wan-image-2.6", "wanImageParams", OF_2_6),),
    ),
    ImageModel(
        id="wan-image-2.7",
        name="Wan Image 2.7",
        family="Wan",
        made_by="Alibaba",
        good_at=_("Very long prompts, careful composition"),
        prompt_max=5000,
        parameters=OF_2_7,
        sizes=sizes(*SHAPES),
        price=Rule(flat=5, is_estimate=True),
        usual_seconds=(15, 40),
        offers=(at_apiframe("wan-image-2.7", "wanImage27Params", OF_2_7, prompt_max=5000),),
    ),
    ImageModel(
        id="wan-image-2.7-pro",
        name="Wan Image 2.7 Pro",
        family="Wan",
        made_by="Alibaba",
        good_at=_("Very long prompts, finest detail"),
        prompt_max=5000,
        parameters=OF_2_7,
        sizes=sizes(*SHAPES),
        price=Rule(flat=9, is_estimate=True),
        usual_seconds=(20, 50),
        offers=(at_apiframe("wan-image-2.7-pro", "wanImage27Params", OF_2_7, prompt_max=5000),),
    ),
)
