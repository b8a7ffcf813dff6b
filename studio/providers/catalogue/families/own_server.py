"""An image server of one's own that speaks as OpenAI does (facts D): whatever it has loaded."""

from django.utils.translation import gettext_lazy as _

from studio.providers.catalogue.join import Exact, Join
from studio.providers.catalogue.model import ImageModel
from studio.providers.catalogue.rule import Rule
from studio.providers.catalogue.words import at_openai, pictures, shapes, sides

SIZES = {
    "1:1": (1024, 1024),
    "3:2": (1248, 832),
    "2:3": (832, 1248),
    "16:9": (1360, 768),
    "9:16": (768, 1360),
    "4:3": (1152, 864),
    "3:4": (864, 1152),
}

MODELS = (
    ImageModel(
        id="own-server",
        name="Own server",
        family="Own server",
        good_at=_("Whatever your own machine draws"),
        prompt_max=4000,
        parameters=(shapes("1:1", "3:2", "2:3", "16:9", "9:16", "4:3", "3:4"), pictures("n", 10), *sides(64, 2048)),
        sizes=SIZES,
        price=Rule(flat=1, is_estimate=True),
        usual_seconds=(10, 60),
        offers=(
            # only what every such server knows; what one of them does not know it may read past
            at_openai(
                "",
                {},
                Join(
                    "size",
                    {f"{width}x{height}": {"aspect_ratio": ratio} for ratio, (width, height) in SIZES.items()},
                    exact=Exact(64, 2048, is_text=True),
                ),
                most=10,
                prompt_max=4000,
                constants={"size": "1024x1024"},
                is_elsewhere_only=True,
            ),
        ),
    ),
)
