"""The circuit of a provider: ten different jobs in a row without an answer, and it is left alone for a while.

Only what says "I am not well" counts: no connection, no answer in time, a 5xx. It counts jobs, not tries.
"""

from datetime import timedelta

from django.db.models import F, Q
from django.utils import timezone

from studio.providers.base import ProviderError
from studio.providers.models import ProviderRow

OPENS_AT = 10
OPEN_FOR = timedelta(seconds=15)
_TOLD = {"rate_limited", "stopped"}  # an answer, or our own doing


def counts(error: ProviderError) -> bool:
    """Whether an error speaks against the provider's health."""
    return error.code not in _TOLD and (error.status is None or error.status >= 500)


def note_failure(slug: str, *, text: str, is_first: bool = True) -> None:
    """One more job found the provider unwell; opens the circuit, or opens it again after a failed trial.

    A job counts once: `is_first` is False for its later tries.
    """
    now = timezone.now()
    rows = ProviderRow.objects.filter(slug=slug)
    rows.update(failures=F("failures") + int(is_first), last_failure_at=now, last_failure=text[:500])
    over = Q(opened_until=None) | Q(opened_until__lte=now)
    rows.filter(over, failures__gte=OPENS_AT).update(opened_until=now + OPEN_FOR)


def note_success(slug: str) -> None:
    """The provider took an order: whatever was counted before is forgotten."""
    ProviderRow.objects.filter(slug=slug).exclude(failures=0, opened_until=None).update(failures=0, opened_until=None)
