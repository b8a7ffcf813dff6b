"""What a ledger's references mean to people: told by the floors above, since the ledger knows no jobs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from studio.accounts.models import User


@dataclass(frozen=True)
class Thing:
    """What an entry was for; `why` is a few words about the last reason, empty where there is nothing to add."""

    title: str
    url: str = ""
    image_url: str = ""
    model: str = ""
    provider: str = ""  # its name, where one made it
    why: str = ""
    is_unknown: bool = False  # its outcome is not known yet


# Each takes the reader and the references on one page and returns the things it knows, in a fixed number of queries.
NAMERS: list[Callable[[User, Iterable[str]], dict[str, Thing]]] = []
# Each says in one phrase what so many credits are worth; "" where it cannot.
WORTH: list[Callable[[int], str]] = []


def things_of(reader: User, references: Iterable[str]) -> dict[str, Thing]:
    """What the references mean to this reader; unknown ones are missing."""
    wanted = {reference for reference in references if reference}
    found: dict[str, Thing] = {}
    for namer in NAMERS:
        found |= namer(reader, wanted)
    return found


def worth(amount: int) -> str:
    return next((phrase for say in WORTH if (phrase := say(amount))), "")
