"""Alibaba's Qwen Image."""

from django.utils.translation import gettext_lazy as _

from studio.providers.catalogue.join import Join
from studio.providers.catalogue.model import ImageModel
from studio.providers.catalogue.parameter import Choice, Place
from studio.providers.catalogue.rule import Rule
from studio.providers.catalogue.words import (
    at_apiframe,
    choice,
    formats,
    integer,
    negative_prompt,
    number,
    picture_to_change,
    pictures,
    seed,
    shapes,
    sizes,
)

# Apiframe's one word for a shape; only the square has a small size as well.
IMAGE_SIZE = Join(
    "image_size",
    {
        "square_hd": {"aspect_ratio": "1:1"},
        "square": {"aspect_ratio": "1:1", "resolution": "512"},
        "landscape_4_3": {"aspect_ratio": "4:3"},
        "portrait_4_3": {"aspect_ratio": "3:4"},
        "landscape_16_9": {"aspect_ratio": "16:9"},
        "portrait_16_9": {"aspect_ratio": "9:16"},
    },
    defaults={"aspect_ratio": "1:1", "resolution": "1024"},
)
SHAPES_1 = ("1:1", "4:3", "3:4", "16:9", "9:16")
OF_1 = (
    shapes(*SHAPES_1, default=None),
    choice(
        "resolution",
        _("Size"),
        (Choice("512"), Choice("1024")),
        help=_("Pixels a side; 512 only for squares."),
        place=Place.API,
    ),
    pictures("num_images", 4),
    choice(
        "task_type",
        _("Task"),
        (
            Choice("text-to-image", _("Draw from words")),
            Choice("image-to-image", _("Draw anew from a picture")),
            Choice("image-edit", _("Change a picture")),
        ),
        help=_("What to do; the last two need a picture to start from."),
        place=Place.MORE,
    ),
    picture_to_change("image_url"),
    number("strength", _("Change"), _("How far to go from the picture: 0 not at all, 1 all the way."), 0, 1),
    negative_prompt(500),
    seed(),
    formats("png", "jpeg", default=None),
    choice(
        "acceleration",
        _("Hurry"),
        (Choice("none", _("None")), Choice("regular", _("Some")), Choice("high", _("Much"))),
        help=_("Trade some quality for speed."),
        place=Place.MORE,
    ),
    number("guidance_scale", _("Guidance"), _("How closely to follow the prompt."), 0, 20),
    integer("num_inference_steps", _("Steps"), _("How often the picture is refined."), 2, 250),
)
SHAPES_2 = ("1:1", "3:2", "2:3", "4:3", "3:4", "16:9", "9:16", "21:9", "2:1", "1:2")
OF_2 = (shapes(*SHAPES_2, default=None), picture_to_change("image"), negative_prompt(500), seed())

MODELS = (
    ImageModel(
        id="qwen-image",
        name="Qwen Image",
        family="Qwen",
        made_by="Alibaba",
        good_at=_("Lettering, also Chinese; many settings"),
        prompt_max=2000,
        parameters=OF_1,
        sizes=sizes(*SHAPES_1),
        scales={"resolution": {"512": 0.5}},
        price=Rule(flat=3, is_estimate=True),
        usual_seconds=(8, 25),
        offers=(at_apiframe("qwen-image", "qwenImageParams", OF_1, joins=(IMAGE_SIZE,)),),
    ),
    ImageModel(
        id="qwen-image-2",
        name="Qwen Image 2",
        family="Qwen",
        made_by="Alibaba",
        good_at=_("Posters and slides with text"),
        prompt_max=2000,
        parameters=OF_2,
        sizes=sizes(*SHAPES_2),
        price=Rule(flat=4, is_estimate=True),
        usual_seconds=(10, 25),
        offers=(at_apiframe("qwen-image-2", "qwenImage2Params", OF_2),),
    ),
    ImageModel(
        id="qwen-image-2-pro",
        name="Qwen Image 2 Pro",
        family="Qwen",
        made_by="Alibaba",
        good_at=_("Dense pages, finest lettering"),
        prompt_max=2000,
        parameters=OF_2,
        sizes=sizes(*SHAPES_2),
        price=Rule(flat=8, is_estimate=True),
        usual_seconds=(15, 40),
        offers=(at_apiframe("qwen-image-2-pro", "qwenImage2Params", OF_2),),
    ),
)
