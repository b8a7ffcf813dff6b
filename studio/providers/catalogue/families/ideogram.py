"""Ideogram."""

from django.utils.translation import gettext_lazy as _

from studio.providers.catalogue.model import ImageModel
from studio.providers.catalogue.parameter import Choice, Place
from studio.providers.catalogue.rule import Rule
from studio.providers.catalogue.words import (
    OPEN_SHAPE,
    at_apiframe,
    choice,
    negative_prompt,
    open_choice,
    picture,
    reference_pictures,
    seed,
    shapes,
    sizes,
    text,
)

SHAPES = ("1:1", "3:2", "2:3", "4:3", "3:4", "16:9", "9:16", "16:10", "10:16", "3:1", "1:3")
SPEEDS = (Choice("turbo", _("Fast")), Choice("default", _("Standard")), Choice("quality", _("Fine")))
FACE = _("The person every picture should show.")
STYLES_LABEL = _("Style from")
STYLES_HELP = _("Up to three pictures whose look is taken over.")
STYLES = reference_pictures("style_reference_images", STYLES_LABEL, STYLES_HELP, most=3, place=Place.MORE)
FORM = (
    shapes(*SHAPES, default=None, pattern=OPEN_SHAPE),
    open_choice(
        "style_type",
        _("Style"),
        (
            Choice("Auto", _("Auto"), is_rare=True),
            Choice("General", _("General")),
            Choice("Realistic", _("Realistic")),
            Choice("Design", _("Design")),
        ),
        help=_("Realistic resembles photographs; design is for logos, posters and lettering."),
    ),
    choice(
        "magic_prompt_option",
        _("Enlarge prompt"),
        (
            Choice("Auto", _("Auto"), is_rare=True),
            Choice("On", _("On")),
            Choice("Off", _("Off")),
        ),
        help=_("Let the model add detail to the prompt."),
        place=Place.MORE,
    ),
    negative_prompt(),
    seed(),
)
# Apiframe takes one block of parameters for all of them; what is rare or needs several pictures is left to programs.
RARE = (
    text("resolution", _("Resolution"), _("Width and height at once, such as 1024x1024."), 50, place=Place.API),
    text("style_preset", _("Look"), _("A ready-made look by its name."), 100, place=Place.API),
    picture("image", _("Picture"), _("The picture to change; the mask says where."), place=Place.API),
    picture("mask", _("Mask"), _("A picture of the same size: black is drawn anew, white stays."), place=Place.API),
)
RARE_SPEED = choice(
    "rendering_speed", _("Speed"), SPEEDS, help=_("Fine takes longer than standard, fast less."), place=Place.API
)
RARE_FACE = picture("character_reference_image", _("Person"), FACE, place=Place.API)
RARE_STYLES = reference_pictures("style_reference_images", STYLES_LABEL, STYLES_HELP, most=3, place=Place.API)

OF_2 = (*FORM, RARE_STYLES, RARE_FACE, RARE_SPEED, *RARE)
OF_3 = (*FORM, STYLES, RARE_FACE, RARE_SPEED, *RARE)
OF_CHARACTER = (
    picture("character_reference_image", _("Person"), FACE, is_required=True),
    choice(
        "rendering_speed",
        _("Speed"),
        SPEEDS,
        help=_("Fine takes longer and costs more, fast the opposite."),
        default="default",
    ),
    *FORM,
    STYLES,
    *RARE,
)
OF_CHARACTER_AMOUNTS = {"turbo": 10, "default": 15, "quality": 20}

