"""Reads a prompt: which scene, colours, light, style and counts its words ask for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from studio.providers.art import words
from studio.providers.art.oklch import Colour, from_hex

MOST = 12  # counts beyond this are drawn as this many

_DIRECTIVE = re.compile(r"\[sandbox:[^\]]*\]", re.IGNORECASE)
_HANGUL = "가-힣"
_LATIN = re.compile(r"[a-z_]+")


@dataclass(frozen=True)
class Brief:
    """What a prompt asks for; every field may be empty, and then the seed decides."""

    subject: str | None = None
    light: str | None = None
    colours: tuple[Colour, ...] = ()
    style: str | None = None
    extras: frozenset[str] = frozenset()
    counts: Mapping[str, int] = field(default_factory=dict)

    def count(self, kind: str, otherwise: int) -> int:
        """How many of a kind (a key of words.COUNTABLE) to draw: 1 to 12 when the prompt says so."""
        return self.counts.get(kind, self.counts.get("thing", otherwise))


def normalise(prompt: str) -> str:
    """The prompt in one spelling (NFKC, small letters, single spaces), without `[sandbox:…]` directives."""
    text = unicodedata.normalize("NFKC", _DIRECTIVE.sub(" ", unicodedata.normalize("NFKC", prompt)))
    return " ".join(text.casefold().split())


def read(prompt: str) -> Brief:
    """The brief in a prompt; the earliest subject wins, colours keep their order."""
    text = normalise(prompt)
    light = _first("LIGHTS", text)
    subject = _first("SUBJECTS", text) or _first("WEAK", text)
    extras = frozenset(_found("EXTRAS", text))
    if subject == "city":
        subject = "nightcity" if light in ("night", "neon") or "rain" in extras else "town"
    return Brief(
        subject=subject,
        light=light,
        colours=tuple(from_hex(name) for name in dict.fromkeys(_found("COLOURS", text))),
        style=_first("STYLES", text),
        extras=extras,
        counts=_counts(text),
    )


def _alternatives(listed: Iterable[str], *, guarded: bool = True) -> str:
    """One pattern for many words, the longest first, each guarded as its script needs."""
    patterns = []
    for word in sorted(listed, key=lambda w: (-len(w), w)):
        spaced = re.escape(word).replace("_", r"[\s-]?" if not word.isascii() else r"[\s-]")
        if _LATIN.fullmatch(word):
            patterns.append(rf"(?<![a-z]){spaced}(?:s|es)?(?![a-z])")
        elif re.match(f"[{_HANGUL}]", word):
            # Only where a word begins; a range of Hangul as a guard would take re tens of milliseconds to compile.
            patterns.append(rf"\b{spaced}" if guarded else spaced)
        else:
            patterns.append(spaced)
    return "|".join(patterns)


@cache
def _pattern(table: str) -> tuple[re.Pattern[str], dict[str, str]]:
    """One pattern for a table of words.py, and which entry each of its groups belongs to."""
    entries: Mapping[str, str] = getattr(words, table)
    pairs = [(word, name) for name, listed in entries.items() for word in listed.split()]
    # Longer words come first over all entries, so that "night city" is not read as "city".
    pairs.sort(key=lambda pair: -len(pair[0]))
    pieces = [f"(?P<w{index}>{_alternatives([word])})" for index, (word, _) in enumerate(pairs)]
    return re.compile("|".join(pieces)), {f"w{index}": name for index, (_, name) in enumerate(pairs)}


def _found(table: str, text: str) -> list[str]:
    pattern, names = _pattern(table)
    return [names[match.lastgroup] for match in pattern.finditer(text) if match.lastgroup]


def _first(table: str, text: str) -> str | None:
    return next(iter(_found(table, text)), None)


@cache
def _number_patterns() -> list[tuple[str, re.Pattern[str]]]:
    number = "|".join(["[0-9]{1,3}", *(_alternatives(listed.split()) for listed in _by_length(words.NUMBERS.values()))])
    patterns = []
    for kind, listed in words.COUNTABLE.items():
        noun = _alternatives(listed.split(), guarded=False)  # 3개, 세마리
        # At most two words may stand between ("three small green pears"); in ja and ko the counter may follow closely.
        patterns.append((kind, re.compile(rf"({number})(?:\s+[a-z]+){{0,2}}?[\s-]*(?:\w?の)?({noun})")))
    return patterns


def _by_length(listed: Iterable[str]) -> list[str]:
    return sorted(listed, key=lambda w: -max(len(part) for part in w.split()))


@cache
def _number_values() -> dict[str, int]:
    return {word: value for value, listed in words.NUMBERS.items() for word in listed.split()}


def _counts(text: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    values = _number_values()
    for kind, pattern in _number_patterns():
        match = pattern.search(text)
        if match:
            word = match.group(1)
            value = int(word) if word.isdigit() and word.isascii() else values.get(word.removesuffix("s"), 1)
            counts[kind] = min(MOST, max(1, value))
    return counts
