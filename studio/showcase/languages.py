"""One address for each language of a page: the bare one is English, whatever the reader's browser asks for.

Search engines are told of all of them (hreflang), and want each address to answer in one language always. Somebody who
reads another language is offered it on the page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation

FIRST = "en"
ROOTS = {"en": "", "ja": "ja/", "ko": "ko/"}
OFFERS = {"en": "Read this page in English", "ja": "このページを日本語で読む", "ko": "이 페이지를 한국어로 보기"}
LOCALES = {"en": "en_GB", "ja": "ja_JP", "ko": "ko_KR"}  # as social cards name them


@dataclass(frozen=True)
class Edition:
    """A page in one language."""

    language: str
    name: str
    path: str
    is_this: bool

    @property
    def url(self) -> str:
        return settings.STUDIO_BASE_URL + self.path

    @property
    def offer(self) -> str:
        """A sentence in that language that leads there."""
        return OFFERS[self.language]

    @property
    def locale(self) -> str:
        return LOCALES[self.language]


def path_in(language: str, route: str, *args: str) -> str:
    """The address of one of the showcase's pages in a language."""
    ending = "" if language == FIRST else f"-{language}"
    return reverse(f"showcase:{route}{ending}", args=args)


def editions(route: str, *args: str) -> list[Edition]:
    """A page in every language, the first language first; `is_this` is the one that is spoken now."""
    here, names = translation.get_language(), dict(settings.LANGUAGES)
    return [Edition(each, names[each], path_in(each, route, *args), each == here) for each in ROOTS]


def in_its_language(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view whose route says its `language`, which then counts alone: no cookie, no browser and no account."""

    @wraps(view)
    def fixed(request: HttpRequest, *args: Any, language: str, **kwargs: Any) -> HttpResponse:
        with translation.override(language):
            response = view(request, *args, **kwargs)
        response.headers["Content-Language"] = language
        return response

    return fixed