MODELS = (
    ImageModel(
        id="ideogram-v4-balanced",
        name="Ideogram 4 Balanced",
        family="Ideogram",
        made_by="Ideogram",
        good_at=_("Lettering, logos, page layouts"),
        prompt_max=2000,
        parameters=OF_3,
        sizes=sizes(*SHAPES),
        price=Rule(flat=7, is_estimate=True),
        usual_seconds=(12, 25),
        offers=(at_apiframe("ideogram-v4-balanced", "ideogramParams", OF_3),),
    ),
    ImageModel(
        id="ideogram-v4-turbo",
        name="Ideogram 4 Turbo",
        family="Ideogram",
        made_by="Ideogram",
        good_at=_("Lettering and logos, quickly"),
        prompt_max=2000,
        parameters=OF_3,
        sizes=sizes(*SHAPES),
        price=Rule(flat=4, is_estimate=True),
        usual_seconds=(6, 15),
        offers=(at_apiframe("ideogram-v4-turbo", "ideogramParams", OF_3),),
    ),
    ImageModel(
        id="ideogram-v4-quality",
        name="Ideogram 4 Quality",
        family="Ideogram",
        made_by="Ideogram",
        good_at=_("Finished posters with much text"),
        prompt_max=2000,
        parameters=OF_3,
        sizes=sizes(*SHAPES),
        price=Rule(flat=10, is_estimate=True),
        usual_seconds=(20, 40),
        offers=(at_apiframe("ideogram-v4-quality", "ideogramParams", OF_3),),
    ),
    ImageModel(
        id="ideogram-v3-balanced",
        name="Ideogram 3 Balanced",
        family="Ideogram",
        made_by="Ideogram",
        good_at=_("Lettering and graphic design"),
        prompt_max=2000,
        parameters=OF_3,
        sizes=sizes(*SHAPES),
        price=Rule(flat=6, is_estimate=True),
        usual_seconds=(12, 25),
        offers=(at_apiframe("ideogram-v3-balanced", "ideogramParams", OF_3),),
    ),
    ImageModel(
        id="ideogram-v3-turbo",
        name="Ideogram 3 Turbo",
        family="Ideogram",
        made_by="Ideogram",
        good_at=_("Lettering, quick and cheap"),
        prompt_max=2000,
        parameters=OF_3,
        sizes=sizes(*SHAPES),
        price=Rule(flat=3),
        usual_seconds=(6, 15),
        offers=(at_apiframe("ideogram-v3-turbo", "ideogramParams", OF_3, cost=Rule(flat=3)),),
    ),
    ImageModel(
        id="ideogram-v3-quality",
        name="Ideogram 3 Quality",
        family="Ideogram",
        made_by="Ideogram",
        good_at=_("Careful posters and covers"),
        prompt_max=2000,
        parameters=OF_3,
        sizes=sizes(*SHAPES),
        price=Rule(flat=9, is_estimate=True),
        usual_seconds=(20, 40),
        offers=(at_apiframe("ideogram-v3-quality", "ideogramParams", OF_3),),
    ),
    ImageModel(
        id="ideogram-character",
        name="Ideogram Character",
        family="Ideogram",
        made_by="Ideogram",
        good_at=_("The same person in every picture"),
        prompt_max=2000,
        parameters=OF_CHARACTER,
        sizes=sizes(*SHAPES),
        price=Rule(by="rendering_speed", table=OF_CHARACTER_AMOUNTS),
        usual_seconds=(15, 35),
        offers=(
            at_apiframe(
                "ideogram-character",
                "ideogramParams",
                OF_CHARACTER,
                cost=Rule(by="rendering_speed", table=OF_CHARACTER_AMOUNTS),
            ),
        ),
    ),
    ImageModel(
        id="ideogram-v2",
        name="Ideogram 2",
        family="Ideogram",
        made_by="Ideogram",
        good_at=_("Signs and short lettering"),
        prompt_max=2000,
        parameters=OF_2,
        sizes=sizes(*SHAPES),
        price=Rule(flat=8, is_estimate=True),
        usual_seconds=(12, 25),
        offers=(at_apiframe("ideogram-v2", "ideogramParams", OF_2),),
    ),
    ImageModel(
        id="ideogram-v2-turbo",
        name="Ideogram 2 Turbo",
        family="Ideogram",
        made_by="Ideogram",
        good_at=_("Short lettering, quickly"),
        prompt_max=2000,
        parameters=OF_2,
        sizes=sizes(*SHAPES),
        price=Rule(flat=5, is_estimate=True),
        usual_seconds=(6, 15),
        offers=(at_apiframe("ideogram-v2-turbo", "ideogramParams", OF_2),),
    ),
    ImageModel(
        id="ideogram-v2a",
        name="Ideogram 2a",
        family="Ideogram",
        made_by="Ideogram",
        good_at=_("Everyday graphics, cheap"),
        prompt_max=2000,
        parameters=OF_2,
        sizes=sizes(*SHAPES),
        price=Rule(flat=4, is_estimate=True),
        usual_seconds=(8, 20),
        offers=(at_apiframe("ideogram-v2a", "ideogramParams", OF_2),),
    ),
    ImageModel(
        id="ideogram-v2a-turbo",
        name="Ideogram 2a Turbo",
        family="Ideogram",
        made_by="Ideogram",
        good_at=_("Everyday graphics, fastest"),
        prompt_max=2000,
        parameters=OF_2,
        sizes=sizes(*SHAPES),
        price=Rule(flat=3),
        usual_seconds=(5, 12),
        offers=(at_apiframe("ideogram-v2a-turbo", "ideogramParams", OF_2, cost=Rule(flat=3)),),
    ),
)
