"""How many jobs a key, and all keys of a person, may submit in a window of time; counted exactly across processes."""

import time
from uuid import UUID

from django.conf import settings
from django.utils.translation import ngettext

from studio.core.at_once import Together
from studio.core.errors import StudioError
from studio.core.models import count_at_once, count_each


class RateLimited(StudioError):
    """Too many submissions by one key, or by all of one person's. `retry_after`: seconds until it may go on."""

    code = "rate_limited"
    status = 429

    def __init__(self, *, most: int, seconds: int, retry_after: int, is_of_person: bool = False) -> None:
        of_key = ngettext(
            "This key may submit %(most)d job in %(seconds)d seconds. Try again in %(wait)d.",
            "This key may submit %(most)d jobs in %(seconds)d seconds. Try again in %(wait)d.",
            most,
        )
        of_person = ngettext(
            "All keys of one person may submit %(most)d job in %(seconds)d seconds. Try again in %(wait)d.",
            "All keys of one person may submit %(most)d jobs in %(seconds)d seconds. Try again in %(wait)d.",
            most,
        )
        sentence = of_person if is_of_person else of_key
        words = {"most": most, "seconds": seconds, "wait": retry_after}
        super().__init__(sentence % words, retry_after=retry_after)
        self.retry_after = retry_after


def admit_at_once(together: Together, key_id: UUID, user_id: int) -> None:
    """Count one submission as a part of `together`, which fails beyond a limit."""
    count_at_once(together, _limits(key_id, user_id, "submit"))


def _limits(key_id: UUID, user_id: int, what: str) -> dict[str, tuple[int, int]]:
    return {f"{what}:{key_id}": settings.RATE_LIMIT, f"{what}-person:{user_id}": settings.PERSON_RATE_LIMIT}


def admit(key_id: UUID, user_id: int, what: str = "submit") -> None:
    """Count one submission (or `upload`) of a key in the transaction that makes its job; a refusal rolls it back.

    Raises RateLimited, and the transaction is over.
    """
    limits = _limits(key_id, user_id, what)
    counted = count_each({name: seconds for name, (_most, seconds) in limits.items()})
    for name, (most, seconds) in limits.items():
        if counted[name] > most:
            wait = seconds - int(time.time()) % seconds
            is_of_person = name.startswith(f"{what}-person:")
            raise RateLimited(most=most, seconds=seconds, retry_after=wait, is_of_person=is_of_person)
