"""xAI's Grok Imagine."""

from django.utils.translation import gettext_lazy as _

from studio.providers.catalogue.model import ImageModel
from studio.providers.catalogue.rule import Rule
from studio.providers.catalogue.words import at_apiframe, picture_to_change, shapes, sizes

SHAPES = ("1:1", "3:2", "2:3", "16:9", "9:16")
PARAMETERS = (shapes(*SHAPES, default=None), picture_to_change("image"))

MODELS = (
    ImageModel(
        id="grok-imagine-image",
        name="Grok Imagine",
        family="Grok",
        made_by="xAI",
        good_at=_("Quick, bold, realistic pictures"),
        prompt_max=2000,
        parameters=PARAMETERS,
        sizes=sizes(*SHAPES),
        price=Rule(flat=4, is_estimate=True),
        usual_seconds=(8, 20),
        offers=(at_apiframe("grok-imagine-image", "grokImagineParams", PARAMETERS),),
    ),
)
