"""What the pages of boards show: the list with its covers, one board page by page."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from studio.accounts.models import User
from studio.core.numbers import grouped
from studio.gallery.listing import PAGE
from studio.gallery.models import Board, BoardPicture
from studio.gallery.tiles import Tile
from studio.jobs.models import Image
from studio.jobs.stars import stars_of

ON_COVER = 4
LISTED = 60  # boards on one page of the list
KINDS: dict[str, str | Promise] = {
    Board.Kind.PRIVATE: pgettext_lazy("board", "Private"),
    Board.Kind.TEAM: pgettext_lazy("board", "Team"),
    Board.Kind.LINK: pgettext_lazy("board", "Link"),
}


@dataclass
class Cover:
    """One board in the list: the first pictures of it that the reader may see, and how many there are."""

    board: Board
    number: int = 0
    images: list[Image] = field(default_factory=list)

    @property
    def details(self) -> str:
        """`12 pictures, Team, Mina Park`."""
        words = {"number": grouped(self.number), "kind": KINDS[self.board.kind], "owner": self.board.owner.display_name}
        sentence = ngettext(
            "%(number)s picture, %(kind)s, %(owner)s", "%(number)s pictures, %(kind)s, %(owner)s", self.number
        )
        return sentence % words


@dataclass
class BoardPage:
    """PAGE pictures of a board in its order; `after` is the key of the next page, empty when this is the last."""

    tiles: list[Tile]
    after: str = ""


def covers(user: User, *, before: str = "") -> tuple[list[Cover], int]:
    """The boards this person sees, latest first, from number `before` on, and where the next page begins (0: none).

    Three queries.
    """
    start = int(before) if before.isdecimal() and len(before) < 6 else 0
    boards = list(Board.objects.visible_to(user).select_related("owner")[start : start + LISTED + 1])
    found = {board.pk: Cover(board) for board in boards[:LISTED]}
    seen = BoardPicture.objects.filter(board__in=found, image__in=Image.objects.visible_to(user))
    for row in seen.order_by().values("board").annotate(number=Count("pk")):
        found[row["board"]].number = row["number"]
    for pk, images in _first_of(seen).items():
        found[pk].images = images
    return list(found.values()), start + LISTED if len(boards) > LISTED else 0


def _first_of(seen: Any) -> dict[UUID, list[Image]]:
    place = Window(RowNumber(), partition_by="board", order_by=["position", "pk"])
    firsts = seen.annotate(place=place).filter(place__lte=ON_COVER).select_related("image")
    images = defaultdict(list)
    for row in firsts.order_by("board", "position", "pk"):
        images[row.board_id].append(row.image)
    return images


def page_of(user: User, board: Board, *, after: str = "") -> BoardPage:
    """The pictures of a board that this person may see, from the key `after` on; two queries."""
    rows = BoardPicture.objects.filter(board=board, image__in=Image.objects.visible_to(user))
    rows = rows.select_related("image__job__user").order_by("position", "pk")
    if at := read_place(after):
        rows = rows.filter(Q(position__gt=at[0]) | Q(position=at[0], pk__gt=at[1]))
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    given = stars_of(user, [row.image_id for row in shown])
    last = f"{shown[-1].position}_{shown[-1].pk}" if len(found) > PAGE else ""
    return BoardPage([Tile(row.image.job, row.image, given.get(row.image_id, 0)) for row in shown], last)


def read_place(text: str) -> tuple[int, int] | None:
    """The place a page begins after; None for anything that is none."""
    position, _underscore, pk = text.partition("_")
    if not (position.isdecimal() and pk.isdecimal() and position.isascii() and pk.isascii() and len(text) < 30):
        return None
    return min(int(position), 2**31 - 1), min(int(pk), 2**63 - 1)


def number_of(user: User, board: Board) -> int:
    """How many of a board's pictures this person may see."""
    return Image.objects.visible_to(user).filter(places__board=board).count()


def latest_boards(user: User, *, most: int = 6) -> list[Board]:
    """Those a selection is most likely put on; one query."""
    return list(Board.objects.visible_to(user).only("pk", "name", "kind")[:most])


def boards_to_choose(user: User) -> Iterable[Board]:
    """All boards this person may put pictures on."""
    return Board.objects.visible_to(user).select_related("owner").order_by(F("updated_at").desc())[:400]


def kind_choices() -> list[tuple[str, str | Promise, str]]:
    """Value, name and meaning of every kind of board."""
    what = {
        Board.Kind.PRIVATE: _("Only you see the board."),
        Board.Kind.TEAM: _("Every member sees the board and can add to it."),
        Board.Kind.LINK: _(
            "Whoever has its link sees the pictures that are shown to links. Every member sees those shown to the team,"
            " and can add to it."
        ),
    }
    return [(kind.value, KINDS[kind], what[kind]) for kind in Board.Kind]
