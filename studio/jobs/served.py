"""Who serves a job, and how it came there, as people read it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from studio.providers.kinds import KINDS, SANDBOX
from studio.providers.models import ProviderRow


@dataclass(frozen=True)
class Providers:
    """Names and limits of all providers, in one query."""

    rows: dict[str, ProviderRow]

    @classmethod
    def load(cls) -> "Providers":
        return cls({row.slug: row for row in ProviderRow.objects.only("slug", "name", "pace_concurrent")})

    def name(self, slug: str) -> str:
        """A vendor's own name; the sandbox is ours and has one in every language."""
        row = self.rows.get(slug)
        name = row.name if row else KINDS[slug].name if slug in KINDS else slug
        return _("Sandbox") if name == KINDS[SANDBOX].name else name

    def at_once(self, slug: str) -> int | None:
        row = self.rows.get(slug)
        return row.pace_concurrent if row else None


def moved(note: dict[str, Any], providers: Providers) -> str:
    """`Apiframe had too much to do, so OpenAI makes it.` out of one of a job's `moves`."""
    sentences = {
        "provider_key": _("%(before)s did not accept this studio's key, so the order went on to %(after)s."),
        "provider_credits": _("This studio's account at %(before)s is empty, so the order went on to %(after)s."),
        "rate_limited": _("%(before)s had too much to do, so the order went on to %(after)s."),
        "provider_unreachable": _("%(before)s could not be reached, so the order went on to %(after)s."),
        "provider_off": _("%(before)s was switched off, so the order went on to %(after)s."),
        "provider_unwell": _("%(before)s is left alone for a while, so the order went on to %(after)s."),
    }
    other = _("%(before)s did not take the order, so it went on to %(after)s.")
    words = {"before": providers.name(note.get("from", "")), "after": providers.name(note.get("to", ""))}
    return sentences.get(note.get("why", ""), other) % words
