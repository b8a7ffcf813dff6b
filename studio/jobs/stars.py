"""Giving stars to pictures and taking them back."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from studio.accounts.models import User
from studio.core.errors import StudioError
from studio.jobs.models import Image, Star
from studio.jobs.star_models import MOST


class NoSuchStars(StudioError):
    """A number of stars that cannot be given."""

    code = "no_such_stars"
    status = 400


def set_stars(user: User, image_id: UUID, number: int) -> int:
    """Give a picture that this person may see `number` stars, 0 for none; returns what they gave before.

    Raises Image.DoesNotExist, also for a picture they may not see, and NoSuchStars.
    """
    image = Image.objects.visible_to(user).only("pk").get(pk=image_id)
    if not 0 <= number <= MOST:
        raise NoSuchStars(_("A picture gets one to five stars, or none."))
    before = stars_of(user, [image_id]).get(image_id, 0)
    if number:
        Star.objects.update_or_create(user=user, image=image, defaults={"stars": number})
    else:
        Star.objects.filter(user=user, image=image).delete()
    return before


def stars_of(user: User, image_ids: Iterable[UUID]) -> dict[UUID, int]:
    """The stars this person gave, by picture; those without are not in it. One query."""
    given = Star.objects.filter(user=user, image__in=list(image_ids))
    return dict(given.values_list("image_id", "stars"))


def star_all(user: User, image_ids: Iterable[UUID]) -> int:
    """One star for each of these that this person may see and gave none; returns how many have stars of theirs now."""
    seen = list(Image.objects.visible_to(user).filter(pk__in=list(image_ids)).values_list("pk", flat=True))
    Star.objects.bulk_create([Star(user=user, image_id=pk, stars=1) for pk in seen], ignore_conflicts=True)
    return len(seen)
