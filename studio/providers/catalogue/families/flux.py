"""Black Forest Labs' Flux."""

from django.utils.translation import gettext_lazy as _

from studio.providers.catalogue.model import ImageModel
from studio.providers.catalogue.offer import Offer, Wire
from studio.providers.catalogue.parameter import Kind, Parameter, Place
from studio.providers.catalogue.rule import Rule
from studio.providers.catalogue.words import RATIO_PATTERN, formats, integer, number, seed, shapes, switch

# Apiframe takes one block of parameters for all Flux models; what Flux 1.1 Pro has no use for stays out of the form.
PARAMETERS = (
    shapes("1:1", "3:2", "2:3", "16:9", "9:16", "4:3", "3:4", "5:4", "4:5", pattern=RATIO_PATTERN),
    seed(),
    switch("prompt_upsampling", _("Enlarge prompt"), _("Let the model add detail to the prompt.")),
    formats("jpg", "png", "webp", default=None),
    integer("output_quality", _("File quality"), _("For JPEG and WebP: 100 is the best and largest."), 0, 100),
    integer("width", _("Width"), _("In pixels, together with the height."), 256, 2048, place=Place.API),
    integer("height", _("Height"), _("In pixels, together with the width."), 256, 2048, place=Place.API),
    Parameter("resolution", Kind.TEXT, _("Resolution"), max_length=100, place=Place.API),
    integer("steps", _("Steps"), _("How often the picture is refined."), 1, 50, place=Place.API),
    number("guidance", _("Guidance"), _("How closely to follow the prompt."), 1.5, 10, place=Place.API),
    switch("raw", _("Raw"), _("Less processed, more like a snapshot."), place=Place.API),
    switch("go_fast", _("Fast"), _("Trade some quality for speed."), place=Place.API),
)

MODELS = (
    ImageModel(
        id="flux-1.1-pro",
        name="Flux 1.1 Pro",
        family="Flux",
        made_by="Black Forest Labs",
        good_at=_("Photographs, fine texture, fast"),
        prompt_max=4000,
        parameters=PARAMETERS,
        sizes={"1:1": (1024, 1024), "3:2": (1248, 832), "2:3": (832, 1248)},
        price=Rule(flat=7, is_estimate=True),
        usual_seconds=(5, 15),
        aliases=("flux-pro/v1.1",),
        offers=(
            Offer(
                provider="apiframe",
                model="flux-1.1-pro",
                container="fluxParams",
                wires={parameter.name: Wire(parameter.name) for parameter in PARAMETERS},
                prompt_max=2000,
            ),
        ),
    ),
)
