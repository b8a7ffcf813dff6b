"""What the command palette finds beside what its page offers: models, presets, boards, pictures by their words."""

from dataclasses import dataclass

from django.urls import reverse

from studio.accounts.models import User
from studio.gallery.filters import Filters
from studio.gallery.listing import pictures
from studio.gallery.models import Board
from studio.gallery.tiles import Tile, cut
from studio.jobs.models import Image, Preset
from studio.jobs.picker import sample_of
from studio.providers import catalogue
from studio.providers.services import composer_models

PICTURES = 6
MOST = 200  # presets, boards


@dataclass(frozen=True)
class Entry:
    """One line to go to; `found_by` are words that find it and are not shown, `aside` stands small beside the label."""

    label: str
    url: str
    aside: str = ""
    found_by: str = ""
    sample: str = ""  # a path below static/


def models() -> list[Entry]:
    """Every model somebody here serves, to begin a picture with; three queries."""
    found = [listing.model for listing in composer_models() if listing.served_by]
    studio = reverse("jobs:studio")
    return [
        Entry(
            one.name,
            f"{studio}?model={one.id}",
            str(one.good_at),
            f"{one.family} {one.made_by} {one.id}",
            sample_of(one.id),
        )
        for one in sorted(found, key=lambda model: model.name.casefold())
    ]


def presets(user: User) -> list[Entry]:
    """Those this person may use; one query."""
    found = Preset.objects.visible_to(user).only("pk", "name", "model", "prompt")[:MOST]
    return [
        Entry(one.name, reverse("jobs:preset", args=[one.pk]), _model_name(one.model), cut(one.prompt, 200))
        for one in found
    ]


def boards(user: User) -> list[Entry]:
    """Those this person sees, latest first; one query."""
    found = Board.objects.visible_to(user).select_related("owner")[:MOST]
    return [Entry(one.name, reverse("gallery:board", args=[one.pk]), one.owner.display_name) for one in found]


def found_pictures(user: User, query: str) -> list[Tile]:
    """The newest pictures, of all this person may see, that hold every word; three queries at most."""
    filters = Filters(scope="all", q=" ".join(query.replace("\0", "").split())[:200])
    if not filters.q:
        return []
    rows = pictures(user, filters).rows.filter(image__isnull=False).order_by("-created_at", "-pk")
    ids = list(rows.values_list("image_id", flat=True)[:PICTURES])
    images = Image.objects.visible_to(user).select_related("job__user").in_bulk(ids)
    return [Tile(images[pk].job, images[pk]) for pk in ids if pk in images]


def _model_name(name: str) -> str:
    model = catalogue.find(name)
    return model.name if model else name
