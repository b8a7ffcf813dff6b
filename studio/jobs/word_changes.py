"""What changed between two prompts, in words; where a script writes without spaces, in letters."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

MOST_STEPS = 160_000  # words times words that are compared one by one; beyond, the changed middle is one stretch
MOST_LETTERS = 300  # of a stretch without spaces that is looked into
LEAST_ALIKE = 0.3  # of two stretches that are looked into; below, one stands for the other as a whole

_CHUNK = re.compile(r"(\S+)(\s*)")
_PARTS = re.compile(r"[、。，．！？：；「」『』（）・]|[^、。，．！？：；「」『』（）・]+")
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[\uac00-\ud7a3]{6}"
)
_JOINER = "\u200d"


class Kind(StrEnum):
    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True)
class Stretch:
    """Words in a row that have the same fate; `text` keeps the spaces between and behind them."""

    text: str
    kind: Kind

    @property
    def is_new(self) -> bool:
        return self.kind is Kind.NEW

    @property
    def is_gone(self) -> bool:
        return self.kind is Kind.GONE


@dataclass(frozen=True)
class _Token:
    """A word, a mark of punctuation or a letter, and the spaces behind it, which are not compared."""

    text: str
    space: str = ""


def compared(before: str, after: str) -> list[Stretch]:
    """Both texts as one: what stayed, what is gone and, behind it, what came instead."""
    return _joined(_compared(list(_words(before)), list(_words(after))))


def only_changes(stretches: list[Stretch]) -> list[Stretch]:
    """What is gone and what is new, each without spaces around it."""
    found = (Stretch(one.text.strip(), one.kind) for one in stretches if one.kind is not Kind.SAME)
    return [one for one in found if one.text]


def _words(text: str) -> Iterator[_Token]:
    for match in _CHUNK.finditer(text):
        parts = [part for piece in _PARTS.findall(match[1]) for part in _peeled(piece)]
        for number, part in enumerate(parts, 1):
            yield _Token(part, match[2] if number == len(parts) else "")


def _peeled(word: str) -> Iterator[str]:
    """A word without the punctuation around it, which is told apart: `sea,` and `sea` are the same word."""
    core = word.strip("".join({letter for letter in word if unicodedata.category(letter)[0] == "P"}))
    if not core:
        yield word
        return
    front, _core, back = word.partition(core)
    yield from (part for part in (front, core, back) if part)


def letters(text: str) -> list[str]:
    """Letters as people count them: with the marks, joiners and colours that belong to them."""
    found: list[str] = []
    for letter in text:
        belongs = unicodedata.category(letter)[0] == "M" or letter == _JOINER or "\U0001f3fb" <= letter <= "\U0001f3ff"
        if found and (belongs or found[-1].endswith(_JOINER)):
            found[-1] += letter
        else:
            found.append(letter)
    return found


def _compared(old: Sequence[_Token], new: Sequence[_Token]) -> Iterator[Stretch]:
    least = min(len(old), len(new))
    head = next((n for n in range(least) if old[n].text != new[n].text), least)
    tail = next((n for n in range(least - head) if old[-1 - n].text != new[-1 - n].text), least - head)
    yield _stretch(new[:head], Kind.SAME)
    yield from _middle(old[head : len(old) - tail], new[head : len(new) - tail])
    yield _stretch(new[len(new) - tail :], Kind.SAME)


def _middle(old: Sequence[_Token], new: Sequence[_Token]) -> Iterator[Stretch]:
    if len(old) * len(new) > MOST_STEPS:
        yield from (_stretch(old, Kind.GONE), _stretch(new, Kind.NEW))
        return
    matcher = SequenceMatcher(None, [one.text for one in old], [one.text for one in new], autojunk=False)
    for how, a, b, c, d in matcher.get_opcodes():
        if how == "equal":
            yield _stretch(new[c:d], Kind.SAME)
        else:
            yield from _replaced(old[a:b], new[c:d])


def _replaced(old: Sequence[_Token], new: Sequence[_Token]) -> Iterator[Stretch]:
    """One stretch in place of another, looked into where it has no spaces and most of it stayed."""
    gone, came = _stretch(old, Kind.GONE), _stretch(new, Kind.NEW)
    if not (_UNSPACED.search(gone.text) and _UNSPACED.search(came.text)):
        yield from (gone, came)
        return
    a, b = letters(gone.text), letters(came.text)
    if max(len(a), len(b)) > MOST_LETTERS:
        yield from (gone, came)
        return
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    if matcher.ratio() < LEAST_ALIKE:
        yield from (gone, came)
        return
    for how, i, j, m, n in matcher.get_opcodes():
        if how == "equal":
            yield Stretch("".join(b[m:n]), Kind.SAME)
        else:
            yield from (Stretch("".join(a[i:j]), Kind.GONE), Stretch("".join(b[m:n]), Kind.NEW))


def _stretch(tokens: Sequence[_Token], kind: Kind) -> Stretch:
    return Stretch("".join(token.text + token.space for token in tokens), kind)


def _joined(stretches: Iterator[Stretch]) -> list[Stretch]:
    """Without empty ones, and neighbours of one kind as one."""
    found: list[Stretch] = []
    for one in stretches:
        if found and found[-1].kind is one.kind:
            found[-1] = Stretch(found[-1].text + one.text, one.kind)
        elif one.text:
            found.append(one)
    return found
