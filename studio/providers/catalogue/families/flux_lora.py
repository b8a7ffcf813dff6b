"""Flux with weights that a team trained itself."""

from django.utils.translation import gettext_lazy as _

from studio.providers.catalogue.model import ImageModel
from studio.providers.catalogue.parameter import Kind, Parameter
from studio.providers.catalogue.rule import Rule
from studio.providers.catalogue.words import (
    UUID_PATTERN,
    at_apiframe,
    formats,
    integer,
    number,
    pictures,
    seed,
    shapes,
    sizes,
)

SHAPES = ("1:1", "3:2", "2:3", "4:3", "3:4", "16:9", "9:16")
PARAMETERS = (
    Parameter(
        "lora_id",
        Kind.TEXT,
        _("Trained style"),
        _("The id of a style or subject that was trained at Apiframe, such as 0b8f1c1e-7a52-4a6e-9a53-1d2f3c4b5a69."),
        pattern=UUID_PATTERN,
        is_required=True,
    ),
    shapes(*SHAPES, default=None),
    pictures("num_outputs", 4),
    number("lora_strength", _("Strength"), _("How strongly the trained style shows: 0 not at all."), 0, 1.5),
    number("guidance_scale", _("Guidance"), _("How closely to follow the prompt."), 1, 10),
    integer("num_inference_steps", _("Steps"), _("How often the picture is refined."), 4, 50),
    formats("png", "jpg", "webp", default=None),
    seed(),
)

MODELS = (
    ImageModel(
        id="flux-lora",
        name="Flux LoRA",
        family="Flux",
        made_by="Black Forest Labs",
        good_at=_("A style or face trained by you"),
        prompt_max=2000,
        parameters=PARAMETERS,
        sizes=sizes(*SHAPES),
        price=Rule(flat=6, is_estimate=True),
        usual_seconds=(10, 30),
        offers=(at_apiframe("flux-lora", "fluxLoraParams", PARAMETERS, names={"lora_id": "loraId"}),),
    ),
)
