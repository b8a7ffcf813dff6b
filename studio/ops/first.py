"""What the first start makes: the catalogue, the first administrator and that account."""

import importlib.util
from importlib import import_module
from typing import Any

from django.contrib.auth import get_user_model


def load_catalogue() -> None:
    _call("studio.providers.services", "load_catalogue")


def first_administrator() -> list[str]:
    """Make the administrator `admin` where there is none; lines to print, empty unless a password was generated."""
    made = _call("studio.accounts.services", "ensure_first_administrator")
    for user in get_user_model().objects.filter(is_superuser=True).order_by("pk")[:1]:
        _call("studio.credits.services", "account_of", user)
    if not made:
        return []
    name, password = made
    return [f"  Name:     {name}", f"  Password: {password}", "  It must be changed at the first login."]


def _call(module: str, name: str, *args: Any) -> Any:
    if importlib.util.find_spec(module) is None:
        return None
    return getattr(import_module(module), name)(*args)
