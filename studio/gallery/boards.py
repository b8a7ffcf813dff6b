"""The verbs on boards. A board is managed by its owner; who sees it may add to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from studio.accounts.models import User
from studio.core.errors import StudioError
from studio.gallery import links
from studio.gallery.board_models import LONGEST_NAME
from studio.gallery.models import Board, BoardLink, BoardPicture
from studio.jobs.models import Image, ImageQuerySet, Job
from studio.jobs.visibility import set_visibility

MOST_BOARDS = 200  # of one person
MOST_PICTURES = 5000  # on one board
Kind = Board.Kind
_SHOWN: dict[str, tuple[str, ...]] = {Job.Visibility.TEAM: Job.SHARED, Job.Visibility.LINK: Job.LINKED}


class BadBoard(StudioError):
    """A name or kind that a board cannot have, or one board too many; `params["field"]` says which."""

    code = "bad_board"
    status = 422


class BoardFull(StudioError):
    """The pictures do not fit any more; none was put on it."""

    code = "board_full"
    status = 409

    def __init__(self, left: int) -> None:
        sentence = ngettext(
            "A board holds %(most)d pictures at most; this one has room for %(left)d more.",
            "A board holds %(most)d pictures at most; this one has room for %(left)d more.",
            left,
        )
        super().__init__(sentence % {"most": MOST_PICTURES, "left": left})


@dataclass(frozen=True)
class Hidden:
    """How many of a board's pictures its visitors do not see; `level` is what would show one's own to them.

    `moved` of one's own would then no longer be seen by those who see them now.
    """

    level: str
    own: int
    others: int = 0
    moved: int = 0


def checked_name(text: str) -> str:
    """A board's name in one line. Raises BadBoard."""
    name = " ".join(text.replace("\0", " ").split())
    if not name:
        raise BadBoard(_("A board needs a name."), field="name")
    if len(name) > LONGEST_NAME:
        raise BadBoard(
            _("A name has %(most)d characters at most; this one has %(number)d.")
            % {"most": LONGEST_NAME, "number": len(name)},
            field="name",
        )
    return name


def checked_kind(text: str) -> str:
    if text not in Kind.values:
        raise BadBoard(_("Choose whose board it is."), field="kind")
    return text


@transaction.atomic
def create_board(*, user: User, name: str, kind: str = Kind.PRIVATE) -> Board:
    """A new board of this person's; a link board with its link. Raises BadBoard."""
    board = Board(owner=user, name=checked_name(name), kind=checked_kind(kind))
    if Board.objects.of(user).count() >= MOST_BOARDS:
        raise BadBoard(_("You have %(most)d boards, and that is the most.") % {"most": MOST_BOARDS}, field="name")
    board.save(force_insert=True)
    if board.kind == Kind.LINK:
        links.make_link(user=user, board=board)
    return board


@transaction.atomic
def change_board(*, board: Board, name: str, kind: str) -> None:
    """Give a board another name or kind; what becomes a link board gets its link, what is none any more loses it.

    Raises BadBoard, and Board.DoesNotExist where it is gone.
    """
    board.name, board.kind = checked_name(name), checked_kind(kind)
    before = Board.objects.select_for_update().get(pk=board.pk).kind
    Board.objects.filter(pk=board.pk).update(name=board.name, kind=board.kind)
    if board.kind != Kind.LINK:
        BoardLink.objects.filter(board=board, revoked_at=None).update(revoked_at=timezone.now())
    elif before != Kind.LINK:
        links.make_link(user=board.owner, board=board)


def delete_board(*, board: Board) -> None:
    """The board and its links are gone; its pictures stay where they are."""
    board.delete()


@transaction.atomic
def collect(*, user: User, board: Board, ids: Iterable[UUID]) -> int:
    """Put those of `ids` that this person may see at the end of the board; returns how many were not on it yet.

    In the order of `ids`. Raises BoardFull, and Board.DoesNotExist where it is gone.
    """
    _lock(board, user)
    wanted = list(dict.fromkeys(ids))
    seen = set(Image.objects.visible_to(user).filter(pk__in=wanted).values_list("pk", flat=True))
    places = BoardPicture.objects.filter(board=board)
    there = set(places.filter(image__in=wanted).values_list("image_id", flat=True))
    new = [pk for pk in wanted if pk in seen - there]
    left = MOST_PICTURES - places.count()
    if len(new) > left:
        raise BoardFull(max(0, left))
    last = places.aggregate(last=Max("position"))["last"] or 0
    BoardPicture.objects.bulk_create(
        BoardPicture(board=board, image_id=pk, added_by=user, position=last + number)
        for number, pk in enumerate(new, start=1)
    )
    if new:
        Board.objects.filter(pk=board.pk).update(updated_at=timezone.now())
    return len(new)


