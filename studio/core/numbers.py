"""How amounts and times are written, the same in all three languages."""

from django.utils.translation import ngettext

MINUS = "\u2212"


def grouped(number: int) -> str:
    """1234567 as `1,234,567`; a negative number gets a true minus sign."""
    return f"{number:,}".replace("-", MINUS)


def signed(number: int) -> str:
    """A change on a ledger: `+21`, `−21`, and plain `0`."""
    return f"+{number:,}" if number > 0 else grouped(number)


def credits_text(amount: int) -> str:
    """`21 credits`, as a whole phrase."""
    return ngettext("%(amount)s credit", "%(amount)s credits", amount) % {"amount": grouped(amount)}
