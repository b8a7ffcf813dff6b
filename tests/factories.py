"""Rows for tests, in one line each."""

from typing import Any

from studio.accounts.models import User
from studio.credits.services import account_of
from studio.providers.catalogue import ImageModel, Kind

PASSWORD = "a quiet northern window"


def make_user(username: str, *, credits: int = 0, **fields: Any) -> User:
    """A member with `credits` to spend and the password PASSWORD."""
    user = User.objects.create_user(username, password=PASSWORD, **fields)
    account_of(user, opening=credits)
    return user


def required_of(model: ImageModel) -> dict[str, str]:
    """The least a model must be told, by our names: ids and addresses that have the right form and lead nowhere."""
    values = {Kind.TEXT: "0b8f1c1e-7a52-4a6e-9a53-1d2f3c4b5a69", Kind.PICTURE: "https://example.com/face.png"}
    return {p.name: values[p.kind] for p in model.parameters if p.is_required}
