"""Boards, on whatever page has a selection."""

from django import template

from studio.accounts.models import User
from studio.gallery.board_pages import latest_boards
from studio.gallery.models import Board
from studio.gallery.selection import MOST

register = template.Library()


@register.simple_tag
def latest_boards_of(user: User) -> list[Board]:
    """The boards a selection is most likely put on; one query."""
    return latest_boards(user)


@register.simple_tag
def most_selected() -> int:
    """How many pictures are taken in one go."""
    return MOST
