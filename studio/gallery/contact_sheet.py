"""The contact sheet of a selection: one page to look at, print and hand on, with nothing beside it.

HTML and not PDF, because it brings no fonts: whoever opens it reads Japanese and Korean in the faces they have. Small
copies stand in it as data, so that it can leave its zip alone; within the zip each picture leads to its original.
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.utils import formats, timezone, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

NAME = "contact-sheet.html"
LONGEST_WORDS = 140  # characters of a prompt; the style cuts at three lines
CHUNK = 48 * 1024  # a multiple of three, so that the pieces of base64 join

STYLE = """@page{size:A4;margin:12mm 12mm 14mm}
:root{color-scheme:light}
body{margin:0 auto;max-width:210mm;padding:0 12mm 12mm;background:#fff;color:#171716;
font:9pt/1.35 system-ui,"Hiragino Sans","Yu Gothic UI","Noto Sans CJK JP","Apple SD Gothic Neo","Malgun Gothic",
"Noto Sans CJK KR",sans-serif;font-variant-numeric:tabular-nums}
:lang(ko){font-family:system-ui,"Apple SD Gothic Neo","Malgun Gothic","Noto Sans CJK KR","Hiragino Sans",
"Noto Sans CJK JP",sans-serif;word-break:keep-all}
header{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 6mm;margin-bottom:6mm;padding:6mm 0 2mm;
border-bottom:.75pt solid #171716}
h1{margin:0;font-size:11pt;font-weight:600}
header p{margin:0;color:#56564f}
ol{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:6mm 5mm;margin:0;padding:0;list-style:none}
li{break-inside:avoid}
.frame{display:flex;align-items:flex-end;height:42mm;color:inherit;text-decoration:none}
.frame img{display:block;width:auto;height:auto;max-width:100%;max-height:100%;border-radius:.5mm}
.none{align-items:center;justify-content:center;box-sizing:border-box;padding:3mm;border:.5pt solid #8a8a85;
border-radius:.5mm;color:#56564f;text-align:center}
p{margin:0}
.name{margin-top:1.5mm;font-size:8pt;overflow-wrap:anywhere}
.words{display:-webkit-box;overflow:hidden;-webkit-box-orient:vertical;-webkit-line-clamp:3;color:#56564f;font-size:8pt}
@media(max-width:560px){body{padding:0 16px 24px}ol{grid-template-columns:repeat(2,minmax(0,1fr))}}
@media print{body{max-width:none;padding:0}header{padding-top:0}}"""


@dataclass(frozen=True)
class Frame:
    """One place of the sheet. Without `small` there is a frame with `note` instead of a picture."""

    number: int
    name: str = ""  # of the original beside the sheet; empty when it is not there
    words: str = ""
    width: int = 1
    height: int = 1
    small: Path | None = None
    note: str = ""


def sheet(frames: Iterable[Frame], *, number: int, language: str) -> Iterator[bytes]:
    """The bytes of the sheet, piece by piece; needs the memory of one piece of one small picture."""
    with translation.override(language):
        head, foot = _head(number), "</ol></main></body></html>\n"
    yield head.encode()
    for frame in frames:
        yield from _place(frame)
    yield foot.encode()


def first_words(prompt: str) -> str:
    """The beginning of a prompt in one line."""
    words = " ".join(prompt[: LONGEST_WORDS * 4].split())
    return words if len(words) <= LONGEST_WORDS else f"{words[: LONGEST_WORDS - 1]}…"


def _head(number: int) -> SafeString:
    words = ngettext("%(number)d picture", "%(number)d pictures", number) % {"number": number}
    day = formats.date_format(timezone.localdate(), "DATE_FORMAT")
    title = _("Contact sheet, %(day)s") % {"day": day}
    return format_html(
        '<!doctype html>\n<html lang="{}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        '<meta name="robots" content="noindex"><meta name="referrer" content="no-referrer">'
        "<title>{}, {}</title><style>{}</style></head>\n"
        "<body><header><h1>{}</h1><p>{}</p><p>{}</p></header><main><ol>\n",
        *(translation.get_language() or "en", settings.STUDIO_NAME, title, SafeString(STYLE)),
        *(settings.STUDIO_NAME, title, words),
    )


def _place(frame: Frame) -> Iterator[bytes]:
    yield b"<li>"
    if frame.small is None:
        yield format_html('<div class="frame none"><p>{}</p></div>', frame.note).encode()
    else:
        yield from _picture(frame, frame.small)
    number = f"{frame.number:03}"  # as the name of the original begins
    caption = format_html('<p class="name"><b>{}</b>{}</p>', number, frame.name.removeprefix(number))
    words = format_html('<p class="words" dir="auto">{}</p>', frame.words) if frame.words else ""
    yield f"{caption}{words}</li>\n".encode()


def _picture(frame: Frame, path: Path) -> Iterator[bytes]:
    """The picture as data; where its file is gone by now the frame stays empty."""
    tag, link = ("a", format_html(' href="{}"', quote(frame.name))) if frame.name else ("div", SafeString(""))
    yield f'<{tag} class="frame"{link}>'.encode()
    try:
        with path.open("rb") as file:
            chunk = file.read(CHUNK)
            yield format_html(
                '<img width="{}" height="{}" alt="{}" src="data:image/webp;base64,',
                *(frame.width, frame.height, frame.words),
            ).encode()
            while chunk:
                yield b64encode(chunk)
                chunk = file.read(CHUNK)
            yield b'">'
    except OSError:
        pass
    yield f"</{tag}>".encode()
