"""Rows for tests, in one line each."""

from typing import Any

from studio.accounts.models import User
from studio.credits.services import account_of

PASSWORD = "a quiet northern window"


def make_user(username: str, *, credits: int = 0, **fields: Any) -> User:
    """A member with `credits` to spend and the password PASSWORD."""
    user = User.objects.create_user(username, password=PASSWORD, **fields)
    account_of(user, opening=credits)
    return user
