"""The verbs on second factors: checking a code once, taking all of somebody's away (AUT-5)."""

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django.db import transaction

from studio.core.models import audit

from . import services
from .models import User

_LAST_STEP = "last_step"


def matching_step(secret: str, code: str) -> int | None:
    """The number of the 30-second step whose code this is, among those near enough to now; None when it is none."""
    for step in totp.yield_hotp_counters_from_time():
        if compare_user_code(actual=code, expected=totp.format_hotp_value(totp.hotp_value(secret, step))):
            return int(step)
    return None


@transaction.atomic
def spend_code(user: User, code: str) -> Authenticator | None:
    """The app or list of recovery codes that `code` belongs to, after which it is worth nothing; None when to none.

    A step is compared with the last one taken (RFC 6238, 5.2) under a lock on the row, so of two processes that are
    given the same code at once one refuses it.
    """
    typed = Authenticator.objects.select_for_update().filter(user=user).exclude(type=Authenticator.Type.WEBAUTHN)
    for authenticator in typed.order_by("pk"):
        if authenticator.type == Authenticator.Type.TOTP:
            step = matching_step(decrypt(authenticator.data["secret"]), code)
            if step is not None and take_step(authenticator, step):
                return authenticator
        else:
            codes = authenticator.wrap()
            if codes.validate_code(code):
                return codes.instance
    return None


def take_step(authenticator: Authenticator, step: int) -> bool:
    """Note that the code of `step` was used; False when it, or a later one, had been."""
    if step <= authenticator.data.get(_LAST_STEP, 0):
        return False
    authenticator.data[_LAST_STEP] = step
    authenticator.save(update_fields=["data"])
    return True


@transaction.atomic
def take_all_away(*, user: User, reason: str, by: User | None = None) -> bool:
    """Remove app, passkeys and recovery codes of somebody who lost them, and sign them out; False when there were none.

    Whoever holds the lost telephone may hold a session as well.
    """
    held = list(Authenticator.objects.filter(user=user).order_by("pk").values_list("type", flat=True))
    if not held:
        return False
    Authenticator.objects.filter(user=user).delete()
    audit("second_factor.reset", actor=by, target=user.username, reason=reason, removed=held)
    services.end_sessions(user=user, by=by)
    return True
