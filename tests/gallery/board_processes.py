"""What the children of the races about boards do, each in a process of its own."""

import os

from studio.accounts.models import User
from studio.gallery import boards
from studio.gallery.models import Board
from studio.jobs.models import Image
from studio.providers.services import load_catalogue
from tests.api.made import stored, submitted
from tests.factories import make_user


def prepare() -> None:
    """A team board and five pictures of alice's."""
    load_catalogue()
    alice = make_user("alice", credits=1000)
    job = submitted(alice)
    for number in range(1, 6):
        stored(job, number)
    boards.create_board(user=alice, name="Race", kind="team")


def _all() -> tuple[User, Board, list[Image]]:
    return User.objects.get(username="alice"), Board.objects.get(), list(Image.objects.order_by("index"))


def collect() -> int:
    alice, board, images = _all()
    return boards.collect(user=alice, board=board, ids=[image.pk for image in images])


def move() -> None:
    alice, board, images = _all()
    for step in range(10):
        number = (int(os.environ["CHILD_NUMBER"]) + step) % len(images)
        boards.move(user=alice, board=board, ids=[images[number].pk], to="first" if step % 2 else "later")
