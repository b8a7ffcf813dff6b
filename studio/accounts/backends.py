"""Who somebody is: by name or e-mail and password, each password hashed exactly once (AUT-3)."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from studio.core.rows import Rows

from .models import User

_ROWS = Rows(User)
_FIND = f"SELECT {_ROWS.columns} FROM accounts_user WHERE id = %s"  # noqa: S608 -- names of our own columns


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's backend looks a name up twice as an e-mail and hashes each time; the time would tell who exists."""

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        user = User.by_login(credentials.get("username") or credentials.get("email") or "")
        return self._check_password(user, credentials["password"])

    def _check_password(self, user: User | None, password: str) -> User | None:
        if user is None:
            return None  # the base class hashes the password in vain
        self._did_check_password = True
        # A right password of a deactivated account is answered like a wrong one.
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        """The person of a session, unless they may no longer sign in: asked at every request of somebody signed in."""
        for (user,) in _ROWS.get(_FIND, [user_id]):
            return user if self.user_can_authenticate(user) else None
        return None
