"""The command palette: its dialog, fetched when somebody opens it first, and the pictures it finds."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from studio.core.http import Request
from studio.gallery import palette as found


@require_GET
def palette(request: Request) -> HttpResponse:
    """The dialog; with `q` the options of the pictures alone that these words find."""
    if "q" in request.GET:
        tiles = found.found_pictures(request.user, request.GET["q"])
        return render(request, "gallery/palette.html#pictures", {"tiles": tiles})
    groups = {"models": found.models(), "presets": found.presets(request.user), "boards": found.boards(request.user)}
    return render(request, "gallery/palette.html", groups)
