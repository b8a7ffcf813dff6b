"""OpenAI's GPT Image."""

from django.utils.translation import gettext_lazy as _

from studio.providers.catalogue.model import ImageModel
from studio.providers.catalogue.offer import Offer, Wire
from studio.providers.catalogue.parameter import Choice, Place
from studio.providers.catalogue.rule import Rule
from studio.providers.catalogue.words import choice, formats, pictures, shapes

QUALITY = choice(
    "quality",
    _("Quality"),
    (
        Choice("auto", _("Automatic")),
        Choice("low", _("Low")),
        Choice("medium", _("Medium")),
        Choice("high", _("High")),
    ),
    help=_("Higher quality takes longer and costs more; automatic is priced like high."),
    default="auto",
)
MODERATION = choice(
    "moderation",
    _("Moderation"),
    (Choice("auto", _("Standard")), Choice("low", _("Lenient"))),
    help=_("How strictly prompt and picture are checked."),
    default="auto",
    place=Place.MORE,
)
AMOUNTS = {"low": 4, "medium": 9, "high": 23, "auto": 23}

MODELS = (
    ImageModel(
        id="gpt-image-2",
        name="GPT Image 2",
        family="GPT Image",
        made_by="OpenAI",
        good_at=_("Text in pictures, exact instructions"),
        prompt_max=32_000,
        parameters=(
            shapes("1:1", "3:2", "2:3"),
            QUALITY,
            pictures("number_of_images", 10),
            choice(
                "background",
                _("Background"),
                (Choice("auto", _("Automatic")), Choice("opaque", _("Opaque"))),
                help=_("Opaque never leaves parts of the picture empty."),
                default="auto",
                place=Place.MORE,
            ),
            formats("png", "jpeg", "webp", default="webp"),
            MODERATION,
        ),
        sizes={"1:1": (1024, 1024), "3:2": (1536, 1024), "2:3": (1024, 1536)},
        price=Rule(by="quality", table=AMOUNTS),
        usual_seconds=(20, 60),
        aliases=("openai/gpt-image-2",),
        offers=(
            Offer(
                provider="apiframe",
                model="gpt-image-2",
                container="gptImage2Params",
                wires={
                    name: Wire(name)
                    for name in ("aspect_ratio", "quality", "background", "output_format", "moderation")
                },
                prompt_max=2000,
                count="number_of_images",
                most=10,
                cost=Rule(by="quality", table=AMOUNTS),
                cost_unit="apiframe",
            ),
        ),
    ),
)
