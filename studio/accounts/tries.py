"""Wrong passwords and codes, counted in the database so that the limit holds across processes (AUT-2).

A try takes its place before the password is hashed and gives it back when the password was right: of fifty that come
at once ten reach the hasher. The last tries are kept with their times, so the limit is exact in every five minutes.
"""

import hashlib
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from django.db import transaction
from django.utils import timezone
from django.utils.translation import ngettext

from studio.core.errors import StudioError

from .models import PasswordTries, User

WINDOW = 300
PER_ACCOUNT = 10
PER_ADDRESS = 30


class TooManyTries(StudioError):
    """Refused without looking at the password; `params["seconds"]` until the next try is looked at."""

    code = "too_many_tries"
    status = 429

    def __init__(self, seconds: int) -> None:
        minutes = ceil(seconds / 60)
        super().__init__(
            ngettext(
                "Too many wrong tries. Try again in %(minutes)d minute.",
                "Too many wrong tries. Try again in %(minutes)d minutes.",
                minutes,
            )
            % {"minutes": minutes},
            seconds=seconds,
        )


@dataclass(frozen=True)
class Try:
    """A place taken among the allowed tries."""

    keys: tuple[str, ...]
    at: float
    is_last: bool

    @transaction.atomic
    def give_back(self) -> None:
        """The password was right: this try does not count."""
        for row in _locked(self.keys):
            if self.at in row.times:
                row.times.remove(self.at)
                row.save(update_fields=["times", "updated_at"])


def account_key(user: User | None, login: str) -> str:
    """One key for a person, by whatever name they sign in; unknown names have limits like anybody's (AUT-3)."""
    if user is not None:
        return f"account:{user.pk}"
    return "account:?" + hashlib.sha256(login.strip().lower().encode()).hexdigest()[:32]


def code_key(user: User) -> str:
    """One key for a person's second factor: whoever knows no password cannot use it up."""
    return f"code:{user.pk}"


def address_key(ip: str | None) -> str:
    """One key for an address; for the whole /64 under IPv6, of which one person has more than can be counted."""
    if ip is None:
        return "address:?"
    address = ipaddress.ip_address(ip)
    if isinstance(address, ipaddress.IPv6Address):
        return f"address:{ipaddress.ip_network((address, 64), strict=False)}"
    return f"address:{address}"


def take(*, account: str, address: str) -> Try:
    """Take a place for one try; raises TooManyTries when the account or the address has none left."""
    return take_of({account: PER_ACCOUNT, address: PER_ADDRESS})


@transaction.atomic
def take_of(limits: Mapping[str, int]) -> Try:
    """The same under other keys, each with how many wrong tries it may have in five minutes."""
    now = timezone.now().timestamp()
    for key in sorted(limits):
        PasswordTries.objects.get_or_create(key=key)
    rows = _locked(tuple(limits))
    for row in rows:
        row.times = [at for at in row.times if at > now - WINDOW]
        if len(row.times) >= limits[row.key]:
            raise TooManyTries(ceil(row.times[-limits[row.key]] + WINDOW - now))
    for row in rows:
        row.times.append(now)
        row.save(update_fields=["times", "updated_at"])
    return Try(keys=tuple(limits), at=now, is_last=any(len(row.times) >= limits[row.key] for row in rows))


def forgive(user: User) -> bool:
    """Forget the wrong passwords of an account; False when there were none."""
    return _forget(account_key(user, ""))


def forgive_codes(user: User) -> bool:
    """Forget the wrong codes of an account; False when there were none."""
    return _forget(code_key(user))


def _forget(key: str) -> bool:
    deleted, _rows = PasswordTries.objects.filter(key=key).delete()
    return bool(deleted)


def _locked(keys: tuple[str, ...]) -> list[PasswordTries]:
    """The rows, always locked in one order; on SQLite the whole transaction is alone."""
    return list(PasswordTries.objects.select_for_update().filter(key__in=keys).order_by("key"))