def take_off(*, user: User, board: Board, ids: Iterable[UUID]) -> int:
    """Take pictures off a board: its owner any, others what they put there or what is theirs; returns how many."""
    places = BoardPicture.objects.filter(board=board, image__in=list(ids))
    if board.owner_id != user.pk:
        places = places.filter(added_by=user) | places.filter(image__job__user=user)
    return BoardPicture.objects.filter(pk__in=list(places.values_list("pk", flat=True))).delete()[0]


@transaction.atomic
def collect_from(*, user: User, source: Board, board: Board, ids: Iterable[UUID]) -> tuple[int, int]:
    """Put pictures on `board` and take off `source` those that are on it now; how many, and how many stay on both.

    What may not be put or taken off stays where it is. Raises as `collect` does, and nothing is changed then.
    """
    wanted = list(ids)
    list(Board.objects.select_for_update().filter(pk__in=[source.pk, board.pk]).order_by("pk"))  # as whoever moves back
    collect(user=user, board=board, ids=wanted)
    there = BoardPicture.objects.filter(board=board, image__in=wanted).values_list("image_id", flat=True)
    if source.pk == board.pk:
        return 0, 0
    moved = take_off(user=user, board=source, ids=list(there))
    return moved, BoardPicture.objects.filter(board=source, image__in=list(there)).count()


@transaction.atomic
def move(*, user: User, board: Board, ids: Iterable[UUID], to: str) -> None:
    """Move pictures within a board: `first`, `earlier`, `later`, `last`; those moved keep their order."""
    _lock(board, user)
    rows = list(BoardPicture.objects.filter(board=board).order_by("position", "pk").only("pk", "image_id", "position"))
    chosen = set(ids)
    for position, row in enumerate(_moved(rows, chosen, to), start=1):
        if row.position != position:
            BoardPicture.objects.filter(pk=row.pk).update(position=position)


def _moved(rows: list[BoardPicture], chosen: set[UUID], to: str) -> list[BoardPicture]:
    moved = [row for row in rows if row.image_id in chosen]
    others = [row for row in rows if row.image_id not in chosen]
    if to == "first":
        return moved + others
    if to == "last":
        return others + moved
    if to == "later":
        return list(reversed(_one_earlier(list(reversed(rows)), chosen)))
    return _one_earlier(rows, chosen)


def _one_earlier(rows: list[BoardPicture], chosen: set[UUID]) -> list[BoardPicture]:
    """Each chosen one before the one in front of it; those at the very front stay."""
    found = list(rows)
    for at in range(1, len(found)):
        if found[at].image_id in chosen and found[at - 1].image_id not in chosen:
            found[at - 1], found[at] = found[at], found[at - 1]
    return found


def pictures_of(board: Board) -> ImageQuerySet:
    """The pictures on a board that nobody deleted, whoever may see them."""
    return Image.objects.there().filter(places__board=board)


def hidden_from_visitors(board: Board, user: User) -> list[Hidden]:
    """What those whom this board is for do not see of it, as far as `user` knows: the team, or who has its link."""
    if board.kind == Kind.PRIVATE:
        return []
    level = Job.Visibility.LINK if board.kind == Kind.LINK else Job.Visibility.TEAM
    own = _own_not_shown(board, user, level)
    others = 0
    if level == Job.Visibility.LINK:
        theirs = Image.objects.visible_to(user).filter(places__board=board).exclude(job__user=user)
        others = theirs.exclude(job__visibility__in=_SHOWN[level]).count()
    found = Hidden(level, own.count(), others, own.exclude(job__visibility=Job.Visibility.ME).count())
    return [found] if found.own or found.others else []


def show_own(*, user: User, board: Board, level: str) -> int:
    """Show one's own pictures of a board to its visitors, as its button says; returns how many pictures that is."""
    if level not in _SHOWN:
        raise BadBoard(_("Choose who sees it."), field="level")
    jobs = _own_not_shown(board, user, level).values_list("job_id", flat=True)
    return set_visibility(user=user, jobs=list(jobs), level=level)


def _own_not_shown(board: Board, user: User, level: str) -> ImageQuerySet:
    return pictures_of(board).filter(job__user=user).exclude(job__visibility__in=_SHOWN[level])


def _lock(board: Board, user: User) -> None:
    """One change of a board's order at a time, on a board that is still this person's to change.

    Raises Board.DoesNotExist where it was deleted or closed meanwhile. On SQLite the transaction is alone anyway.
    """
    Board.objects.visible_to(user).select_for_update().only("pk").get(pk=board.pk)
