"""What somebody asked the gallery for: the query of its address, read leniently and written back."""

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict

from studio.gallery.models import Listed
from studio.jobs.star_models import MOST

SCOPES = ("mine", "team", "starred", "all")
LONGEST = 200  # characters of a search
LONGEST_QUERY = 8000  # of an address: more than every field at its longest, twelve characters for each of its own
SHAPES = ("wide", "square", "tall", "21:9", "16:9", "3:2", "4:3", "1:1", "3:4", "2:3", "9:16")


@dataclass(frozen=True)
class Filters:
    """One selection of pictures. What is empty does not narrow it."""

    scope: str = "mine"
    q: str = ""
    model: str = ""  # its canonical id
    person: str = ""  # their name for signing in
    shape: str = ""  # one of SHAPES
    since: date | None = None
    until: date | None = None  # that day included
    provider: str = ""  # its slug
    outcome: str = ""  # as Listed.Outcome; empty: made
    stars: int = 0  # at least so many of one's own
    board: UUID | None = None

    @classmethod
    def read(cls, query: QueryDict) -> "Filters":
        """Of an address; what makes no sense there counts as not asked."""
        text = {name: str(value).replace("\0", "").strip() for name, value in query.items()}
        stars, shape, outcome = (text.get(name, "") for name in ("stars", "shape", "outcome"))
        return cls(
            scope=scope if (scope := text.get("scope", "")) in SCOPES else "mine",
            q=" ".join(text.get("q", "").split())[:LONGEST],
            model=text.get("model", "")[:100],
            person=text.get("person", "")[:150],
            shape=shape if shape in SHAPES else "",
            since=_day(text.get("since", "")),
            until=_day(text.get("until", "")),
            provider=text.get("provider", "")[:50],
            outcome=outcome if outcome in Listed.Outcome.values and outcome != Listed.Outcome.MADE else "",
            stars=int(stars) if stars in [str(n) for n in range(1, MOST + 1)] else 0,
            board=_id(text.get("board", "")),
        )

    @classmethod
    def read_text(cls, query: str) -> "Filters":
        return cls.read(QueryDict(query[:LONGEST_QUERY]))

    def but(self, **changes: Any) -> "Filters":
        return replace(self, **changes)

    @property
    def asked(self) -> dict[str, str]:
        """What is asked, by its name in the address."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        if self.scope == "mine":
            del values["scope"]
        return {name: str(value) for name, value in values.items() if value}

    @property
    def query(self) -> str:
        """As the query of an address."""
        return urlencode(self.asked)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What a search goes on narrowing by: the hidden fields of its form."""
        return [(name, value) for name, value in self.asked.items() if name != "q"]

    @property
    def kept_but_dates(self) -> list[tuple[str, str]]:
        return [(name, value) for name, value in self.asked.items() if name not in ("since", "until")]

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the scope was asked."""
        return self != Filters(scope=self.scope)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1970 <= found.year < 9999 else None  # what every time zone and database can hold
