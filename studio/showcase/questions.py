"""Questions about a model, answered out of the settings, the price list and the declaration."""

from typing import Any

from django.conf import settings

from studio.core.numbers import grouped, listed
from studio.providers.kinds import KINDS, SANDBOX
from studio.providers.services import Listing
from studio.showcase.texts import question

MOST = 6
REWRITES = ("dall-e-3",)  # facts B2: its vendor always does, and says what it made of the words


def questions(listing: Listing) -> list[tuple[str, str]]:
    """At most six questions that this model raises here, with their answers."""
    return [question(name, _words(listing)) for name in _asked(listing)][:MOST]


def _asked(listing: Listing) -> list[str]:
    is_shared = settings.DEFAULT_VISIBILITY == "team"
    asked = {
        "retired": listing.retired is not None,
        "rewritten": listing.model.id in REWRITES,
        "failed": True,
        "estimate": bool(listing.rule and listing.rule.is_estimate),
        "words-stay": listing.is_sandbox,
        "words-go": bool(listing.served_by) and not listing.is_sandbox,
        "kept-by-team": is_shared,
        "kept-by-me": not is_shared,
        "rights": True,
        "slow": True,
    }
    return [name for name, is_asked in asked.items() if is_asked]


def _words(listing: Listing) -> dict[str, Any]:
    model = listing.model
    return {
        "model": model.name,
        "maker": model.made_by or model.name,
        "providers": listed(listing.served_by) or KINDS[SANDBOX].name,
        "minutes": grouped(max(1, round(settings.JOB_DEADLINE / 60))),
        "days": grouped(settings.RESULT_DAYS),
        "version": listing.version,
        "retired": listing.retired.sentence if listing.retired else "",
    }
