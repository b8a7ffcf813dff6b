"""How many jobs a key may submit in a window of time; a counter of the database, exact across processes."""

import time
from uuid import UUID

from django.conf import settings
from django.utils.translation import ngettext

from studio.core.errors import StudioError
from studio.core.models import count


class RateLimited(StudioError):
    """Too many submissions by one key. `retry_after`: seconds until it may go on."""

    code = "rate_limited"
    status = 429

    def __init__(self, *, most: int, seconds: int, retry_after: int) -> None:
        sentence = ngettext(
            "This key may submit %(most)d job in %(seconds)d seconds. Try again in %(wait)d.",
            "This key may submit %(most)d jobs in %(seconds)d seconds. Try again in %(wait)d.",
            most,
        )
        words = {"most": most, "seconds": seconds, "wait": retry_after}
        super().__init__(sentence % words, retry_after=retry_after)
        self.retry_after = retry_after


def admit(key_id: UUID, what: str = "submit") -> None:
    """Count one submission (or `upload`) of a key in the transaction that makes its job; a refusal rolls it back.

    Raises RateLimited, and the transaction is over.
    """
    most, seconds = settings.RATE_LIMIT
    if count(f"{what}:{key_id}", seconds=seconds) > most:
        wait = seconds - int(time.time()) % seconds
        raise RateLimited(most=most, seconds=seconds, retry_after=wait)
