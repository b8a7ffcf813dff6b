"""What every page's template may use."""

from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from studio.core.languages import page_in_language


class NavItem(NamedTuple):
    """`keys`: what is pressed, one after the other, to go there."""

    label: str | Promise
    icon: str
    keys: str
    url: str
    is_current: bool


NAV: list[tuple[str, str | Promise, str, str]] = [
    ("jobs:studio", _("Studio"), "square-pen", "g s"),
    ("gallery:gallery", _("Gallery"), "images", "g g"),
    ("showcase:models", _("Models"), "layers", "g m"),
    ("credits:usage", _("Usage"), "receipt-text", "g u"),
]


def page(request: HttpRequest) -> dict[str, Any]:
    return {
        "STUDIO_NAME": settings.STUDIO_NAME,
        "LANGUAGES": settings.LANGUAGES,
        "nav": nav(request),
        # Whether the key beside Enter is called ⌘ there.
        "is_mac": "Mac" in request.headers.get("User-Agent", ""),
    }


def nav(request: HttpRequest) -> list[NavItem]:
    """The main pages this install serves; the studio itself is current only on `/`, the others below their path too."""
    items = []
    for route, label, icon, keys in NAV:
        try:
            url = page_in_language(route)
        except NoReverseMatch:
            continue
        is_current = request.path == url or (url != "/" and request.path.startswith(url))
        items.append(NavItem(label, icon, keys, url, is_current))
    return items
