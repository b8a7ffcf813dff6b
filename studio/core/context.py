"""What every page's template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    return {"STUDIO_NAME": settings.STUDIO_NAME, "LANGUAGES": settings.LANGUAGES}
