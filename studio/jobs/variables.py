r"""Variables in a prompt: `{red|blue} car` is two prompts, `{name}` a blank that a preset leaves to be filled.

A choice is a pair of braces with a bar between them; options may be empty and may hold choices themselves. A pair
without a bar is a blank when its text could be a name, else ordinary text, as is a brace that has no partner. A
backslash makes a brace, or a bar inside braces, ordinary (`\{`); two before it are one backslash. Everywhere else a
backslash is itself.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod

from django.utils.translation import gettext as _

from studio.core.numbers import grouped
from studio.jobs.errors import BadPrompt

MOST_PROMPTS = 48
DEEPEST = 6  # choices inside choices
LONGEST = 50_000  # characters; no model reads so much, and what is longer is not looked through
_MARK = re.compile(r"(?<!\\)(\\*)([{|}])")
_NAME = re.compile(r"(?=.{1,40}\Z)[^\W\d_][\w '’-]*")


@dataclass(frozen=True)
class Blank:
    """`{name}` where it stands in the text."""

    name: str
    start: int
    end: int

    @property
    def written(self) -> str:
        return f"{{{self.name}}}"


@dataclass(frozen=True)
class Choice:
    """`{a|b}`: its options as parts and as written, how many texts they make, and how deep choices lie in it."""

    options: "tuple[tuple[Part, ...], ...]"
    written: tuple[str, ...]
    number: int
    depth: int


Part = str | Blank | Choice


@dataclass(frozen=True)
class Template:
    """A prompt as it was written, and what its braces mean."""

    text: str
    parts: tuple[Part, ...]
    marks: tuple[Blank, ...]  # every blank of the text, in order, also inside choices

    @property
    def blanks(self) -> list[str]:
        """The names to be filled, each once."""
        return list(dict.fromkeys(mark.name for mark in self.marks))

    @property
    def choices(self) -> list[list[str]]:
        """The options of each choice as they are written; of choices inside choices, the outer ones."""
        return [list(part.written) for part in self.parts if isinstance(part, Choice)]

    @property
    def number(self) -> int:
        """How many prompts it makes, twins included; 1 without a choice."""
        return prod(part.number for part in self.parts if isinstance(part, Choice))

    def expand(self) -> list[str]:
        """The prompts, the last choice changing first, twins left out, escapes resolved, blanks as they stand.

        Raises BadPrompt where they are more than MOST_PROMPTS.
        """
        if self.number > MOST_PROMPTS:
            raise BadPrompt(
                _("These words make %(number)s prompts; %(most)d is the most.")
                % {"number": grouped(self.number) if self.number < 10**12 else "10¹²+", "most": MOST_PROMPTS}
            )
        return list(dict.fromkeys(_texts(self.parts)))

    def filled(self, values: Mapping[str, str]) -> str:
        """The text with its blanks filled, choices and escapes as written: a value may be a choice itself."""
        text, at = "", 0
        for mark in self.marks:
            text += self.text[at : mark.start] + values.get(mark.name, mark.written)
            at = mark.end
        return text + self.text[at:]


def parse(text: str) -> Template:
    """Read a prompt's braces; raises BadPrompt, with the place, where a choice is not closed or lies too deep."""
    return _Reader(text).read() if len(text) <= LONGEST else Template(text, (text,), ())


def escaped(text: str) -> str:
    """`text` so that it makes exactly itself: a job's prompt on its way back into the composer."""
    if not _MARK.search(text) or len(text) > LONGEST:
        return text
    try:
        template = parse(text)
        if not template.marks and template.expand() == [text]:
            return text
    except BadPrompt:
        pass
    return _MARK.sub(lambda mark: mark[0] if mark[2] == "|" else f"{mark[1]}{mark[1]}\\{mark[2]}", text)


@dataclass
class _Open:
    """A brace not closed yet: where it stands, the parts before it, its bars as places in text and parts."""

    position: int
    first: int
    bars: list[tuple[int, int]] = field(default_factory=list)


