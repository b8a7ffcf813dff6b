"""Searches kept under a name."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from studio.accounts.models import User
from studio.core.errors import StudioError
from studio.gallery.filters import Filters
from studio.gallery.models import SavedSearch

MOST = 50
LONGEST_NAME = 60


class NotSaved(StudioError):
    """A search that cannot be kept, or not under this name."""

    code = "not_saved"
    status = 422


def save(*, user: User, name: str, query: str) -> SavedSearch:
    """Keep what the query of an address asks for; the same name again replaces what it stood for. Raises NotSaved."""
    filters = Filters.read_text(query)
    name = _read_name(name)
    if not filters.is_narrowed:
        raise NotSaved(_("There is nothing to save: search or narrow first."))
    with transaction.atomic():
        if SavedSearch.objects.filter(user=user).exclude(name=name).count() >= MOST:
            raise NotSaved(_("You have %(most)d saved searches. Delete one first.") % {"most": MOST})
        made, _was_made = SavedSearch.objects.update_or_create(user=user, name=name, defaults={"query": filters.query})
    return made


def rename(*, saved: SavedSearch, name: str) -> None:
    """Nothing where it was deleted meanwhile. Raises NotSaved for a name that is empty, too long or taken."""
    saved.name = _read_name(name)
    try:
        with transaction.atomic():
            SavedSearch.objects.filter(pk=saved.pk).update(name=saved.name)
    except IntegrityError:
        raise NotSaved(_("Another saved search has this name.")) from None


def _read_name(text: str) -> str:
    name = " ".join(text.replace("\0", "").split())
    if not name:
        raise NotSaved(_("Give it a name."))
    if len(name) > LONGEST_NAME:
        raise NotSaved(_("A name has at most %(most)d characters.") % {"most": LONGEST_NAME})
    return name
