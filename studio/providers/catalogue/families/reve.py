"""Reve."""

from django.utils.translation import gettext_lazy as _

from studio.providers.catalogue.model import ImageModel
from studio.providers.catalogue.parameter import Place
from studio.providers.catalogue.rule import Rule
from studio.providers.catalogue.words import at_apiframe, seed, shapes, sizes, text

SHAPES = ("1:1", "3:2", "2:3", "4:3", "3:4", "16:9", "9:16")
PARAMETERS = (
    shapes(*SHAPES, default=None),
    seed(),
    text("version", _("Version"), _("A release of the model by its name; empty for the newest."), 100, place=Place.API),
)

MODELS = (
    ImageModel(
        id="reve-create",
        name="Reve Create",
        family="Reve",
        made_by="Reve",
        good_at=_("Follows the words closely, good lettering"),
        prompt_max=2000,
        parameters=PARAMETERS,
        sizes=sizes(*SHAPES),
        price=Rule(flat=4, is_estimate=True),
        usual_seconds=(10, 25),
        offers=(at_apiframe("reve-create", "reveParams", PARAMETERS),),
    ),
)
