"""How amounts are written, the same in all three languages, and what stands between them, which is not."""

from collections.abc import Iterable

from django.utils.translation import ngettext, pgettext

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


def comma() -> str:
    """What stands between two short things on one line: a comma and a space, `、` in Japanese."""
    return pgettext("between items", ", ")


def listed(parts: Iterable[str]) -> str:
    """`3:2, vivid`: those that are not empty, on one line."""
    return comma().join(filter(None, parts))


def spread(least: int, most: int) -> str:
    """`3–10`, and `4` where both are 4."""
    if least == most:
        return grouped(least)
    return pgettext("amounts", "%(least)s–%(most)s") % {"least": grouped(least), "most": grouped(most)}
