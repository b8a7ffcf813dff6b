"""Google's Imagen: Apiframe chooses size and format, AI/ML API seed, number and how strictly is checked."""

from django.utils.translation import gettext_lazy as _

from studio.providers.catalogue.aimlapi import at_aimlapi
from studio.providers.catalogue.model import ImageModel
from studio.providers.catalogue.offer import Offer
from studio.providers.catalogue.parameter import Choice, Place
from studio.providers.catalogue.rule import Rule
from studio.providers.catalogue.words import choice, formats, pictures, seed, shapes, switch, told

SHAPES = shapes("1:1", "4:3", "3:4", "16:9", "9:16")
SIZE = choice(
    "image_size",
    _("Size"),
    (Choice("1K"), Choice("2K")),
    help=_("The longer side, in thousands of pixels."),
    default="1K",
)
# no default: Apiframe makes JPEG, AI/ML API does not say
FORMAT = formats("jpg", "png", default=None)
COUNT = pictures("num_images", 4)
SEED = seed(0, 2**32 - 1)
ENHANCE = switch("enhance_prompt", _("Enlarge prompt"), _("Let the model add detail to the prompt."), default=True)
PEOPLE = choice(
    "person_generation",
    _("People"),
    (Choice("allow_adult", _("Adults")), Choice("dont_allow", _("Nobody"))),
    help=_("Whether the picture may show people."),
    default="allow_adult",
    place=Place.MORE,
)
SAFETY = choice(
    "safety_setting",
    _("Safety check"),
    (
        Choice("block_low_and_above", _("Strict")),
        Choice("block_medium_and_above", _("Usual")),
        Choice("block_only_high", _("Lenient")),
    ),
    help=_("How readily the provider withholds a picture."),
    default="block_medium_and_above",
    place=Place.API,
)
WATERMARK = switch(
    "add_watermark",
    _("Watermark"),
    _("An invisible mark that says the picture was generated."),
    default=False,
    place=Place.API,
)
PARAMETERS = (SHAPES, SIZE, COUNT, SEED, FORMAT, ENHANCE, PEOPLE, SAFETY, WATERMARK)
APIFRAME = told("aspect_ratio", "image_size", "output_format")
AIMLAPI = told("aspect_ratio", "seed", "enhance_prompt", "person_generation", "safety_setting", "add_watermark")
ONE_K = {"image_size": "1K"}
SIZES = {
    "1:1": (1024, 1024),
    "4:3": (1184, 888),
    "3:4": (888, 1184),
    "16:9": (1360, 768),
    "9:16": (768, 1360),
}
TIMES = {"image_size": {"2K": 2}}

MODELS = (
    ImageModel(
        id="imagen-4",
        name="Imagen 4",
        family="Imagen",
        made_by="Google",
        good_at=_("Natural light, people, landscapes"),
        prompt_max=2000,
        parameters=PARAMETERS,
        sizes=SIZES,
        scales=TIMES,
        price=Rule(flat=7),
        usual_seconds=(8, 20),
        offers=(
            Offer(
                "apiframe",
                "imagen-4",
                APIFRAME,
                container="imagenParams",
                prompt_max=2000,
                cost=Rule(flat=7),
                cost_unit="apiframe",
            ),
            at_aimlapi("google/imagen-4.0-generate-001", AIMLAPI, always=ONE_K, prompt_max=400, cost=84_000),
            at_aimlapi("google/imagen4/preview", AIMLAPI, always=ONE_K, prompt_max=400),
            at_aimlapi("imagen4/preview", told("aspect_ratio", "seed"), always=ONE_K, prompt_max=400),
        ),
    ),
    ImageModel(
        id="imagen-4-ultra",
        name="Imagen 4 Ultra",
        family="Imagen",
        made_by="Google",
        good_at=_("The most exact Imagen"),
        prompt_max=2000,
        parameters=PARAMETERS,
        sizes=SIZES,
        scales=TIMES,
        price=Rule(flat=11, is_estimate=True),
        usual_seconds=(10, 25),
        offers=(
            Offer("apiframe", "imagen-4-ultra", APIFRAME, container="imagenParams", prompt_max=2000),
            at_aimlapi("google/imagen-4.0-ultra-generate-001", AIMLAPI, always=ONE_K, prompt_max=400, cost=126_000),
            at_aimlapi("imagen-4.0-ultra-generate-preview-06-06", AIMLAPI, always=ONE_K, prompt_max=400),
        ),
    ),
    ImageModel(
        id="imagen-4-fast",
        name="Imagen 4 Fast",
        family="Imagen",
        made_by="Google",
        good_at=_("Imagen in half the time"),
        prompt_max=2000,
        parameters=PARAMETERS,
        sizes=SIZES,
        scales=TIMES,
        price=Rule(flat=4, is_estimate=True),
        usual_seconds=(4, 10),
        offers=(
            Offer("apiframe", "imagen-4-fast", APIFRAME, container="imagenParams", prompt_max=2000),
            at_aimlapi("google/imagen-4.0-fast-generate-001", AIMLAPI, always=ONE_K, prompt_max=400, cost=42_000),
        ),
    ),
    ImageModel(
        id="imagen-3",
        name="Imagen 3",
        family="Imagen",
        made_by="Google",
        good_at=_("Soft, painterly photographs"),
        prompt_max=2000,
        parameters=PARAMETERS,
        sizes=SIZES,
        scales=TIMES,
        price=Rule(flat=7, is_estimate=True),
        usual_seconds=(8, 20),
        offers=(
            Offer("apiframe", "imagen-3", APIFRAME, container="imagenParams", prompt_max=2000),
            at_aimlapi("imagen-3.0-generate-002", AIMLAPI, always=ONE_K, prompt_max=400),
        ),
    ),
    ImageModel(
        id="imagen-3-fast",
        name="Imagen 3 Fast",
        family="Imagen",
        made_by="Google",
        good_at=_("Quick, simple scenes"),
        prompt_max=2000,
        parameters=(SHAPES, SIZE, FORMAT),
        sizes=SIZES,
        scales=TIMES,
        price=Rule(flat=4, is_estimate=True),
        usual_seconds=(4, 10),
        offers=(Offer("apiframe", "imagen-3-fast", APIFRAME, container="imagenParams", prompt_max=2000),),
    ),
)
