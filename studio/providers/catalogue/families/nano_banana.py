"""Google's Gemini image models, known as Nano Banana."""

from django.utils.translation import gettext_lazy as _

from studio.providers.catalogue.model import ImageModel
from studio.providers.catalogue.parameter import Choice
from studio.providers.catalogue.rule import Rule
from studio.providers.catalogue.words import (
    OPEN_SHAPE,
    at_apiframe,
    choice,
    formats,
    references,
    shapes,
    sizes,
    switch,
)

SHAPES = ("1:1", "3:2", "2:3", "4:3", "3:4", "5:4", "4:5", "16:9", "9:16", "21:9")
PARAMETERS = (
    shapes(*SHAPES, default=None, pattern=OPEN_SHAPE),
    choice(
        "resolution",
        _("Size"),
        (Choice("512px", "512"), Choice("1K"), Choice("2K"), Choice("4K")),
        help=_("About the longer side in pixels: 512, or one, two or four thousand."),
    ),
    references("image_input", 14),
    switch("google_search", _("Look up facts"), _("Search the web first, for pictures of real places and figures.")),
    switch("image_search", _("Look up pictures"), _("Search for pictures of what the prompt names.")),
    formats("jpg", "png", "webp", default=None),
)
SCALES = {"resolution": {"2K": 2, "4K": 4}}

MODELS = (
    ImageModel(
        id="nano-banana",
        name="Nano Banana",
        family="Nano Banana",
        made_by="Google",
        good_at=_("Changes pictures by plain words"),
        prompt_max=2000,
        parameters=PARAMETERS,
        sizes=sizes(*SHAPES),
        scales=SCALES,
        price=Rule(flat=7, is_estimate=True),
        usual_seconds=(8, 20),
        offers=(at_apiframe("nano-banana", "nanoBananaParams", PARAMETERS),),
    ),
    ImageModel(
        id="nano-banana-pro",
        name="Nano Banana Pro",
        family="Nano Banana",
        made_by="Google",
        good_at=_("Exact lettering, diagrams, many references"),
        prompt_max=2000,
        parameters=PARAMETERS,
        sizes=sizes(*SHAPES),
        scales=SCALES,
        price=Rule(flat=24, is_estimate=True),
        usual_seconds=(20, 50),
        offers=(at_apiframe("nano-banana-pro", "nanoBananaParams", PARAMETERS),),
    ),
    ImageModel(
        id="nano-banana-2",
        name="Nano Banana 2",
        family="Nano Banana",
        made_by="Google",
        good_at=_("Quick changes, lettering, many references"),
        prompt_max=2000,
        parameters=PARAMETERS,
        sizes=sizes(*SHAPES),
        scales=SCALES,
        price=Rule(flat=12, is_estimate=True),
        usual_seconds=(12, 30),
        offers=(at_apiframe("nano-banana-2", "nanoBananaParams", PARAMETERS),),
    ),
    ImageModel(
        id="nano-banana-2-lite",
        name="Nano Banana 2 Lite",
        family="Nano Banana",
        made_by="Google",
        good_at=_("Cheap drafts and small changes"),
        prompt_max=2000,
        parameters=PARAMETERS,
        sizes=sizes(*SHAPES),
        scales=SCALES,
        price=Rule(flat=6, is_estimate=True),
        usual_seconds=(5, 15),
        offers=(at_apiframe("nano-banana-2-lite", "nanoBananaParams", PARAMETERS),),
    ),
)
