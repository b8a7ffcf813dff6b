"""Google's Imagen."""

from django.utils.translation import gettext_lazy as _

from studio.providers.catalogue.model import ImageModel
from studio.providers.catalogue.offer import Offer, Wire
from studio.providers.catalogue.parameter import Choice
from studio.providers.catalogue.rule import Rule
from studio.providers.catalogue.words import choice, formats, shapes

MODELS = (
    ImageModel(
        id="imagen-4",
        name="Imagen 4",
        family="Imagen",
        made_by="Google",
        good_at=_("Natural light, people, landscapes"),
        prompt_max=2000,
        parameters=(
            shapes("1:1", "4:3", "3:4", "16:9", "9:16"),
            choice(
                "image_size",
                _("Size"),
                (Choice("1K"), Choice("2K")),
                help=_("The longer side, in thousands of pixels."),
                default="1K",
            ),
            formats("jpg", "png", default="jpg"),
        ),
        sizes={
            "1:1": (1024, 1024),
            "4:3": (1184, 888),
            "3:4": (888, 1184),
            "16:9": (1360, 768),
            "9:16": (768, 1360),
        },
        scales={"image_size": {"2K": 2}},
        price=Rule(flat=7),
        usual_seconds=(8, 20),
        aliases=("google/imagen-4.0-generate-001",),
        offers=(
            Offer(
                provider="apiframe",
                model="imagen-4",
                container="imagenParams",
                wires={name: Wire(name) for name in ("aspect_ratio", "image_size", "output_format")},
                prompt_max=2000,
                cost=Rule(flat=7),
                cost_unit="apiframe",
            ),
        ),
    ),
)
