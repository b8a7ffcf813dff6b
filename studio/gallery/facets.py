"""The quiet menus that narrow the gallery, each with what there is to choose, as plain links."""

import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Count, Max, QuerySet, Sum
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from studio.accounts.models import User
from studio.gallery.filters import SHAPES, Filters
from studio.gallery.listing import Mark, narrowed
from studio.gallery.models import Board, Listed
from studio.jobs.served import Providers
from studio.jobs.star_models import MOST
from studio.providers import catalogue

MOST_PEOPLE = 200  # in one menu; the address takes any
KEPT = 60.0  # seconds a process remembers what there is to choose from
MOST_KNOWN = 1000
MOST_BOARDS = 100  # in the menu, latest first; the address takes any
There = tuple[dict[str, int], dict[str, int], dict[int, int]]


class _Among(NamedTuple):
    """What tells that a row went: the number of the latest, how many there are up to it, the sum of their numbers."""

    last: int
    number: int
    total: int


class _Known(NamedTuple):
    until: float
    mark: Mark | None
    there: There
    among: _Among | None


_known: dict[tuple[str, int], _Known] = {}


@dataclass
class Choice:
    """One line of a menu; `number` of pictures where it is known without counting anew."""

    label: str
    query: str
    number: int | None = None
    shape: str = ""

    @property
    def url(self) -> str:
        return address(self.query)


@dataclass
class Facet:
    """One menu. With `chosen` it stands applied, and `query` is the address without it."""

    name: str
    label: str
    query: str
    chosen: str = ""
    choices: list[Choice] = field(default_factory=list)

    @property
    def url(self) -> str:
        return address(self.query)


def address(query: str) -> str:
    return f"{reverse('gallery:gallery')}?{query}" if query else reverse("gallery:gallery")


def facets(user: User, filters: Filters, providers: Providers, mark: Mark | None = None) -> list[Facet]:
    """Every menu; two queries, and one more now and then. A menu with nothing to choose between is left out.

    `mark` is of what this person changes in the scope: after a change of their own the numbers are right at once.
    """
    models, slugs, people = _there(user, filters.scope, None if filters.is_narrowed else mark)
    found = User.objects.filter(pk__in=sorted(people, key=lambda pk: -people[pk])[:MOST_PEOPLE])
    persons = {person.username: person for person in found.only("username", "first_name", "last_name")}
    shown = {username: person.display_name for username, person in persons.items()}
    numbers = {username: people[person.pk] for username, person in persons.items()}
    made = [
        _menu(filters, "model", _("Model"), {key: _model(key) for key in models}, models),
        _menu(filters, "person", pgettext("who made it", "Person"), shown, numbers)
        if filters.scope != "mine"
        else None,
        _board(user, filters),
        _menu(filters, "shape", _("Shape"), {shape: shape_words(shape) for shape in SHAPES}, {}),
        _date(filters),
        _menu(filters, "provider", _("Provider"), {slug: providers.name(slug) for slug in slugs}, slugs),
        _menu(filters, "stars", _("Stars"), {str(n): stars_words(n) for n in range(1, MOST + 1)}, {}),
        _outcome(filters),
    ]
    least = {"board": 0}  # one board is a choice, too: most pictures are on none
    return [facet for facet in made if facet and (facet.chosen or len(facet.choices) > least.get(facet.name, 1))]


def _there(user: User, scope: str, mark: Mark | None) -> There:
    """How many pictures of the scope each model, provider and person has.

    The only question whose work grows with the scope: with 100 000 pictures it takes longer than the rest of the page.
    So a process remembers the answer for KEPT seconds, and no longer than the mark stays the same: what others add
    may be that late, one's own changes and what others take back never.
    """
    key = (scope, user.pk)
    known = _known.get(key)
    every = narrowed(user, Filters(scope=scope)).order_by()
    is_known = known and known.until > time.monotonic() and mark in (None, known.mark)
    if known and is_known and (scope == "mine" or known.among == _mark(every, known.among)):
        return known.there
    models: dict[str, int] = {}
    slugs: dict[str, int] = {}
    people: dict[int, int] = {}
    # Before they are counted, so that what goes meanwhile is seen to be gone.
    among = None if scope == "mine" else _mark(every)
    rows = every.values_list("model", "provider", "user")
    for model, slug, person, number in rows.annotate(number=Count("pk")):
        models[model] = models.get(model, 0) + number
        slugs[slug] = slugs.get(slug, 0) + number
        people[person] = people.get(person, 0) + number
    if len(_known) >= MOST_KNOWN:
        _known.clear()
    _known[key] = _Known(time.monotonic() + KEPT, mark, (models, slugs, people), among)
    return models, slugs, people


