"""Kuaishou's Kling."""

from django.utils.translation import gettext_lazy as _

from studio.providers.catalogue.model import ImageModel
from studio.providers.catalogue.parameter import Choice
from studio.providers.catalogue.rule import Rule
from studio.providers.catalogue.words import (
    at_apiframe,
    choice,
    negative_prompt,
    number,
    picture_to_change,
    pictures,
    shapes,
    sizes,
)

SHAPES = ("1:1", "3:2", "2:3", "4:3", "3:4", "16:9", "9:16")
PARAMETERS = (
    shapes(*SHAPES, default=None),
    choice(
        "model_name",
        _("Version"),
        (Choice("kling-v1", "Kling 1"), Choice("kling-v1-5", "Kling 1.5"), Choice("kling-v2", "Kling 2")),
        help=_("Which generation of the model draws."),
        default="kling-v1",
    ),
    pictures("n", 4),
    negative_prompt(2500),
    picture_to_change("image"),
    number("image_fidelity", _("Likeness"), _("How closely to keep to the picture: 0 freely, 1 exactly."), 0, 1),
)

MODELS = (
    ImageModel(
        id="kling-image",
        name="Kling Image",
        family="Kling",
        made_by="Kuaishou",
        good_at=_("People and moods, up to four takes"),
        prompt_max=2000,
        parameters=PARAMETERS,
        sizes=sizes(*SHAPES),
        price=Rule(flat=2),
        usual_seconds=(15, 40),
        offers=(at_apiframe("kling-image", "klingImageParams", PARAMETERS, cost=Rule(flat=2)),),
    ),
)
