"""What every page shows of its reader's credits."""

from typing import TypedDict

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from studio.accounts.models import User
from studio.credits.services import account_of

BAR = 84  # pixels
USAGE_PAGE = "/usage/"


class Meter(TypedDict):
    """Credits to spend and held, and the lengths of the bar's two parts in pixels."""

    to_spend: int
    held: int
    solid: int
    hatched: int
    url: str


def meter_of(user: User) -> Meter:
    """One query; a person seen for the first time gets their account and opening credits here."""
    account = account_of(user)
    solid = round(BAR * account.spendable / account.balance) if account.balance else 0
    hatched = BAR - solid if account.held else 0
    return {
        "to_spend": account.spendable,
        "held": account.held,
        "solid": solid,
        "hatched": hatched,
        "url": USAGE_PAGE,
    }


def meter(request: HttpRequest) -> dict[str, object]:
    """`meter` for whoever is signed in, read only by a template that shows it; None for strangers."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"meter": None}
    return {"meter": SimpleLazyObject(lambda: meter_of(user))}
