"""What makes the studio installable: its name, its marks and colours (https://www.w3.org/TR/appmanifest/)."""

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

PAPER = "#fafaf9"  # of tokens.css; a manifest knows one theme
ICONS = [("icon-192", 192, "any"), ("icon-512", 512, "any"), ("icon-maskable-512", 512, "maskable")]


@require_safe
def manifest(_request: HttpRequest) -> JsonResponse:
    """The manifest, in the reader's language. Nothing here is secret: browsers ask for it without a session."""
    answer = JsonResponse(
        {
            "id": "/",
            "name": settings.STUDIO_NAME,
            "short_name": settings.STUDIO_NAME,
            "description": _("A team's own image studio."),
            "lang": get_language(),
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": PAPER,
            "theme_color": PAPER,
            "icons": [
                {"src": static(f"img/{name}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
                for name, size, purpose in ICONS
            ],
            "shortcuts": [
                {"name": _("New picture"), "url": f"{reverse('jobs:studio')}#prompt"},
                {"name": _("Gallery"), "url": reverse("gallery:gallery")},
            ],
        },
        content_type="application/manifest+json",
        json_dumps_params={"ensure_ascii": False},
    )
    answer["Cache-Control"] = "max-age=3600"
    patch_vary_headers(answer, ["Accept-Language", "Cookie"])
    return answer
