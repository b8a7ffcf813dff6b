"""The rows of the composer: one parameter each, drawn by its kind."""

import math
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from studio.core.numbers import listed
from studio.jobs.album import Album, Shown
from studio.providers.catalogue import Kind, Parameter

MOST_CHOICES = 5  # more than these become a native select
WIDEST_SLIDER = 1000  # between its ends


@dataclass
class Option:
    """One value of a row; the empty value asks for nothing, which is what the model does by itself."""

    value: str
    text: str
    is_on: bool
    is_shape: bool = False


@dataclass
class Row:
    """One parameter as the composer shows it: `kind` is shape, choices, select, slider, number, text, pictures."""

    name: str
    kind: str
    label: str
    help: str
    value: str
    options: list[Option] = field(default_factory=list)
    least: str = ""
    most: str = ""
    step: str = ""
    max_length: int | None = None
    error: str = ""
    chosen: list[Shown] = field(default_factory=list)  # of a row of pictures
    others: list[Shown] = field(default_factory=list)
    takes_several: bool = False
    is_required: bool = False
    has_room: bool = True
    example: str = ""  # shown in an empty field: what the model does by itself, or how the text is written
    notch: str = ""  # the step of a slider, and where it rests while nothing is asked for
    rest: str = ""

    @property
    def is_many(self) -> bool:
        """More choices than fit side by side."""
        return self.kind == "shape" and len(self.options) > MOST_CHOICES

    @property
    def id(self) -> str:
        return f"field-{self.name}"


def title_of(labels: list[str]) -> str:
    """`Seed, format` or `Seed, format, 2 more`: a closed box named with what is inside."""
    shown = listed([labels[0], *(label[:1].lower() + label[1:] for label in labels[1:2])])
    rest = len(labels) - 2
    if rest <= 0:
        return shown
    return ngettext("%(shown)s, %(rest)d more", "%(shown)s, %(rest)d more", rest) % {"shown": shown, "rest": rest}


def row_of(parameter: Parameter, value: str, *, count: int, error: str) -> Row:
    """The row of a parameter that stands at the form text `value`; the count parameter stands at `count`."""
    row = Row(
        name=parameter.name,
        kind="text",
        label=str(parameter.label),
        help=str(parameter.help),
        value=value,
        error=error,
        max_length=parameter.max_length,
    )
    if parameter.kind in (Kind.CHOICE, Kind.RATIO):
        row.options = _choices(parameter, value)
        is_many = len(row.options) > MOST_CHOICES and not parameter.is_ratio
        row.kind = "shape" if parameter.is_ratio else "select" if is_many else "choices"
    elif parameter.kind is Kind.BOOLEAN:
        row.kind, row.options = "choices", _switch(parameter, value)
    elif parameter.is_count and (parameter.most or 1) <= MOST_CHOICES:
        row.kind, row.options = "choices", _counts(int(parameter.least or 1), int(parameter.most or 1), count)
    elif parameter.kind is Kind.COLOURS:
        row.example = "#e63946 #1d3557"
    elif parameter.kind in (Kind.INTEGER, Kind.NUMBER):
        row.kind, row.step = "number", "1" if parameter.kind is Kind.INTEGER else "any"
        row.least, row.most = _plain(parameter.least), _plain(parameter.most)
        if parameter.is_count:
            row.value = value or row.least or "1"
        _set_range(row, parameter)
    return row


def _set_range(row: Row, parameter: Parameter) -> None:
    """A range of which a hand can tell the parts gets a slider beside its number; a seed's does not."""
    least, most = parameter.least, parameter.most
    is_known = isinstance(parameter.default, int | float)
    row.example = str(parameter.default) if is_known else _("Auto")
    if least is None or most is None or not 0 < most - least <= WIDEST_SLIDER:
        return
    row.kind = "slider"
    if parameter.kind is Kind.INTEGER:
        row.notch, middle = "1", float((least + most) // 2)
    else:
        row.notch = "0.05" if most - least <= 2 else "0.1"
        middle = round((least + most) / 2, 1)
    row.rest = _as_number(row.value) or (row.example if is_known else _plain(middle))


def _as_number(text: str) -> str:
    try:
        return _plain(float(text)) if math.isfinite(float(text)) else ""
    except ValueError:
        return ""


def _choices(parameter: Parameter, value: str) -> list[Option]:
    chosen = value or str(parameter.default or "")
    options = [
        Option(choice.value, choice.text, choice.value == chosen, parameter.is_ratio)
        for choice in parameter.choices
        if not choice.is_rare or choice.value == value
    ]
    if value and parameter.is_open and not any(option.is_on for option in options):
        options.append(Option(value, value, True))  # a program asked for it, or another copy of this form
    if parameter.default is None:
        options.insert(0, Option("", _("Auto"), not value))
    elif options and not any(option.is_on for option in options) and not value:
        options[0].is_on = True
    return options


def _switch(parameter: Parameter, value: str) -> list[Option]:
    is_on = value in ("true", "on", "1") if value else bool(parameter.default)
    return [Option("false" if parameter.default else "", _("Off"), not is_on), Option("true", _("On"), is_on)]


def _counts(least: int, most: int, count: int) -> list[Option]:
    return [Option(str(n), str(n), n == count) for n in range(least, most + 1)]


def _plain(number: float | None) -> str:
    return "" if number is None else f"{number:g}" if abs(number) < 1e6 else str(int(number))


def picture_row(parameter: Parameter, text: str, album: Album, *, error: str) -> Row:
    """The row of a parameter that takes pictures: those chosen, one's own to choose from, room for a new one."""
    chosen = album.chosen(text)
    return Row(
        name=parameter.name,
        kind="pictures",
        label=str(parameter.label),
        help=str(parameter.help),
        value=text,
        error=error,
        chosen=chosen,
        others=album.others(text),
        takes_several=parameter.is_list,
        is_required=parameter.is_required,
        has_room=not parameter.is_list or parameter.most is None or len(chosen) < parameter.most,
    )
