"""The blanks of a prompt, `{subject}`: a field each in the composer, put into the words before all else."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from studio.core.numbers import listed
from studio.jobs.errors import BadPrompt
from studio.jobs.variables import parse

PREFIX = "blank-"  # before the name: the form's field
LONGEST = 2000  # characters of one


@dataclass(frozen=True)
class Field:
    """One blank as the composer shows it."""

    label: str
    value: str

    @property
    def name(self) -> str:
        return f"{PREFIX}{self.label}"


def fields_of(prompt: str, data: Mapping[str, str]) -> list[Field]:
    """The blanks in order, with what was filled in; none while the braces are wrong."""
    try:
        return [Field(name, data.get(f"{PREFIX}{name}", "")[:LONGEST]) for name in parse(prompt).blanks]
    except BadPrompt:
        return []


def filled(prompt: str, data: Mapping[str, str]) -> str:
    """The words with what was filled in; an empty blank stays as it is written. Raises BadPrompt."""
    fields = fields_of(prompt, data)
    return parse(prompt).filled({field.label: field.value.strip() for field in fields if field.value.strip()})


def problem(prompt: str, data: Mapping[str, str]) -> str:
    """What is still to be filled in, as a sentence."""
    names = [field.label for field in fields_of(prompt, data) if not field.value.strip()]
    if not names:
        return ""
    words = {"names": listed(names)}
    return _("Fill in %(names)s below the words. For a brace itself write \\{.") % words
