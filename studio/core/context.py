"""What every page's template may use."""

from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class NavItem(NamedTuple):
    label: str | Promise
    icon: str
    url: str
    is_current: bool


NAV: list[tuple[str, str | Promise, str]] = [
    ("jobs:studio", _("Studio"), "square-pen"),
    ("jobs:gallery", _("Gallery"), "images"),
    ("providers:models", _("Models"), "layers"),
    ("credits:usage", _("Usage"), "receipt-text"),
]


def page(request: HttpRequest) -> dict[str, Any]:
    return {"STUDIO_NAME": settings.STUDIO_NAME, "LANGUAGES": settings.LANGUAGES, "nav": nav(request)}


def nav(request: HttpRequest) -> list[NavItem]:
    """The main pages this install serves; the studio itself is current only on `/`, the others below their path too."""
    items = []
    for route, label, icon in NAV:
        try:
            url = reverse(route)
        except NoReverseMatch:
            continue
        is_current = request.path == url or (url != "/" and request.path.startswith(url))
        items.append(NavItem(label, icon, url, is_current))
    return items
