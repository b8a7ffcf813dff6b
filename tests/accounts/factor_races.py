"""Run in processes of their own by test_second_factor_races.py."""

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP

from studio.accounts import factors
from studio.accounts.models import User

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def set_up() -> list[str]:
    user = User.objects.create(username="alice")
    TOTP.activate(user, SECRET)
    return RecoveryCodes.activate(user).generate_codes()


def spend(code: str) -> bool:
    return factors.spend_code(User.objects.get(username="alice"), code) is not None


def left() -> int:
    return len(Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes())
