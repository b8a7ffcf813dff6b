"""The verbs on API keys: making, checking, pausing, revoking."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from studio.core.at_once import Together, may_go_at_once
from studio.core.crypto import encrypt
from studio.core.memory import Memory
from studio.core.models import audit
from studio.core.rows import Rows

from . import keys
from .models import ApiKey, Scope, User

MOST_KEYS = 50  # that a person has, those revoked not counted
_USED_EVERY = timedelta(minutes=1)


@transaction.atomic
def create_api_key(
    *,
    user: User,
    name: str,
    is_sandbox: bool = False,
    scopes: Iterable[str] = tuple(Scope.values),
    expires_at: datetime | None = None,
    monthly_cap: int | None = None,
    by: User | None = None,
) -> tuple[ApiKey, str]:
    """A new key of `user`: its row, and the key itself, which is kept nowhere.

    `monthly_cap`: credits it may spend in a calendar month (UTC), None for no limit of its own. Raises TooManyKeys.
    """
    # The owner's row is the one they queue at: two requests at once are counted one after the other.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if ApiKey.objects.filter(user=user, revoked_at=None).count() >= MOST_KEYS:
        raise keys.TooManyKeys(MOST_KEYS)
    raw = keys.generate()
    row = ApiKey.objects.create(
        user=user,
        name=name,
        prefix=keys.prefix_of(raw),
        digest=keys.digest_of(raw),
        last_four=raw[-4:],
        signing_secret=encrypt(keys.signing_secret_of(raw).hex()),
        scopes=" ".join(scope for scope in Scope.values if scope in set(scopes)),
        expires_at=expires_at,
        monthly_cap=monthly_cap,
        is_sandbox=is_sandbox,
    )
    audit("key.created", actor=by or user, target=str(row), owner=user.username, **_terms(row))
    return row, raw


def _terms(row: ApiKey) -> dict[str, Any]:
    return {
        "scopes": row.scopes,
        "monthly_cap": row.monthly_cap,
        "expires_at": row.expires_at and row.expires_at.isoformat(),
        "is_sandbox": row.is_sandbox,
    }


def authenticate_key(headers: Mapping[str, str]) -> ApiKey:
    """The key of a request (its `user` loaded); `headers` as Django gives them, names in any case.

    Raises MissingKey, ConflictingKeys, InvalidKey (unknown; a malformed one without asking the database), InactiveKey.
    """
    raw = keys.key_in(headers)
    prefix = keys.prefix_of(raw)
    seen = _by_prefix(prefix)
    row = _checked(seen, raw)
    now = timezone.now()
    if _is_use_untold(row, now):
        due = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - _USED_EVERY)
        ApiKey.objects.filter(due, pk=row.pk).update(last_used_at=now)
    elif may_go_at_once():
        assert seen is not None, "it was checked"
        _memory.keep(prefix, seen)
    return row


def remembered_key(headers: Mapping[str, str], together: Together) -> ApiKey | None:
    """The key of a request as it was read a moment ago; `together` then fails where it or its user changed since.

    None where it must be read: a refusal is never told from memory.
    """
    try:
        raw = keys.key_in(headers)
        seen = _memory.get(keys.prefix_of(raw))
        row = _checked(seen, raw)
    except keys.KeyRefused:
        return None
    if seen is None or _is_use_untold(row, timezone.now()):
        return None
    together.add("the_same_key", _SAME, [row.pk, row.user_id, *seen.versions])
    return row


def _checked(seen: "_Seen | None", raw: str) -> ApiKey:
    """Raises InvalidKey and InactiveKey."""
    if not secrets.compare_digest(seen.row.digest if seen else "0" * 128, keys.digest_of(raw)) or seen is None:
        raise keys.InvalidKey
    row, now = seen.row, timezone.now()
    if not row.is_active or row.revoked_at or not row.user.is_active or (row.expires_at and row.expires_at <= now):
        raise keys.InactiveKey
    return row


def _is_use_untold(row: ApiKey, now: datetime) -> bool:
    return row.last_used_at is None or row.last_used_at < now - _USED_EVERY


def require_scope(key: ApiKey, scope: str) -> None:
    """Raises ScopeMissing unless `key` has the scope (a value of Scope)."""
    if not key.has_scope(scope):
        raise keys.ScopeMissing(scope)


@dataclass(frozen=True)
class _Seen:
    """A key with its user, and on a server the versions of their rows: whatever is changed there has another."""

    row: ApiKey
    versions: tuple[str, ...]


_memory: Memory[_Seen] = Memory()
_ROWS = Rows(ApiKey, User)
_FIND = f"""
SELECT {_ROWS.columns} {{versions}}
  FROM accounts_apikey JOIN accounts_user ON accounts_user.id = accounts_apikey.user_id
 WHERE accounts_apikey.prefix = %s
"""  # noqa: S608 -- names of our own columns
_FIND_BY_VENDOR = {
    "sqlite": _FIND.format(versions=""),
    "postgresql": _FIND.format(versions=", accounts_apikey.xmin::text, accounts_user.xmin::text"),
}
_SAME = """
SELECT 1 FROM accounts_apikey AS k, accounts_user AS u
 WHERE k.id = %s AND u.id = %s AND k.user_id = u.id AND k.xmin = %s AND u.xmin = %s
"""


def _by_prefix(prefix: str) -> _Seen | None:
    for key, user, *versions in _ROWS.get(_FIND_BY_VENDOR[connection.vendor], [prefix]):
        key.user = user
        return _Seen(key, tuple(versions))
    return None


@transaction.atomic
def change_api_key(*, key: ApiKey, name: str, expires_at: datetime | None, by: User) -> bool:
    """Another name or end; False when nothing changed or it was revoked. What it may spend is changed by set_cap."""
    before = ApiKey.objects.select_for_update(no_key=True).get(pk=key.pk)
    changed = {"name": name, "expires_at": expires_at}
    if before.revoked_at or (before.name, before.expires_at) == (name, expires_at):
        return False
    ApiKey.objects.filter(pk=key.pk).update(**changed)
    key.name, key.expires_at = name, expires_at
    audit("key.changed", actor=by, target=str(key), owner=key.user.username, before=before.name, **_terms(key))
    return True


@transaction.atomic
def revoke_api_key(*, key: ApiKey, by: User) -> bool:
    """End a key for good; False when it was ended already."""
    changed = ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(
        revoked_at=timezone.now(), is_active=False
    )
    if changed:
        audit("key.revoked", actor=by, target=str(key), owner=key.user.username)
    return bool(changed)


@transaction.atomic
def set_api_key_active(*, key: ApiKey, is_active: bool, by: User) -> bool:
    """Pause a key or let it go on; False when nothing changed or it was revoked."""
    changed = ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True, is_active=not is_active).update(
        is_active=is_active
    )
    if changed:
        audit("key.resumed" if is_active else "key.paused", actor=by, target=str(key), owner=key.user.username)
    return bool(changed)
