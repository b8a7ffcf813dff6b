"""Public pages about the models, and the pictures on them."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from studio.jobs.pictures import CONTENT_TYPES, COPIES, path_of
from studio.jobs.views.serving import serve
from studio.providers import catalogue
from studio.providers.services import composer_models
from studio.showcase.examples import examples
from studio.showcase.languages import editions, in_its_language, path_in
from studio.showcase.pages import page_of, shelf

LONGEST = 100  # characters of a search


@require_safe
@in_its_language
def models(request: HttpRequest) -> HttpResponse:
    """Every model that is switched on here, or those a search leaves."""
    asked = {name: request.GET.get(name, "").strip()[:LONGEST] for name in ("q", "maker")}
    found = shelf(composer_models(), query=asked["q"], maker=asked["maker"])
    description = _("Image models of this studio: what each is good at, what a picture costs, how long it takes here.")
    context = {"shelf": found, **_head(request, "models", description=description)}
    return render(request, "showcase/models.html", context)


@require_safe
@in_its_language
def model(request: HttpRequest, name: str) -> HttpResponse:
    """One model by its id; another of its names leads there, and no model's name to the closest three."""
    language = translation.get_language()
    listings = {listing.model.id: listing for listing in composer_models()}
    found = catalogue.find(name)
    if found is None or found.id not in listings:
        closest = [listings[each].model for each in catalogue.closest(name, 10) if each in listings][:3]
        context = {"name": name[:LONGEST], "closest": closest}
        return render(request, "showcase/unknown.html", context, status=404)
    if found.id != name:
        return redirect(path_in(language, "model", found.id), permanent=True)
    page = page_of(listings[found.id], list(listings.values()))
    description = page["about"] or page["good_at"]
    context = {**page, **_head(request, "model", found.id, description=description)}
    return render(request, "showcase/model.html", context)


def _head(request: HttpRequest, route: str, *args: str, description: str) -> dict[str, Any]:
    """What search engines and social cards read, and the language to offer a reader whose own is another."""
    every = editions(route, *args)
    reader = getattr(request, "LANGUAGE_CODE", "")
    return {
        "editions": every,
        "this_edition": next(each for each in every if each.is_this),
        "first_edition": every[0],
        "offered_edition": next((each for each in every if each.language == reader and not each.is_this), None),
        "description": description,
        "card_image": settings.STUDIO_BASE_URL + static("img/card.jpg"),
        "may_index": settings.PUBLIC_INDEX,
    }


@require_safe
def example(request: HttpRequest, image: UUID, variant: str) -> HttpResponseBase:
    """A copy of a picture that staff chose; its row is read each time, so that what is taken back is gone at once."""
    if variant not in COPIES or not examples().filter(pk=image).exists():
        raise Http404
    try:
        response = serve(
            request,
            path_of(image, f"{variant}.webp"),
            content_type=CONTENT_TYPES["webp"],
            etag=f'"{image}-{variant}"',
            shared_with="same-origin",
            cache="no-cache",
        )
    except FileNotFoundError:
        raise Http404 from None
    if not settings.PUBLIC_INDEX:
        response.headers["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines may read, where they may read anything."""
    if not settings.PUBLIC_INDEX:
        raise Http404
    roots = [edition.path for edition in editions("models")]
    allowed = [f"Allow: {path}" for path in (*roots, settings.STATIC_URL)]
    lines = [
        "User-agent: *",
        *allowed,
        "Disallow: /",
        f"Sitemap: {settings.STUDIO_BASE_URL}{reverse('showcase:sitemap')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every page of the models in every language, where search engines may read them."""
    if not settings.PUBLIC_INDEX:
        raise Http404
    pages = [editions("models"), *(editions("model", listing.model.id) for listing in composer_models())]
    return render(request, "showcase/sitemap.xml", {"pages": pages}, content_type="application/xml")
