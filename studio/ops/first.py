"""What the first start makes: the catalogue, the first administrator and that account."""

from studio.accounts.models import User
from studio.accounts.services import ensure_first_administrator
from studio.credits.services import account_of
from studio.providers.services import load_catalogue

__all__ = ["first_administrator", "load_catalogue"]


def first_administrator() -> list[str]:
    """Make the administrator `admin` where there is none; lines to print, empty unless a password was generated."""
    made = ensure_first_administrator()
    for user in User.objects.filter(is_superuser=True).order_by("pk")[:1]:
        account_of(user)
    if made is None:
        return []
    name, password = made
    return [f"  Name:     {name}", f"  Password: {password}", "  It must be changed at the first login."]
