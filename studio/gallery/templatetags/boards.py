"""Boards, on whatever page has a selection."""

from django import template

from studio.accounts.models import User
from studio.gallery.board_pages import latest_boards
from studio.gallery.models import Board

register = template.Library()


@register.simple_tag
def latest_boards_of(user: User) -> list[Board]:
    """The boards a selection is most likely put on; one query."""
    return latest_boards(user)
