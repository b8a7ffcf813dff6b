"""Links to boards: a token for people without a login, derived and never stored, that ends and can be taken back."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from studio.accounts.models import User
from studio.core.crypto import derived_key
from studio.core.models import audit
from studio.gallery.models import Board, BoardLink
from studio.jobs.models import Image, ImageQuerySet
from studio.jobs.visibility import open_to_links

DAYS = (7, 30, 90, 365)
USUAL_DAYS = 30  # of the link that a board is made with
_ID, _SIGNATURE = 22, 32  # characters: 128 bits that say which link, 192 that nobody can guess


class LinkRefused(Exception):
    """Nobody made this link, or it ended, was taken back, or its owner left: which of them is not told."""


@transaction.atomic
def make_link(
    *, user: User, board: Board, days: int = USUAL_DAYS, may_download: bool = False, password: str = ""
) -> BoardLink:
    """A new link to a link board of this person's; the one before stops working. Raises Board.DoesNotExist.

    `password` is hashed already.
    """
    Board.objects.of(user).filter(kind=Board.Kind.LINK).select_for_update().only("pk").get(pk=board.pk)
    _end(board)
    made = BoardLink.objects.create(
        board=board,
        created_by=user,
        may_download=may_download,
        password=password,
        expires_at=timezone.now() + timedelta(days=days),
    )
    told: dict[str, Any] = {"days": days, "may_download": may_download, "has_password": bool(password)}
    audit("board.link_made", actor=user, target=board.pk, **told)
    return made


@transaction.atomic
def set_password(*, user: User, board: Board, password: str) -> bool:
    """Give the link that works another password, already hashed, or with "" none; False when there is no link.

    Whoever gave the one before has to give the new one.
    """
    done = bool(_works().filter(board=board).update(password=password))
    if done:
        audit("board.link_password", actor=user, target=board.pk, has_password=bool(password))
    return done


@transaction.atomic
def revoke_link(*, user: User, board: Board) -> bool:
    """Make a board's link stop working; False when there was none."""
    done = bool(_end(board))
    if done:
        audit("board.link_revoked", actor=user, target=board.pk)
    return done


def _end(board: Board) -> int:
    return BoardLink.objects.filter(board=board, revoked_at=None).update(revoked_at=timezone.now())


def live_link(board: Board) -> BoardLink | None:
    """The link that works now, if there is one."""
    return _works().filter(board=board).first()


def _works() -> "QuerySet[BoardLink]":
    return BoardLink.objects.filter(revoked_at=None, expires_at__gt=timezone.now())


def token_of(link: BoardLink) -> str:
    """What stands in the address: the same each time, and made of nothing the database holds alone."""
    return _text(link.pk.bytes) + _signature(link.pk)


def address_of(link: BoardLink) -> str:
    """The absolute address to hand on."""
    return settings.STUDIO_BASE_URL + reverse("shared_board", args=[token_of(link)])


def opened(token: str) -> BoardLink:
    """The link behind a token, its row read now. Raises LinkRefused."""
    try:
        if len(token) != _ID + _SIGNATURE:
            raise ValueError
        pk = UUID(bytes=urlsafe_b64decode(f"{token[:_ID]}=="))
        is_ours = hmac.compare_digest(token.encode(), (_text(pk.bytes) + _signature(pk)).encode())
    except ValueError:
        raise LinkRefused from None
    if not is_ours:
        raise LinkRefused
    found = _works().filter(board__kind=Board.Kind.LINK, board__owner__is_active=True)
    link = found.select_related("board").filter(pk=pk).first()
    if link is None:
        raise LinkRefused
    return link


def pictures_behind(link: BoardLink) -> ImageQuerySet:
    """What visitors see of a board: pictures whose owners show them to links."""
    return Image.objects.filter(open_to_links(), places__board=link.board_id).exclude(copies_made_at=None)


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _signature(pk: UUID) -> str:
    return _text(hmac.digest(derived_key("board-links"), pk.bytes, "sha256")[:24])