class _Reader:
    """One pass over the text; parts of open braces lie in one list until their braces close."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.parts: list[Part] = []
        self.open: list[_Open] = []
        self.marks: list[Blank] = []

    def read(self) -> Template:
        at = 0
        for mark in _MARK.finditer(self.text):
            self._put(self.text[at : mark.start()])
            at = mark.end()
            slashes, sign = mark[1], mark[2]
            if sign == "|" and not self.open:
                self._put(mark[0])
                continue
            self._put(slashes[: len(slashes) // 2])
            if len(slashes) % 2:
                self._put(sign)
            else:
                {"{": self._begin, "|": self._bar, "}": self._end}[sign](at - 1)
        self._put(self.text[at:])
        for brace in self.open:
            if brace.bars:
                raise BadPrompt(
                    _("The choice that begins at character %(position)d is not closed. Write \\{ for a brace itself.")
                    % {"position": brace.position + 1},
                    position=brace.position + 1,
                )
        return Template(self.text, tuple(self.parts), tuple(self.marks))

    def _put(self, text: str) -> None:
        if text:
            self.parts.append(text)

    def _begin(self, position: int) -> None:
        self.open.append(_Open(position, len(self.parts)))
        self._put("{")

    def _bar(self, position: int) -> None:
        self.open[-1].bars.append((position, len(self.parts)))
        self._put("|")

    def _end(self, position: int) -> None:
        brace = self.open.pop() if self.open else None
        if brace is None or not (brace.bars or _NAME.fullmatch(self.text, brace.position + 1, position)):
            self._put("}")
            return
        if brace.bars:
            part: Part = self._choice(brace, position)
        else:
            part = Blank(self.text[brace.position + 1 : position], brace.position, position + 1)
            self.marks.append(part)
        del self.parts[brace.first :]
        self.parts.append(part)

    def _choice(self, brace: _Open, end: int) -> Choice:
        places = [(brace.position, brace.first), *brace.bars, (end, len(self.parts))]
        options, written = [], []
        for (from_, first), (to, last) in zip(places, places[1:], strict=False):
            options.append(_trimmed(self.parts[first + 1 : last]))
            written.append(self.text[from_ + 1 : to].strip())
        inner = [part for option in options for part in option if isinstance(part, Choice)]
        depth = 1 + max((part.depth for part in inner), default=0)
        if depth > DEEPEST:
            raise BadPrompt(
                _("The choice that begins at character %(position)d holds choices too deep inside each other.")
                % {"position": brace.position + 1},
                position=brace.position + 1,
            )
        number = sum(prod(part.number for part in option if isinstance(part, Choice)) for option in options)
        return Choice(tuple(options), tuple(written), number, depth)


def _trimmed(parts: Sequence[Part]) -> tuple[Part, ...]:
    """An option without the white space at its ends."""
    kept = list(parts)
    while kept and isinstance(kept[0], str) and not (first := kept[0].lstrip()):
        kept.pop(0)
    if kept and isinstance(kept[0], str):
        kept[0] = first
    while kept and isinstance(kept[-1], str) and not (last := kept[-1].rstrip()):
        kept.pop()
    if kept and isinstance(kept[-1], str):
        kept[-1] = last
    return tuple(kept)


def _texts(parts: Sequence[Part]) -> Iterator[str]:
    ways = [_ways(part) for part in parts]
    return map(_joined, product(*ways))


def _ways(part: Part) -> list[str]:
    if isinstance(part, Choice):
        return [text for option in part.options for text in _texts(option)]
    return [part.written if isinstance(part, Blank) else part]


def _joined(texts: Sequence[str]) -> str:
    """One text; where nothing was chosen, not with the spaces of both sides."""
    whole, is_gap = "", False
    for text in texts:
        if is_gap and text.startswith(" ") and (not whole or whole[-1].isspace()):
            text = text[1:]
        is_gap = not text
        whole += text
    return whole
