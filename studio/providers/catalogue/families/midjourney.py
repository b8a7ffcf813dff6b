"""Midjourney."""

from django.utils.translation import gettext_lazy as _

from studio.providers.catalogue.model import ImageModel
from studio.providers.catalogue.rule import Rule
from studio.providers.catalogue.words import RATIO_PATTERN, at_apiframe, pictures, shapes, sizes

SHAPES = ("1:1", "3:2", "2:3", "16:9", "9:16", "4:3", "3:4")
PARAMETERS = (shapes(*SHAPES, default=None, pattern=RATIO_PATTERN), pictures("pictures", 4, least=4))

MODELS = (
    ImageModel(
        id="midjourney",
        name="Midjourney",
        family="Midjourney",
        made_by="Midjourney",
        good_at=_("Four painterly takes at once"),
        prompt_max=2000,
        parameters=PARAMETERS,
        sizes=sizes(*SHAPES),
        price=Rule(flat=4),  # 16 an order, which is always four pictures
        usual_seconds=(30, 60),
        offers=(at_apiframe("midjourney", "midjourneyParams", PARAMETERS, cost=Rule(flat=4)),),
    ),
)
