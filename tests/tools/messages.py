"""Keeps the catalogues of words: `python -m tests.tools.messages [ja ko …]` after texts were changed.

Finds every text that code and templates say through gettext, brings `studio/locale/<language>/LC_MESSAGES/django.po`
in step with them (a translation stays, a new text is empty, one that nobody says is gone), writes `django.mo` beside
it and says what is left to translate. GNU gettext is not needed: Django cuts the templates, Babel does the rest.

With `--compile` it only writes `django.mo`. With `--missing` it prints the texts one language lacks, as
JSON; with `--fill FILE` it takes them from such a file.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "studio" / "locale"
LANGUAGES = ("ja", "ko")
KEYWORDS: dict[str, Any] = {
    "_": None,
    **{f"gettext{ending}": None for ending in ("", "_lazy", "_noop")},
    **{f"ngettext{ending}": (1, 2) for ending in ("", "_lazy")},
    **{f"pgettext{ending}": ((1, "c"), 2) for ending in ("", "_lazy")},
    **{f"npgettext{ending}": ((1, "c"), 2, 3) for ending in ("", "_lazy")},
}


class Text(NamedTuple):
    """A text as it is said in English; `context` and `plural` are empty where it has none."""

    context: str
    text: str
    plural: str


class _Catalogue(Catalog):
    """Only the lines of a header that a program reads: no day and no name that every run would change."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Language", str(self.locale)),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", self.plural_forms),
        ]

    @mime_headers.setter
    def mime_headers(self, headers: Any) -> None:
        """What another program wrote there is not kept."""


def _new(language: str) -> Catalog:
    note = "# Written by hand; kept in step with the product by tests/tools/messages.py."
    return _Catalogue(locale=language, header_comment=note, fuzzy=False)


def path_of(language: str, ending: str = "po") -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"django.{ending}"


def _said(data: bytes) -> Iterator[Text]:
    for _line, found, _comments, context in extract("python", io.BytesIO(data), KEYWORDS):
        text, plural = found if isinstance(found, tuple) else (found, "")
        yield Text(context or "", text, plural)


def texts_of_code(path: Path) -> Iterator[Text]:
    return _said(path.read_bytes())


def texts_of_template(path: Path) -> Iterator[Text]:
    """Django turns the tags into calls of gettext and blanks out everything else; brackets make that one expression."""
    from django.utils.translation.template import templatize

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a translator's note in the wrong place is none of ours
        calls = templatize(path.read_text(), origin=str(path))
    return _said(f"(\n{calls}\n)".encode())


def texts() -> list[Text]:
    """Every text of the product, once, in order. Raises ValueError where one has two plurals."""
    known: dict[tuple[str, str], Text] = {}
    for path in sorted((ROOT / "studio").rglob("*.py")):
        known |= _merged(known, texts_of_code(path), path)
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in {".html", ".txt"}:
            known |= _merged(known, texts_of_template(path), path)
    return sorted(known.values(), key=lambda each: (each.text, each.context))


def _merged(known: dict[tuple[str, str], Text], said: Iterator[Text], path: Path) -> dict[tuple[str, str], Text]:
    """The texts of one file, each with its plural, also where another file says the singular alone."""
    here: dict[tuple[str, str], Text] = {}
    for each in said:
        before = here.get(each[:2]) or known.get(each[:2])
        if before and before.plural and each.plural and before.plural != each.plural:
            raise ValueError(f"{path}: {each.text!r} has another plural elsewhere: {before.plural!r}")
        here[each[:2]] = before if before and before.plural else each
    return here


def load(language: str) -> Catalog:
    """The committed catalogue; an empty one for a new language."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def found(catalogue: Catalog, text: Text) -> Any:
    """The message of a text, or None."""
    return catalogue.get(text.text, text.context or None)


def merged(language: str, filled: dict[Text, str] | None = None) -> Catalog:
    """What the product says now, in the words of the committed catalogue or of `filled`."""
    before, after = load(language), _new(language)
    for each in texts():
        words = (filled or {}).get(each) or words_of(found(before, each))
        after.add(
            (each.text, each.plural) if each.plural else each.text,
            (words,) if each.plural else words,
            context=each.context or None,
        )
    return after


def words_of(message: Any) -> str:
    """The translation of a message; Japanese and Korean have one form for every number."""
    if message is None or message.fuzzy:
        return ""
    return (message.string[0] if isinstance(message.string, (list, tuple)) else message.string) or ""


def missing(catalogue: Catalog) -> list[Text]:
    """What is said and not translated."""
    left = []
    for message in catalogue:
        text, plural = message.id if isinstance(message.id, tuple) else (message.id, "")
        if text and not words_of(message):
            left.append(Text(message.context or "", text, plural))
    return left


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue as gettext reads it, the same bytes for the same words."""
    out, same = io.BytesIO(), _new(str(catalogue.locale))
    for message in catalogue:
        if message.id and words_of(message):  # a text without words is shown in English
            same.add(message.id, message.string, context=message.context)
    write_mo(out, same)
    return out.getvalue()


def write(language: str, catalogue: Catalog) -> None:
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=0, no_location=True)
    path_of(language, "mo").write_bytes(compiled(catalogue))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.tools.messages", description=__doc__.partition("\n")[0])
    parser.add_argument(
        "languages", nargs="*", metavar="LANGUAGE", help="only these; by default " + " ".join(LANGUAGES)
    )
    parser.add_argument("--compile", action="store_true", help="change no text, only compile")
    parser.add_argument("--missing", action="store_true", help="change nothing, print what is not translated as JSON")
    parser.add_argument("--fill", type=Path, metavar="FILE", help="take translations from such a JSON file")
    asked = parser.parse_args()
    filled = {}
    if asked.fill:
        for entry in json.loads(asked.fill.read_text()):
            filled[Text(entry["context"], entry["text"], entry["plural"])] = entry["words"]
    for language in asked.languages or LANGUAGES:
        if asked.compile:
            path_of(language, "mo").write_bytes(compiled(load(language)))
            continue
        catalogue = merged(language, filled)
        left = missing(catalogue)
        if asked.missing:
            entries = [{**each._asdict(), "words": ""} for each in left]
            sys.stdout.write(json.dumps(entries, ensure_ascii=False, indent=1) + "\n")
            continue
        write(language, catalogue)
        sys.stdout.write(f"{language}: {len(catalogue)} texts, {len(left)} to translate\n")
    if unknown := [each.text for each in set(filled) - set(texts())]:
        sys.exit(f"Nobody says: {unknown}")


if __name__ == "__main__":
    main()