def _mark(rows: "QuerySet[Listed]", before: _Among | None = None) -> _Among:
    """Of the rows there are, or of those among them that there were `before`; read from an index alone."""
    if before:
        rows = rows.filter(pk__lte=before.last)
    found = rows.aggregate(last=Max("pk", default=0), number=Count("pk"), total=Sum("pk", default=0))
    return _Among(before.last if before else found["last"], found["number"], found["total"])


def forget() -> None:
    """Look anew at the next question (for tests)."""
    _known.clear()


def _menu(filters: Filters, name: str, label: str, words: dict[str, str], numbers: dict[str, int]) -> Facet:
    """What `words` names, in the order of its words; numbers only where nothing else narrows them."""
    chosen = filters.asked.get(name, "")
    facet = Facet(name, label, filters.but(**{name: 0 if name == "stars" else ""}).query)
    if chosen:
        facet.chosen = words.get(chosen, chosen)
        return facet
    in_order = sorted(words, key=lambda key: words[key].casefold()) if numbers else list(words)
    for key in in_order:
        query = filters.but(**{name: int(key) if name == "stars" else key}).query
        number = None if filters.is_narrowed else numbers.get(key)
        facet.choices.append(Choice(words[key], query, number, shape=key if name == "shape" and ":" in key else ""))
    return facet


def _board(user: User, filters: Filters) -> Facet:
    """The boards this person sees; one query. One that is gone or not theirs to see has no name, and no pictures."""
    facet = Facet("board", _("Board"), filters.but(board=None).query)
    seen = Board.objects.visible_to(user).only("pk", "name")
    if filters.board:
        found = seen.filter(pk=filters.board).first()
        facet.chosen = found.name if found else _("gone")
    elif not filters.outcome:  # what was not made is on no board
        facet.choices = [Choice(board.name, filters.but(board=board.pk).query) for board in seen[:MOST_BOARDS]]
    return facet


def _date(filters: Filters) -> Facet:
    facet = Facet("date", _("Date"), filters.but(since=None, until=None).query)
    if filters.since or filters.until:
        facet.chosen = date_words(filters.since, filters.until)
        return facet
    today = timezone.localdate()
    for label, since in (
        (_("Today"), today),
        (_("The last 7 days"), today - timedelta(days=6)),
        (_("The last 30 days"), today - timedelta(days=29)),
        (_("This year"), today.replace(month=1, day=1)),
    ):
        facet.choices.append(Choice(label, filters.but(since=since).query))
    return facet


def _outcome(filters: Filters) -> Facet:
    words = {str(Listed.Outcome.FAILED): _("Not made"), str(Listed.Outcome.CANCELLED): _("Cancelled")}
    facet = Facet("outcome", _("Outcome"), filters.but(outcome="").query)
    if filters.outcome:
        facet.chosen = words[filters.outcome]
    else:
        choices = {"": _("Finished"), **words}
        facet.choices = [Choice(label, filters.but(outcome=key).query) for key, label in choices.items()]
    return facet


def _model(key: str) -> str:
    found = catalogue.find(key)
    return found.name if found else key


def shape_words(shape: str) -> str:
    return {"wide": _("Wide"), "square": _("Square"), "tall": _("Tall")}.get(shape, shape)


def stars_words(number: int) -> str:
    if number == MOST:
        return ngettext("%(number)s star", "%(number)s stars", number) % {"number": number}
    return ngettext("%(number)s star or more", "%(number)s stars or more", number) % {"number": number}


def date_words(since: date | None, until: date | None) -> str:
    def day(moment: date) -> str:
        return formats.date_format(moment, "j M Y")

    if since and until:
        if since == until:
            return day(since)
        return _("%(since)s – %(until)s") % {"since": day(since), "until": day(until)}
    if since:
        return _("since %(day)s") % {"day": day(since)}
    return _("until %(day)s") % {"day": day(until)} if until else ""
