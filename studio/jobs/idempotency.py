"""A caller's own name for a request: the same name again is the same job."""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.accounts.models import User
from studio.core.at_once import Together
from studio.core.rows import fixed_cursor
from studio.jobs.errors import BadIdempotencyKey, IdempotencyConflict
from studio.jobs.models import IdempotencyKey, Job

KEPT = timedelta(hours=24)
_PRINTABLE = re.compile(r"[\x20-\x7e]{1,255}")


@dataclass(frozen=True)
class Claim:
    """What a caller says about being the same request as before."""

    key: str
    scope: str  # live, sandbox, form or call
    fingerprint: str


def parse_key(raw: str) -> str:
    """The key of an Idempotency-Key header, quoted and bare alike; raises BadIdempotencyKey."""
    key = raw.strip()
    if len(key) >= 2 and key.startswith('"') and key.endswith('"'):
        key = key[1:-1]
    if not _PRINTABLE.fullmatch(key) or not key.strip():
        raise BadIdempotencyKey(_("An idempotency key has 1 to 255 printable characters."))
    return key


def form_key(raw: str) -> str:
    """The hidden key a form of ours came with; empty for anything that none of them ever held."""
    return raw if re.fullmatch(r"[A-Za-z0-9_-]{1,64}", raw) else ""


def fingerprint(method: str, path: str, body: Any) -> str:
    """SHA-256 of method, path and body, blind to the order of keys and to white space."""
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(f"{method} {path}\n{canonical}".encode()).hexdigest()


def find(user: User, claim: Claim) -> Job | None:
    """The job this claim already made; raises IdempotencyConflict when it was made by another request."""
    row = (
        IdempotencyKey.objects.filter(user=user, scope=claim.scope, key=claim.key, created_at__gt=timezone.now() - KEPT)
        .select_related("job")
        .first()
    )
    if row is None:
        return None
    if row.fingerprint != claim.fingerprint:
        raise IdempotencyConflict(_("This idempotency key was used for another request."))
    return row.job


class Twin(Exception):
    """Another request with the same key was first; look again."""


def reserve(user: User, claim: Claim, job: Job) -> None:
    """Write the row, inside the transaction that makes `job`. A parallel twin waits here for the first to commit.

    Raises Twin when the key is taken; the caller's transaction is then over.
    """
    with fixed_cursor() as cursor:
        cursor.execute(_RESERVE, _values(user, claim, job))
        if cursor.fetchone() is None:
            raise Twin


def reserve_at_once(together: Together, user: User, claim: Claim, job: Job) -> None:
    """The same as a part of `together`, which fails where the key is taken."""
    together.add("reserved", _RESERVE, _values(user, claim, job))


def _values(user: User, claim: Claim, job: Job) -> list[Any]:
    now = timezone.now()
    adapt = connection.ops.adapt_datetimefield_value
    job_id = Job._meta.pk.get_db_prep_value(job.pk, connection)
    return [user.pk, claim.scope, claim.key, claim.fingerprint, job_id, adapt(now), adapt(now - KEPT)]


# Takes a free name or one whose 24 hours are over; nothing comes back when somebody has it.
_RESERVE = """
INSERT INTO jobs_idempotencykey (user_id, scope, key, fingerprint, job_id, created_at) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (user_id, scope, key) DO UPDATE
   SET fingerprint = excluded.fingerprint, job_id = excluded.job_id, created_at = excluded.created_at
 WHERE jobs_idempotencykey.created_at <= %s
RETURNING id
"""


def prune() -> int:
    """Forget keys older than 24 hours; returns how many."""
    return IdempotencyKey.objects.filter(created_at__lte=timezone.now() - KEPT).delete()[0]
