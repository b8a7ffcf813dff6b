"""Small phrases about a job, as people read them."""

import re
from datetime import datetime

from django.utils import formats, timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from studio.jobs.models import Image, Job
from studio.providers.catalogue import ImageModel, Kind, Place

_CELL = '<rect x="{x}" y="{y}" width="1.02" height="1.02" fill="#{colour}"/>'
_CELLS = re.compile("[0-9a-f]{36}", re.ASCII)


def asked_words(job: Job, model: ImageModel | None) -> list[str]:
    """The shape, and every choice of the composer's first rows that was asked for, as people read them."""
    words: list[str] = []
    if model is None:
        return words
    for parameter in model.parameters:
        value = job.params.get(parameter.name, parameter.default if parameter.is_ratio else None)
        if value is None:
            continue
        if parameter.is_ratio:
            words.append(str(value))
        elif parameter.kind is Kind.CHOICE and parameter.place is Place.MAIN:
            labels = {choice.value: choice.text for choice in parameter.choices}
            words.append(labels.get(str(value), str(value)).lower())
    return words


def cells_of(image: Image) -> SafeString:
    """The six stored colours, three by two, as SVG rectangles; as text, for a page has hundreds of them."""
    if not _CELLS.fullmatch(image.cells):
        return SafeString("")
    colours = (image.cells[at : at + 6] for at in range(0, 36, 6))
    return SafeString("".join(_CELL.format(x=n % 3, y=n // 3, colour=colour) for n, colour in enumerate(colours)))


def in_line(place: int) -> str:
    """`Next in line`, `3rd in line`; the four endings are English, other languages write them alike."""
    if place == 1:
        return _("Next in line")
    words = {"place": place}
    if place % 100 in (11, 12, 13):
        return _("%(place)dth in line") % words
    if place % 10 == 1:
        return _("%(place)dst in line") % words
    if place % 10 == 2:
        return _("%(place)dnd in line") % words
    if place % 10 == 3:
        return _("%(place)drd in line") % words
    return _("%(place)dth in line") % words


def wait_sentence(code: str, provider: str) -> str:
    """Why a job waits although its turn came."""
    sentences = {
        "rate_limited": _("%(provider)s has too much to do at the moment. It is asked again by itself."),
        "provider_unreachable": _("%(provider)s cannot be reached at the moment. It is asked again by itself."),
    }
    if code == "provider_off":
        words = _("%(provider)s is switched off. The order waits a day for it; cancelling gives the credits back.")
        return words % {"provider": provider}
    other = _("%(provider)s did not take the order yet. It is asked again by itself.")
    return sentences.get(code, other) % {"provider": provider}


def unknown_sentence(code: str, provider: str) -> str:
    """Why nobody can tell what became of an order."""
    sentences = {
        "provider_error": _("%(provider)s answered with an error that does not say whether it took the order."),
        "too_slow": _("%(provider)s did not answer in time, so we cannot tell whether it made the picture."),
        "nonsense": _("%(provider)s gave an answer that made no sense, so we cannot tell whether it took the order."),
        "stopped": _("The studio stopped while the order was being placed, so we cannot tell whether it exists."),
    }
    broke = _(
        "The connection to %(provider)s broke while the order was being placed, so we cannot tell whether it exists."
    )
    return sentences.get(code, broke) % {"provider": provider}


def clock(moment: datetime | None) -> str:
    return formats.date_format(timezone.localtime(moment), "H:i") if moment else ""
