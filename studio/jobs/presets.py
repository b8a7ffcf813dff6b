"""Presets: kept, found, changed, and put back into the composer's form."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from studio.accounts.models import User
from studio.core.errors import StudioError
from studio.jobs.errors import BadPrompt
from studio.jobs.form_pictures import picture_fields
from studio.jobs.models import Preset
from studio.jobs.preset_models import LONGEST_NAME
from studio.jobs.prompts import trimmed
from studio.jobs.variables import parse
from studio.providers import catalogue
from studio.providers.services import Listing, composer_models

MOST = 200  # of one person
LONGEST_PROMPT = 40_000
ALSO = "also"  # the models beside the first, as the composer's form names them


class BadPreset(StudioError):
    """It cannot be kept as it is; `is_taken`: under this name there is one already."""

    code = "bad_preset"

    def __init__(self, message: str, *, is_taken: bool = False) -> None:
        super().__init__(message)
        self.is_taken = is_taken


@dataclass(frozen=True)
class Shown:
    """One preset as lists show it; `gone` says why its model cannot be asked at the moment."""

    preset: Preset
    model_name: str
    blanks: list[str]
    gone: str
    is_own: bool
    is_editable: bool

    @property
    def by(self) -> str:
        """Who made it for the team, where that was somebody else."""
        return "" if self.is_own else self.preset.user.get_full_name() or self.preset.user.username


def shown(user: User, query: str = "") -> list[Shown]:
    """Every preset this person may use whose name, words or model hold each of the query's words; four queries."""
    listings = {listing.model.id: listing for listing in composer_models()}
    wanted = query.casefold().split()
    found = []
    for preset in Preset.objects.visible_to(user).select_related("user"):
        model = catalogue.find(preset.model)
        name = model.name if model else preset.model
        text = f"{preset.name} {name} {preset.prompt}".casefold()
        if all(word in text for word in wanted):
            gone = why_gone(listings.get(preset.model))
            is_own = preset.user_id == user.pk
            found.append(Shown(preset, name, blanks_of(preset.prompt), gone, is_own, preset.is_editable_by(user)))
    return sorted(found, key=lambda each: (each.preset.name.casefold(), not each.is_own))


def why_gone(listing: Listing | None) -> str:
    """Why a preset's model cannot be asked at the moment; empty when it can."""
    if listing is None:
        return _("switched off here")
    if listing.retired:
        return _("no longer sold by %(provider)s") % {"provider": listing.retired.provider}
    return "" if listing.served_by else _("no provider connected here offers it")


def blanks_of(prompt: str) -> list[str]:
    """The names to be filled in; none while the braces are wrong."""
    try:
        return parse(prompt).blanks
    except BadPrompt:
        return []


def settings_of(texts: Mapping[str, str], model: str) -> dict[str, str]:
    """What of a form's texts a preset of this model keeps: what was asked for, but for pictures."""
    found = catalogue.find(model)
    kept = {*(found.by_name if found else ()), ALSO} - picture_fields()
    return {name: text[:2000] for name, text in texts.items() if name in kept and text}


def keep(
    *, user: User, name: str, is_team: bool, model: str, prompt: str, texts: Mapping[str, str], replace: bool = False
) -> Preset:
    """Keep a form under a name; one's own of that name only with `replace`. Raises BadPreset."""
    name, found = clean_name(name), catalogue.find(model)
    if found is None:
        raise BadPreset(_("There is no such model."))
    if len(prompt) > LONGEST_PROMPT:
        raise BadPreset(_("These words are too long for a preset."))
    values = {
        "is_team": is_team,
        "model": found.id,
        "prompt": trimmed(prompt).replace("\0", ""),
        "settings": settings_of(texts, found.id),
    }
    own = Preset.objects.filter(user=user)
    if replace and own.filter(name=name).exists():
        return own.update_or_create(user=user, name=name, defaults=values)[0]
    if own.count() >= MOST:
        raise BadPreset(_("You have %(most)d presets, which is the most. Delete one first.") % {"most": MOST})
    try:
        with transaction.atomic():
            return Preset.objects.create(user=user, name=name, **values)
    except IntegrityError:
        raise _taken(name) from None


def change(preset: Preset, *, name: str, is_team: bool) -> None:
    """Another name, or other people; nothing where it was deleted meanwhile. Raises BadPreset."""
    preset.name, preset.is_team = clean_name(name), is_team
    try:
        with transaction.atomic():
            Preset.objects.filter(pk=preset.pk).update(name=preset.name, is_team=is_team)
    except IntegrityError:
        raise _taken(preset.name) from None


def clean_name(name: str) -> str:
    """The name in one line. Raises BadPreset."""
    line = " ".join(name.replace("\0", "").split())
    if not line:
        raise BadPreset(_("Give it a name."))
    if len(line) > LONGEST_NAME:
        raise BadPreset(_("A name may have at most %(most)d characters.") % {"most": LONGEST_NAME})
    return line


def _taken(name: str) -> BadPreset:
    return BadPreset(_('There is a preset "%(name)s" already.') % {"name": name}, is_taken=True)
