"""The verbs on API keys: making, checking, pausing, revoking."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from studio.core.crypto import encrypt
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
    row = _by_prefix(keys.prefix_of(raw))
    if not secrets.compare_digest(row.digest if row else "0" * 128, keys.digest_of(raw)) or row is None:
        raise keys.InvalidKey
    now = timezone.now()
    if not row.is_active or row.revoked_at or not row.user.is_active or (row.expires_at and row.expires_at <= now):
        raise keys.InactiveKey
    if row.last_used_at is None or row.last_used_at < now - _USED_EVERY:
        due = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - _USED_EVERY)
        ApiKey.objects.filter(due, pk=row.pk).update(last_used_at=now)
    return row


def require_scope(key: ApiKey, scope: str) -> None:
    """Raises ScopeMissing unless `key` has the scope (a value of Scope)."""
    if not key.has_scope(scope):
        raise keys.ScopeMissing(scope)


_ROWS = Rows(ApiKey, User)
_FIND = f"""
SELECT {_ROWS.columns} FROM accounts_apikey JOIN accounts_user ON accounts_user.id = accounts_apikey.user_id
WHERE accounts_apikey.prefix = %s
"""  # noqa: S608 -- names of our own columns


def _by_prefix(prefix: str) -> ApiKey | None:
    for key, user in _ROWS.get(_FIND, [prefix]):
        key.user = user
        return cast(ApiKey, key)
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
